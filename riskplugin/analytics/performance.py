"""What an equity curve earned and at what risk: returns, ratios, drawdowns, days. Pure numpy.

Everything is reckoned on the unit value, as a fund does it: money that comes in or goes out is no
return. Ratios are per year of 365 days, without a risk-free rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from riskplugin.core.calendar import day_end
from riskplugin.core.policy import DayPolicy

Times = NDArray[np.datetime64]
Figures = NDArray[np.float64]

_YEAR = 365
_DAY = np.timedelta64(1, "D")
_UTC_DAYS = DayPolicy()

#: A fall, or a risk, as small as this is an error of floats.
_ROUNDING = 1e-12

#: Drawdowns that are kept, the deepest.
KEPT = 10


@dataclass(frozen=True, slots=True)
class Drawdown:
    """A fall from a high: since when, deepest where, ``ended`` at the old high again or None."""

    started: datetime
    bottom: datetime
    ended: datetime | None
    depth_pct: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """What an equity curve says; None for what cannot be told from it.

    Losses of ``max_drawdown_pct`` and ``depth_pct`` are positive; ``worst_day_pct`` is a return,
    mostly negative. Figures per year need two days. ``drawdowns`` are the deepest first.
    ``time_under_water_pct`` is the share of the time below an earlier high.
    """

    start: datetime | None = None
    end: datetime | None = None
    total_return_pct: float | None = None
    annual_return_pct: float | None = None
    volatility_pct: float | None = None
    sharpe: float | None = None
    sortino: float | None = None
    calmar: float | None = None
    max_drawdown_pct: float | None = None
    worst_day_pct: float | None = None
    best_day_pct: float | None = None
    time_under_water_pct: float | None = None
    drawdowns: tuple[Drawdown, ...] = ()
    daily: tuple[tuple[date, float], ...] = ()


def performance(
    times: Times, equity: Figures, *, flows: Figures | None = None, days: DayPolicy = _UTC_DAYS
) -> Performance:
    """The performance of ``equity`` at ``times`` (UTC, in order, any distance).

    ``flows`` holds the money that came in (> 0) or went out since the moment before: it is part of
    the equity beside it. Moments without a finite equity are left out. ``days`` says when a day
    begins; a day lasts from the last equity at or before its begin to that of its end.
    """
    when, value = unit_values(times, equity, flows)
    if len(when) < 2 or when[-1] <= when[0]:
        return Performance() if not len(when) else Performance(start=_at(when[0]), end=_at(when[0]))
    daily = _daily(when, value, days)
    returns = np.array([each for _, each in daily])
    under = _under_water(value)
    deepest = float(under.max())
    length = float((when[-1] - when[0]) / _DAY)
    yearly = _yearly(float(value[-1]), length)
    return Performance(
        start=_at(when[0]),
        end=_at(when[-1]),
        total_return_pct=100 * (float(value[-1]) - 1),
        annual_return_pct=None if yearly is None else 100 * yearly,
        volatility_pct=100 * _deviation(returns) if len(returns) > 1 else None,
        sharpe=_ratio(returns, float(np.std(returns))) if len(returns) > 1 else None,
        sortino=_ratio(returns, _downside(returns)) if len(returns) > 1 else None,
        calmar=None if yearly is None or deepest <= 0 else yearly / deepest,
        max_drawdown_pct=100 * deepest,
        worst_day_pct=100 * float(returns.min()) if len(returns) else None,
        best_day_pct=100 * float(returns.max()) if len(returns) else None,
        time_under_water_pct=_share_under(when, under),
        drawdowns=_drawdowns(when, under),
        daily=tuple((day, 100 * each) for day, each in daily),
    )


def unit_values(times: Times, equity: Figures, flows: Figures | None) -> tuple[Times, Figures]:
    """The moments with a finite equity, and the value there of what was 1 at the first of them.

    A lost account (equity 0 or less) has the value 0 and keeps it. One that is empty at first has
    nothing to lose: its value stays 1 until money is there.
    """
    when = np.asarray(times, dtype="datetime64[us]")
    known = np.isfinite(equity)
    if not known.any():
        return when[:0], np.zeros(0)
    moved = np.zeros(len(equity)) if flows is None else np.nan_to_num(flows)
    since_known = np.diff(np.cumsum(moved)[known], prepend=0.0)
    held = np.asarray(equity, dtype=np.float64)[known]
    before, after = held[:-1], held[1:] - since_known[1:]
    lost = np.logical_or.accumulate(before > 0)
    without = np.where(lost, 0.0, 1.0)
    growth = np.where(before > 0, after / np.where(before > 0, before, 1.0), without)
    return when[known], np.concatenate(([1.0], np.cumprod(np.maximum(growth, 0.0))))


def under_water_pct(value: Figures) -> Figures:
    """How far each value lies below the highest before it, in percent (0 at a high)."""
    return 100 * _under_water(value)


def _under_water(value: Figures) -> Figures:
    """What is lost to rounding is not lost."""
    under = 1 - value / np.maximum.accumulate(value)
    return np.where(under > _ROUNDING, under, 0.0)


def _daily(when: Times, value: Figures, days: DayPolicy) -> list[tuple[date, float]]:
    """The return of each day; the first moment alone is no day."""
    ends = _boundaries(_at(when[0]), _at(when[-1]), days)
    bounds = np.array([end for end, _ in ends], dtype="datetime64[us]")
    at_end = value[np.searchsorted(when, bounds, side="right") - 1]
    before = np.concatenate((value[:1], at_end[:-1]))
    gains = np.where(before > 0, at_end / np.where(before > 0, before, 1.0) - 1, 0.0)
    told = [(day, float(gain)) for (_, day), gain in zip(ends, gains, strict=True)]
    return told[1:] if len(when) > 1 and when[1] > bounds[0] else told


def _boundaries(first: datetime, last: datetime, days: DayPolicy) -> list[tuple[datetime, date]]:
    """The end of each day from ``first`` to ``last``, without a zone, and the day it ends."""
    made = []
    at = first
    while at < last:
        at = day_end(at, days)
        day = at.astimezone(days.timezone).date() - timedelta(days=1)
        made.append((min(at, last).replace(tzinfo=None), day))
    return made


def _yearly(growth: float, length: float) -> float | None:
    """Compound growth in a year; None for less than two days, or beyond what a float holds."""
    if length < 2:
        return None
    try:
        return float(growth ** (_YEAR / length) - 1)
    except OverflowError:
        return None


def _deviation(returns: Figures) -> float:
    return float(np.std(returns) * np.sqrt(_YEAR))


def _downside(returns: Figures) -> float:
    """The downside deviation below zero, over all days (Sortino and Price, 1994)."""
    return float(np.sqrt(np.mean(np.minimum(returns, 0.0) ** 2)))


def _ratio(returns: Figures, risk: float) -> float | None:
    """Mean over risk, per year; None without risk. A deviation of rounding errors is none."""
    if risk <= _ROUNDING:
        return None
    return float(np.mean(returns) / risk * np.sqrt(_YEAR))


def _share_under(when: Times, under: Figures) -> float:
    """The share of the time behind moments that lie below an earlier high."""
    widths = np.diff(when) / np.timedelta64(1, "us")
    return float(100 * widths[under[:-1] > 0].sum() / widths.sum())


def _drawdowns(when: Times, under: Figures) -> tuple[Drawdown, ...]:
    """The deepest falls: from the last moment at a high to the first that is at it again."""
    steps = np.diff((under > 0).astype(np.int8), prepend=0, append=0)
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    made = []
    for begin, end in zip(begins, ends, strict=True):
        bottom = begin + int(np.argmax(under[begin:end]))
        over = _at(when[end]) if end < len(when) else None
        depth = 100 * float(under[bottom])
        made.append(Drawdown(_at(when[begin - 1]), _at(when[bottom]), over, depth))
    return tuple(sorted(made, key=lambda each: (-each.depth_pct, each.started))[:KEPT])


def _at(when: np.datetime64) -> datetime:
    return when.astype("datetime64[us]").item().replace(tzinfo=UTC)  # type: ignore[no-any-return]
