"""The breaker's table: no dead end, no short cut, no missing answer."""

from __future__ import annotations

from itertools import product

import pytest

from riskplugin.core.breaker import (
    TRANSITIONS,
    BreakerSignal,
    BreakerState,
    IllegalTransition,
    next_state,
)

pytestmark = pytest.mark.spec("CB-1", "CB-6")

CLOSED, OPEN = BreakerState.CLOSED, BreakerState.OPEN
HALF_OPEN, LATCHED = BreakerState.HALF_OPEN, BreakerState.LATCHED
EVERY_PAIR = list(product(BreakerState, BreakerSignal))


def reachable(start: BreakerState) -> set[BreakerState]:
    found = {start}
    while more := {to for (at, _), to in TRANSITIONS.items() if at in found} - found:
        found |= more
    return found


@pytest.mark.parametrize(("state", "signal"), EVERY_PAIR)
def test_a_signal_that_the_table_does_not_know_is_an_error(
    state: BreakerState, signal: BreakerSignal
) -> None:
    if (state, signal) in TRANSITIONS:
        assert next_state(state, signal) is TRANSITIONS[state, signal]
    else:
        with pytest.raises(IllegalTransition, match=f"{state}.*{signal}"):
            next_state(state, signal)


@pytest.mark.parametrize("state", list(BreakerState))
def test_no_state_is_a_dead_end_or_out_of_reach(state: BreakerState) -> None:
    assert reachable(state) == set(BreakerState)


def test_only_a_passed_test_closes_the_breaker() -> None:
    closing = {key for key, to in TRANSITIONS.items() if to is CLOSED}
    assert closing == {(HALF_OPEN, BreakerSignal.PASS)}


def test_only_a_person_ends_a_latch_and_then_the_test_begins() -> None:
    leaving = {key: to for key, to in TRANSITIONS.items() if key[0] is LATCHED}
    assert leaving == {(LATCHED, BreakerSignal.REARM): HALF_OPEN}


def test_every_other_state_can_be_latched() -> None:
    assert {at for at, signal in TRANSITIONS if signal is BreakerSignal.LATCH} == {
        CLOSED,
        OPEN,
        HALF_OPEN,
    }


def test_a_trip_and_a_failed_test_open_the_breaker() -> None:
    for key in ((CLOSED, "TRIP"), (HALF_OPEN, "TRIP"), (HALF_OPEN, "FAIL")):
        assert next_state(key[0], BreakerSignal[key[1]]) is OPEN
    assert next_state(OPEN, BreakerSignal.COOLED) is HALF_OPEN
