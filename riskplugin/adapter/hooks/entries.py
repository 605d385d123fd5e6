"""Hooks on the way of an entry: what the strategy asks for is a proposal (CF-3, SZ-8, SZ-10)."""

from __future__ import annotations

from math import floor
from typing import Any

from freqtrade.strategy.interface import IStrategy

from riskplugin.adapter import internals
from riskplugin.adapter.entry_request import request_of, usual_stake
from riskplugin.adapter.guards import last_look
from riskplugin.adapter.hooks.answers import Kwargs, Own, is_yes, plain, price_of
from riskplugin.adapter.session import RiskSession
from riskplugin.adapter.stops import hold_stop
from riskplugin.adapter.trades import aware, side_of
from riskplugin.adapter.underway import Proposal
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.units import is_number


def custom_entry_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """The first word of every entry but a replacement: remember what is coming."""
    session.seen(kw["current_time"])
    thread = session.thread
    thread.refusal = None
    proposed = kw["proposed_rate"]
    price = plain(own(**kw))
    if price is None:
        price = proposed
    if not (is_number(price) and price > 0):
        raise ValueError(f"custom_entry_price answered {price!r}, not a price")
    trade = kw.get("trade")
    if not (thread.proposal is not None and _replaces(thread.proposal, kw["pair"])):
        thread.proposal = Proposal(
            pair=kw["pair"],
            side=Side(kw["side"]),
            leverage=1.0 if trade is None else trade.leverage or 1.0,
            price=float(price),
            tag=kw.get("entry_tag"),
            kind=EntryKind.OPEN if trade is None else EntryKind.INCREASE,
        )
    return price


