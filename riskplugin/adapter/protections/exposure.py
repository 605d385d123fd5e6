"""RiskExposure: no entry while the open book is too large for the account."""

from __future__ import annotations

from datetime import datetime

from riskplugin.adapter.protections.account import exposure_at_entry, guarded, realised_equity
from riskplugin.adapter.protections.base import RiskProtection, Stop
from riskplugin.adapter.protections.parameters import ExposureParameters
from riskplugin.core.wording import percent


class RiskExposure(RiskProtection):
    """Locks when gross exposure (notional, working entries too) is above ``max_exposure_pct``.

    Without RiskMixin positions count at their entry prices, against realised equity.
    """

    takes = ExposureParameters

    @property
    def limit_text(self) -> str:
        """The limit in words."""
        return f"exposure above {percent(self._limit)} of equity"

    @property
    def _limit(self) -> float:
        return self.parameters.max_exposure_pct / 100

    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """Strictly above: the limit itself may be filled."""
        seen = guarded(self._config, now)
        if seen is None:
            exposure = exposure_at_entry()
            equity = realised_equity(self._config, starting_balance)
            ratio = _share(exposure, equity)
        elif seen.account.untrusted is not None:
            return None
        else:
            ratio = seen.account.exposure_ratio
        if ratio <= self._limit:
            return None
        return Stop(f"exposure {percent(ratio)} of equity is above {percent(self._limit)}")


def _share(exposure: float, equity: float) -> float:
    if equity > 0:
        return exposure / equity
    return float("inf") if exposure else 0.0
