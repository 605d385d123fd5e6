"""Drawdown of the results of a period that moves on with time, at a cost that its length does not
change: two stacks make a queue whose sum is always at hand.

What a stretch of results is worth follows from those of its halves, so the older results stand with
the worth of each and all that follow it, and the newer ones with one worth for all.
(The two-stack queue: R. Hood, R. Melville, "Real-time queue operation in pure LISP", 1981; for sums
of windows: K. Tangwongsan, M. Hirzel, S. Schneider, "Low-latency sliding-window aggregation in
worst-case constant time", 2017.)
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Stretch(NamedTuple):
    """Results one after another, in stake currency: their sum, the highest and the lowest that the
    running sum gets (it begins with 0), and the deepest fall from a high before it.
    """

    total: float
    high: float
    low: float
    fall: float


#: As :class:`Stretch`: a named tuple for each result would be half of what the result costs.
_Sums = tuple[float, float, float, float]

NOTHING = Stretch(0.0, 0.0, 0.0, 0.0)


def followed(first: _Sums, then: _Sums) -> Stretch:
    """The stretch of both."""
    total, high, low, fall = first
    later_total, later_high, later_low, later_fall = then
    return Stretch(
        total + later_total,
        max(high, total + later_high),
        min(low, total + later_low),
        max(fall, later_fall, high - (total + later_low)),
    )


class SlidingDrawdown:
    """The results since a moment that moves on. Add in order of time; what lies before the moment
    is forgotten. Each call takes the same time, on average, however many results there are.
    No max() and no min(): a call costs more than all the rest.
    """

    __slots__ = ("_back", "_front", "_recent")

    def __init__(self) -> None:
        self._front: list[tuple[datetime, float, float, float, float]] = []
        """The older results, the oldest last, each with all that follow it here."""
        self._back: list[tuple[datetime, float]] = []
        self._recent: _Sums = NOTHING

    def add(self, at: datetime, result: float) -> None:
        """A result, no earlier than those before it."""
        self._back.append((at, result))
        total, high, low, fall = self._recent
        total += result
        if total > high:
            high = total
        elif high - total > fall:
            fall = high - total
        self._recent = total, high, total if total < low else low, fall  # noqa: FURB136

    def forget_before(self, moment: datetime) -> None:
        """Leave only results at or after ``moment``."""
        front = self._front
        while front or self._turned_over(moment):
            if front[-1][0] >= moment:
                return
            front.pop()

    @property
    def whole(self) -> Stretch:
        """All results that are left."""
        return followed(self._front[-1][1:] if self._front else NOTHING, self._recent)

    @property
    def max_drawdown(self) -> float:
        """The deepest fall from the highest running sum before it, in stake currency, >= 0."""
        if not self._front:
            return self._recent[3]
        _, total, high, _, older = self._front[-1]
        _, _, low, newer = self._recent
        across, deepest = high - (total + low), newer if newer > older else older  # noqa: FURB136
        return across if across > deepest else deepest  # noqa: FURB136

    def _turned_over(self, moment: datetime) -> bool:
        """Have the older results at hand, if one of them is to be forgotten."""
        if not self._back or self._back[0][0] >= moment:
            return False
        total = high = low = fall = 0.0
        for at, result in reversed(self._back):
            total += result
            high += result
            if high < 0.0:  # noqa: PLR1730
                high = 0.0
            low += result
            if low > 0.0:
                low = 0.0
            elif fall < -low:  # from the beginning: what falls later is in it already
                fall = -low
            self._front.append((at, total, high, low, fall))
        self._back.clear()
        self._recent = NOTHING
        return True
