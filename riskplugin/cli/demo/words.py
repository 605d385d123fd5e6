"""Events in a few words each, for a log of some 60 columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from riskplugin.cli.demo.orderlog import Order
from riskplugin.core import events as ev
from riskplugin.core.verdict import Deny


def words(event: ev.Event) -> str | None:
    """What to say of ``event``, None when it tells a spectator nothing."""
    say = _WORDS.get(type(event))
    return None if say is None else say(event)


def important(event: ev.Event) -> bool:
    """Whether the story is about it."""
    return type(event) in _IMPORTANT


def base(pair: str) -> str:
    """BTC of BTC/USDT:USDT."""
    return pair.split("/", maxsplit=1)[0]


def words_of_order(order: Order) -> str | None:
    """What to say of an order of a bot that keeps no ledger."""
    name = order.symbol.removesuffix("USDT")
    if order.origin == "liquidation":
        return f"{name} LIQUIDATED"
    return _entry(name, order.quantity * order.limit, order.leverage) if order.entry else None


def _entry(name: str, notional: float, leverage: float) -> str:
    return f"entry {name} {notional:,.0f} USDT = {notional / leverage:,.1f} margin x {leverage:g}"


def _sent(event: ev.OrderSent) -> str | None:
    if event.reduces:
        return None
    return _entry(base(event.pair), event.notional, event.leverage)


def _decided(event: ev.EntryDecided) -> str | None:
    binding = event.decision.binding
    if not isinstance(binding, Deny):
        return None
    return f"refused {base(event.decision.request.pair)}: {binding.reason.text}"


def _closed(event: ev.TradeClosed) -> str:
    return f"closed {base(event.pair)} {event.profit:+.2f} ({event.exit_reason})"


def _tripped(event: ev.BreakerTripped) -> str:
    why = "; ".join(trigger.text for trigger in event.triggers)
    return f"BREAKER OPEN ({event.on_trip}): {why}"


def _half_opened(event: ev.BreakerHalfOpened) -> str:
    how = "after the cooldown" if event.by is None else f"re-armed by {event.by}"
    return f"breaker HALF-OPEN {how}: small probes only"


def _flat(event: ev.FlattenVerified) -> str:
    return f"book verified FLAT after {event.seconds:.1f} s, {event.attempts} exit orders"


_WORDS: dict[type[ev.Event], Callable[[Any], str | None]] = {
    ev.OrderSent: _sent,
    ev.EntryDecided: _decided,
    ev.TradeClosed: _closed,
    ev.WarningRaised: lambda e: f"warning: {e.trigger.text}",
    ev.BreakerTripped: _tripped,
    ev.BreakerHalfOpened: _half_opened,
    ev.BreakerReclosed: lambda e: f"breaker CLOSED: test passed, re-based to {e.equity:.2f}",
    ev.BreakerLatched: lambda e: f"breaker LATCHED by {e.by}: {e.reason}",
    ev.EmergencyEntered: lambda e: f"EMERGENCY MODE by {e.by}",
    ev.EmergencyLeft: lambda e: f"emergency mode left: {e.reason}",
    ev.FlattenOrdered: lambda e: f"CLOSE EVERYTHING: {len(e.trade_ids)} trades, by {e.by}",
    ev.FlattenVerified: _flat,
    ev.EquityDistrusted: lambda e: f"balance UNTRUSTED: {e.reason}",
    ev.FaultRecorded: lambda e: f"fault in {e.source}: {e.text}",
    ev.ControlHandled: lambda e: f"{e.command} by {e.by} ({e.reason}): {e.outcome}",
}
_IMPORTANT = frozenset(_WORDS) - {ev.EntryDecided}
