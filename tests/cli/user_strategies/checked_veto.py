"""Never sells in loss, whatever the reason."""

from freqtrade.strategy import IStrategy


class Veto(IStrategy):
    timeframe = "5m"
    stoploss = -0.05

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def confirm_trade_exit(self, pair, trade, rate, **kwargs):
        return trade.calc_profit_ratio(rate) > 0
