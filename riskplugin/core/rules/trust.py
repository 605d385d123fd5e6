"""Refuses entries while balance or prices are not to be believed (CB-11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Verdict


@dataclass(frozen=True, slots=True)
class TrustRule:
    """The account's figures are trusted."""

    name: ClassVar[str] = "trust"

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The same for every policy."""
        return cls()

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny everything while untrusted."""
        if account.untrusted is None:
            return ALLOW
        return refused(self.name, 1.0, 0.0, f"the account is not trusted: {account.untrusted}")
