"""Stops that are none: beyond liquidation, above the price, no number."""

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Stops(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.3
    use_custom_stoploss = True

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, pair, **kwargs):
        return 8

    def custom_stoploss(self, pair, trade, current_profit, **kwargs):
        if current_profit > 0:
            return current_profit / 2
        return -0.99 if current_profit > -0.1 else float("nan")
