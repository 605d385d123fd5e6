"""Shape: an own stop that also moves right after each fill, wide at first."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy, stoploss_from_open


class Trailing(IStrategy):
    timeframe = "1h"
    stoploss = -0.7
    minimal_roi = {"0": 0.2}
    use_custom_stoploss = True
    filled = 0

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def custom_stoploss(
        self,
        pair: str,
        trade: Any,
        current_time: Any,
        current_rate: float,
        current_profit: float,
        after_fill: bool,
        **kwargs: Any,
    ) -> Any:
        if after_fill:
            type(self).filled += 1
            return stoploss_from_open(-0.6, current_profit, trade.is_short, trade.leverage)
        if current_profit > 0.05:
            return stoploss_from_open(0.01, current_profit, trade.is_short, trade.leverage)
        return None
