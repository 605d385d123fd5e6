"""One guarded bot as its ledger tells of it: what it said last, and every event, as they come."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from riskplugin.bootstrap import ledger_url
from riskplugin.cli.demo.stage import RISK, Bot
from riskplugin.config import parse
from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError


class Journal:
    """Reads one bot's ledger again and again; before there is one, it is empty."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.status: dict[str, Any] | None = None
        self.events: list[ev.Event] = []
        self._reader: LedgerReader | None = None
        self._seq = 0

    def refresh(self) -> list[ev.Event]:
        """Read what is new; answers the new events."""
        fresh: list[ev.Event] = []
        with suppress(LedgerError):  # not there yet, or busy: the next time will do
            for event in self._read():
                fresh.append(event)  # noqa: PERF402  # what was read before a failure is kept
        self.events += fresh
        return fresh

    def seen(self, *kinds: type[ev.Event]) -> list[ev.Event]:
        """The events of these kinds so far."""
        return [event for event in self.events if isinstance(event, kinds)]

    @property
    def breaker(self) -> str:
        """The breaker's state, empty before the first loop."""
        return str(self.status["breaker"]["state"]) if self.status else ""

    @property
    def flat(self) -> bool:
        """No close-all runs and nothing is held or working."""
        told = self.status
        if told is None:
            return False
        return not (told["closing"]["active"] or told["positions"] or told["working_entries"])

    def close(self) -> None:
        """Release the file."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def _read(self) -> Iterator[ev.Event]:
        if self._reader is None:
            url = ledger_url(parse(RISK), self.bot.userdir)
            self._reader = open_reader(url, base_dir=self.bot.userdir)
        for record in self._reader.chain(self.bot.ledger_name, after=self._seq):
            self._seq = record.seq
            yield record.event
        self.status = self._reader.status(self.bot.ledger_name) or self.status
