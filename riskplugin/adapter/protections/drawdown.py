"""RiskDrawdown: no entry while the account is too far below its peak."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from riskplugin.adapter.protections.account import fall, guarded, realised_equity
from riskplugin.adapter.protections.base import RiskProtection, Stop
from riskplugin.adapter.protections.history import ClosedProfits
from riskplugin.adapter.protections.parameters import DrawdownParameters
from riskplugin.core.wording import percent


class RiskDrawdown(RiskProtection):
    """Locks when equity has fallen by ``max_drawdown_pct`` from its peak.

    With RiskMixin equity is marked to market and the peak is the account's. With a lookback, or
    without the mixin, the peak is the highest realised equity (of that period, or ever).
    """

    takes = DrawdownParameters

    def __init__(self, config: Any, protection_config: dict[str, Any]) -> None:
        super().__init__(config, protection_config)
        self._closed = ClosedProfits()
        self._limit = self.parameters.max_drawdown_pct / 100
        given = self.parameters.model_fields_set
        self._looks_back = bool(given & {"lookback_period", "lookback_period_candles"})

    @property
    def limit_text(self) -> str:
        """The limit in words."""
        period = f" within {self.lookback_period_str}" if self._looks_back else ""
        return f"account drawdown of {percent(self._limit)}{period}"

    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """At or above the limit."""
        peak: float | None
        seen = guarded(self._config, now)
        if seen is None:
            equity = realised_equity(self._config, starting_balance)
            peak, kind = self._peak(equity, now), "realised"
        elif seen.judged_elsewhere:
            return None
        else:
            equity, kind = seen.account.equity, "marked"
            peak = self._peak(seen.realised, now) if self._looks_back else seen.account.peak_equity
        drawdown = fall(peak, equity)
        if drawdown < self._limit:
            return None
        return Stop(
            f"drawdown {percent(drawdown)} of {kind} equity has reached {percent(self._limit)}"
        )

    def _peak(self, realised: float, now: datetime) -> float:
        """Reckoned back from today's equity, so that deposits make no drawdown (CB-4)."""
        self._closed.update()
        since = now - timedelta(minutes=self._lookback_period) if self._looks_back else None
        return realised - self._closed.total + self._closed.highest(since)
