"""An order by Telegram: who gives it, whether that person may, and what came of it in words."""

from __future__ import annotations

import asyncio
from typing import Any

from riskplugin.adapter.doors.brief import plain
from riskplugin.adapter.doors.office import BotOffice
from riskplugin.control.people import Denied, Person
from riskplugin.ports import LedgerError


async def give(
    office: BotOffice, user: Any, command: str, reason: str, args: dict[str, Any]
) -> str:
    """Give the order in the name of a Telegram user; the answer for the chat."""
    try:
        person = who(office, user)
        office.people.permit(person, command)
        desk = office.desk("")
        given = desk.order(command, by=person.name, reason=reason, args=args)
        outcome = given.outcome
        for _ in range(int(office.patience / 0.2)):
            if outcome is not None or given.number is None:
                break
            outcome = desk.outcome(given.number)
            if outcome is None:
                await asyncio.sleep(0.2)
    except Denied as denied:
        return plain(f"Not done: {denied.text}")
    except LedgerError as error:
        return plain(f"Not done: {error}")
    if outcome is None:
        return plain(f"{command}: left for the bot, which has not answered yet")
    return plain(f"{command} by {person.name}: {outcome}")


def who(office: BotOffice, user: Any) -> Person:
    """The person behind a Telegram user. Raises Denied."""
    if user is None or user.is_bot:
        raise Denied(401, "only a Telegram user can give orders")
    if not office.people.anybody():
        return office.people.guest(f"telegram:{user.username or user.id}")
    person = office.people.by_telegram(user.id)
    if person is None:
        raise Denied(
            401,
            f"Telegram user {user.id} is nobody here: an administrator can say who that is with "
            "riskplugin users telegram",
        )
    return person
