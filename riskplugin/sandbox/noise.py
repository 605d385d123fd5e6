"""Fractal noise: a random walk that can be evaluated at any time without walking there.

Sum of octaves of value noise (a hash of the lattice point, smoothly interpolated), each octave four
times slower than the last and with the amplitude that a Brownian motion has at that time scale. So
O(octaves) for any time, past or future, reproducible from the seed, and bounded: prices stay near
their level. Knows no prices and no clock.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_Integers = npt.NDArray[np.uint64]

SHORTEST_S = 2.0
OCTAVES = 12
# Sum of all octaves then moves by 1.0 standard deviation in a day; measured by the tests.
_SCALE = 0.645
_DAY_S = 86_400.0
_CHUNK = 20_000


def _hash(values: _Integers) -> _Integers:
    """splitmix64 (Steele, Lea, Flood 2014): scrambles counters into 64 random bits."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def unit_uniform(seed: int, counters: npt.NDArray[np.int64]) -> Floats:
    """One reproducible number in [0, 1) per counter."""
    offset = _hash(np.array([seed & 0xFFFFFFFFFFFFFFFF], dtype=np.uint64))
    with np.errstate(over="ignore"):
        bits = _hash(counters.astype(np.uint64) + offset)
    return (bits >> np.uint64(11)).astype(np.float64) / float(1 << 53)


class FractalNoise:
    """A zero-mean path whose change over a day has a standard deviation near 1."""

    def __init__(self, seed: int) -> None:
        self._periods = SHORTEST_S * 4.0 ** np.arange(OCTAVES)[:, None]
        self._amplitudes = _SCALE * np.sqrt(self._periods / _DAY_S)
        seeds = np.arange(OCTAVES, dtype=np.uint64)[:, None] + np.uint64(seed & 0xFFFFFFFF)
        self._offsets = _hash(seeds * np.uint64(0x632BE59BD9B4E019))

    def value(self, seconds: Floats) -> Floats:
        """The path at these times (seconds, any order, any sign)."""
        if seconds.size <= _CHUNK:
            return self._value(seconds)
        pieces = np.array_split(seconds, seconds.size // _CHUNK + 1)
        return np.concatenate([self._value(piece) for piece in pieces])

    def _value(self, seconds: Floats) -> Floats:
        position = seconds[None, :] / self._periods
        left = np.floor(position)
        fraction = position - left
        weight = fraction * fraction * (3.0 - 2.0 * fraction)
        lattice = left.astype(np.int64).astype(np.uint64)
        here = self._lattice(lattice)
        there = self._lattice(lattice + np.uint64(1))
        total: Floats = (self._amplitudes * (here + (there - here) * weight)).sum(axis=0)
        return total

    def _lattice(self, counters: _Integers) -> Floats:
        """Unit-variance uniform numbers at lattice points."""
        bits = _hash(counters + self._offsets) >> np.uint64(11)
        unit: Floats = bits.astype(np.float64) * (2.0 * np.sqrt(3.0) / float(1 << 53))
        unit -= np.sqrt(3.0)
        return unit
