"""B-3 for hyperopt: one epoch, guarded against unguarded, by hyperopt's own ``HyperOptimizer``.

An epoch is what a worker of hyperopt does for each set of parameters: read the indicators from
their file, backtest, reckon the loss. The parameter means nothing, so that all epochs trade alike.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path
from typing import Any

from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode

from benchmarks.candles import CANDLES, market
from benchmarks.figures import Line, Target
from benchmarks.host import arguments, sandbox, write_config
from benchmarks.rounds import Arm, at_most, compared, measure, timed

MOST_ROUNDS = 5
_ARMS = {"plain": "TrendTuned", "plain, again": "TrendTuned", "guarded": "TrendTunedGuarded"}


def lines(rounds: int, most: int = CANDLES) -> list[Line]:
    """One epoch over the recorded spot pairs, or made-up ones."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="riskplugin-bench-") as name:
        folder = Path(name)
        traded = market(folder, most)
        with sandbox(10) as exchange:
            file = write_config(
                folder, exchange.port, traded.pairs, max_open_trades=5, timeframe="1h"
            )
            given = {"datadir": traded.folder, "timerange": traded.timerange}
            epochs = {
                arm: _Epochs(folder / f"{number}.pickle", arguments(file, strategy) | given)
                for number, (arm, strategy) in enumerate(_ARMS.items())
            }
        arms: dict[str, Arm] = {arm: each.run for arm, each in epochs.items()}
        samples = measure(arms, at_most(rounds, MOST_ROUNDS))
    found = {each.found for each in epochs.values()}
    if len(found) > 1:
        raise RuntimeError(f"the epochs are not comparable, they made {found}")
    note = f"{traded.origin} x {most}, {max(found)[0]} trades in each epoch"
    shared: dict[str, Any] = {"id": "B-3", "unit": "s", "scale": 1.0, "note": note}
    what = {"guarded": "hyperopt, one epoch", "plain, again": "A/A control, hyperopt"}
    return [
        compared(
            samples,
            arm,
            "plain",
            what=what[arm],
            against="itself" if target is None else "without the plugin",
            target=target,
            **shared,
        )
        for arm, target in (("guarded", Target(limit=1.05)), ("plain, again", None))
    ]


class _Epochs:
    """One of hyperopt's workers."""

    def __init__(self, pickle: Path, given: dict[str, Any]) -> None:
        from freqtrade.optimize.hyperopt.hyperopt_optimizer import HyperOptimizer

        config = setup_optimize_configuration(given | _ASKED, RunMode.HYPEROPT)
        self._worker = HyperOptimizer(config, pickle)
        self._worker.prepare_hyperopt()
        self.found = (0, 0.0)

    def run(self) -> float:
        """Seconds of one epoch."""
        return timed(self._once)

    def _once(self) -> None:
        metrics = self._worker.generate_optimizer({"nothing": 7})["results_metrics"]
        self.found = metrics["total_trades"], round(metrics["profit_total_abs"], 6)


_ASKED = {
    "hyperopt_loss": "SharpeHyperOptLossDaily",
    "spaces": ["buy"],
    "epochs": 1,
    "hyperopt_jobs": 1,
    "hyperopt_min_trades": 1,
    "dataformat_ohlcv": "feather",
}
