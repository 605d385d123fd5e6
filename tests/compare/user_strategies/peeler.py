"""Holds futures for weeks and sells them bit by bit, while funding is paid."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Peeler(IStrategy):
    timeframe = "1h"
    stoploss = -0.5
    minimal_roi = {"0": 0.5}  # noqa: RUF012  # freqtrade's way
    startup_candle_count = 30
    position_adjustment_enable = True

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def adjust_trade_position(self, *, trade: Any, current_time: Any, **kwargs: Any) -> Any:
        sold = trade.nr_of_successful_exits
        held = (current_time - trade.open_date_utc).total_seconds() / 3600
        return -trade.stake_amount * 0.3 if sold < 4 and held > 24 * (sold + 1) else None
