"""Marked equity from fills and candles alone: the same reckoning with and without the plugin.

At each moment every position counts what it would bring if it were closed at the last finished
candle's close, fees and funding included. What happens at that moment counts from the next on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from riskplugin.reports.compare.run import Figures, Seconds, Trade


@dataclass(frozen=True)
class Prices:
    """Closes of a pair by the moment at which they were final, and funding per unit by its own."""

    final: Seconds
    close: Figures
    funding_at: Seconds
    funding: Figures

    def at(self, times: Seconds) -> Figures:
        """The last close that was known at each of ``times``; the first before all of them."""
        known = np.searchsorted(self.final, times, side="right") - 1
        closes: Figures = self.close[np.maximum(known, 0)]
        return closes

    def funding_since(self, begin: int, times: Seconds) -> Figures:
        """Funding per unit from ``begin`` on, up to but not at each of ``times``."""
        total = np.concatenate(([0.0], np.cumsum(np.nan_to_num(self.funding))))
        first = np.searchsorted(self.funding_at, begin, side="left")
        upto = np.searchsorted(self.funding_at, times, side="left")
        since: Figures = total[np.maximum(upto, first)] - total[first]
        return since


@dataclass(slots=True)
class _Held:
    """One trade on its way through its fills."""

    amount: float = 0.0
    cost: float = 0.0
    earned: float = 0.0
    funding: float = 0.0

    @property
    def price(self) -> float:
        return self.cost / self.amount if self.amount else 0.0

    def take(self, trade: Trade, number: int) -> None:
        """The fill of that number has happened."""
        fill = trade.fills[number]
        self.funding += fill.funding
        if fill.entry:
            self.amount += fill.amount
            self.cost += fill.amount * fill.price
            return
        price = self.price
        moved = fill.amount * (fill.price - price) * trade.sign
        fees = fill.amount * (price * trade.fee_open + fill.price * trade.fee_close)
        self.earned += moved - fees
        self.amount -= fill.amount
        self.cost -= fill.amount * price

    def worth(self, trade: Trade, marks: Figures, funding: Figures) -> Figures:
        """What the trade has brought and would bring at ``marks``."""
        moved = self.amount * (marks - self.price) * trade.sign
        fees = self.amount * (self.price * trade.fee_open + marks * trade.fee_close)
        paid = -trade.sign * self.amount * funding
        return self.earned + self.funding + moved - fees + paid


def marked(
    trades: Sequence[Trade], prices: Mapping[str, Prices], times: Seconds, balance: float
) -> Figures:
    """Equity at each of ``times``, beginning with ``balance``.

    From its end on a trade counts with the profit that freqtrade names.
    """
    equity = np.full(len(times), balance)
    marks = {pair: each.at(times) for pair, each in prices.items()}
    for trade in trades:
        held, begins = _Held(), [np.searchsorted(times, f.at, side="right") for f in trade.fills]
        for number, (begin, end) in enumerate(pairwise(begins)):
            held.take(trade, number)
            if begin < end:
                some = slice(begin, end)
                since = prices[trade.pair].funding_since(trade.fills[number].at, times[some])
                equity[some] += held.worth(trade, marks[trade.pair][some], since)
        over = int(np.searchsorted(times, trade.closed, side="right"))
        equity[over:] += trade.profit
    return equity
