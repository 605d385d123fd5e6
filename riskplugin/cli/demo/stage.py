"""The stage: a folder with three bots of one strategy, all pointed at one paper exchange.

Knows what the bots are told; starts nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from riskplugin.sandbox import freqtrade_exchange_config

#: The patient pair: its first entry waits far below the market, so that there is one to cancel.
PATIENT = "BNB"
PAIRS = tuple(
    f"{base}/USDT" for base in ("BTC", PATIENT, "ETH", "SOL", "XRP", "LTC", "ADA", "LINK", "DOGE")
)
#: What each account holds at first, in USDT.
BALANCE = 10_000
SLOTS = 4

#: Stock limits but for these: a smaller daily loss, which comes before the stock stop of 5 %; a
#: short rest; and volatility only observed, because days of movement are played in minutes.
RISK: dict[str, Any] = {
    "breaker": {
        "daily_loss": {"warn_pct": 0.3, "trip_pct": 1.0},
        "on_trip": "flatten",
        "cooldown": "22s",
        "max_cooldown": "2m",
    },
    "modes": {"volatility": "observe"},
    "ledger": {"metrics_interval": "1s"},
}

STRATEGY = f'''"""Wants too much: all the money, 50x leverage, every pair. By riskplugin demo."""

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Eager(IStrategy):
    """Always long. Sells a gain of 1.5 percent in price, never a loss."""

    timeframe = "1m"
    stoploss = -0.99
    minimal_roi = {{"0": 100}}
    startup_candle_count = 30
    bargain = 0.0
    order_types = {{
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }}

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, *args, **kwargs):
        return 50.0

    def custom_entry_price(self, pair, trade, current_time, proposed_rate, *args, **kwargs):
        """One entry waits for the bottom of a crash, all others cross the spread."""
        if pair.startswith("{PATIENT}") and not self.bargain:
            return proposed_rate * 0.85
        return proposed_rate * 1.002

    def confirm_trade_entry(self, pair, order_type, amount, rate, *args, **kwargs):
        if pair.startswith("{PATIENT}"):
            self.bargain = self.bargain or rate
        return True

    def check_entry_timeout(self, pair, trade, order, current_time, **kwargs):
        """What should have crossed the spread and did not is given up."""
        age = (current_time - order.order_date_utc).total_seconds()
        return age > 4 and abs(order.price / (self.bargain or 1) - 1) > 0.001

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs):
        return "quick_profit" if current_profit > 0.015 * trade.leverage else None


class EagerGuarded(RiskMixin, Eager):
    """The same under riskplugin's limits."""
'''


@dataclass(frozen=True)
class Bot:
    """One of the three: its place on disk, and how it is called on screen and at the exchange."""

    key: str
    title: str
    guarded: bool
    dry_run: bool
    home: Path

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
    def ledger_name(self) -> str:
        """The name under which riskplugin keeps its records."""
        return f"{self.key}.dry" if self.dry_run else self.key

    @property
    def command(self) -> list[str]:
        """What freqtrade is started with."""
        strategy = "EagerGuarded" if self.guarded else "Eager"
        return ["trade", "-c", str(self.config), "--userdir", str(self.userdir), "-s", strategy]


def set_up(folder: Path, port: int) -> tuple[Bot, Bot, Bot]:
    """Write all three below ``folder``: guarded dry-run, guarded live, unguarded live."""
    bots = (
        Bot("dry", "guarded, dry-run", guarded=True, dry_run=True, home=folder / "dry"),
        Bot("live", "guarded, live", guarded=True, dry_run=False, home=folder / "live"),
        Bot("bare", "unguarded, live", guarded=False, dry_run=False, home=folder / "bare"),
    )
    for bot in bots:
        strategies = bot.userdir / "strategies"
        strategies.mkdir(parents=True)
        (strategies / "eager.py").write_text(STRATEGY, encoding="utf-8")
        bot.config.write_text(json.dumps(_config(bot, port), indent=2), encoding="utf-8")
    return bots


def _config(bot: Bot, port: int) -> dict[str, Any]:
    exchange = freqtrade_exchange_config(
        port, trading_mode="futures", pairs=PAIRS, key=bot.key, secret=bot.key, name=bot.key
    )
    return exchange | {
        "bot_name": bot.key,
        "dry_run": bot.dry_run,
        "dry_run_wallet": BALANCE,
        "stake_amount": "unlimited",
        "max_open_trades": SLOTS,
        "timeframe": "1m",
        "custom_price_max_distance_ratio": 0.5,
        "db_url": f"sqlite:///{bot.home / 'trades.sqlite'}",
        **({"risk": RISK} if bot.guarded else {}),
    }
