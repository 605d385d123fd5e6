"""A market that stands still: seeded candles, an exchange and a wallet that only answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import numpy as np
import pandas as pd
from freqtrade.exchange import timeframe_to_minutes
from pandas import DataFrame

PRICE = 100.0
#: The largest leverage that an exchange gives.
MOST_LEVERAGE = 125.0
MAINTENANCE = 0.005


def candles(pair: str, timeframe: str, count: int, kind: str = "plain") -> DataFrame:
    """``count`` candles up to now, the same at every call; ``kind`` plain, flat or crash."""
    minutes = timeframe_to_minutes(timeframe)
    end = pd.Timestamp(datetime.now(UTC)).floor(f"{minutes}min") - pd.Timedelta(minutes=minutes)
    dates = pd.date_range(end=end, periods=count, freq=f"{minutes}min")
    lots = np.random.default_rng(crc32(f"{pair} {timeframe}".encode()))
    moves = lots.normal(0, 0.003, count) + 0.001 * np.sin(np.arange(count) / 15)
    if kind == "crash":
        moves[-20:] = -0.018
    if kind == "flat":
        moves[:] = 0
    close = np.exp(np.cumsum(moves))
    close *= PRICE / close[-1]
    spread = 0.0 if kind == "flat" else np.abs(lots.normal(0, 0.001, count))
    before = np.concatenate(([close[0]], close[:-1]))
    return DataFrame(
        {
            "date": dates,
            "open": before,
            "high": np.maximum(close, before) * (1 + spread),
            "low": np.minimum(close, before) * (1 - spread),
            "close": close,
            "volume": np.zeros(count) if kind == "flat" else lots.lognormal(5, 0.5, count),
        }
    )


class StillExchange:
    """Answers what a strategy may ask its data provider; nothing of it moves."""

    def __init__(self, config: dict[str, Any], pairs: list[str], count: int) -> None:
        self.config, self.pairs, self.count = config, pairs, count
        self.kind = "plain"
        self.name = str(config["exchange"].get("name", "")).title()
        self.id = str(config["exchange"].get("name", ""))
        self.trading_mode, self.margin_mode = config["trading_mode"], config["margin_mode"]
        self.markets = {pair: _market(pair, config) for pair in pairs}
        self._klines: dict[Any, DataFrame] = {}

    def klines(self, pair_interval: Any, *, copy: bool = True) -> DataFrame:
        """Candles of any pair in any interval."""
        key = (*pair_interval, self.kind)
        if key not in self._klines:
            count = 5 if self.kind == "few" else self.count
            self._klines[key] = candles(pair_interval[0], pair_interval[1], count, self.kind)
        return self._klines[key].copy() if copy else self._klines[key]

    def fetch_ticker(self, pair: str) -> dict[str, Any]:
        """A ticker."""
        return {"symbol": pair, "bid": PRICE, "ask": PRICE * 1.0001, "last": PRICE}

    def fetch_l2_order_book(self, pair: str, limit: int = 100) -> dict[str, Any]:
        """A thin book."""
        rows = range(1, 6)
        return {
            "symbol": pair,
            "bids": [[PRICE - 0.01 * row, 10.0] for row in rows],
            "asks": [[PRICE + 0.01 * row, 10.0] for row in rows],
        }

    def get_rate(self, pair: str, **_: Any) -> float:
        """The price."""
        return PRICE

    def get_fee(self, *_: Any, **__: Any) -> float:
        """The usual one."""
        return 0.0005

    def get_max_leverage(self, *_: Any) -> float:
        """As much as there is."""
        return MOST_LEVERAGE

    def get_option(self, param: str, default: Any = None) -> Any:
        """Nothing special."""
        return default


class StillWallets:
    """A wallet that nothing is taken from."""

    def __init__(self, total: float, slots: float) -> None:
        self._total = total
        self._stake = total / max(1.0, slots if np.isfinite(slots) and slots > 0 else 3.0)

    def get_total(self, currency: str = "") -> float:
        """All of it."""
        return self._total

    get_free = get_starting_balance = get_total_stake_amount = get_total
    get_available_stake_amount = get_collateral = get_total

    def get_used(self, currency: str = "") -> float:
        """Nothing is bound."""
        return 0.0

    def get_owned(self, pair: str, base_currency: str = "") -> float:
        """No coins."""
        return 0.0

    def get_trade_stake_amount(self, pair: str = "", *_: Any, **__: Any) -> float:
        """What freqtrade proposes."""
        return self._stake

    def get_all_balances(self) -> dict[str, Any]:
        """None by name."""
        return {}

    get_all_positions = get_all_balances


class StillPairs:
    """The pairs that are traded."""

    def __init__(self, pairs: list[str]) -> None:
        self.whitelist = pairs


def _market(pair: str, config: dict[str, Any]) -> dict[str, Any]:
    base, _, rest = pair.partition("/")
    quote = rest.partition(":")[0]
    return {
        "symbol": pair,
        "base": base,
        "quote": quote,
        "settle": quote if ":" in pair else None,
        "spot": ":" not in pair,
        "swap": ":" in pair,
        "active": True,
        "precision": {"amount": 0.001, "price": 0.01},
        "limits": {"amount": {"min": 0.001}, "cost": {"min": 5.0}, "leverage": {"max": None}},
        "info": {},
    }
