"""Not guarded, stoploss -0.99, and as much leverage as there is."""

from freqtrade.strategy import IStrategy


class Wide(IStrategy):
    timeframe = "5m"
    stoploss = -0.99

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def leverage(self, pair, max_leverage, **kwargs):
        return max_leverage
