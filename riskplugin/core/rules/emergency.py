"""Holds the tighter limits of emergency mode (EM-1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.levels import EntryKind
from riskplugin.core.policy import EmergencyPolicy, Policy
from riskplugin.core.rules.answers import limited, refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Reason, Verdict
from riskplugin.core.wording import figure

_OPENS = EntryKind.OPEN


@dataclass(frozen=True, slots=True)
class EmergencyRule:
    """In an emergency: fewer positions, lower leverage, smaller positions."""

    name: ClassVar[str] = "emergency"
    limits: EmergencyPolicy

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The limits are policy.emergency; values themselves are still allowed."""
        return cls(policy.emergency)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny positions and leverage above the limits; cap the whole position's margin."""
        if not account.emergency:
            return ALLOW
        most = self.limits.max_positions
        if request.kind is _OPENS and not account.open_count < most:
            text = f"{account.open_count} pairs are held, the limit in an emergency is {most}"
            return refused(self.name, account.open_count, most, text)
        top = self.limits.max_leverage
        if not request.leverage <= top:
            text = f"leverage {figure(request.leverage)}x is above the emergency's {figure(top)}x"
            return refused(self.name, request.leverage, top, text)
        return self._size(request, account)

    def _size(self, request: EntryRequest, account: Account) -> Verdict:
        size = max(account.equity, 0.0) * self.limits.max_position
        held = account.holding(request.pair).stake
        cap = (size - held) / request.price_factor
        if request.stake <= cap:
            return ALLOW
        asked = held + request.stake * request.price_factor
        text = f"a position of {figure(asked)} is above the emergency's {figure(size)}"
        return limited(cap, Reason(self.name, asked, size, text))
