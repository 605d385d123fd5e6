"""A plain trend-following strategy, and the same with everything that B-3 compares.

Loaded by freqtrade's resolver as a file of its own. The limits that stand beside it never bind, so
that all of these make the same trades: what differs is only what is asked of whom.
"""

from __future__ import annotations

from typing import Any

import talib
from freqtrade.strategy import IntParameter, IStrategy

from riskplugin import RiskMixin


class Trend(IStrategy):  # type: ignore[misc]  # freqtrade ships no types
    """Enters when the fast average crosses the slow one, leaves when it crosses back."""

    timeframe = "1h"
    startup_candle_count = 60
    stoploss = -0.08
    minimal_roi = {"0": 0.05, "1440": 0.02}  # noqa: RUF012  # freqtrade's way to declare it
    order_types = {  # noqa: RUF012
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "stoploss_on_exchange": False,
    }

    def populate_indicators(self, dataframe: Any, metadata: Any) -> Any:
        """What an ordinary strategy reckons with."""
        close = dataframe["close"]
        dataframe["fast"] = talib.EMA(close, 12)
        dataframe["slow"] = talib.EMA(close, 26)
        dataframe["rsi"] = talib.RSI(close, 14)
        dataframe["atr"] = talib.ATR(dataframe["high"], dataframe["low"], close, 14)
        dataframe["upper"], _, dataframe["lower"] = talib.BBANDS(close, 20)
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Buy on the cross."""
        fast, slow = dataframe["fast"], dataframe["slow"]
        crossed = (fast > slow) & (fast.shift(1) <= slow.shift(1))
        dataframe.loc[crossed & (dataframe["rsi"] < 80), "enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: Any) -> Any:
        """Sell on the cross back."""
        fast, slow = dataframe["fast"], dataframe["slow"]
        dataframe.loc[(fast < slow) & (fast.shift(1) >= slow.shift(1)), "exit_long"] = 1
        return dataframe


class TrendGuarded(RiskMixin, Trend):
    """With riskplugin."""


class TrendCallbacks(Trend):
    """With entry callbacks that do nothing: the floor of everything that hangs on callbacks."""

    def custom_entry_price(self, proposed_rate: float, **kwargs: Any) -> float:
        """The price that is proposed."""
        return proposed_rate

    def custom_stake_amount(self, proposed_stake: float, **kwargs: Any) -> float:
        """The stake that is proposed."""
        return proposed_stake

    def confirm_trade_entry(self, **kwargs: Any) -> bool:
        """Yes."""
        return True


class TrendProtections(Trend):
    """With freqtrade's own MaxDrawdown and StoplossGuard, looking back two days."""

    @property
    def protections(self) -> list[dict[str, Any]]:
        """Limits out of reach; the defaults otherwise."""
        looks_back = {"lookback_period_candles": 48, "stop_duration_candles": 4}
        return [
            {"method": "MaxDrawdown", "max_allowed_drawdown": 10.0, **looks_back},
            {"method": "StoplossGuard", "trade_limit": 1_000_000, **looks_back},
        ]


class TrendDca(Trend):
    """Buys twice more where a trade fell: freqtrade asks for each open trade in each candle."""

    position_adjustment_enable = True

    def adjust_trade_position(self, trade: Any, current_profit: float, **kwargs: Any) -> Any:
        """The first stake again, at 2 % and 4 % below."""
        entries = trade.nr_of_successful_entries
        if entries < 3 and current_profit < -0.02 * entries:
            return trade.orders[0].stake_amount_filled
        return None


class TrendDcaGuarded(RiskMixin, TrendDca):
    """With riskplugin."""


class TrendTuned(Trend):
    """With a parameter for hyperopt, which means nothing: every epoch makes the same trades."""

    nothing = IntParameter(1, 100, default=50, space="buy")


class TrendTunedGuarded(RiskMixin, TrendTuned):
    """With riskplugin."""
