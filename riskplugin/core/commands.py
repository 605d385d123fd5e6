"""What people can order, and what follows from it. Pure: the caller says who, why and when."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.alerts.commands import NotOpenError, acknowledged
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerSignal, BreakerState
from riskplugin.core.recovery import order_flat
from riskplugin.core.state import RiskState
from riskplugin.core.trust import confirm, equity_of

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders something, and why; ``args`` is what the command needs besides."""

    by: str
    reason: str
    args: Mapping[str, Any] = field(default_factory=lambda: _NOTHING)


Command = Callable[[RiskState, Book, Order], Iterator[ev.Event]]


class Refused(ValueError):
    """The command cannot be carried out now; the message says why and what to do instead."""


def arguments(args: str) -> dict[str, Any]:
    """What a command was given besides. Raises Refused when it is no JSON object.

    >>> arguments('{"alert": 3}'), arguments("")
    ({'alert': 3}, {})
    """
    try:
        given = json.loads(args) if args else {}
    except (ValueError, RecursionError) as error:
        raise Refused(f"what the command was given is no JSON: {error}") from error
    if not isinstance(given, dict):
        raise Refused("what a command is given has to be a JSON object")
    return given


def carry_out(
    state: RiskState,
    book: Book,
    command: str,
    order: Order,
    *,
    more: Mapping[str, Command] | None = None,
) -> Iterator[ev.Event]:
    """The events that follow from ``command``, one of :data:`COMMANDS` or of ``more``.

    Raises Refused.
    """
    known = {**COMMANDS, **(more or {})}
    if command not in known:
        raise Refused(f"unknown command {command!r}; known are {', '.join(sorted(known))}")
    yield from known[command](state, book, order)


def _trip(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    if state.breaker is BreakerState.LATCHED:
        raise Refused(f"the breaker is latched already (by {state.latched_by})")
    yield ev.BreakerLatched(at=book.at, by=order.by, reason=order.reason)


def _rearm(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    if state.flattening and (book.positions or book.working):
        raise Refused("close-all is still running; re-arm when the book is flat")
    if state.breaker not in (BreakerState.LATCHED, BreakerState.OPEN):
        raise Refused(f"the breaker is {state.breaker}; there is nothing to re-arm")
    yield ev.BreakerHalfOpened(
        at=book.at,
        signal=BreakerSignal.REARM,
        equity=equity_of(state, book),
        by=order.by,
        reason=order.reason,
    )
    for lost in state.unresolved:
        yield ev.IntentResolved(at=book.at, intent=lost.intent, how=f"re-armed by {order.by}")


def _emergency_on(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    if state.emergency:
        raise Refused(f"emergency mode is on already (by {state.emergency_by})")
    yield ev.EmergencyEntered(at=book.at, by=order.by, reason=order.reason)


def _emergency_off(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    if not state.emergency:
        raise Refused("emergency mode is not on")
    if state.flattening:
        raise Refused("close-all is still running; leave emergency mode when the book is flat")
    yield ev.EmergencyLeft(at=book.at, by=order.by, reason=order.reason)


def _close_all(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    """Latch first: a closed book must stay closed until a person re-arms it."""
    if state.breaker is not BreakerState.LATCHED:
        yield ev.BreakerLatched(at=book.at, by=order.by, reason=f"close-all: {order.reason}")
    if not state.emergency:
        yield ev.EmergencyEntered(at=book.at, by=order.by, reason=order.reason)
    if not state.flattening:
        yield order_flat(book, by=order.by, reason=order.reason)


def _confirm_balance(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    if state.distrust is None:
        raise Refused("the balance is trusted; there is nothing to confirm")
    if book.wallet is None:
        raise Refused("no balance is known; it can be confirmed when the exchange answers again")
    yield from confirm(state, book, by=order.by)


def _ack(state: RiskState, book: Book, order: Order) -> Iterator[ev.Event]:
    try:
        yield acknowledged(state.alerts, order.args, by=order.by, reason=order.reason, at=book.at)
    except NotOpenError as error:
        raise Refused(str(error)) from error


COMMANDS: dict[str, Command] = {
    "ack": _ack,
    "trip": _trip,
    "rearm": _rearm,
    "emergency-on": _emergency_on,
    "emergency-off": _emergency_off,
    "close-all": _close_all,
    "confirm-balance": _confirm_balance,
}
