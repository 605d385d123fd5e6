"""A strategy that trades all day: what the soak runs."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Swing(IStrategy):  # type: ignore[misc]  # freqtrade ships no types
    """Buys below the average of the last three hours, sells above it."""

    timeframe = "5m"
    startup_candle_count = 36
    stoploss = -0.5
    minimal_roi = {"0": 0.02}  # noqa: RUF012  # freqtrade's way to declare it
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        """The average."""
        dataframe["mean"] = dataframe["close"].rolling(36).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Well below."""
        dataframe.loc[dataframe["close"] < 0.985 * dataframe["mean"], "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Well above."""
        dataframe.loc[dataframe["close"] > 1.01 * dataframe["mean"], "exit_long"] = 1
        return dataframe
