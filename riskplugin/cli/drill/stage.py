"""The drill's stage: a bot on disk. Its exchange, keys, database and ledger are throw-aways."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplugin.cli.drill.own import Own
from riskplugin.sandbox import freqtrade_exchange_config

#: What the account holds at first, in USDT.
BALANCE = 10_000

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
        return proposed_rate * (0.85 if pair == self.config.get("drill_patient") else 1.002)
'''


@dataclass(frozen=True)
class DrillBot:
    """One bot of the drill: where it lies, and how it is started."""

    name: str
    home: Path
    futures: bool
    waits: bool

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


def set_up(folder: Path, mine: Own, name: str, port: int, section: dict[str, Any]) -> DrillBot:
    """Write a bot below ``folder``; nobody else may read it, because addresses are secrets."""
    bot = DrillBot(name, folder / name, mine.futures, waits=mine.patient is not None)
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
        "risk": section,
    }
    if bot.waits:
        config["drill_patient"] = exchange["exchange"]["pair_whitelist"][-1]
    handle = os.open(bot.config, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(config, file, indent=2)
    return bot
