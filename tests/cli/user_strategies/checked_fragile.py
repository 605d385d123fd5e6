"""Fails where markets are odd, and takes less than freqtrade hands over."""

from freqtrade.strategy import IStrategy

from riskplugin import RiskMixin


class Fragile(RiskMixin, IStrategy):
    timeframe = "5m"
    stoploss = -0.05

    def populate_indicators(self, dataframe, metadata):
        if not dataframe["volume"].any():
            raise ZeroDivisionError("float division by zero")
        dataframe["old"] = dataframe["close"].iloc[-20]
        return dataframe

    def populate_entry_trend(self, dataframe, metadata):
        dataframe.loc[dataframe.index[-2:], ["enter_long", "enter_tag"]] = (1, "a b")
        return dataframe

    def populate_exit_trend(self, dataframe, metadata):
        return dataframe.iloc[:-1] if metadata["pair"].startswith("ETH") else dataframe

    def leverage(self, pair, current_time, current_rate, proposed_leverage, max_leverage, side):
        return 1.0

    def custom_stake_amount(self, pair, entry_tag, **kwargs):
        return float("nan") if entry_tag.split(" ") else 0
