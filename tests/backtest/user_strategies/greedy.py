"""Always wants more, never wants out at a loss: what the limits are for."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import DecimalParameter, IStrategy

from riskplugin import RiskMixin


class Greedy(IStrategy):
    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 0.05}  # noqa: RUF012  # freqtrade's way
    startup_candle_count = 30
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }
    nothing = DecimalParameter(0.0, 1.0, default=0.5, space="buy")

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def leverage(self, *args: Any, **kwargs: Any) -> float:
        return 50.0


class GreedyGuarded(RiskMixin, Greedy):
    """The same inside the limits."""
