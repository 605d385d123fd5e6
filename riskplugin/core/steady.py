"""The short look at an account of which only the prices moved: most candles of a backtest.

It asks the same triggers with the same formulas as a whole look, of figures instead of a book, and
answers whether a whole look could find anything to do. It changes nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.monitor import Assessment
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import Falls, share
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import evaluate
from riskplugin.core.units import Quote, Ratio, is_number


class Prices(NamedTuple):
    """What prices alone make of an account: equity and gross exposure in stake currency, smallest
    liquidation room and volatility per day as ratios.
    """

    at: datetime
    equity: Quote
    exposure: Quote
    room: Ratio | None
    volatility: Ratio | None


class Steady(Falls):
    """A calm account after a whole look, and the figures of the same positions at later prices."""

    __slots__ = (
        "breaker",
        "consecutive_errors",
        "day_start_equity",
        "equity",
        "exposure_ratio",
        "fault",
        "liquidation_room",
        "losing_streak",
        "max_leverage",
        "open_count",
        "peak_equity",
        "policy",
        "price_age",
        "rejected_ratio",
        "until",
        "untrusted",
        "volatility",
        "week_start_equity",
    )  # fmt: skip

    def __init__(self, assessment: Assessment, policy: Policy, until: datetime) -> None:
        account = assessment.account
        self.policy, self.until = policy, until
        self.breaker = BreakerState.CLOSED
        self.untrusted: str | None = None
        self.fault: str | None = None
        self.consecutive_errors = 0
        self.price_age = timedelta(0)
        self.max_leverage, self.open_count = account.max_leverage, account.open_count
        self.losing_streak = account.losing_streak
        self.rejected_ratio = account.rejected_ratio
        self.peak_equity = account.peak_equity
        self.day_start_equity = account.day_start_equity
        self.week_start_equity = account.week_start_equity

    def quiet(self, prices: Prices) -> bool:
        """True when a whole look at these prices finds nothing to do but to raise the peak."""
        at, equity, exposure, self.liquidation_room, self.volatility = prices
        if not (at < self.until and is_number(equity) and is_number(exposure) and equity > 0):
            return False
        self.equity = equity
        if self.peak_equity is None or equity > self.peak_equity:
            self.peak_equity = equity
        self.exposure_ratio = Ratio(share(exposure, equity))
        return not evaluate(self, self.policy, score=risk_score(self, self.policy))


def steady(state: RiskState, book: Book, assessment: Assessment, policy: Policy) -> Steady | None:
    """The short look for what follows on a whole one; None where more than prices matters."""
    until = state.day_until
    if state.week_until is not None and until is not None:
        until = min(until, state.week_until)
    if (
        until is None
        or state.breaker is not BreakerState.CLOSED
        or state.emergency
        or state.flattening
        or state.warnings
        or state.mismatch is not None
        or state.distrust is not None
        or state.consecutive_errors
        or state.unresolved
        or state.pending
        or book.working
        or book.settling
        or book.untrusted is not None
        or book.unknown is not None
        or assessment.directive.close
        or assessment.directive.halted
        or len({position.pair for position in book.positions}) != len(book.positions)
        or evaluate(assessment.account, policy, score=assessment.score)
    ):
        return None
    return Steady(assessment, policy, until)
