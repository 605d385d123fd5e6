"""Shape: overrides nearly everything, much of it as properties; keeps state of its own."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

import logging
from functools import cached_property
from typing import Any

from freqtrade.persistence import Trade
from freqtrade.strategy import IStrategy, stoploss_from_absolute

logger = logging.getLogger(__name__)


class Everything(IStrategy):
    INTERFACE_VERSION = 3
    stoploss = -0.99
    use_custom_stoploss = True
    use_exit_signal = True
    position_adjustment_enable = True
    process_only_new_candles = True
    stages = {0: (0.004, 0.3), 1: (0.010, 0.5)}

    def __init__(self, config: dict, *args: Any, **kwargs: Any) -> None:
        super().__init__(config, *args, **kwargs)
        self._started = False
        self._filled: dict[str, int] = {}
        self._last: dict[tuple[str, str], Any] = {}

    @property
    def timeframe(self) -> str:
        return self.config.get("timeframe", "1h")

    @timeframe.setter
    def timeframe(self, value: str) -> None:
        pass

    @property
    def can_short(self) -> bool:
        return str(getattr(self.config.get("trading_mode"), "value", "spot")) == "futures"

    @cached_property
    def startup_candle_count(self) -> int:
        return 30

    @property
    def minimal_roi(self) -> dict:
        return self.__dict__.get("_roi", {"0": 0.5})

    @minimal_roi.setter
    def minimal_roi(self, value: dict) -> None:
        self.__dict__["_roi"] = value

    @property
    def order_types(self) -> dict:
        return {
            "entry": "limit",
            "exit": "limit",
            "emergency_exit": "limit",
            "force_exit": "limit",
            "stoploss": "limit",
            "stoploss_on_exchange": False,
        }

    @property
    def protections(self) -> list:
        return [
            {"method": "CooldownPeriod", "stop_duration_candles": 1},
            {
                "method": "StoplossGuard",
                "lookback_period_candles": 12,
                "trade_limit": 4,
                "stop_duration_candles": 2,
                "only_per_pair": False,
            },
        ]

    @property
    def plot_config(self) -> dict:
        return {"main_plot": {}, "subplots": {"range": {"range": {"color": "red"}}}}

    def bot_start(self, **kwargs: Any) -> None:
        self._started = True

    def bot_loop_start(self, current_time: Any, **kwargs: Any) -> None:
        assert self._started

    def informative_pairs(self) -> list:
        return []

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["range"] = (dataframe["high"] - dataframe["low"]).rolling(14).mean()
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        up = metadata["pair"].startswith(("BTC", "SOL")) or not self.can_short
        dataframe.loc[dataframe["range"] > 0, "enter_long" if up else "enter_short"] = 1
        dataframe["enter_tag"] = "long" if up else "short"
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def _range(self, pair: str) -> float:
        dataframe, _ = self.dp.get_analyzed_dataframe(pair=pair, timeframe=self.timeframe)
        return 0.0 if dataframe.empty else float(dataframe["range"].iat[-1])

    def custom_stoploss(
        self, pair, trade, current_time, current_rate, current_profit, **kwargs
    ) -> Any:
        distance = max(12 * self._range(pair), 0.08 * current_rate)
        if distance <= 0:
            return None
        away = current_rate + distance if trade.is_short else current_rate - distance
        return stoploss_from_absolute(
            away, current_rate=current_rate, is_short=trade.is_short, leverage=trade.leverage
        )

    def adjust_trade_position(
        self,
        trade,
        current_time,
        current_rate,
        current_profit,
        min_stake,
        max_stake,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        stage = trade.nr_of_successful_exits
        if stage in self.stages and current_profit > self.stages[stage][0] * trade.leverage:
            return -self.stages[stage][1] * trade.stake_amount, f"take_profit_{stage}"
        return None

    def custom_exit(self, pair, trade, current_time, current_rate, current_profit, **kwargs) -> Any:
        held = (current_time - trade.open_date_utc).total_seconds()
        return "max_age" if held > 48 * 3600 else None

    def confirm_trade_entry(
        self, pair, order_type, amount, rate, time_in_force, current_time, entry_tag, side, **kwargs
    ) -> bool:
        if side == "short" and not self.can_short:
            return False
        sides = [t.trade_direction for t in Trade.get_trades_proxy(is_open=True)]
        if sides.count(side) >= 3:
            return False
        self._last[pair, side] = current_time
        return True

    def confirm_trade_exit(self, *args: Any, **kwargs: Any) -> bool:
        return True

    def custom_entry_price(
        self, pair, trade, current_time, proposed_rate, entry_tag, side, **kwargs
    ) -> float:
        return proposed_rate * (1.001 if side == "long" else 0.999)

    def custom_exit_price(
        self, pair, trade, current_time, proposed_rate, current_profit, exit_tag, **kwargs
    ) -> float:
        return proposed_rate

    def custom_stake_amount(
        self,
        pair,
        current_time,
        current_rate,
        proposed_stake,
        min_stake,
        max_stake,
        leverage,
        entry_tag,
        side,
        **kwargs,
    ) -> float:
        return max_stake

    def leverage(
        self,
        pair,
        current_time,
        current_rate,
        proposed_leverage,
        max_leverage,
        entry_tag,
        side,
        **kwargs,
    ) -> float:
        return min(self.config.get("leverage", 33.0), max_leverage)

    def check_entry_timeout(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def check_exit_timeout(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def adjust_order_price(
        self,
        trade,
        order,
        pair,
        current_time,
        proposed_rate,
        current_order_rate,
        entry_tag,
        side,
        is_entry,
        **kwargs,
    ) -> float:
        return current_order_rate

    def order_filled(self, pair, trade, order, current_time, **kwargs) -> None:
        self._filled[pair] = self._filled.get(pair, 0) + 1

    def version(self) -> str:
        return "1.0"
