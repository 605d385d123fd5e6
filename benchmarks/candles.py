"""Candles for backtests: real ones where they are at hand, made up from a seed for the others."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.host import pairs, price_of

#: 5 700 hours after the candles that the indicators need.
CANDLES = 5_700
_BEFORE, _HOUR = 200, pd.Timedelta(hours=1)
#: The first candle that is traded; the recordings of both markets begin a little earlier.
_BEGINS = {
    "spot": pd.Timestamp("2020-01-12", tz="UTC"),
    "futures": pd.Timestamp("2024-01-15", tz="UTC"),
}
_ROOT = Path(__file__).resolve().parent.parent


class Market(NamedTuple):
    """Where candles lie, of which pairs, the time range, and where they are from."""

    folder: Path
    pairs: list[str]
    timerange: str
    origin: str
    kind: str = "spot"


def market(folder: Path, candles: int = CANDLES) -> Market:
    """Every recorded spot pair, or 10 that are made up."""
    shared = _shared()
    known = sorted(file.stem.split("-")[0] for file in shared.glob("*_USDT-1h.feather"))
    if not known:
        return stock(folder, 10, candles)
    named = [name.replace("_", "/") for name in known]
    return Market(shared, named, _timerange("spot", candles), f"{len(named)} pairs, real candles")


def stock(folder: Path, count: int, candles: int, *, futures: bool = False) -> Market:
    """``count`` pairs in ``folder``: recordings as far as there are any, and made-up ones."""
    kind = "futures" if futures else "spot"
    names = pairs(count)
    place = folder / "futures" if futures else folder
    place.mkdir(parents=True, exist_ok=True)
    real = sum(_real(pair, place, futures=futures) for pair in names)
    for seed, pair in enumerate(names):
        if not list(place.glob(f"{_file(pair, futures=futures)}-1h*")):
            _write(pair, seed, place, candles, futures=futures)
    origin = f"{real} of {count} pairs real, {count - real} made up from a seed"
    traded = [f"{pair}:USDT" for pair in names] if futures else names
    return Market(folder, traded, _timerange(kind, candles), origin, kind)


def _shared() -> Path:
    named = os.environ.get("RISKPLUGIN_SHARED_DATA")
    return (Path(named) if named else _ROOT.parent / "shared" / "data") / "binance"


def _file(pair: str, *, futures: bool) -> str:
    return pair.replace("/", "_") + ("_USDT" if futures else "")


def _real(pair: str, place: Path, *, futures: bool) -> bool:
    """Link the recordings of the pair, under the names that freqtrade asks for: hourly funding."""
    name = _file(pair, futures=futures)
    found = sorted((_shared() / "futures" if futures else _shared()).glob(f"{name}-*.feather"))
    for file in found:
        link = place / file.name.replace("-8h-", "-1h-")
        if not link.exists():
            link.symlink_to(file)
    return bool(found)


def _timerange(kind: str, candles: int) -> str:
    begin = _BEGINS[kind]
    return f"{begin.timestamp():.0f}-{(begin + candles * _HOUR).timestamp():.0f}"


def _write(pair: str, seed: int, place: Path, candles: int, *, futures: bool) -> None:
    name = _file(pair, futures=futures)
    begin = _BEGINS["futures" if futures else "spot"] - _BEFORE * _HOUR
    walk = _made_up(seed, begin, candles + _BEFORE + 10, price_of(pair))
    if not futures:
        walk.to_feather(place / f"{name}-1h.feather")
        return
    walk.to_feather(place / f"{name}-1h-futures.feather")
    every = walk[walk["date"].dt.hour % 8 == 0].reset_index(drop=True)
    every.to_feather(place / f"{name}-1h-mark.feather")
    nothing = dict.fromkeys(("high", "low", "close", "volume"), 0.0)
    every.assign(open=1e-4, **nothing).to_feather(place / f"{name}-1h-funding_rate.feather")


def _made_up(seed: int, begin: pd.Timestamp, size: int, price: float) -> pd.DataFrame:
    """A random walk of 1 % an hour from ``price`` on, with a slow swing."""
    rng = np.random.default_rng(seed)
    swing = 0.15 * np.sin(np.arange(size) / 150 + seed)
    close = price * np.exp(np.cumsum(rng.normal(0, 0.01, size)) + swing)
    opened = np.concatenate([[price], close[:-1]])
    width = np.abs(rng.normal(0, 0.004, size))
    return pd.DataFrame(
        {
            "date": pd.date_range(begin, periods=size, freq="h").as_unit("ms"),
            "open": opened,
            "high": np.maximum(opened, close) * (1 + width),
            "low": np.minimum(opened, close) * (1 - width),
            "close": close,
            "volume": rng.uniform(100, 1000, size),
        }
    )
