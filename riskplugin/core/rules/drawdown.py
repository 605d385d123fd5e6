"""Refuses entries at the trip value of the drawdown, also between two looks of the monitor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.breaker import BreakerState
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.triggers import Severity, sentence
from riskplugin.core.verdict import ALLOW, Verdict

_CLOSED = BreakerState.CLOSED


@dataclass(frozen=True, slots=True)
class DrawdownRule:
    """The drawdown is below its trip value (CB-2); None switches the rule off."""

    name: ClassVar[str] = "drawdown"
    trip: float | None

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The limit is the trip value of breaker.drawdown."""
        return cls(policy.breaker.drawdown.trip)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny AT the value and beyond, while the breaker is closed.

        Once it has opened, its own rule decides: the half-open test starts below this reference.
        """
        trip = self.trip
        if trip is None or account.breaker is not _CLOSED or account.drawdown < trip:
            return ALLOW
        measured = account.drawdown
        text = sentence(self.name, Severity.TRIP, measured, trip)
        return refused(self.name, measured, trip, text)
