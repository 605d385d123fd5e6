"""Doubles what it holds at every fall, without end."""

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Ladder(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.3
    position_adjustment_enable = True

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_stake_amount(self, pair, max_stake, **kwargs):
        return max_stake * 2

    def adjust_trade_position(self, trade, current_profit, **kwargs):
        return trade.stake_amount * 2 if current_profit < 0 else None
