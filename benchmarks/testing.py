"""Real backtests over one set of candles and one exchange object, which all arms share.

Timed is ``Backtesting.backtest_one_strategy``: indicators, signals and the whole loop, as the
command runs it; reading candles and printing reports are left out on all sides.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.backtesting import Backtesting
from freqtrade.resolvers import ExchangeResolver, StrategyResolver

from benchmarks.candles import Market
from benchmarks.host import arguments, sandbox, write_config
from benchmarks.rounds import Arm, timed

_MODEL = "SOL/USDT:USDT"
_Outcome = tuple[int, float]


class Bench:
    """Where strategies are tested against each other."""

    def __init__(self, folder: Path, market: Market, *, max_open_trades: int = 5) -> None:
        self.market = market
        self.outcomes: dict[str, _Outcome] = {}
        self._desks: dict[str, tuple[Backtesting, Any, Any]] = {}
        with sandbox(max(10, len(market.pairs))) as exchange:
            self.file = write_config(
                folder,
                exchange.port,
                market.pairs,
                futures=market.kind == "futures",
                max_open_trades=max_open_trades,
                timeframe="1h",
            )
            self.exchange = ExchangeResolver.load_exchange(
                self.config("Trend"), load_leverage_tiers=True
            )
        if market.kind == "futures":  # those of made-up pairs: as a real one's
            tiers = self.exchange._leverage_tiers
            tiers |= {pair: tiers.get(pair, tiers[_MODEL]) for pair in market.pairs}

    @property
    def trades(self) -> int:
        """The trades that every arm made. Raises ValueError before the first run."""
        return max(count for count, _ in self.outcomes.values())

    def config(self, strategy: str, **changes: Any) -> dict[str, Any]:
        """What the command ``freqtrade backtesting`` would make of the configuration file."""
        given = arguments(self.file, strategy) | {
            "datadir": self.market.folder,
            "timerange": self.market.timerange,
            "backtest_cache": "none",
            "export": "none",
            "dataformat_ohlcv": "feather",
            "enable_protections": strategy == "TrendProtections",
        }
        config: dict[str, Any] = setup_optimize_configuration(given, RunMode.BACKTEST)
        return config | changes

    def arms(self, strategies: Mapping[str, str]) -> dict[str, Arm]:
        """One function for each thing that is compared: name in the table, strategy."""
        configs = {strategy: self.config(strategy) for strategy in strategies.values()}
        return {
            name: lambda strategy=strategy: self.run(strategy, configs[strategy])  # type: ignore[misc]
            for name, strategy in strategies.items()
        }

    def run(self, strategy: str, config: dict[str, Any]) -> float:
        """The seconds of one backtest. Raises RuntimeError when the arms trade differently."""
        if strategy not in self._desks:
            testing = Backtesting(deepcopy(config), exchange=self.exchange)
            self._desks[strategy] = testing, *testing.load_bt_data()
        testing, data, timerange = self._desks[strategy]
        chosen = StrategyResolver.load_strategy(deepcopy(config))  # as new: it seals, it opens
        seconds = timed(lambda: testing.backtest_one_strategy(chosen, data, timerange))
        self.note(strategy, outcome(testing.all_bt_content[strategy]["results"]))
        return seconds

    def close(self) -> None:
        """Release the exchange's connections, and give freqtrade's tables back to the database."""
        self.exchange.close()
        Backtesting.cleanup()

    def note(self, strategy: str, found: _Outcome) -> None:
        """Raises RuntimeError when the strategy did not trade as the others before it."""
        self.outcomes[strategy] = found
        if len(set(self.outcomes.values())) > 1:
            raise RuntimeError(f"the arms are not comparable, they made {self.outcomes}")


def outcome(trades: Any) -> _Outcome:
    """What tells two backtests apart: number of trades, and what they earned."""
    return len(trades), round(float(trades["profit_abs"].sum()), 6)
