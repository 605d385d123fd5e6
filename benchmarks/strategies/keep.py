"""A strategy that buys everything at once and keeps it: what a look costs with open positions."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Keep(IStrategy):  # type: ignore[misc]  # freqtrade ships no types
    """Buys in the first candle; exits are out of reach."""

    timeframe = "1h"
    startup_candle_count = 20
    stoploss = -0.99
    minimal_roi = {"0": 100.0}  # noqa: RUF012  # freqtrade's way to declare it
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        """None."""
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Always."""
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Never."""
        return dataframe
