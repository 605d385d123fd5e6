"""Shape: a family of strategies, each child changes a little and asks its parent for the rest."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Elder(IStrategy):
    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 0.03}
    wish = 20.0

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return self.wish

    def custom_stake_amount(
        self,
        pair: str,
        current_time: Any,
        current_rate: float,
        proposed_stake: float,
        **kwargs: Any,
    ) -> float:
        return proposed_stake


class Middle(Elder):
    wish = 30.0

    def custom_stake_amount(self, *args: Any, **kwargs: Any) -> float:
        return super().custom_stake_amount(*args, **kwargs) * 1.5


class Youngest(Middle):
    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return super().leverage(*args, **kwargs) + 10

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return super().confirm_trade_exit(*args, **kwargs)
