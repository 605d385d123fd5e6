"""freqtrade without an internet: configurations whose markets come from riskplugin's sandbox."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from riskplugin.sandbox import (
    DEFAULT_INSTRUMENTS,
    Sandbox,
    SandboxSettings,
    freqtrade_exchange_config,
)

STRATEGIES = Path(__file__).parent / "strategies"
WALLET, STAKE = 100_000.0, 20.0

#: Every rule and trigger is on and reckons; none is within reach of 0.02 % of the wallet a trade.
OUT_OF_REACH: dict[str, Any] = {
    "stop": {"normal_pct": 50.0},
    "sizing": {"max_risk_per_trade_pct": 5.0},
    "breaker": {
        "weekly_loss": {"warn_pct": 50.0, "trip_pct": 90.0},
        "losing_streak": {"warn": 1_000_000, "trip": 2_000_000},
        "volatility": {"warn_pct": 900.0, "trip_pct": 1000.0},
    },
}


_MODEL = DEFAULT_INSTRUMENTS[2]  # of the markets that are made up


def price_of(pair: str) -> float:
    """Where the price of a market of :func:`sandbox` begins: its steps are made for that."""
    prices = {instrument.pair: instrument.price for instrument in DEFAULT_INSTRUMENTS}
    return prices.get(pair, _MODEL.price)


def sandbox(markets: int = 0) -> Sandbox:
    """A paper exchange with its usual markets, and made-up ones up to the number asked for."""
    more = range(len(DEFAULT_INSTRUMENTS), markets)
    made_up = tuple(replace(_MODEL, base=f"COIN{number}") for number in more)
    return Sandbox(SandboxSettings(instruments=(*DEFAULT_INSTRUMENTS, *made_up)))


def pairs(count: int) -> list[str]:
    """The names of the first ``count`` spot markets of :func:`sandbox`."""
    names = [instrument.base for instrument in DEFAULT_INSTRUMENTS]
    names += [f"COIN{number}" for number in range(len(names), count)]
    return [f"{name}/USDT" for name in names[:count]]


def write_config(
    folder: Path,
    port: int,
    traded: Sequence[str],
    *,
    futures: bool = False,
    name: str = "",
    **keys: Any,
) -> Path:
    """A configuration file for freqtrade, dry-run, under limits that never bind.

    The exchange knows the bot by ``name``: an account of its own, and its calls counted apart.
    """
    mode, account = "futures" if futures else "spot", name or "sandbox"
    config = freqtrade_exchange_config(
        port, trading_mode=mode, pairs=traded, key=account, secret=account, name=name
    )
    config |= {
        "dry_run": True,
        "dry_run_wallet": WALLET,
        "stake_amount": STAKE,
        "bot_name": "bench",
        "risk": OUT_OF_REACH,
        **keys,
    }
    file = folder / "config.json"
    file.write_text(json.dumps(config))
    (folder / "user_data").mkdir(exist_ok=True)
    return file


def arguments(file: Path, strategy: str) -> dict[str, Any]:
    """What freqtrade's command line would say."""
    return {
        "config": [str(file)],
        "user_data_dir": str(file.parent / "user_data"),
        "strategy": strategy,
        "strategy_path": str(STRATEGIES),
    }
