"""B-3: a backtest with everything on, against the same without and with freqtrade's protections.

Measured is ``Backtesting.backtest_one_strategy``: indicators, signals and the whole loop, as the
command runs it; reading candles and printing reports are left out on all sides. All arms make the
same trades, or the run is refused.
"""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from copy import deepcopy
from pathlib import Path
from typing import Any

from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.resolvers import ExchangeResolver

from benchmarks.candles import CANDLES, Market, market
from benchmarks.figures import Line, Target
from benchmarks.host import arguments, sandbox, write_config
from benchmarks.rounds import Arm, Samples, compared, measure, timed

#: Each round runs every arm once, which takes about twelve seconds.
MOST_ROUNDS = 11
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
        desk = Desk(Path(name), candles)
        samples = measure(desk.arms(), min(rounds, MOST_ROUNDS), warm=candles == CANDLES)
    return _reported(samples, desk)


class Desk:
    """One exchange object and one set of candles, shared by all runs."""

    def __init__(self, folder: Path, candles: int) -> None:
        self.market: Market = market(folder, candles)
        self.candles = candles
        self.trades: Counter[str] = Counter()
        with sandbox(10) as exchange:
            self._file = write_config(
                folder, exchange.port, self.market.pairs, max_open_trades=5, timeframe="1h"
            )
            self._exchange = ExchangeResolver.load_exchange(
                self.config("Trend"), load_leverage_tiers=True
            )

    def config(self, strategy: str) -> dict[str, Any]:
        """What the command ``freqtrade backtesting`` would make of the configuration file."""
        given = arguments(self._file, strategy) | {
            "datadir": self.market.folder,
            "timerange": self.market.timerange,
            "backtest_cache": "none",
            "export": "none",
            "dataformat_ohlcv": "feather",
            "enable_protections": strategy == "TrendProtections",
        }
        config: dict[str, Any] = setup_optimize_configuration(given, RunMode.BACKTEST)
        return config

    def arms(self) -> dict[str, Arm]:
        """One function for each thing that is compared."""
        configs = {strategy: self.config(strategy) for strategy in _ARMS.values()}
        return {
            name: lambda strategy=strategy: self.run(strategy, configs[strategy])  # type: ignore[misc]
            for name, strategy in _ARMS.items()
        }

    def run(self, strategy: str, config: dict[str, Any]) -> float:
        """The seconds of one backtest. Raises RuntimeError when the arms trade differently."""
        testing = Backtesting(deepcopy(config), exchange=self._exchange)
        data, timerange = testing.load_bt_data()
        chosen = testing.strategylist[0]
        seconds = timed(lambda: testing.backtest_one_strategy(chosen, data, timerange))
        self.trades[strategy] = len(testing.all_bt_content[strategy]["results"])
        if len(set(self.trades.values())) > 1:
            raise RuntimeError(f"the arms are not comparable, they traded {dict(self.trades)}")
        return seconds


def _reported(samples: Samples, desk: Desk) -> list[Line]:
    note = f"{desk.market.origin} x {desk.candles}, {desk.trades['Trend']} trades in each arm"

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
