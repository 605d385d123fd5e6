"""Made-up candles for backtests on any machine: calm, a crash, a recovery. The same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

BASES = ("BTC", "ETH", "SOL", "BNB")
SPOT = tuple(f"{base}/USDT" for base in BASES)
FUTURES = tuple(f"{pair}:USDT" for pair in SPOT)
#: Recorded from here on; the first days are for indicators to warm up.
BEGIN = pd.Timestamp("2026-01-01", tz="UTC")
HOURS = 12 * 24
#: The crash: every pair loses a quarter within ten hours.
CRASH = BEGIN + pd.Timedelta("7D")
_CRASH_HOURS, _LOSS = 10, 0.25
#: What backtests trade; it leaves 48 hours before it.
RANGE = "20260103-20260113"
_PRICES = (60_000.0, 3_000.0, 150.0, 600.0)


def candles(base: str) -> pd.DataFrame:
    """Hourly candles of one coin: each opens where the last one closed."""
    number = BASES.index(base)
    close = _PRICES[number] * np.exp(_path(number))
    opened = np.append(close[0], close[:-1])
    return pd.DataFrame(
        {
            "date": pd.date_range(BEGIN, periods=HOURS, freq="1h", unit="ms"),
            "open": opened,
            "high": np.maximum(opened, close) * 1.002,
            "low": np.minimum(opened, close) * 0.998,
            "close": close,
            "volume": 1_000.0,
        }
    )


def _path(number: int) -> np.ndarray:
    """Logarithm of the price: waves of 3 %, a little noise, one fall, a slow way up."""
    hour = np.arange(HOURS)
    begin = int((CRASH - BEGIN) / pd.Timedelta("1h"))
    waves = 0.015 * np.sin(2 * np.pi * (hour + 3 * number) / 18)
    noise = np.random.default_rng(number).normal(0, 0.002, HOURS).cumsum() * 0.5
    fallen = np.clip((hour - begin) / _CRASH_HOURS, 0, 1) * np.log(1 - _LOSS)
    recovered = np.clip(hour - begin - 24, 0, None) * 0.0005
    path: np.ndarray = waves + noise + fallen + recovered
    return path


def write(folder: Path) -> Path:
    """All files that freqtrade reads for Binance, spot and futures; answers ``folder``."""
    futures = folder / "binance" / "futures"
    futures.mkdir(parents=True)
    for base in BASES:
        hourly = candles(base)
        four = _merged(hourly)
        for interval, rows in (("1h", hourly), ("4h", four)):
            rows.to_feather(folder / "binance" / f"{base}_USDT-{interval}.feather")
            rows.to_feather(futures / f"{base}_USDT_USDT-{interval}-futures.feather")
        hourly.to_feather(futures / f"{base}_USDT_USDT-1h-mark.feather")
        hourly.assign(open=0.0).to_feather(futures / f"{base}_USDT_USDT-1h-funding_rate.feather")
    return folder


def _merged(hourly: pd.DataFrame) -> pd.DataFrame:
    """The same in candles of four hours."""
    groups = hourly.groupby(hourly.index // 4)
    return pd.DataFrame(
        {
            "date": groups["date"].first(),
            "open": groups["open"].first(),
            "high": groups["high"].max(),
            "low": groups["low"].min(),
            "close": groups["close"].last(),
            "volume": groups["volume"].sum(),
        }
    )
