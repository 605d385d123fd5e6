"""The strategy that riskplugin init writes where there is none to guard."""

NAME = "RiskExample"
FILE = "risk_example.py"
TEXT = '''"""An EMA cross inside riskplugin's limits, to start from. By riskplugin init."""

import talib.abstract as ta
from freqtrade.strategy import IStrategy
from pandas import DataFrame

from riskplugin import RiskMixin


class RiskExample(RiskMixin, IStrategy):
    """Buys when the fast average crosses the slow one; RiskMixin sizes, limits and stops it."""

    INTERFACE_VERSION = 3
    timeframe = "5m"
    minimal_roi = {"0": 0.03}
    stoploss = -0.05
    startup_candle_count = 60
    order_types = {
        "entry": "limit",
        "exit": "market",
        "emergency_exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe["fast"] = ta.EMA(dataframe, timeperiod=12)
        dataframe["slow"] = ta.EMA(dataframe, timeperiod=50)
        return dataframe

    def populate_entry_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        above = dataframe["fast"] > dataframe["slow"]
        dataframe.loc[above & ~above.shift(1, fill_value=True), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: DataFrame, metadata: dict) -> DataFrame:
        dataframe.loc[dataframe["fast"] < dataframe["slow"], "exit_long"] = 1
        return dataframe
'''
