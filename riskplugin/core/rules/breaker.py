"""Refuses entries while the breaker is open; a half-open one lets few and small probes pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind
from riskplugin.core.policy import Policy
from riskplugin.core.rules.answers import limited, refused
from riskplugin.core.sizing.position import position_size
from riskplugin.core.snapshot import Account, EntryRequest
from riskplugin.core.verdict import ALLOW, Deny, Reason, Verdict
from riskplugin.core.wording import figure

_CLOSED, _HALF_OPEN = BreakerState.CLOSED, BreakerState.HALF_OPEN
_OPENS, _INCREASES = EntryKind.OPEN, EntryKind.INCREASE


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """Entries pass a closed breaker only; a half-open one passes probes (CB-5, CB-6)."""

    name: ClassVar[str] = "breaker"
    policy: Policy

    @classmethod
    def from_policy(cls, policy: Policy) -> Self:
        """Probes are limited by breaker.half_open and by the size formula."""
        return cls(policy)

    def check(self, request: EntryRequest, account: Account) -> Verdict:
        """Allow when closed; cap or deny when half-open; deny in every other state."""
        if account.breaker is _CLOSED:
            return ALLOW
        if account.breaker is _HALF_OPEN:
            return self._no_probe(request, account) or self._probe_size(request, account)
        return refused(self.name, 1.0, 0.0, f"the breaker is {account.breaker}")

    def _no_probe(self, request: EntryRequest, account: Account) -> Deny | None:
        """A pair that was held before the test is no probe; nor is one probe too many."""
        if _is_older(request, account):
            text = f"the breaker is half-open and {request.pair} is not one of its probes"
            return refused(self.name, 1.0, 0.0, text)
        most = self.policy.breaker.half_open.max_positions
        if request.kind is _OPENS and not account.probes < most:
            text = f"the half-open breaker has {account.probes} probes, the limit is {most}"
            return refused(self.name, account.probes, most, text)
        return None

    def _probe_size(self, request: EntryRequest, account: Account) -> Verdict:
        """The whole probe stays inside size_factor of a fresh position's size.

        Where the exchange takes nothing as small, its minimum may be used, never more than a
        fresh position: a test that nobody can take would be a dead end (CB-6).
        """
        full = position_size(
            account.equity,
            account.level,
            request.volatility,
            self.policy,
            emergency=account.emergency,
        )
        least = self.policy.sizing.min_position
        if request.min_stake is not None and request.min_stake > least:
            least = request.min_stake
        size = max(full * self.policy.breaker.half_open.size_factor, min(least, full))
        held = account.holding(request.pair).stake
        cap = (size - held) / request.price_factor
        if request.stake <= cap:
            return ALLOW
        asked = held + request.stake * request.price_factor
        text = f"a probe of {figure(asked)} is above the half-open size of {figure(size)}"
        return limited(cap, Reason(self.name, asked, size, text))


def _is_older(request: EntryRequest, account: Account) -> bool:
    """True when the pair holds anything from before the test, or of an age that is not known."""
    opened = account.opened(request.pair)
    since = account.half_open_since
    if not opened:
        return request.kind is _INCREASES
    return since is None or any(at is None or at < since for at in opened)
