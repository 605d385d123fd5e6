"""RiskDailyLoss: no entry after too large a loss since the start of the day."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from riskplugin.adapter.protections.account import fall, guarded, realised_equity
from riskplugin.adapter.protections.base import RiskProtection, Stop
from riskplugin.adapter.protections.history import ClosedProfits
from riskplugin.adapter.protections.parameters import DailyLossParameters
from riskplugin.core.calendar import day_end
from riskplugin.core.policy import DayPolicy
from riskplugin.core.wording import percent

#: Longer than any day (25 hours when clocks go back), shorter than any two.
_OVER_A_DAY = timedelta(hours=26)


class RiskDailyLoss(RiskProtection):
    """Locks when equity has fallen by ``max_loss_pct`` since the day began.

    With RiskMixin, and unless ``timezone`` or ``starts_at`` name another day than the section's,
    the day's start is the account's, marked to market; otherwise the realised equity at that time.
    """

    takes = DailyLossParameters

    def __init__(self, config: Any, protection_config: dict[str, Any]) -> None:
        super().__init__(config, protection_config)
        self._closed = ClosedProfits()
        self._limit = self.parameters.max_loss_pct / 100
        named = self.parameters.model_fields_set & {"timezone", "starts_at"}
        self._own_day = _day(self.parameters) if named else None

    @property
    def limit_text(self) -> str:
        """The limit in words."""
        return f"daily loss of {percent(self._limit)}"

    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """At or above the limit."""
        start: float | None
        seen = guarded(self._config, now)
        if seen is None:
            equity = realised_equity(self._config, starting_balance)
            kind = "realised"
            start = self._start(equity, now)
        elif seen.judged_elsewhere:
            return None
        else:
            equity, kind = seen.account.equity, "marked"
            start = seen.account.day_start_equity
            if self._own_day not in (None, seen.day):
                start = self._start(seen.realised, now)
        loss = fall(start, equity)
        if loss < self._limit:
            return None
        return Stop(
            f"daily loss {percent(loss)} of {kind} equity has reached {percent(self._limit)}"
        )

    def _start(self, realised: float, now: datetime) -> float:
        """Realised equity when the day began, reckoned back from now."""
        self._closed.update()
        began = day_begin(now, self._own_day or DayPolicy())
        return realised - self._closed.total + self._closed.before(began)


def day_begin(at: datetime, day: DayPolicy) -> datetime:
    """The last day boundary at or before ``at`` (aware), in UTC.

    >>> day_begin(datetime(2026, 11, 22, 23, 59, tzinfo=UTC), DayPolicy()).isoformat()
    '2026-11-22T00:00:00+00:00'
    """
    return day_end(day_end(at, day) - _OVER_A_DAY, day)


def _day(parameters: DailyLossParameters) -> DayPolicy:
    zone = UTC if parameters.timezone == "UTC" else ZoneInfo(parameters.timezone)
    return DayPolicy(timezone=zone, starts_at=time.fromisoformat(parameters.starts_at))
