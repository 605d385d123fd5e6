"""A strategy without fault, guarded: riskplugin check finds nothing in it."""

import numpy as np
import talib.abstract as ta
from freqtrade.strategy import IStrategy, informative

from riskplugin import RiskMixin


class Good(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.04
    minimal_roi = {"0": 0.02}  # noqa: RUF012  # as people write it
    startup_candle_count = 30
    use_custom_stoploss = True
    position_adjustment_enable = True
    max_entry_position_adjustment = 2
    order_types = {  # noqa: RUF012
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": True,
        "stoploss_price_type": "mark",
    }

    @informative("1h")
    def populate_indicators_1h(self, dataframe, metadata):
        dataframe["slow"] = ta.EMA(dataframe, timeperiod=20)
        return dataframe

    def informative_pairs(self):
        return [(pair, "15m") for pair in self.dp.current_whitelist()]

    def bot_start(self, **kwargs):
        self.held = {}

    def bot_loop_start(self, current_time, **kwargs):
        assert self.dp.runmode.value in {"dry_run", "live", "backtest", "hyperopt"}

    def populate_indicators(self, dataframe, metadata):
        quarter = self.dp.get_pair_dataframe(metadata["pair"], "15m")
        dataframe["wide"] = float(len(quarter))
        dataframe["fast"] = ta.EMA(dataframe, timeperiod=5)
        dataframe["rsi"] = ta.RSI(dataframe)
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] < 50, ["enter_long", "enter_tag"]] = (1, "dip")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        dataframe.loc[dataframe["rsi"] > 70, "exit_long"] = 1
        return dataframe

    def custom_stake_amount(self, pair, proposed_stake, max_stake, **kwargs):
        assert self.wallets.get_total(self.config["stake_currency"]) >= proposed_stake
        return min(proposed_stake / 2, max_stake)

    def leverage(self, pair, max_leverage, entry_tag, side, **kwargs):
        return min(3.0, max_leverage)

    def custom_stoploss(self, pair, trade, current_profit, after_fill, **kwargs):
        trade.set_custom_data("seen", True)
        return None if current_profit < 0.01 else np.float64(-0.02)

    def custom_exit(self, pair, trade, current_profit, **kwargs):
        frame, _ = self.dp.get_analyzed_dataframe(pair, self.timeframe)
        return "tired" if frame["rsi"].iloc[-1] > 90 and current_profit > 0 else None

    def adjust_trade_position(self, trade, current_profit, min_stake, max_stake, **kwargs):
        if current_profit > -0.05 or trade.nr_of_successful_entries > 2:
            return None
        return min(max(min_stake or 0, trade.stake_amount / 2), max_stake), "again"

    def confirm_trade_entry(self, pair, rate, **kwargs):
        return True

    def confirm_trade_exit(self, pair, trade, exit_reason, rate, **kwargs):
        return exit_reason != "roi" or trade.calc_profit_ratio(rate) > 0

    def order_filled(self, pair, trade, order, **kwargs):
        self.held[pair] = order.safe_price
