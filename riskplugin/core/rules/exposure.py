"""Caps an entry so that the whole book stays inside the exposure limit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import limited
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Reason, Verdict
from riskplugin.core.wording import figure, percent


@dataclass(frozen=True, slots=True)
class ExposureRule:
    """Gross exposure with this entry is at most ``most`` x equity; None switches the rule off."""

    name: ClassVar[str] = "exposure"
    most: float | None

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Entries fill up to the warning; the room up to the trip is left to price moves."""
        limits = policy.breaker.exposure
        return cls(limits.trip if limits.warn is None else limits.warn)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Cap the stake to the room left, valued at the higher of order and market price."""
        most = self.most
        if most is None:
            return ALLOW
        equity: float = account.equity
        equity = 0.0 if equity < 0.0 else equity  # noqa: FURB136 - max() costs as much as the rest
        limit = most * equity
        cap = (limit - account.exposure) / (request.leverage * request.price_factor)
        if request.stake <= cap:
            return ALLOW
        exposed = account.exposure + request.notional
        text = f"exposure would be {figure(exposed)}, the limit is {figure(limit)}"
        text += f" ({percent(most)} of equity)"
        return limited(cap, Reason(self.name, exposed, limit, text))
