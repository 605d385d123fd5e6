"""Which hooks are sealed, and how an instance gets rid of what it has put over them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from freqtrade.strategy.interface import IStrategy

logger = logging.getLogger(__name__)

#: Hooks that are sealed in every strategy; no instance may put something over them.
SEALED = frozenset(
    {
        "bot_loop_start",
        "custom_entry_price",
        "leverage",
        "custom_stake_amount",
        "confirm_trade_entry",
        "confirm_trade_exit",
        "adjust_trade_position",
        "check_entry_timeout",
        "check_exit_timeout",
        "should_exit",
        "order_filled",
    }
)


def unshadow(strategy: IStrategy) -> bool:
    """Take away what an instance has put over its sealed hooks; True if there was anything."""
    names = [name for name in vars(strategy) if name in SEALED]
    for name in names:
        delattr(strategy, name)
    if names:
        logger.error("riskplugin: %s was put over a sealed hook; taken away", ", ".join(names))
    return bool(names)
