"""Shape: halves its stake to add the other half on the next signal; an older leverage()."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy


class Halving(IStrategy):
    minimal_roi = {"0": 100}
    stoploss = -1
    timeframe = "1h"
    position_adjustment_enable = True
    plot_config = {"main_plot": {}, "subplots": {"Volatility": {"atr": {"color": "white"}}}}

    @property
    def can_short(self) -> bool:
        return str(getattr(self.config.get("trading_mode"), "value", "spot")) == "futures"

    def populate_indicators(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        step = 4
        times = dataframe.set_index("date")
        coarse = times["close"].iloc[::step]
        spread = (coarse - coarse.shift()).abs().rolling(3).mean()
        dataframe["atr"] = spread.reindex(times.index, method="ffill").to_numpy() * 0.3
        dataframe["change"] = dataframe["close"].diff(step)
        return dataframe

    def populate_entry_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        dataframe.loc[dataframe["change"] >= dataframe["atr"].shift(1), "enter_long"] = 1
        dataframe.loc[-dataframe["change"] > dataframe["atr"].shift(1), "enter_short"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: pd.DataFrame, metadata: dict) -> pd.DataFrame:
        entries = dataframe.reindex(columns=["enter_long", "enter_short"]).to_numpy()
        dataframe["exit_long"] = np.where(entries[:, 1] == 1, 1, 0)
        dataframe["exit_short"] = np.where(entries[:, 0] == 1, 1, 0)
        return dataframe

    def custom_stake_amount(
        self,
        pair: str,
        current_time: Any,
        current_rate: float,
        proposed_stake: float,
        min_stake: Any,
        max_stake: float,
        leverage: float,
        entry_tag: Any,
        side: str,
        **kwargs: Any,
    ) -> float:
        return proposed_stake / 2

    def adjust_trade_position(
        self,
        trade: Trade,
        current_time: Any,
        current_rate: float,
        current_profit: float,
        min_stake: Any,
        max_stake: float,
        **kwargs: Any,
    ) -> Any:
        dataframe, _ = self.dp.get_analyzed_dataframe(trade.pair, self.timeframe)
        if len(dataframe) > 2:
            signal = "enter_short" if trade.is_short else "enter_long"
            again = dataframe.iloc[-1].get(signal) == 1
            if again and trade.nr_of_successful_entries < 3:
                return trade.stake_amount
        return None

    def leverage(
        self,
        pair: str,
        current_time: Any,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        side: str,
        **kwargs: Any,
    ) -> float:
        return 30.0
