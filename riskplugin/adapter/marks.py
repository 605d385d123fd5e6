"""Prices to mark positions with, at no exchange call of their own (MO-3).

Live, the bot fetches the exit rate of each open trade in every loop and hands it to
``should_exit``:
that is the mark. In a backtest it is the close of the last finished candle, from arrays taken once.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import TYPE_CHECKING, Protocol

import numpy as np
from freqtrade.exchange import timeframe_to_minutes

from riskplugin.adapter import internals
from riskplugin.analytics.volatility import ESTIMATORS
from riskplugin.core.units import Ratio, is_number

if TYPE_CHECKING:
    from freqtrade.data.dataprovider import DataProvider
    from freqtrade.exchange import Exchange
    from freqtrade.strategy.interface import IStrategy
    from pandas import DataFrame

#: A live mark that jumps by more than this within one loop needs a second, like one (CB-11).
JUMP = 0.25
#: How near the second has to be to the first.
LIKE = 0.05


@dataclass(frozen=True, slots=True)
class Mark:
    """A price and how old it is. ``doubt`` says why it must not be believed yet."""

    price: float
    age: timedelta = timedelta(0)
    doubt: str | None = None


class Marks(Protocol):
    """Where marks and volatilities come from."""

    def note(self, pair: str, price: float, at: datetime) -> None:
        """The bot has just seen ``price``."""

    def mark(self, pair: str, at: datetime) -> Mark | None:
        """The mark of ``pair``, None when none is known."""

    def close(self, pair: str) -> float | None:
        """The newest close that was analysed: another way than the bot's rates. None: unknown."""

    def volatility(self, pair: str, at: datetime) -> Ratio | None:
        """Volatility per day of ``pair``, None while there are too few candles."""


def volatilities(df: DataFrame, minutes: int, estimator: str) -> np.ndarray:
    """Volatility per day for each candle of ``df``, NaN during warm-up."""
    high, low, close = (df[c].to_numpy(dtype=float) for c in ("high", "low", "close"))
    return ESTIMATORS[estimator](high, low, close, minutes_per_candle=minutes)


class LiveMarks:
    """Marks from what the running bot has fetched."""

    def __init__(
        self, exchange: Exchange, dp: DataProvider, *, minutes: int, estimator: str
    ) -> None:
        self._exchange, self._dp = exchange, dp
        self._minutes, self._estimator = minutes, estimator
        self._seen: dict[str, tuple[float, datetime]] = {}
        self._doubtful: dict[str, float] = {}
        self._volatility: dict[str, tuple[object, Ratio | None]] = {}

    def measure_by(self, estimator: str) -> None:
        """The limits may name another estimator while the bot runs."""
        if estimator != self._estimator:
            self._estimator = estimator
            self._volatility.clear()

    def note(self, pair: str, price: float, at: datetime) -> None:
        """Take a price in; one far from the last waits for a second like it."""
        if not (is_number(price) and price > 0):
            return
        last = self._seen.get(pair)
        if last is not None and abs(price / last[0] - 1) > JUMP:
            first = self._doubtful.get(pair)
            if first is None or abs(price / first - 1) > LIKE:
                self._doubtful[pair] = price
                return
        self._doubtful.pop(pair, None)
        self._seen[pair] = (price, at)

    def forget(self) -> None:
        """The loop stood still: what was seen before is no price any more."""
        self._seen.clear()
        self._doubtful.clear()

    def mark(self, pair: str, at: datetime) -> Mark | None:
        """The last noted price; after a restart, before the first loop, what the bot has cached."""
        seen = self._seen.get(pair)
        if seen is None:
            rate = internals.cached_rate(self._exchange, pair) or self.close(pair)
            return None if rate is None else Mark(rate)
        doubt = None
        if pair in self._doubtful:
            doubt = f"{pair} jumped from {seen[0]:g} to {self._doubtful[pair]:g} in one loop"
        return Mark(seen[0], max(at - seen[1], timedelta(0)), doubt)

    def volatility(self, pair: str, at: datetime) -> Ratio | None:
        """From the newest analysed candles, computed once per frame that freqtrade analysed."""
        entry = internals.analysed(self._dp, pair)
        if entry is None or len(entry[0]) == 0:
            return None
        df = entry[0]
        known = self._volatility.get(pair)
        if known is None or known[0] is not df:
            value = float(volatilities(df, self._minutes, self._estimator)[-1])
            known = (df, Ratio(value) if is_number(value) else None)
            self._volatility[pair] = known
        return known[1]

    def close(self, pair: str) -> float | None:
        """The newest close that freqtrade analysed."""
        entry = internals.analysed(self._dp, pair)
        if entry is None or len(entry[0]) == 0:
            return None
        close = float(entry[0]["close"].to_numpy(dtype=float)[-1])
        return close if is_number(close) and close > 0 else None


