"""What a user of freqtrade has before riskplugin: a configuration, a strategy, a month of candles.

Every page of the documentation begins in a copy of this folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

#: As freqtrade itself writes it into a new configuration, shortened.
CONFIG = """{
    "max_open_trades": 3,
    "stake_currency": "USDT",
    "stake_amount": "unlimited",
    "tradable_balance_ratio": 0.99,
    "dry_run": true,
    "dry_run_wallet": 1000,
    "trading_mode": "futures",
    "margin_mode": "isolated",
    "unfilledtimeout": {"entry": 10, "exit": 10, "exit_timeout_count": 3, "unit": "minutes"},
    "entry_pricing": {"price_side": "other", "use_order_book": true, "order_book_top": 1},
    "exit_pricing": {"price_side": "other", "use_order_book": true, "order_book_top": 1},
    "exchange": {
        "name": "binance",
        "key": "",
        "secret": "",
        "ccxt_config": {},
        "pair_whitelist": ["BTC/USDT:USDT", "ETH/USDT:USDT"]  // the two largest
    },
    "pairlists": [{"method": "StaticPairList"}],
    "api_server": {
        "enabled": true,
        "listen_ip_address": "127.0.0.1",
        "listen_port": 8080,
        "username": "freqtrader",
        "password": "p4per-Tiger-77",
        "jwt_secret_key": "9f2c1e7ab04d5863c6e1f70d2b98a4551c3de86f",
        "CORS_origins": []
    },
    "bot_name": "freqtrade",
    "initial_state": "running",
    "force_entry_enable": false
}
"""

STRATEGY = '''from freqtrade.strategy import IStrategy
from pandas import DataFrame
import talib.abstract as ta


class MyStrategy(IStrategy):
    """Buys what is not overbought, three times its margin."""

    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.04}
    stoploss = -0.10
    startup_candle_count = 30
    order_types = {
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["rsi"] = ta.RSI(dataframe, timeperiod=14)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] < 70, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["rsi"] > 75, "exit_long"] = 1
        return dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage,
                 entry_tag, side, **kwargs) -> float:
        return 3.0
'''

#: Two days before the month, for indicators to warm up.
_BEGIN, _END = "2023-12-30", "2024-02-02"
_PRICES = {"BTC": 42_000.0, "ETH": 2_300.0}
#: In one night everything loses an eighth.
_FALL, _FALL_HOURS, _LOSS = pd.Timestamp("2024-01-18T22:00Z"), 6, 0.125


def furnish(folder: Path) -> None:
    """Put `user_data` into ``folder``."""
    user_data = folder / "user_data"
    (user_data / "strategies").mkdir(parents=True)
    (user_data / "config.json").write_text(CONFIG, encoding="utf-8")
    (user_data / "strategies/my_strategy.py").write_text(STRATEGY, encoding="utf-8")
    futures = user_data / "data/binance/futures"
    futures.mkdir(parents=True)
    for number, base in enumerate(_PRICES):
        candles = _candles(number, base)
        candles.to_feather(futures / f"{base}_USDT_USDT-5m-futures.feather")
        hourly = _hourly(candles)
        hourly.to_feather(futures / f"{base}_USDT_USDT-1h-futures.feather")
        hourly.to_feather(futures / f"{base}_USDT_USDT-1h-mark.feather")
        hourly.assign(open=0.0001).to_feather(futures / f"{base}_USDT_USDT-1h-funding_rate.feather")


def _candles(number: int, base: str) -> pd.DataFrame:
    """Candles of five minutes: each opens where the last one closed. The same every time."""
    dates = pd.date_range(_BEGIN, _END, freq="5min", tz="UTC", unit="ms", inclusive="left")
    noise = np.random.default_rng(number).normal(0, 0.0012, len(dates)).cumsum()
    waves = 0.02 * np.sin(np.arange(len(dates)) * 2 * np.pi / (12 * 31) + number)
    hours = np.asarray((dates - _FALL) / pd.Timedelta("1h"))
    fallen = np.clip(hours / _FALL_HOURS, 0, 1) * np.log(1 - _LOSS)
    close = _PRICES[base] * np.exp(0.4 * noise + waves + fallen)
    opened = np.append(close[0], close[:-1])
    high, low = np.maximum(opened, close) * 1.0005, np.minimum(opened, close) * 0.9995
    return pd.DataFrame(
        {"date": dates, "open": opened, "high": high, "low": low, "close": close, "volume": 500.0}
    )


def _hourly(candles: pd.DataFrame) -> pd.DataFrame:
    groups = candles.groupby(candles.index // 12)
    return groups.agg(
        {"date": "first", "open": "first", "high": "max", "low": "min", "close": "last",
         "volume": "sum"}
    )  # fmt: skip
