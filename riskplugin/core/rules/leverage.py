"""Refuses an entry whose leverage is above the cap, however it got there (LV-1, LV-2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Verdict
from riskplugin.core.wording import figure


@dataclass(frozen=True, slots=True)
class LeverageRule:
    """Leverage is at most the risk level's cap and the exchange's maximum (inclusive)."""

    name: ClassVar[str] = "leverage"
    caps: Mapping[RiskLevel, float]

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The caps are leverage.max."""
        return cls(policy.leverage.max)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny: at this point leverage is fixed, a smaller stake would not lower it."""
        cap, most_there = self.caps[account.level], request.exchange_max_leverage
        if most_there is not None and most_there < cap:
            cap = most_there
        if request.leverage <= cap:
            return ALLOW
        text = (
            f"leverage {figure(request.leverage)}x is above the cap of {figure(cap)}x "
            f"(level {account.level})"
        )
        return refused(self.name, request.leverage, cap, text)
