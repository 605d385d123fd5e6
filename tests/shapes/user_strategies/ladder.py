"""Shape: buys falls in steps, never lets go at a loss, tells its modes apart by the entry tag."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import IStrategy, informative


class Ladder(IStrategy):
    INTERFACE_VERSION = 3
    timeframe = "1h"
    stoploss = -0.99
    minimal_roi = {"0": 100.0}
    startup_candle_count = 30
    use_exit_signal = True
    exit_profit_only = False
    ignore_roi_if_entry_signal = True
    position_adjustment_enable = True
    max_entry_position_adjustment = -1
    order_types = {
        "entry": "limit",
        "exit": "limit",
        "emergency_exit": "limit",
        "stoploss": "limit",
        "stoploss_on_exchange": False,
    }
    deep_mode_tags = ["81", "82"]
    steps = (-0.005, -0.01, -0.02, -0.03, -0.05, -0.08)
    factors = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0)

    def version(self) -> str:
        return "v0.0"

    @informative("4h")
    def populate_indicators_4h(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["mean"] = dataframe["close"].rolling(5).mean()
        return dataframe

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["mean"] = dataframe["close"].rolling(12).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_tag"] = ""
        wanted = dataframe["close"] > 0
        dataframe.loc[wanted, "enter_long"] = 1
        dataframe.loc[wanted, "enter_tag"] += "81 "
        dataframe.loc[wanted & (dataframe["close"] > dataframe["mean"]), "enter_tag"] += "12 "
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe.loc[:, "exit_long"] = 0
        return dataframe

    def leverage(
        self,
        pair,
        current_time,
        current_rate,
        proposed_leverage,
        max_leverage,
        entry_tag,
        side,
        **kwargs,
    ) -> float:
        tags = entry_tag.split()  # nothing said about entries without a tag
        return 40.0 if all(tag in self.deep_mode_tags for tag in tags) else 25.0

    def custom_stake_amount(
        self,
        pair,
        current_time,
        current_rate,
        proposed_stake,
        min_stake,
        max_stake,
        leverage,
        entry_tag,
        side,
        **kwargs,
    ) -> float:
        return proposed_stake * self.factors[0] * 0.02

    def adjust_trade_position(
        self,
        trade,
        current_time,
        current_rate,
        current_profit,
        min_stake,
        max_stake,
        current_entry_rate,
        current_exit_rate,
        current_entry_profit,
        current_exit_profit,
        **kwargs,
    ) -> Any:
        entries = trade.select_filled_orders(trade.entry_side)
        rung = len(entries)
        if current_profit > 0.05 * trade.leverage and min_stake:
            return -trade.stake_amount * 0.3, "derisk"
        if rung > len(self.steps) or current_profit > self.steps[min(rung, len(self.steps)) - 1]:
            return None
        trade.set_custom_data("rung", rung)
        return entries[0].stake_amount * self.factors[rung % len(self.factors)] * 20, f"g{rung}"

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs) -> Any:
        if current_profit > 0.02 * trade.leverage:
            return f"exit_profit ( {trade.enter_tag})"
        return None

    def confirm_trade_exit(
        self,
        pair,
        trade,
        order_type,
        amount,
        rate,
        time_in_force,
        exit_reason,
        current_time,
        **kwargs,
    ) -> bool:
        if exit_reason in ("stop_loss", "trailing_stop_loss"):
            return False
        return trade.calc_profit_ratio(rate) > 0

    def confirm_trade_entry(
        self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs
    ) -> bool:
        dataframe, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        if len(dataframe) < 1:
            return False
        last = dataframe.iloc[-1].squeeze()
        return not rate > last["close"] * 1.5

    def bot_loop_start(self, current_time, **kwargs) -> None:
        self.looked_at = current_time
        return super().bot_loop_start(current_time, **kwargs)
