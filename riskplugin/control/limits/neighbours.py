"""Who else keeps records in a bot's ledger, when the bot begins under a name that it never had."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from riskplugin.control.people import People
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError

_WATCHDOGS = ".watchdog"


def neighbours(people: People, reader: Callable[[], LedgerReader], bot: str) -> tuple[str, ...]:
    """The other bots, where people are registered and ``bot`` has no record yet; else nobody.

    A new name has neither the limits that were acknowledged nor the breaker of the old one.
    """
    try:
        if not people.anybody():
            return ()
        with closing(reader()) as ledger:
            if ledger.records(bot, limit=1):
                return ()
            found = [name for name in ledger.bots() if name not in (bot, PEOPLE_CHAIN)]
            return tuple(name for name in found if not name.endswith(_WATCHDOGS))
    except LedgerError:
        return ()  # the service cannot record it then, either
