"""Breaker periods from its state at each candle, with what tripped it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from riskplugin.reports.compare.run import HALTED, Run, State


@dataclass(frozen=True, slots=True)
class Period:
    """The breaker was ``state`` from ``begin`` until ``end``; ``text`` says what opened it."""

    begin: int
    end: int
    state: State
    names: tuple[str, ...]
    text: str


def periods(run: Run) -> list[Period]:
    """Every stretch in which the breaker was not closed, in order of time."""
    return list(_periods(run))


def _periods(run: Run) -> Iterator[Period]:
    if not len(run.states):
        return
    ends = np.append(run.times[1:], run.times[-1])
    cuts = np.flatnonzero(np.diff(run.states)) + 1
    for part in np.split(np.arange(len(run.states)), cuts):
        state = State(int(run.states[part[0]]))
        if state is not State.CLOSED:
            begin, end = int(run.times[part[0]]), int(ends[part[-1]])
            # It may have tripped within the candle before (--timeframe-detail).
            since = int(run.times[part[0] - 1]) if part[0] else begin - 1
            trip = next((t for t in run.trips if since < t.at <= end), None)
            named = ((), "") if trip is None or state not in HALTED else (trip.names, trip.text)
            yield Period(begin, end, state, *named)


def seconds_in(run: Run, states: tuple[State, ...]) -> int:
    """How long the breaker was in one of ``states``."""
    return sum(each.end - each.begin for each in periods(run) if each.state in states)
