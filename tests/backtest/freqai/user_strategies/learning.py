"""A FreqAI strategy as freqtrade's documents show one, small: it buys when its model says up."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

import talib.abstract as ta
from freqtrade.strategy import IntParameter, IStrategy


class Learning(IStrategy):
    timeframe = "1h"
    stoploss = -0.3
    minimal_roi = {"0": 0.05}
    startup_candle_count = 40
    ahead = IntParameter(3, 12, default=6, space="buy")

    def feature_engineering_expand_all(
        self, dataframe: Any, period: int, metadata: dict, **kwargs: Any
    ) -> Any:
        dataframe["%-rsi-period"] = ta.RSI(dataframe, timeperiod=period)
        return dataframe

    def feature_engineering_expand_basic(
        self, dataframe: Any, metadata: dict, **kwargs: Any
    ) -> Any:
        dataframe["%-change"] = dataframe["close"].pct_change()
        return dataframe

    def feature_engineering_standard(self, dataframe: Any, metadata: dict, **kwargs: Any) -> Any:
        dataframe["%-hour"] = dataframe["date"].dt.hour
        return dataframe

    def set_freqai_targets(self, dataframe: Any, metadata: dict, **kwargs: Any) -> Any:
        later = dataframe["close"].shift(-self.ahead.value)
        dataframe["&-change"] = later / dataframe["close"] - 1
        return dataframe

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return self.freqai.start(dataframe, metadata, self)

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        up = (dataframe["do_predict"] == 1) & (dataframe["&-change"] > 0)
        dataframe.loc[up, ["enter_long", "enter_tag"]] = (1, "up")
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        down = (dataframe["do_predict"] == 1) & (dataframe["&-change"] < 0)
        dataframe.loc[down, "exit_long"] = 1
        return dataframe