class CandleMarks:
    """Marks from finished candles, for backtests. Arrays are taken once per pair and run."""

    def __init__(self, dp: DataProvider, *, minutes: int, estimator: str) -> None:
        self._dp, self._minutes, self._estimator = dp, minutes, estimator
        self._candle = 60.0 * minutes
        self._pairs: dict[str, _Candles] = {}
        self._at: datetime | None = None
        self._begun = 0.0

    def clear(self) -> None:
        """A new run has new candles."""
        self._pairs.clear()

    def note(self, pair: str, price: float, at: datetime) -> None:
        """Candles say it all."""

    def close(self, pair: str) -> float | None:
        """Marks are closes already."""
        return None

    def mark(self, pair: str, at: datetime) -> Mark | None:
        """The close of the last candle that was finished at ``at``."""
        price, _ = self.finished(pair, at)
        return None if price is None else Mark(price)

    def volatility(self, pair: str, at: datetime) -> Ratio | None:
        """Volatility per day as of the last finished candle."""
        return self.finished(pair, at)[1]

    def finished(self, pair: str, at: datetime) -> tuple[float | None, Ratio | None]:
        """Close and volatility per day of the last candle that was finished at ``at``."""
        if at is not self._at:  # the same moment is asked for once a pair
            self._at, self._begun = at, at.timestamp() - self._candle
        candles = self._pairs.get(pair) or self._taken(pair)
        if candles is None:
            return None, None
        now = candles.now
        if not candles.begins[now] <= self._begun < candles.begins[now + 1]:
            now = candles.move_to(self._begun)
        return candles.closes[now], candles.values[now]

    def _taken(self, pair: str) -> _Candles | None:
        entry = internals.analysed(self._dp, pair)
        if entry is None or len(entry[0]) == 0:
            return None
        df = entry[0]
        seconds = df["date"].to_numpy(dtype="datetime64[ms]").astype("int64") / 1000
        found = volatilities(df, self._minutes, self._estimator)
        known = found.astype(object)
        known[~np.isfinite(found)] = None
        values: list[Ratio | None] = known.tolist()
        self._pairs[pair] = candles = _Candles(seconds.tolist(), df["close"].tolist(), values)
        return candles


class _Candles:
    """The candles of a pair, read from the first to the last: the next one is mostly the one that
    is asked for. ``begins`` in seconds, ``closes``, ``values`` (volatilities per day); ``now`` is
    the one that was asked for last. Before the first candle there is one without price and value.
    """

    __slots__ = ("begins", "closes", "now", "values")

    def __init__(
        self, begins: list[float], closes: list[float], values: list[Ratio | None]
    ) -> None:
        self.begins: list[float] = [-inf, *begins, inf]
        self.closes: list[float | None] = [None, *closes]
        self.values: list[Ratio | None] = [None, *values]
        self.now = 0

    def move_to(self, second: float) -> int:
        """The number of the last candle that begins at ``second`` or before it."""
        begins, after = self.begins, self.now + 1
        if after < len(self.closes) and begins[after] <= second < begins[after + 1]:
            self.now = after
        else:
            self.now = bisect_right(begins, second) - 1
        return self.now


def marks_of(strategy: IStrategy, exchange: Exchange, estimator: str, *, live: bool) -> Marks:
    """The marks that a strategy's bot, or its backtest, can have."""
    minutes = timeframe_to_minutes(strategy.timeframe)
    if live:
        return LiveMarks(exchange, strategy.dp, minutes=minutes, estimator=estimator)
    return CandleMarks(strategy.dp, minutes=minutes, estimator=estimator)
