"""A real freqtrade process, unguarded, trades here: the wallet and its database agree exactly."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from riskplugin.sandbox import Sandbox, SandboxSettings, freqtrade_exchange_config

pytestmark = pytest.mark.e2e
_PATIENCE_S = 90
_FINISH_S = 3  # the last trade is written before the loop that closed it has ended
_STRATEGY = '''
from freqtrade.strategy import IStrategy

class Churn(IStrategy):
    """Enters each pair once and at once, leaves after a few seconds."""
    timeframe = "1m"
    can_short = True
    stoploss = -0.9
    minimal_roi = {"0": 100}
    process_only_new_candles = False
    order_types = {"entry": "market", "exit": "market", "stoploss": "market",
                   "stoploss_on_exchange": False}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        side = "enter_short" if metadata["pair"].startswith("ETH") else "enter_long"
        dataframe[side if self.can_short else "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, *args, **kwargs):
        return 5.0

    def bot_start(self, **kwargs):
        self.entered = set()

    def confirm_trade_entry(self, pair, *args, **kwargs):
        first = pair not in self.entered
        self.entered.add(pair)
        return first

    def custom_exit(self, pair, trade, current_time, *args, **kwargs):
        held = (current_time - trade.open_date_utc).total_seconds()
        return "done" if held > 4 else None

class ChurnSpot(Churn):
    can_short = False
'''


@contextmanager
def bot(sandbox: Sandbox, folder: Path, *, mode: str, dry_run: bool) -> Iterator[Path]:
    """freqtrade in a process of its own; yields its database."""
    (folder / "user_data").mkdir()
    (folder / "churn.py").write_text(_STRATEGY)
    pairs = ["BTC/USDT", "ETH/USDT", "XRP/USDT"]
    config: dict[str, Any] = freqtrade_exchange_config(
        sandbox.port, trading_mode=mode, tls=True, pairs=pairs, key="bot", secret="bot", name="bot"
    )
    config |= {"dry_run": dry_run, "stake_amount": 200, "max_open_trades": 3}
    (folder / "config.json").write_text(json.dumps(config))
    command = [
        *(sys.executable, "-m", "freqtrade", "trade", "-c", str(folder / "config.json")),
        *("--userdir", str(folder / "user_data"), "--strategy-path", str(folder)),
        *("-s", "Churn" if mode == "futures" else "ChurnSpot"),
        *("--db-url", f"sqlite:///{folder}/trades.sqlite"),
    ]
    with (folder / "output").open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=folder)
        try:
            yield folder / "trades.sqlite"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_PATIENCE_S)


def query(database: Path, sql: str) -> list[Any]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(sql).fetchall()


def wait_for(condition: Callable[[], bool], folder: Path) -> None:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            if condition():
                return
        except sqlite3.Error:
            pass
        time.sleep(0.3)
    pytest.fail((folder / "output").read_text()[-4000:])


def all_closed(database: Path) -> bool:
    [(opened, done)] = query(database, "select sum(is_open), count(*) from trades")
    return bool(done >= 3 and opened == 0)


@pytest.mark.parametrize("mode", ["futures", pytest.param("spot", marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("dry_run", [False, True], ids=["live", "dry-run"])
def test_freqtrade_trades_and_its_books_agree(tmp_path: Path, mode: str, *, dry_run: bool) -> None:
    with Sandbox(SandboxSettings(tls=True, seed=11)) as sandbox:
        with bot(sandbox, tmp_path, mode=mode, dry_run=dry_run) as database:
            wait_for(lambda: all_closed(database), tmp_path)
            time.sleep(_FINISH_S)
        log = (tmp_path / "output").read_text()
        assert " ERROR " not in log
        assert sandbox.control.requests()["unknown"] == {}
        assert sandbox.control.requests()["by_name"]["bot"]
        orders = sandbox.control.orders("bot")
        [(count, profit)] = query(database, "select count(*), sum(realized_profit) from trades")
        if dry_run:
            assert orders == []
            return
        assert len([order for order in orders if order["status"] == "FILLED"]) == 2 * count
        if mode == "futures":
            wallet = Decimal(sandbox.control.accounts()["bot"]["futures"]["wallet"])
            assert wallet == 10_000 + Decimal(str(round(profit, 8)))
        else:
            spot = sandbox.control.accounts()["bot"]["spot"]
            dust = Decimal(spot["equity"]) - Decimal(spot["balances"]["USDT"]["free"])
            assert 0 <= dust < 3


def test_freqtrade_loads_markets_and_backtests(tmp_path: Path, shared_data: Path) -> None:
    (tmp_path / "user_data").mkdir()
    (tmp_path / "churn.py").write_text(_STRATEGY)
    with Sandbox() as sandbox:
        config = freqtrade_exchange_config(sandbox.port, trading_mode="spot", pairs=["BTC/USDT"])
        config |= {"dry_run": True, "stake_amount": 100, "max_open_trades": 1}
        (tmp_path / "config.json").write_text(json.dumps(config))
        done = subprocess.run(
            [
                *(sys.executable, "-m", "freqtrade", "backtesting", "-s", "ChurnSpot"),
                *("-c", str(tmp_path / "config.json"), "--userdir", str(tmp_path / "user_data")),
                *("--datadir", str(shared_data / "binance"), "--strategy-path", str(tmp_path)),
                *("--timeframe", "1h", "--timerange", "20200301-20200310", "--cache", "none"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
        )
    assert "BACKTESTING REPORT" in done.stdout, done.stdout + done.stderr
