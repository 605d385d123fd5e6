"""The last look at an entry: its real amount, price and leverage against what was approved."""

from __future__ import annotations

from typing import Any

from riskplugin.adapter.entry_request import request_of
from riskplugin.adapter.prices import known_price, market_price
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.underway import Proposal
from riskplugin.core.levels import Side
from riskplugin.core.units import is_number


def last_look(
    session: RiskSession, *, pair: str, side: Side, amount: Any, rate: Any, leverage: float
) -> str | None:
    """Why the order must not go, None when it may."""
    numbers = (amount, rate, leverage)
    if not all(is_number(n) and n > 0 for n in numbers):
        return f"amount {amount!r}, price {rate!r} or leverage {leverage!r} is not a usable number"
    if session.halted:
        return "the circuit breaker is open"
    if session.live and known_price(session, pair, session.now()) is None:
        return f"no market price of {pair} is known"
    proposal = session.thread.proposal
    if proposal is None or proposal.pair != pair or proposal.approved_notional is None:
        return f"no entry on {pair} was approved: it did not come through the bot"
    refusal = _beyond(proposal, session, side=side, amount=amount, rate=rate, leverage=leverage)
    if refusal is None and proposal.entries_before != session.entries_sent:
        return _judge_again(session, proposal, stake=amount * rate / leverage)
    return refusal


def _beyond(
    proposal: Proposal,
    session: RiskSession,
    *,
    side: Side,
    amount: float,
    rate: float,
    leverage: float,
) -> str | None:
    """In what the order goes beyond its approval."""
    if side is not proposal.side:
        return f"the order is {side.value}, what was approved is {proposal.side.value}"
    if leverage > proposal.leverage:
        return f"leverage {leverage:g} is more than the {proposal.leverage:g} that was approved"
    notional = amount * max(rate, market_price(session, proposal, session.now()))
    approved = proposal.approved_notional or 0.0
    limit = approved * (1 + session.policy.order_tolerance)
    if not notional <= limit:
        return f"notional {notional:.2f} is more than the {limit:.2f} that was approved"
    return None


def _judge_again(session: RiskSession, proposal: Proposal, *, stake: float) -> str | None:
    """Another entry left since this one was approved: there may be no room for both."""
    request = request_of(
        session, proposal, stake=stake, at=session.now(), stoploss=session.stoploss
    )
    decision = session.service.decide(request, session.look(request.at), "order")
    if not decision.allowed:
        return session.refusals.log_decision(decision)
    if decision.stake < stake * (1 - session.policy.order_tolerance):
        return f"stake {stake:.2f} is more than the {decision.stake:.2f} that is left"
    return None
