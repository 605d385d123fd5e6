"""The one ledger as a watchdog uses it: the bot's chain to read, a chain of its own to write."""

from __future__ import annotations

from typing import Any

from riskplugin.core import events as ev
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.watchdog import BY, chain_of
from riskplugin.watchdog.plan import WatchPlan


class Ledgers:
    """Opened when it is needed; every method may raise LedgerError."""

    def __init__(self, plan: WatchPlan) -> None:
        self._plan = plan
        self._chain = chain_of(plan.bot)
        self._reader: LedgerReader | None = None

    def reader(self) -> LedgerReader:
        """All chains, to read; and the place where a command is left for the bot."""
        if self._reader is None:
            self._reader = open_reader(
                self._plan.url, base_dir=self._plan.user_data, redactor=self._plan.redactor
            )
        return self._reader

    def own(self) -> SqlLedger:
        """The chain of the watchdog, opened anew."""
        return open_ledger(
            self._plan.url,
            bot=self._chain,
            base_dir=self._plan.user_data,
            redactor=self._plan.redactor,
            encrypt=self._plan.risk.ledger.encrypt,
        )

    def last_word(self) -> dict[str, Any] | None:
        """What this bot's watchdog said last, this one or another."""
        return self.reader().status(self._chain)

    def leave_latch(self, reason: str) -> None:
        """Leave close-all for the bot: it obeys first thing when it comes back."""
        self.reader().post_control(self._plan.bot, "close-all", BY, reason, via=BY)

    def past(self) -> list[ev.WatchActed]:
        """What was done lately, in order."""
        found = self.reader().events(
            self._chain, kinds=[ev.WatchActed], limit=1000, newest_first=True
        )
        return [each for each in reversed(found) if isinstance(each, ev.WatchActed)]

    def close(self) -> None:
        """Release what was opened to read."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
