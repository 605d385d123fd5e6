"""Shape: protections as a property with parameters to optimise, freqtrade's own and one of ours."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

from typing import Any

from freqtrade.strategy import BooleanParameter, IntParameter, IStrategy


class Protected(IStrategy):
    timeframe = "1h"
    stoploss = -0.6
    minimal_roi = {"0": 0.02}
    rest = IntParameter(1, 10, default=2, space="protection", optimize=True)
    guard = BooleanParameter(default=True, space="protection", optimize=True)

    @property
    def protections(self) -> list:
        found = [
            {"method": "CooldownPeriod", "stop_duration_candles": self.rest.value},
            {"method": "RiskDailyLoss", "max_loss_pct": 50},
        ]
        if self.guard.value:
            found.append(
                {
                    "method": "LowProfitPairs",
                    "lookback_period_candles": 6,
                    "trade_limit": 2,
                    "stop_duration": 60,
                    "required_profit": -0.5,
                }
            )
        return found

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe
