"""Real freqtrade backtests in this process, and their equity curve reckoned without the plugin."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from freqtrade.commands.optimize_commands import setup_optimize_configuration
from freqtrade.enums import RunMode
from freqtrade.optimize.backtesting import Backtesting

from riskplugin.adapter.registry import session_of
from riskplugin.core.events import Event
from riskplugin.ledger import KeptLedger, MemoryLedger
from riskplugin.sandbox import freqtrade_exchange_config

STRATEGIES = Path(__file__).parent / "user_strategies"
SPOT = tuple(f"{base}/USDT" for base in ("BTC", "ETH", "BNB", "ADA", "XRP", "LINK", "LTC", "DOGE"))
FUTURES = ("BTC/USDT:USDT", "ETH/USDT:USDT", "SOL/USDT:USDT")
WALLET = 10_000.0


@dataclass(frozen=True)
class Run:
    """One backtest: its trades, and what the plugin says of it (nothing for an unguarded one)."""

    trades: pd.DataFrame
    events: tuple[Event, ...] = ()

    def of(self, kind: type[Event]) -> list[Any]:
        return [event for event in self.events if type(event) is kind]


@dataclass
class Desk:
    """Where backtests run: the candles, and the paper exchange that names the markets."""

    port: int
    data: Path
    folder: Path
    _runs: int = field(default=0, init=False)

    def config(
        self, strategy: str, timerange: str, *, futures: bool = False, **changes: Any
    ) -> Any:
        """A configuration as freqtrade reads it from a file and its arguments."""
        pairs = FUTURES if futures else SPOT
        written = freqtrade_exchange_config(
            self.port, trading_mode="futures" if futures else "spot", pairs=pairs
        )
        written |= {
            "stake_amount": "unlimited",
            "max_open_trades": len(pairs),
            "dry_run": True,
            "dry_run_wallet": WALLET,
            "dataformat_ohlcv": "feather",
            "timeframe": "1h",
            **changes,
        }
        self._runs += 1
        path = self.folder / f"config{self._runs}.json"
        path.write_text(json.dumps(written))
        return setup_optimize_configuration(
            self.arguments(path, strategy, timerange), RunMode.BACKTEST
        )

    def arguments(self, path: Path, strategy: str, timerange: str) -> dict[str, Any]:
        (self.folder / "user_data").mkdir(exist_ok=True)
        return {
            "config": [str(path)],
            "strategy": strategy,
            "strategy_path": str(STRATEGIES),
            "user_data_dir": str(self.folder / "user_data"),
            "datadir": str(self._candles()),
            "timerange": timerange,
            "backtest_cache": "none",
            "export": "none",
            "verbosity": 0,
        }

    def _candles(self) -> Path:
        """The recordings under the names that this freqtrade reads: it asks for hourly funding."""
        folder = self.folder / "binance"
        if not folder.exists():
            (folder / "futures").mkdir(parents=True)
            for file in (self.data / "binance").rglob("*.feather"):
                place = folder / file.relative_to(self.data / "binance")
                place.with_name(file.name.replace("-8h-", "-1h-")).symlink_to(file)
        return folder

    def run(self, strategy: str, timerange: str, *, futures: bool = False, **changes: Any) -> Run:
        """One strategy through the real Backtesting."""
        return self.run_all([strategy], timerange, futures=futures, **changes)[strategy]

    def run_all(
        self, strategies: list[str], timerange: str, *, futures: bool = False, **changes: Any
    ) -> dict[str, Run]:
        """Several strategies in one Backtesting, as with --strategy-list."""
        for host in ("freqtrade", "urllib3", "ccxt", "pandas"):
            warnings.filterwarnings("ignore", module=rf"{host}\.")
        config = self.config(strategies[0], timerange, futures=futures, **changes)
        if len(strategies) > 1:
            config["strategy_list"] = strategies
            del config["strategy"]
        backtesting = Backtesting(config)
        try:
            backtesting.start()
            return {
                strategy.get_strategy_name(): Run(
                    backtesting.all_bt_content[strategy.get_strategy_name()]["results"],
                    _events(strategy),
                )
                for strategy in backtesting.strategylist
            }
        finally:
            backtesting.exchange.close()
            Backtesting.cleanup()


def _events(strategy: Any) -> tuple[Event, ...]:
    session = session_of(strategy)
    if session is None:
        return ()
    ledger = session.service._ledger
    if isinstance(ledger, KeptLedger):
        ledger.close()
        return ()
    assert isinstance(ledger, MemoryLedger)
    return tuple(ledger.events)


def closes(data: Path, pairs: tuple[str, ...], *, futures: bool) -> pd.DataFrame:
    """Close of each candle, indexed by the moment it was final."""
    columns = {}
    for pair in pairs:
        name = pair.replace("/", "_").replace(":", "_")
        path = (
            f"binance/futures/{name}-1h-futures.feather"
            if futures
            else f"binance/{name}-1h.feather"
        )
        candles = pd.read_feather(data / path)
        columns[pair] = candles.set_index(candles["date"] + pd.Timedelta("1h"))["close"]
    return pd.DataFrame(columns).sort_index()


def equity_curve(trades: pd.DataFrame, prices: pd.DataFrame) -> pd.Series:
    """Marked equity at every hour: what was earned, and open positions at their candle's close.

    Fees are taken off at both ends; funding of a position counts from its first hour on.
    """
    at = np.array([_ms(moment) for moment in prices.index])
    equity = np.full(len(at), WALLET)
    trade: Any
    for trade in trades.itertuples():
        opened, closed = (_ms(d) for d in (trade.open_date, trade.close_date))
        sign = -1 if trade.is_short else 1
        mark = prices[trade.pair].to_numpy()
        fees = trade.amount * (trade.open_rate * trade.fee_open + mark * trade.fee_close)
        unrealised = trade.amount * (mark - trade.open_rate) * sign - fees
        equity += np.where(at > closed, trade.profit_abs, 0)
        equity += np.where((at > opened) & (at <= closed), unrealised, 0)
    return pd.Series(equity, index=prices.index)


def _ms(moment: Any) -> int:
    return int(pd.Timestamp(moment).timestamp() * 1000)


def drawdown(equity: pd.Series) -> pd.Series:
    """Fall from the highest equity so far, >= 0."""
    peak = equity.cummax()
    return (peak - equity) / peak


def worst_move(equity: pd.Series) -> float:
    """The largest fall from one candle to the next, as a share."""
    return float((-equity.pct_change()).max())
