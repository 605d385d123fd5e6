"""A process beside the bot: it looks, it tells people, and where it may it closes the book.

It reads the bot's ledger and never writes into the bot's chain; its own records stand in a chain
named after the bot, ``NAME.watchdog``. It imports neither freqtrade nor the strategy.
"""

from __future__ import annotations

#: Behind the name of a bot: the chain of its watchdog.
SUFFIX = ".watchdog"
#: Who orders what the watchdog orders.
BY = "watchdog"


def chain_of(bot: str) -> str:
    """The name under which the watchdog of ``bot`` keeps its own records.

    >>> chain_of("trend")
    'trend.watchdog'
    """
    return f"{bot}{SUFFIX}"
