"""Drawdown of the results of a period that moves on with time, at a cost that its length does not
change: two stacks make a queue whose sum is always at hand.

What a stretch of results is worth follows from those of its halves, so each result is put into a
sum of what stands on its stack, and taken off with it. (The two-stack queue: R. Hood, R. Melville,
"Real-time queue operation in pure LISP", 1981; for sums of windows: K. Tangwongsan, M. Hirzel,
S. Schneider, "Low-latency sliding-window aggregation in worst-case constant time", 2017.)
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from riskplugin.core.units import Quote


class Stretch(NamedTuple):
    """Results one after another, in stake currency: their sum, the highest and the lowest that the
    running sum gets (it begins with 0), and the deepest fall from a high before it.
    """

    total: float
    high: float
    low: float
    fall: float


NOTHING = Stretch(0.0, 0.0, 0.0, 0.0)


def followed(first: Stretch, then: Stretch) -> Stretch:
    """The stretch of both. No max() and no min(): they took half of the time."""
    total, high, low, fall = first
    later_total, later_high, later_low, later_fall = then
    across = high - (total + later_low)
    later_high += total
    later_low += total
    if later_fall < across:  # noqa: PLR1730
        later_fall = across
    return Stretch(
        total + later_total,
        high if high > later_high else later_high,  # noqa: FURB136
        low if low < later_low else later_low,  # noqa: FURB136
        fall if fall > later_fall else later_fall,  # noqa: FURB136
    )


def single(result: float) -> Stretch:
    """A stretch of one result."""
    return (
        Stretch(result, result, 0.0, 0.0) if result > 0 else Stretch(result, 0.0, result, -result)
    )


class SlidingDrawdown:
    """The results since a moment that moves on. Add in order of time; what lies before the moment
    is forgotten. Each call takes the same time, on average, however many results there are.
    """

    __slots__ = ("_back", "_front", "_recent")

    def __init__(self) -> None:
        self._front: list[tuple[datetime, Stretch]] = []
        """The older results, the oldest last, each with all that follow it here."""
        self._back: list[tuple[datetime, Stretch]] = []
        self._recent = NOTHING

    def add(self, at: datetime, result: float) -> None:
        """A result, no earlier than those before it."""
        one = single(result)
        self._back.append((at, one))
        self._recent = followed(self._recent, one)

    def forget_before(self, moment: datetime) -> None:
        """Leave only results at or after ``moment``."""
        front = self._front
        while True:
            if not front:
                self._turn_over(moment)
            if not front or front[-1][0] >= moment:
                return
            front.pop()

    @property
    def whole(self) -> Stretch:
        """All results that are left."""
        return followed(self._front[-1][1], self._recent) if self._front else self._recent

    @property
    def max_drawdown(self) -> Quote:
        """The deepest fall from the highest running sum before it, >= 0."""
        return Quote(self.whole.fall)

    def _turn_over(self, moment: datetime) -> None:
        """Have the oldest results at hand, if one of them is to be forgotten."""
        if not self._back or self._back[0][0] >= moment:
            return
        behind = NOTHING
        for at, one in reversed(self._back):
            behind = followed(one, behind)
            self._front.append((at, behind))
        self._back.clear()
        self._recent = NOTHING
