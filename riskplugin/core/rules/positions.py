"""Refuses a new position when as many as allowed are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.levels import EntryKind
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Verdict

_OPENS = EntryKind.OPEN


@dataclass(frozen=True, slots=True)
class PositionsRule:
    """At most ``most`` pairs with a position or working entry; None switches the rule off."""

    name: ClassVar[str] = "positions"
    most: int | None

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The limit is max_positions."""
        return cls(policy.max_positions)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny an opening entry; an increase or replacement adds no position."""
        if self.most is None or request.kind is not _OPENS or account.open_count < self.most:
            return ALLOW
        text = f"{account.open_count} pairs are held, the limit is {self.most}"
        return refused(self.name, account.open_count, self.most, text)
