"""Candles of a price path, in any interval, in columns.

What has happened since the market opened is aggregated from the very prices that were served, one
minute at a time, each minute once. What lies before the opening was never served and is sampled.
The time is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from riskplugin.sandbox.errors import bad_interval
from riskplugin.sandbox.instruments import Instrument
from riskplugin.sandbox.market import MINUTE_MS, TICK_MS
from riskplugin.sandbox.noise import Floats, unit_uniform
from riskplugin.sandbox.path import PricePath

_Times = npt.NDArray[np.int64]
_HOUR = 60
_DAY = 24 * _HOUR
_MINUTES = {
    "1m": 1, "3m": 3, "5m": 5, "15m": 15, "30m": 30,
    "1h": _HOUR, "2h": 2 * _HOUR, "4h": 4 * _HOUR, "6h": 6 * _HOUR, "8h": 8 * _HOUR,
    "12h": 12 * _HOUR, "1d": _DAY, "3d": 3 * _DAY, "1w": 7 * _DAY,
}  # fmt: skip
_MONDAY_MS = 4 * _DAY * MINUTE_MS
_SAMPLES = 20
_BLOCK = 500
LISTED_BEFORE_MS = 5 * 366 * _DAY * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Candles:
    """Columns of equal length; `time` is the opening in milliseconds."""

    time: _Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats

    def merged(self, starts: npt.NDArray[np.intp], times: _Times) -> Candles:
        """Groups of rows, each beginning at one of `starts`, as one candle each."""
        ends = np.append(starts[1:], len(self.time)) - 1
        return Candles(
            times,
            self.open[starts],
            np.maximum.reduceat(self.high, starts),
            np.minimum.reduceat(self.low, starts),
            self.close[ends],
            np.add.reduceat(self.volume, starts),
        )


def interval_ms(name: str) -> int:
    """The length of a candle; raises ApiError for an interval that is not served."""
    if name not in _MINUTES:
        raise bad_interval()
    return _MINUTES[name] * MINUTE_MS


def opening(time_ms: int, width_ms: int) -> int:
    """The opening time of the candle that contains this time; weeks begin on Monday."""
    shift = _MONDAY_MS if width_ms == 7 * _DAY * MINUTE_MS else 0
    return (time_ms - shift) // width_ms * width_ms + shift


class CandleSeries:
    """The candles of one instrument."""

    def __init__(self, path: PricePath, instrument: Instrument, origin_ms: int, seed: int) -> None:
        self._path = path
        self._instrument = instrument
        self._origin_ms = origin_ms
        self._seed = seed
        self._minutes = _empty()
        self._past: dict[tuple[int, int], Candles] = {}

    def between(self, begin_ms: int, now_ms: int, width_ms: int, count: int) -> Candles:
        """At most `count` candles from the one that opens at `begin_ms` on, none after now."""
        stop_ms = min(begin_ms + count * width_ms, now_ms + 1)
        past_end = min(stop_ms, self._origin_ms)
        past = self._history(begin_ms, past_end, width_ms) if begin_ms < past_end else _empty()
        live = self._live(max(begin_ms, self._origin_ms), stop_ms, now_ms)
        rows = _joined(past, live)
        if not len(rows.time):
            return rows
        groups = (rows.time - begin_ms) // width_ms
        starts = np.flatnonzero(np.diff(groups, prepend=groups[0] - 1))
        return rows.merged(starts, begin_ms + groups[starts] * width_ms)

    def _live(self, begin_ms: int, stop_ms: int, now_ms: int) -> Candles:
        """Minutes in [begin, stop), the running one included."""
        if stop_ms <= begin_ms:
            return _empty()
        self._close_minutes(now_ms)
        running = opening(now_ms, MINUTE_MS)
        rows = self._minutes
        if running < stop_ms:
            rows = _joined(rows, self._served(running, now_ms + 1))
        first, last = np.searchsorted(rows.time, [begin_ms, stop_ms])
        return _rows(rows, int(first), int(last))

    def _close_minutes(self, now_ms: int) -> None:
        known = len(self._minutes.time)
        begin = self._origin_ms + known * MINUTE_MS
        end = opening(now_ms, MINUTE_MS)
        if end > begin:
            self._minutes = _joined(self._minutes, self._served(begin, end))

    def _served(self, begin_ms: int, end_ms: int) -> Candles:
        """Minute candles of all prices that were served in [begin, end)."""
        ticks = np.arange(begin_ms, end_ms, TICK_MS, dtype=np.int64)
        steered = np.array(self._path.starts_between(begin_ms, end_ms), dtype=np.int64)
        times = np.unique(np.concatenate([ticks, steered]))
        return self._sampled(times, MINUTE_MS)

    def _history(self, begin_ms: int, end_ms: int, width_ms: int) -> Candles:
        """Candles in [begin, end) before the market opened, from remembered blocks."""
        length = _BLOCK * width_ms
        aligned = (begin_ms - opening(0, width_ms)) // length * length + opening(0, width_ms)
        rows = _empty()
        for start in range(aligned, end_ms, length):
            rows = _joined(rows, self._block(start, width_ms))
        first, last = np.searchsorted(rows.time, [begin_ms, end_ms])
        return _rows(rows, int(first), int(last))

    def _block(self, begin_ms: int, width_ms: int) -> Candles:
        key = (begin_ms, width_ms)
        if key not in self._past:
            end = min(begin_ms + _BLOCK * width_ms, self._origin_ms)
            times = np.arange(begin_ms, end, width_ms // _SAMPLES, dtype=np.int64)
            self._past[key] = self._sampled(times, width_ms)
        return self._past[key]

    def _sampled(self, times: _Times, width_ms: int) -> Candles:
        """Candles of the path's prices at these times."""
        tick = float(self._instrument.tick)
        prices = np.round(self._path.prices(times.astype(np.float64)) / tick) * tick
        groups = (times - times[0]) // width_ms
        starts = np.flatnonzero(np.diff(groups, prepend=-1))
        blank = np.zeros_like(prices)
        opened = times[0] + groups[starts] * width_ms
        rows = Candles(times, prices, prices, prices, prices, blank).merged(starts, opened)
        return Candles(
            rows.time, rows.open, rows.high, rows.low, rows.close, self._volumes(rows, width_ms)
        )

    def _volumes(self, rows: Candles, width_ms: int) -> Floats:
        """Plausible volumes: the daily figure's share, uneven, more when the price moves."""
        share = self._instrument.daily_volume * width_ms / (_DAY * MINUTE_MS)
        luck = 0.5 + unit_uniform(self._seed, rows.time // MINUTE_MS)
        scale = 400.0 / np.sqrt(width_ms / MINUTE_MS)
        restless = 0.7 + scale * (rows.high - rows.low) / rows.open
        volumes: Floats = np.round(share * luck * restless, 3)
        return volumes


def _empty() -> Candles:
    none = np.zeros(0)
    return Candles(np.zeros(0, dtype=np.int64), none, none, none, none, none)


def _columns(rows: Candles) -> tuple[Floats, ...]:
    return rows.open, rows.high, rows.low, rows.close, rows.volume


def _joined(first: Candles, second: Candles) -> Candles:
    pairs = zip(_columns(first), _columns(second), strict=True)
    time = np.concatenate([first.time, second.time])
    return Candles(time, *(np.concatenate(pair) for pair in pairs))


def _rows(rows: Candles, first: int, last: int) -> Candles:
    return Candles(rows.time[first:last], *(column[first:last] for column in _columns(rows)))
