"""Metrics and status, kept for people, pages and the watchdog: a row every so often."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from riskplugin.calm import calm_logger
from riskplugin.core.calendar import passed
from riskplugin.core.monitor import Assessment
from riskplugin.ports import Ledger, LedgerError
from riskplugin.process import this_process
from riskplugin.recorder import Recorder
from riskplugin.service.limits import LimitsInForce
from riskplugin.status import metrics_of, status_of

logger = calm_logger(__name__)


class Samples:
    """Takes a row when something happened, and otherwise every ``interval``."""

    def __init__(
        self,
        recorder: Recorder,
        ledger: Ledger,
        limits: LimitsInForce,
        *,
        bot: str,
        interval: timedelta,
    ) -> None:
        self._recorder, self._ledger, self._limits = recorder, ledger, limits
        self._bot = bot
        self.interval = interval
        self._looked: datetime | None = None
        self._before: datetime | None = None
        self.taken_at: datetime | None = None
        self._equity: float | None = None

    def looked(self, at: datetime) -> None:
        """A loop looked at the account."""
        self._before, self._looked = self._looked, at

    def take(self, assessment: Assessment, at: datetime, *, at_once: bool) -> None:
        """Keep a row if one is due; ``at_once``: a person waits for what it shows."""
        before, interval = self.taken_at, self.interval
        due = at_once or before is None or passed(before, at) >= interval
        if not self._recorder.readable or not (due or assessment.events):
            return
        metrics = metrics_of(assessment, at=at, before=self._equity)
        status = status_of(
            assessment, self._recorder.state, at=at, bot=self._bot, version=self._limits.version
        )
        status |= {"loop": self._loop(assessment, at), "process": this_process()}
        status |= self._limits.told(assessment, at)
        try:
            self._ledger.sample(metrics, status)
        except LedgerError as error:
            logger.warning("riskplugin: metrics not kept: %s", error)
        self.taken_at, self._equity = at, metrics.equity

    def _loop(self, assessment: Assessment, at: datetime) -> dict[str, Any]:
        """What a watchdog wants to know of the loop: when, how long since the one before, and how
        old the oldest price is that the account was judged by.
        """
        before = self._before
        return {
            "at": at.isoformat(),
            "seconds": None if before is None else passed(before, at).total_seconds(),
            "oldest_price_s": assessment.account.price_age.total_seconds(),
        }
