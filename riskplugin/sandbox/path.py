"""The price path of one instrument as a function of wall-clock time.

A path is a list of segments laid over a source of movement: noise, or recorded candles. Any time is
evaluated in closed form, without walking there, and what has been served never changes, because
only the future may be edited. Knows no clock: the caller passes the time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from riskplugin.sandbox.noise import Floats, FractalNoise


class Source(Protocol):
    """Movement of the logarithm of the price over scenario seconds."""

    def value(self, seconds: Floats) -> Floats:
        """The log-price, up to a constant, at these scenario times."""
        ...


class CorrelatedNoise:
    """A common market path plus one's own, scaled to a daily volatility."""

    def __init__(self, market: Source, seed: int, daily_vol: float, correlation: float) -> None:
        self._market = market
        self._own = FractalNoise(seed)
        self._common_weight = daily_vol * correlation**0.5
        self._own_weight = daily_vol * (1.0 - correlation) ** 0.5

    def value(self, seconds: Floats) -> Floats:
        """The log-price, up to a constant, at these scenario times."""
        common = self._common_weight * self._market.value(seconds)
        mixed: Floats = common + self._own_weight * self._own.value(seconds)
        return mixed


@dataclass(frozen=True, slots=True)
class Segment:
    """From `start_ms` on: `speed` scenario seconds per second, `drift` log-return per second.

    `vol` multiplies the source's movement, `jump` is added to the log-price at the start.
    """

    start_ms: int
    speed: float = 1.0
    drift: float = 0.0
    vol: float = 1.0
    jump: float = 0.0
    phase: str = "calm"


class PricePath:
    """log-price(t) = level + drift × elapsed + vol × (source(u) − source(u at segment start))."""

    def __init__(self, source: Source, start_price: float, first: Segment) -> None:
        self._source = source
        self._log_start = float(np.log(start_price))
        self._segments = [first]
        self._rebuild()

    def prices(self, times_ms: Floats) -> Floats:
        """The price at each of these wall-clock times (milliseconds)."""
        index = np.clip(np.searchsorted(self._starts, times_ms, side="right") - 1, 0, None)
        elapsed = (times_ms - self._starts[index]) / 1000.0
        moved = self._source.value(self._scenario_s[index] + self._speeds[index] * elapsed)
        noise = self._vols[index] * (moved - self._anchors[index])
        path: Floats = np.exp(self._levels[index] + self._drifts[index] * elapsed + noise)
        return path

    def price(self, time_ms: int) -> float:
        """The price at one time."""
        return float(self.prices(np.array([float(time_ms)]))[0])

    def segment_at(self, time_ms: int) -> Segment:
        """The segment that rules at this time."""
        return self._segments[max(0, bisect_right(self._segments, time_ms, key=_start) - 1)]

    def starts_between(self, begin_ms: int, end_ms: int) -> list[int]:
        """Segment starts in [begin, end): moments at which the price may jump."""
        return [s.start_ms for s in self._segments[1:] if begin_ms <= s.start_ms < end_ms]

    def replace_from(self, segments: list[Segment]) -> None:
        """Drop what starts at or after the first of these, then append them.

        A jump of the same moment is kept.
        """
        start_ms = segments[0].start_ms
        first, *rest = self._segments
        carried = sum(s.jump for s in rest if s.start_ms == start_ms)
        begin = replace(segments[0], jump=segments[0].jump + carried)
        kept = [s for s in rest if s.start_ms < start_ms]
        self._segments = [first, *kept, begin, *segments[1:]]
        self._rebuild()

    def jump(self, time_ms: int, log_factor: float) -> None:
        """Shift the price from this time on; whatever is planned goes on from there."""
        later = self._after(time_ms)
        cut = replace(self.segment_at(time_ms), start_ms=time_ms, jump=log_factor)
        self.replace_from([cut, *later])

    def hold(self, time_ms: int) -> list[Segment]:
        """Freeze from this time on. Returns what was planned, for `resume`."""
        planned = [replace(self.segment_at(time_ms), start_ms=time_ms, jump=0.0)]
        planned += self._after(time_ms)
        self.replace_from([Segment(time_ms, speed=0.0, vol=0.0, phase="hold")])
        return planned

    def resume(self, time_ms: int, planned: list[Segment]) -> None:
        """Go on with the plan that `hold` interrupted, shifted by the time held."""
        delay = time_ms - planned[0].start_ms
        self.replace_from([replace(s, start_ms=s.start_ms + delay) for s in planned])

    def _after(self, time_ms: int) -> list[Segment]:
        return [s for s in self._segments if s.start_ms > time_ms]

    def _rebuild(self) -> None:
        """Chain the segments: each starts at the level and scenario time where the last ends."""
        level, scenario_s = self._log_start, self._segments[0].start_ms / 1000.0
        rows: list[tuple[float, float, float]] = []
        for position, segment in enumerate(self._segments):
            if position:
                before = self._segments[position - 1]
                elapsed = (segment.start_ms - before.start_ms) / 1000.0
                next_s = scenario_s + before.speed * elapsed
                moved = self._at(next_s) - rows[-1][2]
                level += before.drift * elapsed + before.vol * moved
                scenario_s = next_s
            level += segment.jump
            rows.append((level, scenario_s, self._at(scenario_s)))
        self._levels, self._scenario_s, self._anchors = np.array(rows).T
        self._starts = np.array([float(s.start_ms) for s in self._segments])
        self._speeds = np.array([s.speed for s in self._segments])
        self._drifts = np.array([s.drift for s in self._segments])
        self._vols = np.array([s.vol for s in self._segments])

    def _at(self, scenario_s: float) -> float:
        return float(self._source.value(np.array([scenario_s]))[0])


def _start(segment: Segment) -> int:
    return segment.start_ms


def jump_log_factor(factor: float) -> float:
    """log(factor); raises ValueError unless 0 < factor < 1000."""
    if not 0.0 < factor < 1000.0:
        raise ValueError("a price factor must be above 0 and below 1000")
    return float(np.log(factor))
