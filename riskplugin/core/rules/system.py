"""Refuses entries while the machinery fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.triggers import errors_in_a_row
from riskplugin.core.verdict import ALLOW, Verdict


@dataclass(frozen=True, slots=True)
class SystemRule:
    """No standing fault, and fewer errors in a row than the limit."""

    name: ClassVar[str] = "system"
    max_errors: int

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The limit is the breaker's max_consecutive_errors, reached AT its value."""
        return cls(policy.breaker.max_consecutive_errors)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny with the fault, or with the number of errors."""
        if account.fault is not None:
            return refused(self.name, 1.0, 0.0, f"the system is at fault: {account.fault}")
        errors = account.consecutive_errors
        if errors < self.max_errors:
            return ALLOW
        return refused(self.name, errors, self.max_errors, errors_in_a_row(errors, self.max_errors))
