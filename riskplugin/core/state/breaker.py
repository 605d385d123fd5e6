"""Folds of the circuit breaker, emergency mode and close-all."""

from __future__ import annotations

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerSignal, next_state
from riskplugin.core.levels import OnTrip
from riskplugin.core.state.risk_state import RiskState, on


@on(ev.WarningRaised)
def _warned(state: RiskState, event: ev.WarningRaised) -> None:
    if event.trigger.name not in state.warnings:
        state.warnings = (*state.warnings, event.trigger.name)


@on(ev.WarningCleared)
def _unwarned(state: RiskState, event: ev.WarningCleared) -> None:
    state.warnings = tuple(name for name in state.warnings if name != event.name)


@on(ev.BreakerTripped)
def _tripped(state: RiskState, event: ev.BreakerTripped) -> None:
    state.breaker = next_state(state.breaker, event.signal)
    state.open_until = event.until
    state.trips += 1
    state.tripped_by = tuple(trigger.text for trigger in event.triggers)
    state.action = event.on_trip
    state.half_open_since = state.half_open_equity = None


@on(ev.BreakerEscalated)
def _escalated(state: RiskState, event: ev.BreakerEscalated) -> None:
    state.action = event.on_trip


@on(ev.BreakerHalfOpened)
def _half_opened(state: RiskState, event: ev.BreakerHalfOpened) -> None:
    """Begin the test afresh: streak and refusals that no entry could have mended start at zero."""
    state.breaker = next_state(state.breaker, event.signal)
    state.half_open_since, state.half_open_equity = event.at, event.equity
    state.probed_at = None
    state.wins = state.losses = state.losing_streak = 0
    state.answers = ()
    state.action = OnTrip.HALT
    state.flattening = False
    state.open_until = state.latched_by = None


@on(ev.BreakerReclosed)
def _reclosed(state: RiskState, event: ev.BreakerReclosed) -> None:
    state.breaker = next_state(state.breaker, BreakerSignal.PASS)
    state.peak_equity = state.day_equity = event.equity
    if state.week_equity is not None:
        state.week_equity = event.equity
    state.trips, state.tripped_by = 0, ()
    state.half_open_since = state.half_open_equity = None


@on(ev.BreakerLatched)
def _latched(state: RiskState, event: ev.BreakerLatched) -> None:
    state.breaker = next_state(state.breaker, BreakerSignal.LATCH)
    state.latched_by = event.by
    state.action = OnTrip.HALT
    state.tripped_by = (event.reason,)
    state.open_until = state.half_open_since = state.half_open_equity = None


@on(ev.EmergencyEntered)
def _emergency(state: RiskState, event: ev.EmergencyEntered) -> None:
    state.emergency, state.emergency_by, state.emergency_since = True, event.by, event.at


@on(ev.EmergencyLeft)
def _emergency_left(state: RiskState, event: ev.EmergencyLeft) -> None:
    state.emergency, state.emergency_by, state.emergency_since = False, None, None


@on(ev.FlattenOrdered)
def _flatten(state: RiskState, event: ev.FlattenOrdered) -> None:
    state.flattening, state.flatten_by, state.flatten_since = True, event.by, event.at
    state.flatten_ids, state.flatten_outcomes, state.flatten_orders = event.trade_ids, (), 0


@on(ev.FlattenVerified)
def _flat(state: RiskState, event: ev.FlattenVerified) -> None:
    state.flattening = False
    state.flatten_by = state.flatten_since = None
