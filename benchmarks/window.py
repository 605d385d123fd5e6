"""B-4, last part: the drawdown of a period of 10 000 trades, moved on by one.

Against what freqtrade's MaxDrawdown makes of as many: a DataFrame, and calculate_max_drawdown over
it. That both say the same is asserted first. Reading trades from the database is on neither side.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pandas as pd
from freqtrade.data.metrics import calculate_max_drawdown

from benchmarks.figures import Line, Target
from benchmarks.report import number
from benchmarks.rounds import compared, measure, timed
from riskplugin.core.stats.drawdown import SlidingDrawdown

TRADES = 10_000
_BEGIN, _APART = datetime(2026, 1, 1, tzinfo=UTC), timedelta(minutes=10)
_TIMES = 20_000


def lines(rounds: int, trades: int = TRADES) -> list[Line]:
    """The windowed drawdown."""
    dice = random.Random(4)  # noqa: S311  # results that can be repeated
    results = [dice.gauss(0.2, 10.0) for _ in range(trades)]
    theirs = _theirs(results)
    samples = measure(
        {
            "ours": lambda: timed(_ours(results), times=_TIMES),
            "theirs": lambda: timed(theirs),
            "theirs, again": lambda: timed(theirs),
        },
        rounds,
    )
    return [
        compared(
            samples,
            "ours",
            "theirs",
            id="B-4",
            what=f"drawdown of the last {number(trades)} trades, moved on by one",
            against="a DataFrame and calculate_max_drawdown",
            target=Target(limit=1e-4),
        ),
        compared(
            samples,
            "theirs, again",
            "theirs",
            id="B-4",
            what="A/A control, drawdown",
            against="itself",
        ),
    ]


def _theirs(results: list[float]) -> Callable[[], float]:
    trades = [
        {"close_date": _BEGIN + at * _APART, "profit_abs": result}
        for at, result in enumerate(results)
    ]
    return lambda: float(calculate_max_drawdown(pd.DataFrame(trades)).drawdown_abs)


def _ours(results: list[float]) -> Callable[[], float]:
    """Each call adds a trade, forgets the oldest and asks; the moments are made before."""
    size, window = len(results), SlidingDrawdown()
    moments = [_BEGIN + at * _APART for at in range(size + _TIMES)]
    for at, result in zip(moments, results, strict=False):
        window.add(at, result)
    if abs(window.max_drawdown - _theirs(results)()) > 1e-6:
        raise RuntimeError("the two drawdowns are not the same")
    steps = zip(moments[size:], cycle(results), moments[1:], strict=False)

    def moved_on() -> float:
        at, result, begin = next(steps)
        window.add(at, result)
        window.forget_before(begin)
        return window.max_drawdown

    return moved_on
