"""The short look at an account of which only the prices moved: most candles of a backtest.

It asks the same triggers with the same formulas as a whole look, of figures instead of a book, and
answers whether a whole look could find anything to do. It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.monitor import Assessment
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import AccountSnapshot, fall, share
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


class Moved(NamedTuple):
    """A calm account at new prices, as the triggers see it. Not a dataclass: one per candle."""

    exposure_ratio: Ratio
    drawdown: Ratio
    daily_loss: Ratio
    weekly_loss: Ratio
    max_leverage: float
    open_count: int
    losing_streak: int
    rejected_ratio: Ratio
    volatility: Ratio | None
    liquidation_room: Ratio | None
    breaker: BreakerState = BreakerState.CLOSED
    untrusted: str | None = None
    fault: str | None = None
    consecutive_errors: int = 0
    price_age: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A calm account after a whole look; ``until`` is when its day or week ends."""

    account: AccountSnapshot
    policy: Policy
    until: datetime

    def quiet(self, prices: Prices, peak: Quote | None) -> bool:
        """True when a whole look at these prices finds nothing to do but to raise the ``peak``."""
        at, equity, exposure, room, volatility = prices
        if not (at < self.until and is_number(equity) and is_number(exposure) and equity > 0):
            return False
        account = self.account
        moved = Moved(
            Ratio(share(exposure, equity)),
            fall(peak, equity),
            fall(account.day_start_equity, equity),
            fall(account.week_start_equity, equity),
            account.max_leverage,
            account.open_count,
            account.losing_streak,
            account.rejected_ratio,
            volatility,
            room,
        )
        return not evaluate(moved, self.policy, score=risk_score(moved, self.policy))


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
    return Steady(account=assessment.account, policy=policy, until=until)
