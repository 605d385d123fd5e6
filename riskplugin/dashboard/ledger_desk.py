"""A bot's desk as its ledger has it: the whole desk of `riskplugin dashboard`, and the better part
of the bot's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from riskplugin.core.levels import Side
from riskplugin.dashboard.office import Given
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import controls
from riskplugin.status import aged


class LedgerDesk:
    """Reads one bot's ledger, and leaves orders there."""

    def __init__(self, reader: LedgerReader, bot: str, via: str) -> None:
        self.reader, self.bot, self.via = reader, bot, via

    def status(self) -> dict[str, Any] | None:
        """What the bot said last."""
        told = self.reader.status(self.bot)
        return None if told is None else aged(told, self.bot)

    def order(self, command: str, *, by: str, reason: str, args: Mapping[str, Any]) -> Given:
        """Leave a command; the bot obeys in its next loop."""
        number = self.reader.post_control(
            self.bot, command, by, reason, args=args or None, via=self.via
        )
        return Given(number)

    def outcome(self, number: int) -> str | None:
        """What became of an order to this bot."""
        query = select(controls.c.bot).where(controls.c.id == number)
        with self.reader.connection("reading a command") as connection:
            bot = connection.scalar(query)
        if bot != self.bot:
            raise LookupError(number)
        return self.reader.control_outcome(number)

    def obey(self) -> bool:
        """From outside nobody can make a bot hurry."""
        return False

    def room(self, pair: str, side: Side, leverage: float | None) -> dict[str, Any] | None:
        """Prices are known to the bot only."""
        return None
