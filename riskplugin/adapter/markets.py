"""The pairs that the bot could trade, as the exchange names them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from freqtrade.exceptions import FreqtradeException

if TYPE_CHECKING:
    from freqtrade.exchange import Exchange


def tradable_pairs(exchange: Exchange, currency: str) -> frozenset[str]:
    """The pairs of the bot's market that are paid for in ``currency``; none while not known."""
    try:
        return frozenset(exchange.get_markets(quote_currencies=[currency]))
    except FreqtradeException:
        return frozenset()
