"""Sentences about the circuit breaker, emergency mode and close-all."""

from __future__ import annotations

from riskplugin.cli.audit.telling.sentences import on
from riskplugin.cli.audit.words import amount, length, moment, plainly, signed
from riskplugin.core import events as ev
from riskplugin.core.triggers import Trigger


@on(ev.WarningRaised)
def _warned(event: ev.WarningRaised) -> str:
    watched = " (only observed)" if event.trigger.observed else ""
    return f"{event.trigger.severity} {plainly(event.trigger.text)}{watched}"


@on(ev.WarningCleared)
def _unwarned(event: ev.WarningCleared) -> str:
    return f"{plainly(event.name)} is back inside its warning value"


@on(ev.BreakerTripped)
def _tripped(event: ev.BreakerTripped) -> str:
    until = f"for {length(event.cooldown)}, until {moment(event.until)}"
    did = f"{plainly(event.stopped)}; {plainly(event.not_stopped)}"
    equity = f"at equity {amount(event.equity)}"
    return f"the breaker opened {until}, {equity}: {_causes(event.triggers)} ({did})"


def _causes(triggers: tuple[Trigger, ...]) -> str:
    return "; ".join(plainly(trigger.text) for trigger in triggers) or "no trigger named"


@on(ev.BreakerEscalated)
def _escalated(event: ev.BreakerEscalated) -> str:
    return f"the open breaker goes on to {event.on_trip}: {plainly(event.reason)}"


@on(ev.BreakerHalfOpened)
def _half_opened(event: ev.BreakerHalfOpened) -> str:
    who = "the cooldown is over" if event.by is None else f"re-armed by {plainly(event.by)}"
    why = "" if event.reason is None else f": {plainly(event.reason)}"
    return f"the breaker went half-open at equity {amount(event.equity)}, {who}{why}"


@on(ev.BreakerReclosed)
def _reclosed(event: ev.BreakerReclosed) -> str:
    peak = f"the peak is {amount(event.equity)} from here on, it was {amount(event.old_peak)}"
    return f"the breaker closed, the test was passed; {peak}"


@on(ev.BreakerLatched)
def _latched(event: ev.BreakerLatched) -> str:
    return f"the breaker was latched by {plainly(event.by)}: {plainly(event.reason)}"


@on(ev.EmergencyEntered)
def _emergency(event: ev.EmergencyEntered) -> str:
    return f"emergency mode began, by {plainly(event.by)}: {plainly(event.reason)}"


@on(ev.EmergencyLeft)
def _emergency_left(event: ev.EmergencyLeft) -> str:
    return f"emergency mode ended, by {plainly(event.by)}: {plainly(event.reason)}"


@on(ev.FlattenOrdered)
def _flatten(event: ev.FlattenOrdered) -> str:
    count = f"{len(event.trade_ids)} open" if event.trade_ids else "none open"
    who = f"by {plainly(event.by)}: {plainly(event.reason)}"
    return f"close everything ({count}), {who}"


@on(ev.FlattenVerified)
def _flat(event: ev.FlattenVerified) -> str:
    result = sum(outcome.profit for outcome in event.outcomes)
    closed = f"{len(event.outcomes)} closed with {signed(result)}"
    took = f"{amount(event.seconds)} s, {event.attempts} orders"
    return f"the book is verified flat: {closed}, in {took}"
