"""Candles for the backtest: real ones where they are at hand, otherwise made up from a seed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.host import pairs

#: 5 700 hours after the candles that the indicators need.
CANDLES = 5_700
_MADE_UP_PAIRS = 10
_ROOT = Path(__file__).resolve().parent.parent


class Market(NamedTuple):
    """Where the candles lie, of which pairs, and the time range of ``CANDLES`` candles."""

    folder: Path
    pairs: list[str]
    timerange: str
    origin: str


def market(folder: Path, candles: int = CANDLES) -> Market:
    """The shared recordings, or ``folder`` filled with made-up candles."""
    named = os.environ.get("RISKPLUGIN_SHARED_DATA")
    shared = (Path(named) if named else _ROOT.parent / "shared" / "data") / "binance"
    timerange = _timerange(pd.Timestamp("2020-01-05", tz="UTC"), candles)
    if shared.is_dir():
        found = sorted(file.stem.split("-")[0] for file in shared.glob("*_USDT-1h.feather"))
        known = [name.replace("_", "/") for name in found]
        return Market(shared, known, timerange, f"{len(known)} pairs, real candles")
    traded = pairs(_MADE_UP_PAIRS)
    for seed, pair in enumerate(traded):
        _made_up(seed).to_feather(folder / f"{pair.replace('/', '_')}-1h.feather")
    return Market(folder, traded, timerange, f"{len(traded)} pairs, made-up candles")


def _timerange(begin: pd.Timestamp, candles: int) -> str:
    end = begin + pd.Timedelta(hours=candles)
    return f"{begin.timestamp():.0f}-{end.timestamp():.0f}"


def _made_up(seed: int) -> pd.DataFrame:
    """A random walk of 1 % an hour with a slow swing, from 1 January 2020 on."""
    size = CANDLES + 200
    rng = np.random.default_rng(seed)
    swing = 0.15 * np.sin(np.arange(size) / 150 + seed)
    close = 100 * np.exp(np.cumsum(rng.normal(0, 0.01, size)) + swing)
    opened = np.concatenate([[100.0], close[:-1]])
    width = np.abs(rng.normal(0, 0.004, size))
    return pd.DataFrame(
        {
            "date": pd.date_range("2020-01-01", periods=size, freq="h", tz="UTC").as_unit("ms"),
            "open": opened,
            "high": np.maximum(opened, close) * (1 + width),
            "low": np.minimum(opened, close) * (1 - width),
            "close": close,
            "volume": rng.uniform(100, 1000, size),
        }
    )
