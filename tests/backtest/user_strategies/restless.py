"""A strategy that adds, takes off and waits with limit orders: much changes besides prices."""

from __future__ import annotations

from typing import Any

import numpy as np
from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Restless(IStrategy):
    """Buys dips below the market's price, buys twice more on the way down, sells a half on the way
    up, above the market's price. Goes short in futures as well.
    """

    timeframe = "1h"
    startup_candle_count = 40
    can_short = False
    stoploss = -0.12
    minimal_roi = {"0": 0.06, "2880": 0.0}  # noqa: RUF012  # freqtrade's way to declare it
    position_adjustment_enable = True
    unfilledtimeout = {"entry": 120, "exit": 120}  # noqa: RUF012

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["mean"] = dataframe["close"].rolling(36).mean()
        dataframe["step"] = np.arange(len(dataframe))
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        below = dataframe["close"] < dataframe["mean"] * 0.985
        above = dataframe["close"] > dataframe["mean"] * 1.015
        dataframe.loc[below & (dataframe["step"] % 5 == 0), "enter_long"] = 1
        dataframe.loc[above & (dataframe["step"] % 5 == 0), "enter_short"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def custom_entry_price(self, proposed_rate: float, side: str, **kwargs: Any) -> float:
        return proposed_rate * (0.997 if side == "long" else 1.003)

    def custom_exit_price(self, trade: Any, proposed_rate: float, **kwargs: Any) -> float:
        return proposed_rate * (0.98 if trade.is_short else 1.02)

    def adjust_trade_position(self, trade: Any, current_profit: float, **kwargs: Any) -> Any:
        entries, exits = trade.nr_of_successful_entries, trade.nr_of_successful_exits
        if current_profit < -0.03 * entries and entries < 3:
            return trade.stake_amount / entries
        if current_profit > 0.025 and exits == 0:
            return -trade.stake_amount / 2
        return None


class RestlessGuarded(RiskMixin, Restless):
    """With riskplugin."""


class RestlessShort(Restless):
    """In futures, both ways."""

    can_short = True

    def leverage(self, **kwargs: Any) -> float:
        return 2.0


class RestlessShortGuarded(RiskMixin, RestlessShort):
    """With riskplugin."""
