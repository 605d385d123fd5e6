"""A strategy that wants what the walk of a path has put into ``answers``, guarded and not."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin
from tests.matrix import wishes


class Naked(IStrategy):
    """Without riskplugin: what freqtrade itself makes of the wishes."""

    timeframe = "1m"
    stoploss = -0.99
    minimal_roi: dict[str, float] = {"0": 100}  # noqa: RUF012  # freqtrade's way
    position_adjustment_enable = True
    process_only_new_candles = False
    startup_candle_count = 30

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.can_short = str(config["trading_mode"]) == "futures"
        self.answers: dict[str, Any] = {}
        self.order_types = {
            "entry": "market",
            "exit": "market",
            "stoploss": "market",
            "emergency_exit": "market",
            "stoploss_on_exchange": False,
        }

    def bot_start(self, **kwargs: Any) -> None:
        wishes.at_start(self)

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        act = self.answers.get("act")
        if act is not None:
            act()

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        if self.answers.get("analysis fails"):
            raise ValueError("no indicators today")
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        if metadata["pair"] in self.answers.get("enter", ()):
            dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        return proposed_rate * self.answers.get("price", 1.0)

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        return wishes.LEVERAGE

    def custom_stake_amount(self, *args: Any, proposed_stake: float, **kwargs: Any) -> Any:
        return self.answers.get("stake", proposed_stake)

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> Any:
        return not self.answers.get("not yet")

    def adjust_trade_position(self, *args: Any, trade: Any, **kwargs: Any) -> Any:
        return self.answers.get("increase", {}).get(trade.pair)

    def adjust_order_price(
        self, *args: Any, current_order_rate: float, is_entry: bool, **kwargs: Any
    ) -> Any:
        factor = self.answers.get("replace")
        return current_order_rate if factor is None or not is_entry else current_order_rate * factor


class Walker(RiskMixin, Naked):
    """The same, guarded."""
