"""Exponentially weighted variance of log returns, one step per return. Knows no prices.

Source: J.P. Morgan/Reuters, RiskMetrics Technical Document, 4th edition 1996, section 5.2: squared
returns without a mean, decay 0.94 for daily data.
"""

from __future__ import annotations

from datetime import timedelta
from math import sqrt

from riskplugin.core.units import Ratio, is_number

DAILY_DECAY = 0.94
_DAY = timedelta(days=1)


class EwmaVariance:
    """sum of decay^i x r^2 over the past returns, divided by the sum of the weights.

    The division makes the first values unbiased; it converges to the recursion of the source,
    ``v = decay x v + (1 - decay) x r^2``, and equals pandas' ``(r ** 2).ewm(alpha=1 - decay)``.
    ``decay`` is in (0, 1), ``warmup`` (>= 1) the number of returns before there is an answer.

    >>> variance = EwmaVariance(decay=0.5, warmup=2)
    >>> variance.update(0.02)
    >>> variance.get() is None
    True
    >>> variance.update(0.01)
    >>> round(variance.get(), 6)  # (0.5 x 0.0004 + 0.0001) / 1.5
    0.0002

    Raises ValueError for a decay or warm-up out of range.
    """

    __slots__ = ("_decay", "_seen", "_squares", "_warmup", "_weights")

    def __init__(self, decay: float = DAILY_DECAY, warmup: int = 30) -> None:
        if not (0 < decay < 1 and warmup >= 1):
            raise ValueError(f"decay must be in (0, 1) and warmup >= 1, not {decay!r}, {warmup!r}")
        self._decay, self._warmup = decay, warmup
        self._squares = self._weights = 0.0
        self._seen = 0

    def update(self, log_return: float) -> None:
        """Take one return. Raises ValueError, and changes nothing, when it is not finite."""
        if not is_number(log_return):
            raise ValueError(f"a log return must be a finite number, not {log_return!r}")
        self._squares = self._decay * self._squares + log_return * log_return
        self._weights = self._decay * self._weights + 1.0
        self._seen += 1

    def get(self) -> float | None:
        """The variance per period of the returns; None while warming up."""
        return self._squares / self._weights if self._seen >= self._warmup else None


def volatility_per_day(variance: float, period: timedelta) -> Ratio:
    """The standard deviation per day that this variance per ``period`` means (square-root-of-time).

    >>> round(volatility_per_day(0.0001, timedelta(hours=6)), 6)
    0.02
    """
    return Ratio(sqrt(variance * (_DAY / period)))
