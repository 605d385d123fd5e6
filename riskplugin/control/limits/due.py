"""What happens to limits by itself: overrides end, what was approved begins, proposals expire."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from riskplugin.control.limits.effect import effect
from riskplugin.control.limits.holding import InForce
from riskplugin.core.events import Event
from riskplugin.core.events.limits import LimitsDropped, OverrideEnded, OverrideMoved
from riskplugin.core.state import RiskState

#: Steps back that are no setting of the clock: threads look at it at nearly the same time.
JITTER = timedelta(seconds=2)


class Clock:
    """Remembers the latest moment: one that is set back would let an override last longer than two
    people agreed to.
    """

    def __init__(self) -> None:
        self._latest: datetime | None = None

    def moves(self, state: RiskState, at: datetime) -> Iterator[Event]:
        """Every override ends as much earlier as the clock went back."""
        seen = [moment for moment in (self._latest, state.clock) if moment is not None]
        latest = max(seen, default=at)
        if latest - at <= JITTER:
            self._latest = max(latest, at)
            return
        self._latest = at
        for override in state.runtime.overrides:
            until = override.until - (latest - at)
            yield OverrideMoved(at=at, number=override.number, until=until)


def due(limits: InForce, clock: Clock, state: RiskState, at: datetime) -> Iterator[Event]:
    """Ends what has an end, and begins what was approved. ``state`` folds each as it comes."""
    if state.runtime.overrides:
        yield from clock.moves(state, at)
    for override in state.runtime.overrides:
        if at >= override.until or not override.settings:
            why = "its time is over" if override.settings else "nothing is left of it"
            yield OverrideEnded(at=at, number=override.number, by=(), reason=why)
    for proposal in state.runtime.proposals:
        if proposal.effective is not None and at >= proposal.effective:
            yield from effect(limits, state.runtime, proposal, at)
        elif proposal.effective is None and at >= proposal.expires:
            why = "nobody approved it in time"
            yield LimitsDropped(at=at, number=proposal.number, by=(), reason=why)


def used(state: RiskState, pair: str, at: datetime) -> Iterator[Event]:
    """An entry in ``pair`` left: what was for one entry is used up."""
    for override in state.runtime.overrides:
        if override.once and override.pair == pair:
            why = "its one entry was sent"
            yield OverrideEnded(at=at, number=override.number, by=(), reason=why)
