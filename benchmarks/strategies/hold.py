"""A strategy that holds what it has: what B-5 and B-6 run in a real bot."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Hold(IStrategy):  # type: ignore[misc]  # freqtrade ships no types
    """No signals, and exits out of reach."""

    timeframe = "1d"
    stoploss = -0.9
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
        """None."""
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        """None."""
        return dataframe
