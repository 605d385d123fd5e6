"""What stands between a strategy and the exchange, seen to after each of its callbacks: guards at
their posts, seals on its hooks, and the bot's mode as it was at the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from riskplugin.adapter import internals
from riskplugin.adapter.truths import Truths
from riskplugin.adapter.unmoved import Unmoved

if TYPE_CHECKING:
    from freqtrade.data.dataprovider import DataProvider
    from freqtrade.strategy.interface import IStrategy

    from riskplugin.adapter.sealing import Seals


class Standing:
    """Puts back what was taken away. ``strategy`` is that of a running bot, None in a backtest."""

    def __init__(self, strategy: IStrategy | None, dp: DataProvider, truths: Truths) -> None:
        self.strategy, self.truths = strategy, truths
        self._dp = dp
        self.seals: Seals  # a running bot gets them when its guards are posted
        self.posts: list[tuple[Any, dict[str, Any], Unmoved]] = []

    def hold(self, strategy: IStrategy) -> bool:
        """Put back what a callback took away; True when all was there."""
        self.truths.hold_types(strategy)
        stood = self.stand()
        return self.seals.hold(strategy) and stood

    def stand(self) -> bool:
        """See that each guard stands at its post and the bot's mode is that of its start.

        True when nothing had been changed.
        """
        held = True
        if self.strategy is not None:
            held = self.truths.hold() and internals.bot_has(self._dp, self.strategy)
        for owner, guards, unmoved in self.posts:
            if not unmoved.held_by(owner.__dict__):
                held = False
                for name, guard in guards.items():
                    setattr(owner, name, guard)
        return held
