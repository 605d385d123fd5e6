"""Shape: interface version 2, as many strategies still are; its names say buy and sell."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy.interface import IStrategy


class Version2(IStrategy):
    INTERFACE_VERSION = 2
    minimal_roi = {"0": 0.5}
    stoploss = -0.5
    ticker_interval = "1h"
    timeframe = "1h"
    use_sell_signal = True
    sell_profit_only = True
    sell_profit_offset = 0.5
    ignore_roi_if_buy_signal = True
    order_types = {
        "entry": "limit",
        "exit": "limit",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_buy_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[dataframe["volume"] > 0, "buy"] = 1
        return dataframe

    def populate_sell_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[dataframe["volume"] < 0, "sell"] = 1
        return dataframe

    def custom_sell(
        self,
        pair: str,
        trade: Any,
        current_time: Any,
        current_rate: float,
        current_profit: float,
        **kwargs: Any,
    ) -> Any:
        return "sold" if current_profit > 0.02 else None

    def check_buy_timeout(self, pair: str, trade: Any, order: Any, **kwargs: Any) -> bool:
        return False

    def check_sell_timeout(self, pair: str, trade: Any, order: Any, **kwargs: Any) -> bool:
        return False

    def confirm_trade_exit(
        self,
        pair: str,
        trade: Any,
        order_type: str,
        amount: float,
        rate: float,
        time_in_force: str,
        sell_reason: str,
        **kwargs: Any,
    ) -> bool:
        return sell_reason == "sold"
