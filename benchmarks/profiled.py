"""Where a guarded backtest spends its time: riskplugin's functions by their own time.

cProfile lengthens what consists of many short calls; shares are for finding, ratios for judging.
``make bench ARGS='--only profile --profile FILE'`` writes the whole profile as text.
"""

from __future__ import annotations

import cProfile
import logging
import os
import pstats
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.candles import CANDLES, market
from benchmarks.figures import Sheet
from benchmarks.rounds import collected
from benchmarks.testing import Bench

_SHOWN = 20
_Function = tuple[str, int, str]


def lines(rounds: int, candles: int = CANDLES) -> list[Sheet]:
    """The profile of one backtest after one that warms up."""
    del rounds
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        bench = Bench(Path(name), market(Path(name), candles))
        config = bench.config("TrendGuarded")
        bench.run("TrendGuarded", config)
        profile = cProfile.Profile()
        with collected():
            profile.runcall(bench.run, "TrendGuarded", config)
    stats = pstats.Stats(profile)
    if place := os.environ.get("RISKPLUGIN_BENCH_PROFILE"):
        _write(profile, Path(place))
    columns = ("function of riskplugin", "calls", "own time, ms", "share of the backtest")
    return [Sheet(part="profile", columns=columns, rows=tuple(_rows(stats)))]


def _rows(stats: Any) -> Iterator[tuple[str, ...]]:
    """The functions that take most; first all of riskplugin, and freqtrade with what it calls."""
    ours = {_named(at): row for at, row in stats.stats.items() if "/riskplugin/" in at[0]}
    total = stats.total_tt
    spent = sum(own for _, _, own, *_ in ours.values())
    yield "all of riskplugin's own", "", f"{1e3 * spent:.0f}", _share(spent, total)
    for name, (_, calls, own, *_) in sorted(ours.items(), key=lambda each: -each[1][2])[:_SHOWN]:
        yield name, str(calls), f"{1e3 * own:.1f}", _share(own, total)


def _share(part: float, total: float) -> str:
    return f"{100 * part / total:.1f} %"


def _named(at: _Function) -> str:
    """``adapter/snapshots.py: look``."""
    file, line, function = at
    return f"{file.rpartition('/riskplugin/')[2]}:{line} {function}"


def _write(profile: cProfile.Profile, place: Path) -> None:
    with place.open("w", encoding="utf-8") as file:
        pstats.Stats(profile, stream=file).strip_dirs().sort_stats("tottime").print_stats(200)
