"""Shape: signals and nothing else; every hook is freqtrade's own."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Bare(IStrategy):
    timeframe = "1h"
    stoploss = -0.9
    minimal_roi = {"0": 0.04, "600": 0.02}
    trailing_stop = True
    trailing_stop_positive = 0.3
    trailing_stop_positive_offset = 0.4
    trailing_only_offset_is_reached = True

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe
