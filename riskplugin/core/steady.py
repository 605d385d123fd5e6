"""The short look at an account of which prices moved, and trades came and went: most candles of a
backtest.

It asks the same triggers with the same formulas as a whole look, of figures instead of a book, and
answers whether a whole look could find anything to do. It changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import NamedTuple

from riskplugin.core.band import FAR, NEAR, Band, Prices, Reach
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel
from riskplugin.core.monitor import Assessment
from riskplugin.core.policy import Policy
from riskplugin.core.score import risk_score
from riskplugin.core.snapshot import AccountSnapshot, fall, share
from riskplugin.core.state import RiskState, streak_after
from riskplugin.core.triggers import Severity, Trigger, evaluate
from riskplugin.core.units import Quote, Ratio, is_number

_MINIMAL = RiskLevel.MINIMAL


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
    """A calm account, as it was at a whole look.

    ``until`` is when its day or week ends, ``warned`` names the warnings that stand: calm is where
    they go on to stand, and nothing else fires.
    """

    account: AccountSnapshot
    policy: Policy
    until: datetime
    warned: frozenset[str] = frozenset()
    band: Band | None = None

    def after(self, prices: Prices, peak: Quote | None, streak: int) -> Steady | None:
        """The account as calm as before; None when a whole look at these prices finds something
        to do besides recording what closed and raising the ``peak`` that held so far. ``streak``
        is the number of losing trades in a row before those that closed now.
        """
        if not prices.at < self.until:
            return None
        for trade in prices.closed:
            streak = streak_after(streak, trade.profit)
        if self.band is not None and self.band.holds(prices, streak):
            return self
        equity, exposure = prices.equity, prices.exposure
        if not (is_number(equity) and is_number(exposure) and equity > 0):
            return None
        if prices.leverage > self.policy.leverage.max[_MINIMAL]:
            return None  # it has to be closed
        if not self._silent(prices, peak, streak):
            return None
        if self.warned:  # a warning may end on any side of a band
            return self
        around = self._around(prices, peak, streak, FAR) or self._around(prices, peak, streak, NEAR)
        return Steady(account=self.account, policy=self.policy, until=self.until, band=around)

    def _around(self, prices: Prices, peak: Quote | None, streak: int, reach: Reach) -> Band | None:
        """The band around these prices; None where its worst corner is not silent."""
        at, equity, exposure, room, volatility, held, leverage, _ = prices
        band = Band(
            equity * (1 - reach.equity),
            equity * (1 + reach.equity),
            exposure + equity * reach.rest,
            inf if room is None else room - reach.rest,
            (0.0 if volatility is None else volatility) + reach.rest,
            held + reach.several,
            min(leverage + reach.several, self.policy.leverage.max[_MINIMAL]),
            streak + reach.several,
        )
        corner = Prices(
            at,
            Quote(band.least),
            Quote(band.exposure),
            None if room is None else Ratio(band.room),
            Ratio(band.volatility),
            band.held,
            band.leverage,
        )
        highest = Quote(band.most) if peak is None else max(peak, Quote(band.most))
        return band if self._silent(corner, highest, band.streak) else None

    def _silent(self, prices: Prices, peak: Quote | None, streak: int) -> bool:
        _, equity, exposure, room, volatility, held, leverage, _ = prices
        account = self.account
        moved = Moved(
            Ratio(share(exposure, equity)),
            fall(peak, equity),
            fall(account.day_start_equity, equity),
            fall(account.week_start_equity, equity),
            leverage,
            held,
            streak,
            account.rejected_ratio,
            volatility,
            room,
        )
        triggers = evaluate(moved, self.policy, score=risk_score(moved, self.policy))
        return _nothing_new(triggers, self.warned)


def _nothing_new(triggers: list[Trigger], warned: frozenset[str]) -> bool:
    """Just these warnings fire, and nothing that opens the breaker."""
    if not triggers:
        return not warned
    if any(t.severity is Severity.TRIP and not t.observed for t in triggers):
        return False
    return {trigger.name for trigger in triggers} == warned


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
    ):
        return None
    warned = frozenset(state.warnings)
    if not _nothing_new(evaluate(assessment.account, policy, score=assessment.score), warned):
        return None
    return Steady(account=assessment.account, policy=policy, until=until, warned=warned)
