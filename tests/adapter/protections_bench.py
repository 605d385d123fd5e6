"""Real freqtrade objects for the tests of protections: a book without a bot, a bot, a backtest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from freqtrade.persistence import LocalTrade, PairLocks, Trade
from freqtrade.persistence.usedb_context import disable_database_use, enable_database_use
from freqtrade.plugins.protectionmanager import ProtectionManager

from riskplugin.adapter import internals
from riskplugin.sandbox import freqtrade_exchange_config

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
START = 1000.0

STRATEGY = """
from freqtrade.strategy import DecimalParameter, IStrategy
{imports}

class Plain(IStrategy):
    timeframe = "{timeframe}"
    stoploss = -0.03
    minimal_roi = {{"0": 0.05}}
    startup_candle_count = 30
    process_only_new_candles = False
    order_types = {{
        "entry": "market", "exit": "market", "stoploss": "market", "stoploss_on_exchange": False
    }}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe["exit_long"] = 0
        return dataframe
"""


@contextmanager
def book_in_memory() -> Iterator[None]:
    """freqtrade's records as in a backtest, empty before and after."""
    disable_database_use("1h")
    try:
        Trade.reset_trades()
        PairLocks.reset_locks()
        yield
    finally:
        Trade.reset_trades()
        PairLocks.reset_locks()
        enable_database_use()


def trade(*, at: datetime = NOON, stake: float = 100.0) -> LocalTrade:
    """An open trade of one coin at price ``stake``, without fees."""
    opened = LocalTrade(
        id=len(LocalTrade.bt_trades) + len(LocalTrade.bt_trades_open) + 1,
        pair="BTC/USDT",
        stake_amount=stake,
        amount=1.0,
        amount_requested=1.0,
        open_rate=stake,
        open_date=at - timedelta(hours=1),
        fee_open=0.0,
        fee_close=0.0,
        exchange="binance",
        is_open=True,
        leverage=1.0,
        is_short=False,
    )
    LocalTrade.add_bt_trade(opened)
    return opened


def earn(profit: float, at: datetime = NOON) -> None:
    """Close a trade with this result."""
    ended = trade(at=at)
    ended.close_date, ended.is_open = at, False
    ended.close_rate, ended.close_profit_abs = ended.open_rate + profit, profit
    LocalTrade.close_bt_trade(ended)


def manager(*protections: dict[str, Any], **config: Any) -> ProtectionManager:
    """freqtrade's own manager with these protections."""
    return ProtectionManager({"timeframe": "1h", **config}, list(protections))


def reasons(protections: ProtectionManager, at: datetime = NOON) -> list[str]:
    """The reasons of all locks after the protections were asked as after an exit."""
    told = {"starting_balance": START} if internals.TELLS_BALANCE else {}
    if not told:  # older freqtrades: it is in the configuration only
        protections._config |= {"available_capital": START}
    protections.stop_per_pair("BTC/USDT", at, "long", **told)
    protections.global_stop(at, "long", **told)
    return [str(lock.reason) for lock in PairLocks.get_pair_locks(None, at)]


def configuration(port: int, home: Path, **keys: Any) -> Path:
    """A configuration file of a dry-run bot on the sandbox, its user_data beside it."""
    exchange = freqtrade_exchange_config(
        port, trading_mode="spot", pairs=["BTC/USDT", "ETH/USDT", "BNB/USDT"]
    )
    config = exchange | {
        "stake_amount": 200,
        "max_open_trades": 3,
        "dry_run": True,
        "dry_run_wallet": 10_000,
        "dataformat_ohlcv": "feather",
        "bot_name": "protections",
        "strategy_path": str(home / "user_data" / "strategies"),
        "user_data_dir": str(home / "user_data"),
    }
    for folder in ("strategies", "backtest_results", "hyperopt_results", "data"):
        (home / "user_data" / folder).mkdir(parents=True, exist_ok=True)
    file = home / "config.json"
    file.write_text(json.dumps(config | keys))
    return file


def write_strategies(home: Path, text: str, *, imports: str = "", timeframe: str = "1h") -> None:
    """The strategy ``Plain`` and whatever ``text`` derives from it."""
    file = home / "user_data" / "strategies" / "protected.py"
    file.write_text(STRATEGY.format(imports=imports, timeframe=timeframe) + text)


def freqtrade(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run freqtrade as a process."""
    return subprocess.run(
        [sys.executable, "-m", "freqtrade", *arguments],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def backtest(home: Path, data: Path, *strategies: str) -> Mapping[str, list[dict[str, Any]]]:
    """The trades of each strategy in one run of March 2020's crash, protections on."""
    run = freqtrade(
        home, "backtesting", "-c", "config.json", "--datadir", str(data / "binance"),
        "--timerange", "20200301-20200320", "--enable-protections", "--cache", "none",
        "--export", "trades", "--strategy-list", *strategies,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    folder = home / "user_data" / "backtest_results"
    with zipfile.ZipFile(max(folder.glob("*.zip"))) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".json") and "config" not in n)
        results = json.loads(archive.read(name))
    return {name: found["trades"] for name, found in results["strategy"].items()}
