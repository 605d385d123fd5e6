"""B-3: a backtest with everything on, against the same without and with freqtrade's protections.

All arms make the same trades, or the run is refused.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from benchmarks.candles import CANDLES, market
from benchmarks.figures import Line, Target
from benchmarks.rounds import Samples, at_most, compared, measure
from benchmarks.testing import Bench

#: Each round runs every arm once, which takes about twelve seconds.
MOST_ROUNDS = 9
_ARMS = {
    "plain": "Trend",
    "plain, again": "Trend",
    "guarded": "TrendGuarded",
    "callbacks": "TrendCallbacks",
    "protections": "TrendProtections",
}


def lines(rounds: int, candles: int = CANDLES) -> list[Line]:
    """B-3, whole."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        bench = Bench(Path(name), market(Path(name), candles))
        samples = measure(bench.arms(_ARMS), at_most(rounds, MOST_ROUNDS), warm=candles == CANDLES)
    return _reported(samples, bench, candles)


def _reported(samples: Samples, bench: Bench, candles: int) -> list[Line]:
    note = f"{bench.market.origin} x {candles}, {bench.trades} trades in each arm"

    def line(arm: str, baseline: str, what: str, against: str, limit: float | None = None) -> Line:
        return compared(
            samples,
            arm,
            baseline,
            id="B-3",
            what=what,
            against=against,
            unit="s",
            scale=1.0,
            target=None if limit is None else Target(limit=limit),
            note=note,
        )

    without = "without the plugin"
    return [
        line("guarded", "plain", "backtest, everything on", without, 1.04),
        line(
            "guarded", "protections", "backtest, everything on", "MaxDrawdown + StoplossGuard", 0.4
        ),
        line("protections", "plain", "backtest, MaxDrawdown + StoplossGuard", without),
        line("callbacks", "plain", "backtest, entry callbacks doing nothing", without),
        line("plain, again", "plain", "A/A control", "itself"),
    ]
