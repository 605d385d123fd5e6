"""Follows the trend: buys when a fast mean crosses a slow one, sells when it crosses back."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Follower(IStrategy):
    timeframe = "1h"
    stoploss = -0.10
    minimal_roi = {"0": 10.0}  # noqa: RUF012  # freqtrade's way
    startup_candle_count = 80

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["fast"] = dataframe["close"].ewm(span=20, adjust=False).mean()
        dataframe["slow"] = dataframe["close"].ewm(span=80, adjust=False).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        above = dataframe["fast"] > dataframe["slow"]
        crossed = above & ~above.shift(1, fill_value=True)
        dataframe.loc[crossed, ["enter_long", "enter_tag"]] = (1, "cross up")
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        below = dataframe["fast"] < dataframe["slow"]
        dataframe.loc[below, ["exit_long", "exit_tag"]] = (1, "cross down")
        return dataframe
