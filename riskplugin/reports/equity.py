"""The equity curve of a period, from the series of metrics and the money that came and went."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from riskplugin.ledger.metrics.series import Point
from riskplugin.ledger.reader import LedgerReader
from riskplugin.reports.period import Period

#: Points that a curve is read with: fine enough for the deepest fall, few enough for memory.
POINTS = 12_000
#: How far back the last equity before the period is looked for, the nearest first.
_BACK = (timedelta(hours=2), timedelta(days=3), timedelta(days=90))
#: Nobody traded before; a calendar has a first day, too.
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

Flow = tuple[datetime, float]


@dataclass(frozen=True)
class Curve:
    """Equity over time, with what came in or went out beside each moment.

    ``unrealised`` is that of open positions at the first and the last moment, ``measured`` the
    deepest drawdown as the breaker saw it (a ratio). ``untrusted`` points were left out. ``step``
    is the widest span that one point stands for.
    """

    times: NDArray[np.datetime64]
    equity: NDArray[np.float64]
    flows: NDArray[np.float64]
    unrealised: tuple[float, float]
    measured: float | None
    untrusted: int
    step: timedelta
    begins_before: bool

    @property
    def flowed(self) -> float:
        """The money that came in less what went out."""
        return float(self.flows[1:].sum())


def curve(reader: LedgerReader, bot: str, period: Period, flows: Iterable[Flow]) -> Curve | None:
    """The curve of ``bot``, None when nothing was measured in the period. Raises LedgerError.

    It begins with the last equity before the period, where there is one.
    """
    points = reader.series(bot, period.since, period.until, points=POINTS)
    usable = [p for p in points if _usable(p)]
    if not usable:
        return None
    before = _before(reader, bot, period)
    return _made(before, usable, len(points) - len(usable), sorted(flows), period)


def _usable(point: Point) -> bool:
    return point.metrics.trusted and math.isfinite(point.metrics.equity)


def _before(reader: LedgerReader, bot: str, period: Period) -> Point | None:
    if period.since is None or period.since <= _EARLIEST:
        return None
    for back in _BACK:
        found = reader.series(bot, period.since - back, period.since, points=500)
        usable = [p for p in found if _usable(p)]
        if usable:
            return usable[-1]
    return None


def _made(
    before: Point | None, points: list[Point], left_out: int, flows: list[Flow], period: Period
) -> Curve:
    if before is not None and period.since is not None:
        told = [(period.since, before.metrics.equity), *_samples(points, flows)]
    else:  # a low is no beginning: what was lost until then, and won again, would be a gain
        told = [(points[0].at + points[0].span, points[0].metrics.equity)]
        told += _samples(points[1:], flows)
    times = np.array([at.replace(tzinfo=None) for at, _ in told], dtype="datetime64[us]")
    first = before or points[0]
    return Curve(
        times=times,
        equity=np.array([equity for _, equity in told]),
        flows=_beside(times, flows),
        unrealised=(_known(first.metrics.unrealised), _known(points[-1].metrics.unrealised)),
        measured=max((d for p in points if math.isfinite(d := p.metrics.drawdown)), default=None),
        untrusted=left_out,
        step=max(p.span for p in points),
        begins_before=before is not None,
    )


def _samples(points: list[Point], flows: list[Flow]) -> Iterator[tuple[datetime, float]]:
    """Each point's last equity at its end, and within it its low and high.

    The low is put before the high: so no fall is told that was not there. While money flowed in a
    span, its low and high say nothing.
    """
    moved = [at for at, _ in flows]
    for point in points:
        end = point.at + point.span
        if point.span and not any(point.at <= at <= end for at in moved):
            if math.isfinite(point.equity_low):
                yield point.at + point.span / 3, point.equity_low
            if math.isfinite(point.equity_high):
                yield point.at + point.span * 2 / 3, point.equity_high
        yield end, point.metrics.equity


def _beside(times: NDArray[np.datetime64], flows: list[Flow]) -> NDArray[np.float64]:
    """Each flow at the first moment that is not before it; those after the last are left out."""
    beside = np.zeros(len(times))
    for at, amount in flows:
        place = int(np.searchsorted(times, np.datetime64(at.replace(tzinfo=None), "us")))
        if place < len(times) and math.isfinite(amount):
            beside[place] += amount
    return beside


def _known(value: float) -> float:
    return value if math.isfinite(value) else 0.0
