"""For the analysis tools: one strategy that looks at the past, one that also sees the future."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Reader(IStrategy):
    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 100}
    startup_candle_count = 20
    ahead = 0

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["fast"] = dataframe["close"].ewm(span=30, adjust=False).mean()
        dataframe["seen"] = dataframe["close"].shift(-self.ahead)
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[dataframe["seen"] > dataframe["fast"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[dataframe["seen"] < dataframe["fast"], "exit_long"] = 1
        return dataframe


class ReaderGuarded(RiskMixin, Reader):
    pass


class Prophet(Reader):
    ahead = 4


class ProphetGuarded(RiskMixin, Prophet):
    pass
