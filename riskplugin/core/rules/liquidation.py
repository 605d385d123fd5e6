"""Refuses an entry that would be liquidated before its stop is reached (LV-3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.leverage import Stops, liquidation_text
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Verdict


@dataclass(frozen=True, slots=True)
class LiquidationRule:
    """The stop lies before liquidation, with the buffer to spare (inclusive)."""

    name: ClassVar[str] = "liquidation"
    stops: Stops

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Stops and leverage.liquidation_buffer."""
        return cls(Stops.from_policy(policy))

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny a stop beyond the safe distance; nothing to say where nothing is liquidated."""
        if not request.can_liquidate:
            return ALLOW
        leverage, emergency = request.leverage, account.emergency
        stop = self.stops.distance(request.stoploss, leverage, emergency=emergency)
        room = self.stops.safe_distance(leverage, request.maintenance_ratio)
        if stop <= room:
            return ALLOW
        text = liquidation_text(request, leverage, self.stops, emergency=emergency)
        return refused(self.name, stop, room, text)
