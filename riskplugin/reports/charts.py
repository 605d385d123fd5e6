"""The charts of a report: equity, fall from the high, days, results by pair, answers by rule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from riskplugin.analytics.performance import under_water_pct, unit_values
from riskplugin.core.breaker import BreakerState
from riskplugin.reports import figures as draw
from riskplugin.reports.equity import Curve
from riskplugin.reports.figures import Figure
from riskplugin.reports.gather import Told
from riskplugin.reports.parts.breaches import Spell
from riskplugin.reports.words import gained, number, percent, signed

#: Points of a line: more than a screen has, few enough for a file.
POINTS = 1_500
#: Bars that can still be read.
_BARS = 20


def charts(told: Told) -> list[Figure]:
    """Every chart for which there is something to draw."""
    made: list[Figure] = []
    if told.curve is not None and len(told.curve.times) > 1:
        shade = shades(told.facts.breaches.spells)
        made += [_equity(told, told.curve, shade), _fall(told, told.curve, shade)]
    if len(told.performance.daily) > 1:
        made.append(_days(told))
    if len(told.facts.trades.by["pair"]) > 1:
        made.append(_pairs(told))
    return made


def shades(spells: Sequence[Spell]) -> list[dict[str, object]]:
    """Red while the breaker was open or latched, amber while half-open."""
    half = [(s.begin, s.end) for s in spells if s.state is BreakerState.HALF_OPEN]
    shut = [(s.begin, s.end) for s in spells if s.state is not BreakerState.HALF_OPEN]
    amber = draw.shaded(half[:1000], colour=draw.WATCH, opacity=0.12)
    return draw.shaded(shut[:1000], colour=draw.BAD, opacity=0.2) + amber


def thinned(
    times: NDArray[np.datetime64], values: NDArray[np.float64], worst: object = None
) -> tuple[list[datetime], list[float]]:
    """At most POINTS of a line: the last of each group, or its ``worst`` (np.max, np.min)."""
    size = max(1, -(-len(times) // POINTS))
    ends = [min(begin + size, len(times)) for begin in range(0, len(times), size)]
    moments = [times[end - 1].astype("datetime64[us]").item().replace(tzinfo=UTC) for end in ends]
    if not callable(worst):
        return moments, [float(values[end - 1]) for end in ends]
    return moments, [float(worst(values[max(0, end - size) : end])) for end in ends]


def _equity(told: Told, curve: Curve, shade: list[dict[str, object]]) -> Figure:
    times, values = thinned(curve.times, curve.equity)
    data = [draw.line(times, values, "equity", unit=_unit(told))]
    moved = np.flatnonzero(curve.flows[1:]) + 1
    if len(moved):
        texts = [f"deposit or withdrawal {signed(curve.flows[i])}" for i in moved]
        at = [curve.times[i].astype("datetime64[us]").item().replace(tzinfo=UTC) for i in moved]
        level = [float(curve.equity[i]) for i in moved]
        data.append(draw.points(at, level, texts, "deposit, withdrawal", colour=draw.PLAIN))
    text = f"{number(curve.equity[0])} to {number(curve.equity[-1])}{_unit(told)}"
    if shade:
        text += "; red: the breaker was open, amber: half-open"
    return Figure("equity", "Equity", data, draw.layout(shapes=shade), 300, text)


def _fall(told: Told, curve: Curve, shade: list[dict[str, object]]) -> Figure:
    when, value = unit_values(curve.times, curve.equity, curve.flows)
    times, values = thinned(when, under_water_pct(value), np.max)
    data = [
        draw.line(
            times, [-v for v in values], "below the high", colour=draw.BAD, fill=True, unit=" %"
        )
    ]
    text = f"deepest {percent(told.performance.max_drawdown_pct)}"
    layout = draw.layout(unit=" %", shapes=shade, legend=False)
    return Figure("fall", "Fall from the highest value of the period", data, layout, 190, text)


def _days(told: Told) -> Figure:
    daily = told.performance.daily
    data = [draw.bars([day for day, _ in daily], [gain for _, gain in daily], "day", unit=" %")]
    best, worst = told.performance.best_day_pct, told.performance.worst_day_pct
    text = f"best {gained(best)}, worst {gained(worst)}"
    return Figure("days", "Result by day", data, draw.layout(unit=" %", legend=False), 210, text)


def _pairs(told: Told) -> Figure:
    by = told.facts.trades.by["pair"]
    ranked = sorted(by.items(), key=lambda item: item[1].profit, reverse=True)
    if len(ranked) > _BARS:
        ranked = [*ranked[: _BARS // 2], *ranked[-_BARS // 2 :]]
    names = [name for name, _ in ranked]
    data = [draw.bars(names, [e.profit for _, e in ranked], "result", unit=_unit(told))]
    text = f"the best and the worst {_BARS // 2} of {len(by)}" if len(by) > _BARS else ""
    layout = draw.layout(legend=False, category=True)
    return Figure("pairs", "Result by pair", data, layout, 230, text)


def _unit(told: Told) -> str:
    return f" {draw.plain(told.ask.currency)}" if told.ask.currency else ""
