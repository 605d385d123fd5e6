"""Prices as a function of pair and time, without an end: what the bots of the soak trade.

Every pair swings by 3 % within some hours, each at its own pace, so that a bot buys and sells
again and again; the same moment always has the same price.
"""

from __future__ import annotations

from math import pi, sin

_MINUTE = 60_000


def price(base: float, number: int, at_ms: float) -> float:
    """The price of pair ``number``, which begins at ``base``, at this moment."""
    hours = at_ms / 3_600_000
    swing = 0.03 * sin(2 * pi * hours / (0.8 + 0.15 * number) + number)
    return base * (1 + swing + 0.002 * sin(47 * hours + number))


def candles(base: float, number: int, until_ms: int, minutes: int, count: int) -> list[list[float]]:
    """The newest ``count`` candles, the unfinished one included, as ccxt gives them."""
    width = minutes * _MINUTE
    last = until_ms // width * width
    return [_candle(base, number, last - width * back, width) for back in reversed(range(count))]


def _candle(base: float, number: int, begin_ms: int, width: int) -> list[float]:
    seen = [price(base, number, begin_ms + width * part / 4) for part in range(5)]
    return [begin_ms, seen[0], max(seen), min(seen), seen[-1], 1000.0]
