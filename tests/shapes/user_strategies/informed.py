"""Shape: decides by other timeframes and other pairs, through freqtrade's decorators."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IntParameter, IStrategy, informative, merge_informative_pair


class Informed(IStrategy):
    timeframe = "1h"
    stoploss = -0.35
    minimal_roi = {"0": 0.06}
    startup_candle_count = 20
    length = IntParameter(2, 9, default=4, space="buy")

    def informative_pairs(self) -> list:
        return [(pair, "4h") for pair in self.dp.current_whitelist()]

    @informative("4h")
    def populate_indicators_4h(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["mean"] = dataframe["close"].rolling(3).mean()
        return dataframe

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        first = self.dp.current_whitelist()[0]
        slow = self.dp.get_pair_dataframe(pair=first, timeframe="4h")
        slow["slow"] = slow["close"].rolling(self.length.value).mean()
        slow = slow[["date", "slow"]]
        return merge_informative_pair(dataframe, slow, self.timeframe, "4h", ffill=True)

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        known = (dataframe["slow_4h"] > 0) & (dataframe["mean_4h"] > 0)
        dataframe.loc[known, ["enter_long", "enter_tag"]] = (1, "known")
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[:, ["exit_long", "exit_tag"]] = (0, "")
        return dataframe
