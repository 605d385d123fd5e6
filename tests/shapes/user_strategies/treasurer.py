"""Shape: sizes by the wallet, asks in threads and coroutines, keeps a budget of its own."""

# ruff: noqa: RUF012 -- lists and dicts on the class are how freqtrade's users write them

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from freqtrade.strategy import IStrategy


class Treasurer(IStrategy):
    timeframe = "1h"
    stoploss = -0.8
    minimal_roi = {"0": 0.05}
    order_types = {
        "entry": "market",
        "exit": "market",
        "stoploss": "market",
        "emergency_exit": "market",
        "stoploss_on_exchange": False,
    }

    def bot_start(self, **kwargs: Any) -> None:
        self.budget = None

    def bot_loop_start(self, current_time: Any, **kwargs: Any) -> None:
        with ThreadPoolExecutor(2) as pool:
            free, total = pool.map(
                lambda ask: ask("USDT"), (self.wallets.get_free, self.wallets.get_total)
            )
        loop = asyncio.new_event_loop()
        try:
            self.budget = loop.run_until_complete(self._weigh(free, total))
        finally:
            loop.close()

    async def _weigh(self, free: float, total: float) -> float:
        await asyncio.sleep(0)
        return min(free, total) * 0.9

    def populate_indicators(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def populate_entry_trend(self, dataframe: Any, metadata: dict) -> Any:
        dataframe["enter_long"] = 1
        return dataframe

    def populate_exit_trend(self, dataframe: Any, metadata: dict) -> Any:
        return dataframe

    def custom_stake_amount(
        self,
        pair: str,
        current_time: Any,
        current_rate: float,
        proposed_stake: float,
        min_stake: Any,
        max_stake: float,
        **kwargs: Any,
    ) -> float:
        if self.wallets:
            worth = self.wallets.get_total_stake_amount()
            return max(self.budget, worth, proposed_stake, max_stake)
        return proposed_stake

    def leverage(
        self,
        pair: str,
        current_time: Any,
        current_rate: float,
        proposed_leverage: float,
        max_leverage: float,
        **kwargs: Any,
    ) -> float:
        return max_leverage
