"""Folds of orders, from the moment before they leave until their fate is known."""

from __future__ import annotations

from dataclasses import replace

from riskplugin.core import events as ev
from riskplugin.core.state.risk_state import ANSWERS, AWAITED, Awaited, RiskState, on


@on(ev.OrderSent)
def _sent(state: RiskState, event: ev.OrderSent) -> None:
    state.pending = (*state.pending, event)
    state.flatten_orders += state.flattening and event.reduces


@on(ev.OrderAnswered)
def _answered(state: RiskState, event: ev.OrderAnswered) -> None:
    sent = next((order for order in state.pending if order.intent == event.intent), None)
    if sent is not None and event.order_id is not None:
        accepted = Awaited(order_id=event.order_id, sent=sent)
        state.awaited = _bounded((*state.awaited, accepted))
    state.pending = _without(state.pending, event.intent)
    state.answers = (*state.answers, False)[-ANSWERS:]


def _bounded(awaited: tuple[Awaited, ...]) -> tuple[Awaited, ...]:
    """The latest ones; of too many, exits leave first: only entries need their approval."""
    if len(awaited) <= AWAITED:
        return awaited
    exits = (a for a in awaited if a.sent.reduces)
    first = next(exits, awaited[0])
    return tuple(a for a in awaited if a is not first)


@on(ev.OrderBooked)
def _booked(state: RiskState, event: ev.OrderBooked) -> None:
    state.awaited = tuple(
        replace(a, booked=True) if a.order_id == event.order_id else a for a in state.awaited
    )


@on(ev.OrderFailed)
def _failed(state: RiskState, event: ev.OrderFailed) -> None:
    """A refused exit says nothing of our entries; an entry of unknown fate may hang over the
    book. An accepted one that the bot never booked has an unknown fate, too.
    """
    refused = [order for order in state.pending if order.intent == event.intent]
    sent = list(refused)
    sent += [a.sent for a in state.awaited if a.sent.intent == event.intent]
    state.awaited = tuple(a for a in state.awaited if a.sent.intent != event.intent)
    state.pending = _without(state.pending, event.intent)
    if event.uncertain and not event.reduces:
        state.unresolved = (*state.unresolved, *sent)
    if refused and not event.reduces:
        state.answers = (*state.answers, True)[-ANSWERS:]


@on(ev.IntentResolved)
def _resolved(state: RiskState, event: ev.IntentResolved) -> None:
    state.unresolved = _without(state.unresolved, event.intent)
    state.pending = _without(state.pending, event.intent)


@on(ev.FillChecked)
def _filled(state: RiskState, event: ev.FillChecked) -> None:
    state.awaited = tuple(a for a in state.awaited if a.order_id != event.order_id)
    state.checked = (*state.checked, event.order_id)[-AWAITED:]


def _without(orders: tuple[ev.OrderSent, ...], intent: str) -> tuple[ev.OrderSent, ...]:
    return tuple(order for order in orders if order.intent != intent)
