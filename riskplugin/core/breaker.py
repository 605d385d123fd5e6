"""The circuit breaker as a table: which state follows which event. A missing key is the error."""

from __future__ import annotations

from enum import StrEnum


class BreakerState(StrEnum):
    """CLOSED trades; OPEN refuses entries; HALF_OPEN lets probes pass; LATCHED waits for a
    person.
    """

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    LATCHED = "latched"


class BreakerSignal(StrEnum):
    """What moves the breaker."""

    TRIP = "trip"
    COOLED = "cooled"
    PASS = "pass"  # noqa: S105 - a signal of the breaker, no password
    FAIL = "fail"
    LATCH = "latch"
    REARM = "rearm"


class IllegalTransition(ValueError):
    """The breaker cannot take this signal in its present state."""


TRANSITIONS: dict[tuple[BreakerState, BreakerSignal], BreakerState] = {
    (BreakerState.CLOSED, BreakerSignal.TRIP): BreakerState.OPEN,
    (BreakerState.OPEN, BreakerSignal.COOLED): BreakerState.HALF_OPEN,
    (BreakerState.HALF_OPEN, BreakerSignal.PASS): BreakerState.CLOSED,
    (BreakerState.HALF_OPEN, BreakerSignal.FAIL): BreakerState.OPEN,
    (BreakerState.HALF_OPEN, BreakerSignal.TRIP): BreakerState.OPEN,
    (BreakerState.CLOSED, BreakerSignal.LATCH): BreakerState.LATCHED,
    (BreakerState.OPEN, BreakerSignal.LATCH): BreakerState.LATCHED,
    (BreakerState.HALF_OPEN, BreakerSignal.LATCH): BreakerState.LATCHED,
    (BreakerState.OPEN, BreakerSignal.REARM): BreakerState.HALF_OPEN,
    (BreakerState.LATCHED, BreakerSignal.REARM): BreakerState.HALF_OPEN,
}


def next_state(state: BreakerState, signal: BreakerSignal) -> BreakerState:
    """The state after ``signal``.

    >>> next_state(BreakerState.CLOSED, BreakerSignal.TRIP).value
    'open'

    Raises IllegalTransition when the table has no such row.
    """
    try:
        return TRANSITIONS[state, signal]
    except KeyError:
        raise IllegalTransition(f"a breaker that is {state} cannot take {signal!s}") from None
