"""Caps the whole position at the size that a fresh one would have (SZ-1, SZ-8, SZ-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import limited
from riskplugin.core.sizing.position import curve_named, position_size
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Reason, Verdict
from riskplugin.core.wording import figure


@dataclass(frozen=True, slots=True)
class SizeRule:
    """Margin held in the pair plus the order's, at the higher price, is at most the size."""

    name: ClassVar[str] = "size"
    policy: Policy

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The size formula's figures. Raises ValueError for a curve that does not exist."""
        curve_named(policy.sizing.curve)
        return cls(policy)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Cap the stake to what the position may still grow by."""
        size = position_size(
            account.equity,
            account.level,
            request.volatility,
            self.policy,
            emergency=account.emergency,
        )
        held = account.holding(request.pair).stake
        cap = (size - held) / request.price_factor
        if request.stake <= cap:
            return ALLOW
        asked = held + request.stake * request.price_factor
        text = (
            f"a position of {figure(asked)} is above the size of {figure(size)} "
            f"(level {account.level})"
        )
        return limited(cap, Reason(self.name, asked, size, text))
