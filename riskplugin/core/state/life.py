"""Folds of the bot's life: starts, limits, commands, faults, a clock that was set back."""

from __future__ import annotations

from riskplugin.core import events as ev
from riskplugin.core.events.limits import OverrideMoved
from riskplugin.core.limits import FOLDS as LIMIT_FOLDS
from riskplugin.core.limits import adopted_for
from riskplugin.core.state.risk_state import (
    FOLDS,
    HANDLED,
    SINCE,
    Handled,
    RiskState,
    limits_name,
    on,
)


@on(ev.SessionStarted)
def _session(state: RiskState, event: ev.SessionStarted) -> None:
    state.policy_version = event.policy_version
    state.software = event.software
    state.ended = None
    if state.began is None:
        state.began = event.at


@on(ev.SessionEnded)
def _session_ended(state: RiskState, event: ev.SessionEnded) -> None:
    state.ended = event.at


@on(ev.LimitsAdopted)
def _limits(state: RiskState, event: ev.LimitsAdopted) -> None:
    name = limits_name(event.version, event.max_positions)
    if event.pair:
        differs = None if name == state.limits else name
        state.runtime = adopted_for(state.runtime, event.pair, differs)
    else:
        state.limits = name


def _runtime(state: RiskState, event: ev.Event) -> None:
    state.runtime = state.runtime.after(event)
    if isinstance(event, OverrideMoved) or not state.runtime.overrides:
        state.clock = event.at if state.runtime.overrides else None


FOLDS.update(dict.fromkeys(LIMIT_FOLDS, _runtime))


@on(ev.ControlHandled)
def _handled(state: RiskState, event: ev.ControlHandled) -> None:
    if event.control is not None:
        done = Handled(control=event.control, outcome=event.outcome)
        state.handled = (*state.handled, done)[-HANDLED:]


@on(ev.ClockSetBack)
def _set_back(state: RiskState, event: ev.ClockSetBack) -> None:
    for name in SINCE:
        since = getattr(state, name)
        if since is not None:
            setattr(state, name, min(since, event.at))


@on(ev.FaultRecorded)
def _fault(state: RiskState, event: ev.FaultRecorded) -> None:
    state.consecutive_errors += 1
    state.last_fault = f"{event.source}: {event.text}"


@on(ev.FaultsCleared)
def _faults_cleared(state: RiskState, event: ev.FaultsCleared) -> None:
    state.consecutive_errors = 0
