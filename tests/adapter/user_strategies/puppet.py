"""A guarded strategy whose every hook answers what the test has put into ``answers``."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Puppet(RiskMixin, IStrategy):
    """Without an answer a hook says what freqtrade's own would; an exception is raised."""

    timeframe = "1m"
    can_short = True
    stoploss = -0.99
    minimal_roi: dict[str, float] = {"0": 100}  # noqa: RUF012  # freqtrade's way
    use_custom_stoploss = True
    use_custom_roi = True
    position_adjustment_enable = True
    process_only_new_candles = False
    startup_candle_count = 30
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.answers: dict[str, Any] = {}
        self.asked: list[str] = []

    def say(self, name: str, otherwise: Any) -> Any:
        self.asked.append(name)
        answer = self.answers.get(name, otherwise)
        if callable(answer):
            return answer()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        if metadata["pair"] in self.answers.get("enter", ()):
            dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def bot_loop_start(self, *args: Any, **kwargs: Any) -> None:
        self.say("bot_loop_start", None)

    def custom_entry_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        return self.say("custom_entry_price", proposed_rate)

    def leverage(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("leverage", 50.0)

    def custom_stake_amount(self, *args: Any, proposed_stake: float, **kwargs: Any) -> Any:
        return self.say("custom_stake_amount", proposed_stake)

    def confirm_trade_entry(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("confirm_trade_entry", otherwise=True)

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("confirm_trade_exit", otherwise=True)

    def adjust_trade_position(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("adjust_trade_position", None)

    def adjust_order_price(self, *args: Any, current_order_rate: float, **kwargs: Any) -> Any:
        return self.say("adjust_order_price", current_order_rate)

    def check_entry_timeout(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("check_entry_timeout", otherwise=False)

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("check_exit_timeout", otherwise=False)

    def custom_exit(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("custom_exit", None)

    def custom_exit_price(self, *args: Any, proposed_rate: float, **kwargs: Any) -> Any:
        return self.say("custom_exit_price", proposed_rate)

    def custom_stoploss(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("custom_stoploss", None)

    def custom_roi(self, *args: Any, **kwargs: Any) -> Any:
        return self.say("custom_roi", None)

    def order_filled(self, *args: Any, **kwargs: Any) -> None:
        self.say("order_filled", None)


class PuppetSpot(Puppet):
    """The same in a market without shorts."""

    can_short = False


class Limited(Puppet):
    """The same with limit orders, which may stay open."""

    order_types = {  # noqa: RUF012
        **Puppet.order_types,
        "entry": "limit",
        "exit": "limit",
    }
