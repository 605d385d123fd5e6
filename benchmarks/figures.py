"""What a benchmark reports: one line per figure, with its baseline and its target."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The median of a sample and its quartiles; all three equal for a sample of one."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, sample: list[float]) -> Spread:
        """Raises statistics.StatisticsError for an empty sample.

        >>> Spread.of([1.0, 2.0, 3.0, 4.0, 5.0])
        Spread(median=3.0, low=2.0, high=4.0)
        """
        if len(sample) == 1:
            return cls(median=sample[0], low=sample[0], high=sample[0])
        low, _, high = quantiles(sample, n=4, method="inclusive")
        return cls(median=median(sample), low=low, high=high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A limit (inclusive) on the ratio, or on the figure itself in the figure's unit."""

    limit: float
    on: Literal["ratio", "figure"] = "ratio"
    sense: Literal["at most", "at least"] = "at most"

    def met(self, measured: float) -> bool:
        """Whether ``measured`` lies on the good side."""
        return measured <= self.limit if self.sense == "at most" else measured >= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One measured figure.

    ``figure`` and ``baseline`` are medians in ``unit``. ``ratio`` is that of the pairs measured in
    the same round, not of the two medians; ``rounds`` is their number. ``best`` is the ratio of the
    two smallest figures: what neighbours on the machine add, they add to the larger ones.
    """

    id: str
    what: str
    figure: float
    unit: str
    rounds: int
    baseline: float | None = None
    against: str = ""
    ratio: Spread | None = None
    best: float | None = None
    target: Target | None = None
    note: str = ""
    part: str = ""  # of the run that measured it, as --only names it

    @property
    def met(self) -> bool | None:
        """None where there is no target."""
        if self.target is None:
            return None
        if self.target.on == "figure":
            return self.target.met(self.figure)
        return None if self.ratio is None else self.target.met(self.ratio.median)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table that is no comparison: its columns, and rows of texts."""

    part: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
