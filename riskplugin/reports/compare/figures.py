"""The charts of a comparison: equity with breaker periods and refusals, drawdowns, grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import numpy as np

from riskplugin.analytics.performance import under_water_pct, unit_values
from riskplugin.reports.compare import words
from riskplugin.reports.compare.comparison import Comparison, calibration
from riskplugin.reports.compare.run import HALTED, Figures, Run, Seconds
from riskplugin.reports.figures import (
    ACT,
    BAD,
    GOOD,
    PLAIN,
    WATCH,
    Figure,
    Trace,
    bars,
    layout,
    line,
    points,
    shaded,
)

#: Points of a line; of more, the lowest and the highest of each stretch are drawn.
MOST = 3000
#: Refusals that are drawn one by one.
MOST_POINTS = 1500


def figures_of(comparison: Comparison) -> list[Figure]:
    """All charts that there is something to draw for."""
    return list(_figures(comparison))


def _figures(comparison: Comparison) -> Iterator[Figure]:
    runs = (comparison.without, comparison.guarded)
    shapes = _shapes(comparison)
    yield Figure(
        "equity",
        "Equity, marked to market at every candle",
        [*(_equity(run) for run in runs), *_refused(comparison)],
        layout(shapes=shapes),
        height=420,
        text="Shaded: the breaker was open (red) or half-open (yellow). Points: refused entries; "
        "point at one for what it would have brought.",
    )
    yield Figure(
        "drawdown",
        "Drawdown from the highest equity so far",
        [_fall(run) for run in runs],
        layout(unit=" %", shapes=shapes),
        height=260,
        text=_deepest(comparison),
    )
    told = {name: each for name, each in comparison.sums.items() if each.matched}
    if told:
        yield Figure(
            "refusals",
            "What the refused and cut part did in the run without the plugin",
            [
                bars([*told], [e.lost for e in told.values()], "lost: spared", colour=GOOD),
                bars([*told], [e.earned for e in told.values()], "earned: given up", colour=BAD),
            ],
            layout(category=True, barmode="relative"),
            height=280,
            text="By limit, scaled to the margin that was asked for and not given.",
        )
    if comparison.calibrated:
        yield from _calibration(comparison)
    if comparison.grid:
        yield _grid(comparison)


def _equity(run: Run) -> Trace:
    times, values = thinned(run.times, run.equity)
    name = "with the plugin" if run.guarded else "without"
    return line(_moments(times), values.tolist(), name, colour=ACT if run.guarded else PLAIN)


def _fall(run: Run) -> Trace:
    when = run.times.astype("datetime64[s]").astype("datetime64[us]")
    _, value = unit_values(when, run.equity, None)
    times, values = thinned(run.times, -under_water_pct(value))
    name = "with the plugin" if run.guarded else "without"
    colour = ACT if run.guarded else PLAIN
    return line(_moments(times), values.tolist(), name, colour=colour, fill=run.guarded, unit=" %")


def _shapes(comparison: Comparison) -> list[dict[str, object]]:
    halted: list[tuple[datetime, datetime]] = []
    testing: list[tuple[datetime, datetime]] = []
    for each in comparison.periods:
        place = halted if each.state in HALTED else testing
        place.append((_moment(each.begin), _moment(each.end)))
    return [*shaded(halted, colour=BAD), *shaded(testing, colour=WATCH, opacity=0.1)]


def _refused(comparison: Comparison) -> Iterator[Trace]:
    """Refused entries at the equity of the run with the plugin."""
    run, facts = comparison.guarded, comparison.without.facts
    found = [each for each in comparison.judged if each.asked.refused][:MOST_POINTS]
    if not found:
        return
    place = np.searchsorted(run.times, [each.asked.at for each in found])
    heights = run.equity[np.minimum(place, len(run.equity) - 1)].tolist()
    texts = []
    for each in found:
        result = "no counterpart"
        if each.result is not None:
            result = f"would have brought {words.money(each.result, facts, sign=True)}"
        asked = each.asked
        texts.append(f"{asked.pair} {asked.side} refused: {asked.rule}; {result}")
    times = _moments(np.array([each.asked.at for each in found]))
    yield points(times, heights, texts, "refused", colour=WATCH, symbol="x")


def _deepest(comparison: Comparison) -> str:
    one, other = (
        words.number(comparison.figures[run.name].max_drawdown_pct, " %")
        for run in (comparison.without, comparison.guarded)
    )
    return f"At its deepest {one} without and {other} with the plugin."


def _calibration(comparison: Comparison) -> Iterator[Figure]:
    """What each limit cost, and beside it what it avoided; never on one axis."""
    found, currency = calibration(comparison), comparison.without.facts.currency
    names = [each.limit for each in found]
    costs = bars(names, [-each.cost for each in found], "by acting", unit=f" {currency}")
    yield Figure(
        "cost",
        f"What each limit did to the profit, {currency}",
        [costs],
        layout(category=True, legend=False),
        height=230,
    )
    falls = [each.drawdown_avoided_pct for each in found]
    days = [each.worst_day_avoided_pct for each in found]
    yield Figure(
        "avoided",
        "What each limit avoided, in points of equity",
        [
            bars(names, falls, "largest drawdown", colour=ACT, unit=" points"),
            bars(names, days, "worst day", colour=PLAIN, unit=" points"),
        ],
        layout(category=True, barmode="group"),
        height=250,
    )


def _grid(comparison: Comparison) -> Figure:
    """Every point by risk and profit."""
    pairs: list[tuple[float, float, str, bool]] = []
    for run in comparison.tried:
        each = comparison.figures[run.name]
        name = "as configured" if run is comparison.guarded else run.name
        pairs.append((each.max_drawdown_pct or 0.0, each.profit_pct, name, run is comparison.best))

    def trace(name: str, colour: str, symbol: str, *, best: bool) -> Trace:
        some = [each for each in pairs if each[3] is best]
        texts = [f"{n}: {profit:+.2f} %, drawdown {fall:.2f} %" for fall, profit, n, _ in some]
        made = points([], [p for _, p, _, _ in some], texts, name, colour=colour, symbol=symbol)
        return made | {"x": [fall for fall, _, _, _ in some]}

    return Figure(
        "grid",
        "The grid: profit over largest drawdown",
        [
            trace("runs", ACT, "circle", best=False),
            trace("highest Calmar", WATCH, "star", best=True),
        ],
        layout(
            unit=" %",
            xaxis={"type": "linear", "title": {"text": "largest drawdown, %"}, "gridcolor": PLAIN},
        )
        | {"hovermode": "closest"},
        height=320,
    )


def thinned(times: Seconds, values: Figures, most: int = MOST) -> tuple[Seconds, Figures]:
    """At most about ``most`` points: of each stretch its first, lowest, highest and last."""
    if len(times) <= most:
        return times, values
    kept = {0, len(times) - 1}
    for part in np.array_split(np.arange(len(times)), most // 4):
        some = values[part]
        kept |= {part[0], part[int(np.argmin(some))], part[int(np.argmax(some))], part[-1]}
    places = np.array(sorted(int(each) for each in kept))
    return times[places], values[places]


def _moments(times: Seconds | Sequence[int]) -> list[datetime]:
    return [_moment(int(at)) for at in times]


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at, UTC)
