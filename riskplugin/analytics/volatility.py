"""Volatility per day from candles, for every candle at once (SZ-6).

All estimators answer a ratio per day (0.05 is 5 %), one value per candle, and NaN where they have
not seen enough. A value rests on its own and earlier candles only. A candle with a price that is
missing, not finite or not positive has no value; the candles after it are measured as if it had not
been there. Crypto trades around the clock, so a day has 1440 minutes and a figure per candle
becomes one per day by the square root of the number of candles in a day.

Warm-up: no value before :data:`WARM_UP` returns (21 usable candles) have been seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from types import MappingProxyType
from typing import Protocol

import numpy as np
import pandas as pd
import talib
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Returns that must have been seen before there is a value.
WARM_UP = 20
MINUTES_PER_DAY = 1440
#: RiskMetrics (J.P. Morgan 1996) for daily data; half of the weight lies in the last 11 candles.
DECAY = 0.94


def ewma(close: ArrayLike, *, minutes_per_candle: float, decay: float = DECAY) -> Floats:
    """Root of the exponentially weighted mean of squared log returns, per day.

    The mean is taken around zero and corrected for its start, so that the weights of the returns
    seen so far add up to 1: ``(1 - decay) / (1 - decay**n) * sum(decay**i * r[t-i]**2)``.

    Raises ValueError when the candle length is not positive or ``decay`` not inside (0, 1).
    Source: RiskMetrics Technical Document, 4th edition, J.P. Morgan 1996, section 5.2.
    """
    scale = _per_day(minutes_per_candle)
    if not 0 < decay < 1:
        raise ValueError(f"decay must be inside (0, 1), not {decay!r}")
    closes = _series(close)
    usable = _usable(closes)
    squares = np.diff(np.log(closes[usable])) ** 2
    weighted = pd.Series(squares).ewm(alpha=1.0 - decay, adjust=True).mean().to_numpy()
    result = np.full(closes.shape, np.nan)
    result[np.flatnonzero(usable)[1:]] = np.sqrt(weighted) * scale
    return _after_warm_up(result, usable, WARM_UP)


def atr(
    high: ArrayLike,
    low: ArrayLike,
    close: ArrayLike,
    *,
    minutes_per_candle: float,
    period: int = 14,
) -> Floats:
    """Wilder's average true range (TA-Lib) as a ratio of the close, per day.

    A range, not a standard deviation: for a random walk it is about 1.6 times :func:`ewma`
    (Feller 1951), so it sizes more carefully.

    Raises ValueError when the candle length or ``period`` is not positive or the series differ in
    length.
    """
    scale = _per_day(minutes_per_candle)
    if not period >= 1:
        raise ValueError(f"period must be at least 1, not {period!r}")
    highs, lows, closes = _series(high), _series(low), _series(close)
    if not highs.shape == lows.shape == closes.shape:
        raise ValueError(f"series of {highs.size}, {lows.size} and {closes.size} candles")
    usable = _usable(highs) & _usable(lows) & _usable(closes)
    result = np.full(closes.shape, np.nan)
    if np.count_nonzero(usable) > period:
        ranges = talib.ATR(highs[usable], lows[usable], closes[usable], timeperiod=period)
        result[usable] = ranges / closes[usable] * scale
    return _after_warm_up(result, usable, max(WARM_UP, period))


class Estimator(Protocol):
    """High, low and close of every candle in, volatility per day of every candle out."""

    def __call__(
        self, high: ArrayLike, low: ArrayLike, close: ArrayLike, *, minutes_per_candle: float
    ) -> Floats:
        """NaN during warm-up and where a candle has no usable price."""


def _ewma_of_candles(
    high: ArrayLike, low: ArrayLike, close: ArrayLike, *, minutes_per_candle: float
) -> Floats:
    del high, low  # closes are all it needs
    return ewma(close, minutes_per_candle=minutes_per_candle)


#: Every estimator by its name in the configuration. A new one is a function and a line here.
ESTIMATORS: Mapping[str, Estimator] = MappingProxyType({"ewma": _ewma_of_candles, "atr": atr})


def _per_day(minutes_per_candle: float) -> float:
    if not 0 < minutes_per_candle < float("inf"):
        raise ValueError(f"minutes_per_candle must be positive, not {minutes_per_candle!r}")
    return sqrt(MINUTES_PER_DAY / minutes_per_candle)


def _series(values: ArrayLike) -> Floats:
    series = np.ascontiguousarray(values, dtype=np.float64)
    if series.ndim != 1:
        raise ValueError(f"a series of prices has one dimension, not {series.ndim}")
    return series


def _usable(prices: Floats) -> NDArray[np.bool_]:
    return np.isfinite(prices) & (prices > 0)


def _after_warm_up(result: Floats, usable: NDArray[np.bool_], returns: int) -> Floats:
    result[np.flatnonzero(usable)[:returns]] = np.nan
    return result