def leverage(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> float:
    """A cap, never a target: the strategy asks, the limits lower. Whole numbers only."""
    at = session.seen(kw["current_time"])
    asked = plain(own(**kw))
    if not (is_number(asked) and asked > 0):
        raise ValueError(f"leverage answered {asked!r}, not a number above 0")
    proposal = _begun(session, kw, float(kw["current_rate"]))
    proposal.exchange_max_leverage = float(kw["max_leverage"])
    proposal.leverage = float(max(1, floor(min(asked, kw["max_leverage"]))))
    request = request_of(
        session,
        proposal,
        stake=usual_stake(session),
        at=at,
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=strategy.stoploss,
    )
    cap = session.service.leverage_cap(request, session.look(at))
    proposal.leverage = float(cap.value)
    return proposal.leverage


def custom_stake_amount(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> float:
    """The strategy's stake is a proposal; the answer is never larger (SZ-8)."""
    at = session.seen(kw["current_time"])
    stake = plain(own(**kw))
    if stake is None or (is_number(stake) and stake <= 0):
        return 0.0
    if not is_number(stake):
        raise ValueError(f"custom_stake_amount answered {stake!r}, not a number")
    if session.thread.refusal is not None:
        session.refusals.log(kw["pair"], session.thread.refusal)
        return 0.0
    proposal = _begun(session, kw, float(kw["current_rate"]))
    proposal.leverage = float(kw["leverage"])
    if not proposal.leverage.is_integer():
        # A forced entry's: the venue floors it and then binds up to twice the margin approved.
        session.refusals.log(kw["pair"], f"leverage {proposal.leverage:g} is not a whole number")
        return 0.0
    proposal.tag = kw.get("entry_tag")
    request = request_of(
        session,
        proposal,
        stake=float(stake),
        at=at,
        min_stake=kw.get("min_stake"),
        exchange_max_leverage=proposal.exchange_max_leverage,
        stoploss=strategy.stoploss,
    )
    decision = session.service.decide(request, session.look(at), "proposal", final=False)
    if not decision.allowed:
        session.refusals.log_decision(decision)
        return 0.0
    return min(float(stake), decision.stake)


def confirm_trade_entry(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """Only a plain yes of the strategy is a yes; then the order's real figures are looked at."""
    session.seen(kw["current_time"])
    answer = own(**kw)
    if not is_yes(answer):
        return False
    refusal = last_look(
        session,
        pair=kw["pair"],
        side=Side(kw["side"]),
        amount=kw["amount"],
        rate=kw["rate"],
        leverage=_leverage_of(session, kw["pair"]),
    )
    if refusal is not None:
        session.refusals.log(kw["pair"], refusal)
    return refusal is None


def adjust_trade_position(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """An increase is an entry like any other (SZ-10); a decrease always passes."""
    session.seen(kw["current_time"])
    session.thread.refusal = None
    answer = plain(own(**kw))
    stake = plain(answer[0]) if isinstance(answer, tuple) and answer else answer
    if stake is None or not is_number(stake):
        if stake is not None:
            session.fault("adjust_trade_position", f"answered {answer!r}, not a number")
        return None
    trade = kw["trade"]
    if stake < -2 * trade.stake_amount:  # more than everything: freqtrade's arithmetic has an end
        return -2 * trade.stake_amount
    if stake > 0 and (session.halted or session.closing(trade.id)):
        return None
    if stake > 0:
        session.thread.proposal = Proposal(
            pair=trade.pair,
            side=side_of(trade),
            leverage=trade.leverage or 1.0,
            price=float(kw["current_entry_rate"]),
            kind=EntryKind.INCREASE,
        )
    return answer


def adjust_order_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """A replacement of an entry is an entry; while halted, the working order is cancelled
    instead.
    """
    session.seen(kw["current_time"])
    is_entry = kw.get("is_entry", True)
    if is_entry and (session.halted or session.closing(kw["trade"].id)):
        return None
    price = price_of(own(**kw))
    if is_entry and price:
        trade = kw["trade"]
        session.thread.refusal = None
        session.thread.proposal = Proposal(
            pair=trade.pair,
            side=side_of(trade),
            leverage=trade.leverage or 1.0,
            price=float(price),
            kind=EntryKind.REPLACE,
        )
    return price


def adjust_entry_price(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> Any:
    """As :func:`adjust_order_price`, for strategies that split it."""
    return adjust_order_price(strategy, session, own, kw)


def check_entry_timeout(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> bool:
    """Working entries are cancelled while no entry may pass (CB-5).

    A probe that does not fill gives way after the cooldown: it would hold the test for ever.
    """
    at = session.seen(kw["current_time"])
    if session.halted or session.closing(kw["trade"].id) is not None:
        return True
    waited = at - aware(kw["order"].order_date)
    if session.testing and waited > session.policy.breaker.cooldown:
        return True
    return is_yes(own(**kw))


def order_filled(strategy: IStrategy, session: RiskSession, own: Own, kw: Kwargs) -> None:
    """Check the fill, and put the plugin's stop in place before a stop goes to the exchange."""
    at = session.seen(kw["current_time"])
    trade, order = kw["trade"], kw["order"]
    try:
        session.filled(trade, order, at)
        if session.live and order.ft_order_side == trade.entry_side:
            trade = internals.trade_by_id(trade.id) or trade  # kw has a copy where it is overridden
            hold_stop(trade, session.directive.stop)
            session.facts.note(trade)
    finally:
        own(**kw)


def _begun(session: RiskSession, kw: Kwargs, price: float) -> Proposal:
    """The proposal under way for this pair; begun here when custom_entry_price was not asked."""
    known = session.thread.proposal
    if known is None or known.pair != kw["pair"] or known.kind is not EntryKind.OPEN:
        known = Proposal(pair=kw["pair"], side=Side(kw["side"]), leverage=1.0, price=price)
        session.thread.proposal = known
    known.price = price
    return known


def _replaces(proposal: Proposal, pair: str) -> bool:
    return proposal.kind is EntryKind.REPLACE and proposal.pair == pair


def _leverage_of(session: RiskSession, pair: str) -> float:
    proposal = session.thread.proposal
    if proposal is not None and proposal.pair == pair:
        return proposal.leverage
    return 1.0
