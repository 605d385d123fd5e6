"""The short look at an account of which only prices moved or entries came: most candles of a
backtest.


It asks the same triggers with the same formulas as a whole look, of figures instead of a book, and
answers whether a whole look could find anything to do. It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel
from riskplugin.core.monitor import Assessment
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import AccountSnapshot, fall, share
from riskplugin.core.state import RiskState
from riskplugin.core.triggers import evaluate
from riskplugin.core.units import Quote, Ratio, is_number

#: How far, as a share, equity may move before the triggers are asked again: a daily loss trips at a
#: few percent. The rest of the figures move more for the same change of prices.
BAND, WIDE = 0.005, 0.05


class Prices(NamedTuple):
    """What prices alone make of an account, and entries: equity and gross exposure in stake
    currency, smallest liquidation room and volatility per day as ratios, how many pairs are held,
    and the highest leverage of them.
    """

    at: datetime
    equity: Quote
    exposure: Quote
    room: Ratio | None
    volatility: Ratio | None
    held: int
    leverage: float


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


class Band(NamedTuple):
    """Prices among which nothing happens: no trigger falls silent as equity falls, room shrinks or
    anything else rises, so the worst corner speaks for all.
    """

    least: float
    most: float
    exposure: float
    room: float
    volatility: float
    held: int
    leverage: float

    def holds(self, prices: Prices) -> bool:
        """Whether these prices are among them."""
        _, equity, exposure, room, volatility, held, leverage = prices
        return (
            self.least <= equity <= self.most
            and 0.0 <= exposure <= self.exposure
            and held <= self.held
            and leverage <= self.leverage
            and (room is None or room >= self.room)
            and (volatility is None or volatility <= self.volatility)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Steady:
    """A calm account after a whole look; ``until`` is when its day or week ends."""

    account: AccountSnapshot
    policy: Policy
    until: datetime
    band: Band | None = None

    def after(self, prices: Prices, peak: Quote | None) -> Steady | None:
        """The account as calm as before; None when a whole look at these prices finds something
        to do besides raising the ``peak`` that held so far.
        """
        if not prices.at < self.until:
            return None
        if self.band is not None and self.band.holds(prices):
            return self
        equity, exposure = prices.equity, prices.exposure
        if not (is_number(equity) and is_number(exposure) and equity > 0):
            return None
        if prices.leverage > self.policy.leverage.max[RiskLevel.MINIMAL]:
            return None  # it has to be closed
        if not self._silent(prices, peak):
            return None
        return replace(self, band=self._around(prices, peak))

    def _around(self, prices: Prices, peak: Quote | None) -> Band | None:
        """The band around these prices; None where its worst corner is not silent."""
        at, equity, exposure, room, volatility, held, leverage = prices
        band = Band(
            equity * (1 - BAND),
            equity * (1 + BAND),
            exposure * (1 + WIDE),
            inf if room is None else room - WIDE,
            -inf if volatility is None else volatility * (1 + WIDE),
            held,
            leverage,
        )
        corner = Prices(
            at,
            Quote(band.least),
            Quote(band.exposure),
            None if room is None else Ratio(band.room),
            None if volatility is None else Ratio(band.volatility),
            held,
            leverage,
        )
        highest = Quote(band.most) if peak is None else max(peak, Quote(band.most))
        return band if self._silent(corner, highest) else None

    def _silent(self, prices: Prices, peak: Quote | None) -> bool:
        _, equity, exposure, room, volatility, held, leverage = prices
        account = self.account
        moved = Moved(
            Ratio(share(exposure, equity)),
            fall(peak, equity),
            fall(account.day_start_equity, equity),
            fall(account.week_start_equity, equity),
            leverage,
            held,
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
