"""Figures among which an account stays calm, and how far from a limit they have to be for that."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from riskplugin.core.book import ClosedTrade
from riskplugin.core.units import Quote, Ratio


class Reach(NamedTuple):
    """How far figures may move before the triggers are asked again: ``equity`` as a share of
    itself, exposure as a share of equity, volatility per day and liquidation room by ``rest``;
    pairs held, losing trades in a row and leverage by ``several``.
    """

    equity: float
    rest: float
    several: int


#: The far one is tried first: a calm account stays within it for long, whatever comes and goes.
#: The near one is for those closer to a limit. A daily loss is told of at 1 %, so equity has little
#: room in both.
FAR, NEAR = Reach(0.005, 0.3, 3), Reach(0.005, 0.05, 0)


class Prices(NamedTuple):
    """What prices make of an account, and trades that came and went: equity and gross exposure in
    stake currency, smallest liquidation room and volatility per day as ratios, how many pairs are
    held, the highest leverage of them, and the trades that ``closed`` since the last look.
    """

    at: datetime
    equity: Quote
    exposure: Quote
    room: Ratio | None
    volatility: Ratio | None
    held: int
    leverage: float
    closed: tuple[ClosedTrade, ...] = ()


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
    streak: int

    def holds(self, prices: Prices, streak: int) -> bool:
        """Whether these prices, after so many losing trades in a row, are among them."""
        _, equity, exposure, room, volatility, held, leverage, _ = prices
        return (
            self.least <= equity <= self.most
            and 0.0 <= exposure <= self.exposure
            and held <= self.held
            and leverage <= self.leverage
            and streak <= self.streak
            and (room is None or room >= self.room)
            and (volatility is None or volatility <= self.volatility)
        )
