"""Refuses entries that would rest on old prices."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.triggers import old_prices
from riskplugin.core.verdict import ALLOW, Verdict


@dataclass(frozen=True, slots=True)
class StaleRule:
    """The request's own figures and the prices of the open book are fresh (CF-4)."""

    name: ClassVar[str] = "stale"
    max_age: timedelta

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The age allowed is the breaker's max_price_age (inclusive)."""
        return cls(policy.breaker.max_price_age)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny a stale request; deny old marks while there is a book that they value."""
        if request.stale is not None:
            return refused(self.name, 1.0, 0.0, f"the figures are stale: {request.stale}")
        if not account.open_count or account.price_age <= self.max_age:
            return ALLOW
        age, most = account.price_age.total_seconds(), self.max_age.total_seconds()
        return refused(self.name, age, most, old_prices(age, most))
