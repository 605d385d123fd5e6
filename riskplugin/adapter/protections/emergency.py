"""RiskEmergency: no entry while everything is being closed, or in all of emergency mode."""

from __future__ import annotations

from datetime import datetime

from riskplugin.adapter.protections.account import guarded
from riskplugin.adapter.protections.base import RiskProtection, Stop
from riskplugin.adapter.protections.parameters import EmergencyParameters


class RiskEmergency(RiskProtection):
    """Locks while a close-all is under way.

    Emergency mode itself allows entries within its small limits (EM-1); with ``stop_entries`` it
    locks for all of it.
    """

    takes = EmergencyParameters
    needs_mixin = True

    @property
    def limit_text(self) -> str:
        """The limit in words."""
        return "emergency mode" if self.parameters.stop_entries else "closing everything"

    def judge(self, now: datetime, starting_balance: float) -> Stop | None:
        """Closing, or in an emergency where that was asked for."""
        seen = guarded(self._config, now)
        if seen is None:
            return self.unguarded()
        state = seen.state
        if state.flattening:
            return Stop(f"closing everything, ordered by {state.flatten_by}")
        if state.emergency and self.parameters.stop_entries:
            return Stop(f"emergency mode, entered by {state.emergency_by}")
        return None
