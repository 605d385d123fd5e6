"""For the matrix's backtests: each walks one path, every six hours anew, and wants much."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IntParameter, IStrategy

from riskplugin import RiskMixin

MUCH = 1e9


class Churn(IStrategy):
    """Enters at market whenever it can, leaves every six hours."""

    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 100}
    startup_candle_count = 30
    order_types = {
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }
    nothing = IntParameter(0, 100, default=50, space="buy")

    @property
    def can_short(self) -> bool:
        return str(getattr(self.config.get("trading_mode"), "value", "spot")) == "futures"

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        stays = dataframe["date"].dt.hour % 6 != 4  # freqtrade ignores an exit beside an entry
        odd = dataframe["date"].dt.day % 2 == 1
        short = odd & self.can_short & metadata["pair"].startswith("ETH")
        dataframe.loc[stays & short, "enter_short"] = 1
        dataframe.loc[stays & ~short, "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[dataframe["date"].dt.hour % 6 == 4, ["exit_long", "exit_short"]] = (1, 1)
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 6.0

    def custom_stake_amount(self, *args: Any, max_stake: float, **kwargs: Any) -> float:
        return max_stake / 3


class ChurnGuarded(RiskMixin, Churn):
    pass


class Priced(Churn):
    """The same by limit orders at prices of its own, as far off as a candle allows."""

    order_types = {**Churn.order_types, "entry": "limit"}

    def custom_entry_price(self, *args: Any, proposed_rate: float, side: str, **kw: Any) -> float:
        return proposed_rate * (1.5 if side == "long" else 0.5)


class PricedGuarded(RiskMixin, Priced):
    pass


class Grower(Churn):
    """Begins with next to nothing, then asks for everything in every candle."""

    position_adjustment_enable = True

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return 10.0

    def adjust_trade_position(self, *args: Any, max_stake: float, **kwargs: Any) -> float:
        return max_stake / 3 if max_stake > 30 else MUCH


class GrowerGuarded(RiskMixin, Grower):
    pass


class Keeper(Grower):
    """The same, and never leaves by itself."""

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe


class KeeperGuarded(RiskMixin, Keeper):
    pass


class Replacer(Churn):
    """Rests far from the market; after two hours it moves its orders to where they fill."""

    order_types = {**Churn.order_types, "entry": "limit"}

    def custom_entry_price(self, *args: Any, proposed_rate: float, side: str, **kw: Any) -> float:
        return proposed_rate * (0.8 if side == "long" else 1.2)

    def adjust_order_price(
        self,
        trade: Any,
        order: Any,
        pair: str,
        current_time: Any,
        proposed_rate: float,
        current_order_rate: float,
        **kwargs: Any,
    ) -> float:
        age = current_time - order.order_date_utc
        return proposed_rate if age.total_seconds() >= 7200 else current_order_rate


class ReplacerGuarded(RiskMixin, Replacer):
    pass


class Raiser(Churn):
    """Gives itself more slots than the configuration did, while it runs."""

    def bot_loop_start(self, **kwargs: Any) -> None:
        self.max_open_trades = 100
        self.config["max_open_trades"] = 100
        self.config["risk"] = {"positions": {"max": 100}}


class RaiserGuarded(RiskMixin, Raiser):
    pass
