"""What a decision rested on, recorded with it so that it can be made again (AU-1, AU-3).

The rules ask an account for its figures and for what one pair holds. A basis answers the same
questions from a record: of all other pairs it knows the sums only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel
from riskplugin.core.made import made_quickly
from riskplugin.core.snapshot import Account, Falls
from riskplugin.core.sums import NO_HOLDING, Holding
from riskplugin.core.units import Quote


@made_quickly
@dataclass(frozen=True, slots=True)
class Basis(Falls):
    """An account as the rules saw it when they were asked about an entry in ``pair``.

    The fields are those of AccountSnapshot. ``held_stake`` and ``held_notional`` are what the pair
    bound already; ``held_since``, kept only while the breaker is half-open, is when each of its
    positions and working entries was opened.
    """

    pair: str
    equity: Quote
    peak_equity: Quote | None
    day_start_equity: Quote | None
    week_start_equity: Quote | None
    exposure: Quote
    open_count: int
    held_stake: Quote
    held_notional: Quote
    held_since: tuple[datetime | None, ...]
    level: RiskLevel
    breaker: BreakerState
    probes: int
    half_open_since: datetime | None
    emergency: bool
    untrusted: str | None
    fault: str | None
    consecutive_errors: int
    price_age: timedelta

    def holding(self, pair: str) -> Holding:
        """What ``pair`` bound; nothing is known of any but the one that was asked about."""
        if pair != self.pair:
            return NO_HOLDING
        return Holding(self.held_stake, self.held_notional)

    def opened(self, pair: str) -> tuple[datetime | None, ...]:
        """When each position and working entry of ``pair`` was opened."""
        return self.held_since if pair == self.pair else ()


def basis_of(account: Account, pair: str) -> Basis:
    """What the rules can learn from ``account`` about an entry in ``pair``, whatever that is."""
    held = account.holding(pair) if type(pair) is str else NO_HOLDING
    half_open = account.breaker is BreakerState.HALF_OPEN
    return Basis(
        pair,
        account.equity,
        account.peak_equity,
        account.day_start_equity,
        account.week_start_equity,
        account.exposure,
        account.open_count,
        held.stake,
        held.notional,
        account.opened(pair) if half_open else (),
        account.level,
        account.breaker,
        account.probes,
        account.half_open_since,
        account.emergency,
        account.untrusted,
        account.fault,
        account.consecutive_errors,
        account.price_age,
    )
