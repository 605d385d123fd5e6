"""Refuses a request that cannot be computed with; asked first, alone, and never only observed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import refused
from riskplugin.core.sanity import is_plain, request_fault
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Verdict


@dataclass(frozen=True, slots=True)
class InputRule:
    """Every figure of the request is a finite number in a sane range (CF-4)."""

    name: ClassVar[str] = "input"

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """The same for every policy."""
        return cls()

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Deny what is unusable. Never raises; all other rules may rely on usable figures."""
        if is_plain(request):
            return ALLOW
        fault = request_fault(request)
        if fault is None:
            return ALLOW
        return refused(self.name, fault.measured, fault.limit, fault.text)
