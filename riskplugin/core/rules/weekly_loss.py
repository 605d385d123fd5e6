"""Refuses entries at the trip value of the weekly loss, also between two looks of the monitor."""

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
class WeeklyLossRule:
    """The weekly loss is below its trip value (CB-2); None switches the rule off."""

    name: ClassVar[str] = "weekly_loss"
    trip: float | None

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The limit is the trip value of breaker.weekly_loss."""
        return cls(policy.breaker.weekly_loss.trip)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny AT the value and beyond, while the breaker is closed.

        Once it has opened, its own rule decides: the half-open test starts below this reference.
        """
        trip = self.trip
        if trip is None or account.breaker is not _CLOSED or account.weekly_loss < trip:
            return ALLOW
        measured = account.weekly_loss
        text = sentence(self.name, Severity.TRIP, measured, trip)
        return refused(self.name, measured, trip, text)
