"""The drill's stage: the user's own limits, pairs and market around a paper exchange.

Exchange, keys, database, ledger and API are throw-aways in a folder of the drill's own. What could
not be taken over as it is stands in ``differences``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplugin.sandbox import DEFAULT_INSTRUMENTS, freqtrade_exchange_config

#: What the account holds at first, in USDT.
BALANCE = 10_000
#: Pairs that are traded; the last of them waits far below the market, so that there is an entry
#: to cancel.
PAIRS = 4
WATCH = {
    "interval": "1s",
    "silent_after": "4s",
    "act_after": "6s",
    "action": "exchange",
    "exchange": {"use_bot_keys": True},
}
#: Groups of the section that say where things are and who is told: the drill has its own.
REPLACED = ("ledger", "control", "alerts", "watchdog", "dashboard")

STRATEGY = '''"""Opens positions for a drill. By riskplugin drill."""

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class DrillStrategy(RiskMixin, IStrategy):
    """Buys every pair at once, and bids far below the market for the last one."""

    timeframe = "1m"
    stoploss = -0.99
    minimal_roi = {"0": 100}
    startup_candle_count = 30
    order_types = {
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "force_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, *args, **kwargs):
        return 3.0

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, *args, **kwargs):
        return proposed_rate * (0.85 if pair == self.config["drill_patient"] else 1.002)
'''


@dataclass(frozen=True)
class DrillBot:
    """One bot of the drill: where it lies, and how it is started."""

    name: str
    home: Path
    futures: bool

    @property
    def config(self) -> Path:
        """freqtrade's configuration."""
        return self.home / "config.json"

    @property
    def userdir(self) -> Path:
        """freqtrade's user_data."""
        return self.home / "user_data"

    @property
    def log(self) -> Path:
        """Everything that the process writes."""
        return self.home / "freqtrade.log"

    @property
    def where(self) -> list[str]:
        """The options that name this bot to any command."""
        return ["-c", str(self.config), "--userdir", str(self.userdir)]

    @property
    def command(self) -> list[str]:
        """What freqtrade is started with."""
        return ["trade", *self.where, "-s", "DrillStrategy"]


@dataclass(frozen=True)
class Own:
    """What of the user's configuration a drill takes over."""

    name: str
    section: Mapping[str, Any]
    futures: bool
    margin_mode: str
    pairs: tuple[str, ...]
    slots: int
    differences: tuple[str, ...]


def own(config: Mapping[str, Any]) -> Own:
    """Read it from a freqtrade configuration with its section "risk"."""
    differences = ["exchange, keys, database and ledger are throw-aways; prices are made up"]
    exchange = config.get("exchange") or {}
    pairs = _pairs(exchange.get("pair_whitelist") or (), differences)
    currency = config.get("stake_currency")
    if currency != "USDT":
        differences.append(f"stake currency USDT, not {currency}: the paper exchange has no other")
    if exchange.get("name") != "binance":
        differences.append(f"it speaks Binance's protocol, not that of {exchange.get('name')}")
    slots = config.get("max_open_trades")
    known = slots if isinstance(slots, int) and slots > 0 else PAIRS + 1
    if known < PAIRS:
        differences.append(f"{PAIRS} slots instead of {known}")
    differences.append(
        f"silence: {WATCH['silent_after']} until people are told and {WATCH['act_after']} until "
        "the watchdog acts, so that nobody waits for minutes"
    )
    return Own(
        name=str(config.get("bot_name") or "freqtrade"),
        section=config.get("risk") or {},
        futures=str(config.get("trading_mode") or "spot") == "futures",
        margin_mode=str(config.get("margin_mode") or "isolated"),
        pairs=pairs,
        slots=max(known, PAIRS),
        differences=tuple(differences),
    )


def section_for(mine: Own, catcher: str, *, send: bool) -> dict[str, Any]:
    """The user's limits, with the drill's own places and channels."""
    section = {name: keys for name, keys in mine.section.items() if name not in REPLACED}
    channels, routes = {"drill": catcher}, ["drill", "log"]
    levels: list[Any] = []
    if send:
        alerts = mine.section.get("alerts") or {}
        channels |= alerts.get("channels") or {}
        levels = alerts.get("levels") or []
        critical = (alerts.get("routes") or {}).get("critical") or ()
        routes += [name for name in critical if name in channels]
    return section | {
        "ledger": {"metrics_interval": "1s"},
        "alerts": {
            "channels": channels,
            "routes": {
                "info": ["drill"],
                "warning": ["drill", "log"],
                "critical": list(dict.fromkeys(routes)),
            },
            **({"levels": levels} if levels else {}),
            "digest": False,
        },
        "watchdog": WATCH,
    }


def set_up(folder: Path, mine: Own, name: str, port: int, section: dict[str, Any]) -> DrillBot:
    """Write a bot below ``folder``; nobody else may read it, because addresses are secrets."""
    bot = DrillBot(name, folder / name, mine.futures)
    strategies = bot.userdir / "strategies"
    strategies.mkdir(parents=True)
    bot.home.chmod(0o700)
    (strategies / "drill_strategy.py").write_text(STRATEGY, encoding="utf-8")
    mode = "futures" if mine.futures else "spot"
    exchange = freqtrade_exchange_config(
        port,
        trading_mode=mode,
        pairs=mine.pairs,
        key=name,
        secret=name,
        name=name,
        margin_mode=mine.margin_mode or "isolated",
    )
    config = exchange | {
        "bot_name": name,
        "dry_run": False,
        "stake_amount": "unlimited",
        "max_open_trades": mine.slots,
        "timeframe": "1m",
        "custom_price_max_distance_ratio": 0.5,
        "unfilledtimeout": {"entry": 10, "exit": 10, "unit": "minutes"},
        "db_url": f"sqlite:///{bot.home / 'trades.sqlite'}",
        "drill_patient": exchange["exchange"]["pair_whitelist"][-1],
        "risk": section,
    }
    handle = os.open(bot.config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
    return bot


def _pairs(wanted: Any, differences: list[str]) -> tuple[str, ...]:
    """The user's own as far as the paper exchange has them, filled up with others."""
    offered = {each.base: each.pair for each in DEFAULT_INSTRUMENTS}
    bases = [str(pair).partition("/")[0] for pair in wanted]
    ours = [offered[base] for base in dict.fromkeys(bases) if base in offered][:PAIRS]
    more = [pair for pair in offered.values() if pair not in ours][: PAIRS - len(ours)]
    left = [base for base in dict.fromkeys(bases) if base not in offered]
    if left:
        shown = ", ".join(left[:5]) + (" …" if len(left) > 5 else "")
        differences.append(f"not on the paper exchange: {shown}")
    if more:
        differences.append(f"traded beside your own pairs: {', '.join(more)}")
    return (*ours, *more)
