"""B-3 in breadth: 1, 10 and 50 pairs, spot and futures, with and without DCA.

DCA is an ``adjust_trade_position`` of the strategy's own, for which freqtrade copies the trade in
every candle, in both arms. Fewer candles where there are more pairs, so that a round takes seconds.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from benchmarks.candles import CANDLES, stock
from benchmarks.figures import Line, Target
from benchmarks.rounds import Samples, at_most, compared, measure
from benchmarks.testing import Bench

#: A round of all cells takes half a minute.
MOST_ROUNDS = 5
#: Pairs, and the candles of each.
_SIZES = {1: 3000, 10: 1000, 50: 300}
_STRATEGIES = {"": "Trend", ", DCA": "TrendDca"}
_LIMIT = 1.05


def lines(rounds: int, most: int = CANDLES) -> list[Line]:
    """Every cell, with its A/A control; ``most`` candles of each pair."""
    logging.disable(logging.CRITICAL)
    found: list[Line] = []
    for futures in (False, True):
        for count, candles in _SIZES.items():
            found += _row(at_most(rounds, MOST_ROUNDS), count, min(candles, most), futures=futures)
    return found


def _row(rounds: int, count: int, candles: int, *, futures: bool) -> list[Line]:
    """Both strategies over the same candles."""
    found: list[Line] = []
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        folder = Path(name)
        traded = stock(folder / "candles", count, candles, futures=futures)
        bench = Bench(folder, traded, max_open_trades=max(2, count // 2))
        for word, strategy in _STRATEGIES.items():
            bench.outcomes.clear()
            arms = {"plain": strategy, "plain, again": strategy, "guarded": f"{strategy}Guarded"}
            samples = measure(bench.arms(arms), rounds, warm=count == 1)
            what = f"{_pairs(count)}, {'futures' if futures else 'spot'}{word}"
            done = f"{candles} candles, {bench.trades} trades in each arm"
            found += _reported(samples, what, f"{what}: {traded.origin}, {done}")
        bench.close()
    return found


def _reported(samples: Samples, what: str, note: str) -> list[Line]:
    return [
        compared(
            samples,
            arm,
            "plain",
            id="B-3",
            what=f"{title}, {what}",
            against=against,
            unit="s",
            scale=1.0,
            target=target,
            note=note if target else "",
        )
        for arm, title, against, target in (
            ("guarded", "backtest", "without the plugin", Target(limit=_LIMIT)),
            ("plain, again", "A/A control", "itself", None),
        )
    ]


def _pairs(count: int) -> str:
    return "1 pair" if count == 1 else f"{count} pairs"
