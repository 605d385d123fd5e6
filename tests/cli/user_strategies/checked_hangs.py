"""Waits for somebody who does not come."""

import time

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Hangs(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.05

    def populate_indicators(self, dataframe, metadata):
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def custom_exit(self, pair, **kwargs):
        time.sleep(3600)
