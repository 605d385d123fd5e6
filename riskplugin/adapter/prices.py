"""What the market asks for a pair, as far as the bot knows it without asking the exchange."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from riskplugin.adapter import internals
from riskplugin.adapter.underway import Proposal

if TYPE_CHECKING:
    from riskplugin.adapter.session import RiskSession

#: Order book and candles of a pair that differ by this factor are not of one mind.
FAR = 1.2


def market_price(session: RiskSession, proposal: Proposal, at: datetime) -> float:
    """The market's price as far as the bot knows it; without any, the order's own."""
    rate = known_price(session, proposal.pair, at)
    if rate is None:
        return proposal.price
    close = session.marks.close(proposal.pair) if session.live else None
    if close is not None and not 1 / FAR < rate / close < FAR:
        return max(rate, close)  # order book and candles disagree: the worse one counts
    return rate


def known_price(session: RiskSession, pair: str, at: datetime) -> float | None:
    """What the market asks for ``pair``, None where the bot has seen no price of late."""
    rate = internals.cached_rate(session.exchange, pair) if session.live else None
    if rate is not None:
        return rate
    mark = session.marks.mark(pair, at)
    if mark is None or mark.age > session.policy.breaker.max_price_age:
        return None
    return mark.price
