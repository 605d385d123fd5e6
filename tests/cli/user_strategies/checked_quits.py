"""Prints whole frames, and ends the process when it does not like what it sees."""

import os
import sys

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Quits(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.05

    def populate_indicators(self, dataframe, metadata):
        print(dataframe.to_string() * 20)  # noqa: T201
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe

    def confirm_trade_entry(self, pair, **kwargs):
        sys.exit("no")

    def custom_exit(self, pair, current_profit, **kwargs):
        if current_profit < -0.1:
            os._exit(7)
