"""Both ways with leverage: follows breakouts on futures, long and short, ten times its margin."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Swinger(IStrategy):
    timeframe = "1h"
    can_short = True
    stoploss = -0.40
    minimal_roi = {"0": 0.60}  # noqa: RUF012  # freqtrade's way
    startup_candle_count = 72

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["top"] = dataframe["high"].rolling(72).max().shift(1)
        dataframe["floor"] = dataframe["low"].rolling(72).min().shift(1)
        dataframe["mean"] = dataframe["close"].rolling(36).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        up = dataframe["close"] > dataframe["top"]
        down = dataframe["close"] < dataframe["floor"]
        dataframe.loc[up, ["enter_long", "enter_tag"]] = (1, "breakout")
        dataframe.loc[down, ["enter_short", "enter_tag"]] = (1, "breakdown")
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        dataframe.loc[dataframe["close"] < dataframe["mean"], "exit_long"] = 1
        dataframe.loc[dataframe["close"] > dataframe["mean"], "exit_short"] = 1
        return dataframe

    def leverage(self, *, max_leverage: float, **kwargs: Any) -> float:
        return min(10.0, max_leverage)
