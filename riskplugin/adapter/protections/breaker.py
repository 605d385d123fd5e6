"""RiskCircuitBreaker: the breaker as a protection, so that a backtest's locks show it, too."""

from __future__ import annotations

from datetime import datetime

from riskplugin.adapter.protections.account import guarded
from riskplugin.adapter.protections.base import RiskProtection, Stop
from riskplugin.adapter.protections.parameters import BreakerParameters
from riskplugin.core.breaker import BreakerState


class RiskCircuitBreaker(RiskProtection):
    """Locks while the breaker is open or latched, at least until an open one has cooled down.

    Live, its locks go when the breaker lets probes pass again, as the plugin's own do.
    """

    takes = BreakerParameters
    needs_mixin = True
    limit_text = "circuit breaker open or latched"

    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """Open or latched."""
        seen = guarded(self._config, now)
        if seen is None:
            return self.unguarded()
        state = seen.state
        if state.breaker not in (BreakerState.OPEN, BreakerState.LATCHED):
            return None
        why = "; ".join(state.tripped_by)
        return Stop(f"breaker {state.breaker}: {why}", state.open_until)
