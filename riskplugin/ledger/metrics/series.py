"""The series of metrics as rows of values: combining them, and the points of a chart. Pure.

A row stands for a moment (raw), a minute or an hour. No two rows stand for the same sample, so
rows of any kind can be combined into any longer span.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import RiskLevel
from riskplugin.ledger.store.tables import SERIES, moment
from riskplugin.ports import Metrics

#: The values of the columns SERIES; the first is the moment, in microseconds.
Values = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What became of ``samples`` rows of metrics from ``at`` on, for ``span`` (zero: one moment).

    ``metrics`` holds the highest drawdown, exposure, concentration, leverage, score, volatility,
    the worst level and breaker, the sum of the changes, and the last value of all else.
    """

    at: datetime
    span: timedelta
    samples: int
    equity_low: float
    equity_high: float
    metrics: Metrics


def buckets(rows: Iterable[Values], grain: int) -> list[Values]:
    """One row for each ``grain`` microseconds in which there are any, oldest first.

    Within a span the order of ``rows`` says which value is the last.
    """

    def begin(row: Values) -> int:
        return whole(row[0], grain)

    spans = groupby(sorted(rows, key=begin), key=begin)  # stable: within a span as given
    return [combined(list(inside), at) for at, inside in spans]


def spans(rows: Iterable[tuple[int, Values]], width: int) -> Iterator[tuple[int, Values]]:
    """The same for rows of several grains, given with theirs and in order, as ``(span, row)``.

    At equal moments the coarser row comes first. A span is ``width`` wide (0: each row for
    itself), or as wide as a coarser row in it; all of these must divide one another.
    """
    end, span, inside = None, 0, list[Values]()
    for grain, row in rows:
        if end is None or row[0] >= end:
            if inside:
                yield span, combined(inside, whole(inside[0][0], span))
            span = max(width, grain)
            end = whole(row[0], span) + max(span, 1)
            inside = []
        inside.append(row)
    if inside:
        yield span, combined(inside, whole(inside[0][0], span))


def combined(rows: Sequence[Values], at: int) -> Values:
    """One row for ``rows`` (at least one), beginning ``at``: the last, highest or worst value each.

    A figure that is not known (None) says nothing, unless none is known.
    """
    columns = list(zip(*rows, strict=True))[1:]
    return (at, *(fold(column) for fold, column in zip(_IN_ORDER, columns, strict=True)))


def width(span: int, points: int) -> int:
    """The narrowest usual width (both in microseconds) of at most ``points`` in ``span``.

    >>> width(3_600_000_000, 100) // 1_000_000, width(90 * 86_400_000_000, 100) // 3_600_000_000
    (60, 24)
    """
    least = span / max(points, 1)
    for seconds in _WIDTHS:
        if seconds * 1_000_000 >= least:
            return seconds * 1_000_000
    return _DAY * math.ceil(least / _DAY)


def point(span: int, row: Values) -> Point:
    """The row as people read it; an unknown figure is NaN."""
    values: dict[str, Any] = {
        name: math.nan if value is None and name != "volatility" else value
        for name, value in zip(SERIES, row, strict=True)
    }
    at = moment(values.pop("at"))
    return Point(
        at=at,
        span=timedelta(microseconds=span),
        samples=values.pop("samples"),
        equity_low=values.pop("equity_low"),
        equity_high=values.pop("equity_high"),
        metrics=Metrics(at=at, **values),
    )


def whole(at: int, grain: int) -> int:
    """The beginning of the span of ``grain`` that ``at`` lies in; ``at`` itself for a grain of 0.

    >>> whole(125, 60), whole(125, 0), whole(-1, 60)
    (120, 125, -60)
    """
    return at - at % grain if grain else at


_DAY = 86_400_000_000

#: Seconds; each divides an hour, or is a multiple of one.
_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800)
_WIDTHS = (*_SECONDS, *(3600 * hours for hours in (1, 2, 3, 4, 6, 12, 24)))

Fold = Callable[[Sequence[Any]], Any]


def _last(values: Sequence[float | None]) -> float | None:
    return next((value for value in reversed(values) if value is not None), None)


def _highest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)


def _lowest(values: Sequence[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def _total(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    total = sum(known)
    return total if known and math.isfinite(total) else None


def _worst(order: Sequence[str]) -> Fold:
    """The value furthest to the right in ``order``; one that is not in it is worse than any."""
    rank = {str(name): place for place, name in enumerate(order)}
    return lambda values: max(values, key=lambda value: rank.get(value, len(rank)))


_BREAKER = (BreakerState.CLOSED, BreakerState.HALF_OPEN, BreakerState.OPEN, BreakerState.LATCHED)

#: What becomes of each column; those not named keep their last value.
_FOLDS: dict[str, Fold] = {
    "samples": sum,
    "equity_low": _lowest,
    "equity_high": _highest,
    "equity_change": _total,
    "gross_exposure": _highest,
    "drawdown": _highest,
    "concentration": _highest,
    "leverage": _highest,
    "risk_score": _highest,
    "volatility": _highest,
    "level": _worst(tuple(RiskLevel)),
    "breaker": _worst(_BREAKER),
    "emergency": any,
    "trusted": all,
}
_IN_ORDER: tuple[Fold, ...] = tuple(_FOLDS.get(name, _last) for name in SERIES[1:])
