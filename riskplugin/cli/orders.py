"""What commands that change something share: ask, leave the order for the bot, say what came of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import typer
from rich.markup import escape

from riskplugin.cli.alert_words import age
from riskplugin.cli.console import FAILED, confirmed, out, print_json
from riskplugin.cli.desk import Desk
from riskplugin.cli.identity import acting_person
from riskplugin.core.events import PEOPLE_CHAIN

#: What was recorded of an order: sentences ("came"), what is to be done now ("notes"), and more.
Came = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """A command to a bot, and how a person gave it.

    ``came`` is called before the order is left; what it answers tells afterwards what came of it.
    """

    command: str
    question: str
    by: str | None
    reason: str
    wait: float
    yes: bool
    as_json: bool
    args: Mapping[str, Any] | None = None
    came: Callable[[Desk], Callable[[], Came]] | None = None


def give(at: Desk, order: Order) -> str | None:
    """Ask, leave the order, wait for the bot. Exits with 1 when it was refused or not confirmed.

    Raises Denied when whoever sits here may not give it.
    """
    by = acting_person(at, order.by, order.command)
    if not confirmed(f"{at.bot}: {order.question}?", yes=order.yes):
        out().print("nothing was changed")
        raise typer.Exit(FAILED)
    since = None if order.came is None else order.came(at)
    outcome = at.order(order.command, by=by, reason=order.reason, wait=order.wait, args=order.args)
    came = since() if since is not None and outcome == "done" else {}
    if order.as_json:
        print_json(
            {
                "bot": at.bot,
                "command": order.command,
                "by": by,
                "reason": order.reason,
                "outcome": outcome,
                **came,
            }
        )
    else:
        _say(at, order, outcome, by)
        _tell(came)
    if outcome is not None and outcome != "done":
        raise typer.Exit(FAILED)
    return outcome


def _say(at: Desk, order: Order, outcome: str | None, by: str) -> None:
    console = out()
    if outcome is None:
        console.print(
            f"[yellow]{order.command} is left for {escape(at.bot)}[/]: the bot has not answered "
            f"within {order.wait:g} s. It obeys in its next loop, or first thing when it starts."
        )
        for doubt in _doubts(at):
            console.print(f"[yellow]{escape(doubt)}[/]")
    elif outcome == "done":
        console.print(f"[green]{order.command}: done[/] by {escape(by)}")
    else:
        console.print(f"[red]{order.command}: {escape(outcome)}[/]")


def _doubts(at: Desk) -> Iterator[str]:
    """Why a bot may never answer."""
    told = at.status()
    if told is None:
        others = [bot for bot in at.reader.bots() if bot not in (at.bot, PEOPLE_CHAIN)]
        known = f"; the ledger knows {', '.join(others)}" if others else ""
        yield f"No bot has looped under the name {at.bot} yet{known}."
    elif told["silent"]:
        yield f"{at.bot} looped {age(told['at'])} ago: is it running?"


def _tell(came: Came) -> None:
    for text in came.get("came", ()):
        out().print(f"  {escape(text)}")
    for note in came.get("notes", ()):
        out().print(f"[yellow]{escape(note)}[/]")
