"""How large an entry would pass now: asked of the very gate that would decide on it."""

from __future__ import annotations

from dataclasses import replace
from math import floor
from typing import Any

from riskplugin.adapter.entry_request import request_of, usual_stake
from riskplugin.adapter.prices import known_price
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.underway import Proposal
from riskplugin.core.levels import Side


def room_for(
    session: RiskSession, pair: str, side: Side, leverage: float | None
) -> dict[str, Any] | None:
    """As RiskService.room; None for a pair whose price is not known, or that cannot be shorted."""
    at = session.now()
    price = known_price(session, pair, at)
    if price is None or not (session.futures or side is Side.LONG):
        return None
    most = 1.0
    if session.futures:
        most = float(session.exchange.get_max_leverage(pair, usual_stake(session)))
    asked = float(max(1, floor(min(most, leverage or most))))
    request = request_of(
        session,
        Proposal(pair=pair, side=side, leverage=asked, price=price),
        stake=usual_stake(session),
        at=at,
        exchange_max_leverage=most,
        stoploss=session.stoploss,
    )
    book = session.look(at)
    allowed = float(session.service.leverage_cap(request, book).value)
    return session.service.room(replace(request, leverage=allowed), book)
