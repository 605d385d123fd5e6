"""Buys more of what falls and never sells at a loss: a ladder without a stop."""

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy


class Averager(IStrategy):
    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 0.03}  # noqa: RUF012  # freqtrade's way
    startup_candle_count = 30
    position_adjustment_enable = True
    max_entry_position_adjustment = 4
    steps = (-0.04, -0.08, -0.14, -0.22)

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        dataframe["mean"] = dataframe["close"].rolling(24).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        cheap = dataframe["close"] < dataframe["mean"] * 0.985
        dataframe.loc[cheap, ["enter_long", "enter_tag"]] = (1, "dip")
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        return dataframe

    def custom_stake_amount(self, *, proposed_stake: float, **kwargs: Any) -> float:
        return proposed_stake / 8

    def adjust_trade_position(
        self, *, trade: Any, current_profit: float, min_stake: float | None, **kwargs: Any
    ) -> float | None:
        done = trade.nr_of_successful_entries
        if done > len(self.steps) or current_profit > self.steps[done - 1]:
            return None
        return float(trade.stake_amount)  # as much again as all before
