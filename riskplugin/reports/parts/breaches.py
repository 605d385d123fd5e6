"""Each time the breaker opened: when, by which limits at which figures, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState

#: Episodes, and steps in one, that are told one by one.
MOST = 500


@dataclass(frozen=True)
class Cause:
    """A limit that was reached; ``measured`` and ``limit`` in the unit that ``text`` states."""

    limit_name: str
    measured: float
    limit: float
    text: str


@dataclass(frozen=True)
class Step:
    """Something that happened to an open breaker, in words."""

    at: datetime
    what: str


@dataclass
class Breach:
    """From the moment the breaker left CLOSED until it is closed again.

    ``began_before``: it was open already when the period began. ``ended`` None: not in the period.
    ``rearmed_by`` names the last person who did; "" when the cooldown did it.
    """

    started: datetime | None
    causes: tuple[Cause, ...] = ()
    by: str = ""
    reason: str = ""
    on_trip: str = ""
    equity: float | None = None
    stopped: str = ""
    not_stopped: str = ""
    steps: list[Step] = field(default_factory=list)
    rearmed_by: str = ""
    rearm_reason: str = ""
    ended: datetime | None = None
    more_steps: int = 0

    @property
    def began_before(self) -> bool:
        """It began before the period."""
        return self.started is None

    def tell(self, at: datetime, what: str) -> None:
        """Add a step."""
        if len(self.steps) < MOST:
            self.steps.append(Step(at, what))
        else:
            self.more_steps += 1


@dataclass(frozen=True)
class Spell:
    """A time in which the breaker was in one state other than closed."""

    state: BreakerState
    begin: datetime
    end: datetime


@dataclass
class Warned:
    """How often a limit reached its warning value, or its trip value while it only observed."""

    warnings: int = 0
    observed: int = 0
    latest: str = ""
    at: datetime | None = None


@dataclass
class Breaches:
    """Folds the records of the breaker; ``state`` is the one it begins with."""

    begin: datetime
    state: BreakerState = BreakerState.CLOSED
    all: list[Breach] = field(default_factory=list)
    more: int = 0
    trips: int = 0
    warned: dict[str, Warned] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    _since: datetime | None = None
    _now: Breach | None = None

    def __post_init__(self) -> None:
        if self.state is not BreakerState.CLOSED:
            self._since = self.begin
            self._now = self._new(Breach(None))

    def add(self, event: ev.Event) -> None:
        """Fold an event; those that say nothing of breaker or warnings are passed over."""
        match event:
            case ev.BreakerTripped():
                self._tripped(event)
            case ev.BreakerLatched():
                self._latched(event)
            case ev.BreakerEscalated():
                self._tell(event.at, f"goes on to {event.on_trip}: {event.reason}")
            case ev.BreakerHalfOpened():
                self._half_opened(event)
            case ev.BreakerReclosed():
                self._reclosed(event)
            case ev.WarningRaised():
                self._warning(event)

    def end(self, until: datetime) -> None:
        """The period is over; what lasts, lasts until here."""
        self._to(self.state, until)

    def _tripped(self, event: ev.BreakerTripped) -> None:
        self.trips += 1
        causes = tuple(Cause(t.name, t.measured, t.limit, t.text) for t in event.triggers)
        if self._now is None:
            self._now = self._new(
                Breach(
                    event.at,
                    causes,
                    on_trip=str(event.on_trip),
                    equity=event.equity,
                    stopped=event.stopped,
                    not_stopped=event.not_stopped,
                )
            )
        said = "; ".join(cause.text for cause in causes) or "no trigger named"
        again = "opened" if not self._now.steps else "opened again"
        hours = event.cooldown.total_seconds() / 3600
        self._tell(event.at, f"{again} for {hours:g} h, {event.on_trip}: {said}")
        self._to(BreakerState.OPEN, event.at)

    def _latched(self, event: ev.BreakerLatched) -> None:
        if self._now is None:
            self._now = self._new(Breach(event.at, by=event.by, reason=event.reason))
        self._tell(event.at, f"latched by {event.by}: {event.reason}")
        self._to(BreakerState.LATCHED, event.at)

    def _half_opened(self, event: ev.BreakerHalfOpened) -> None:
        if self._now is None:
            self._now = self._new(Breach(None))
        if event.by is None:
            self._tell(event.at, "the cooldown is over: half-open")
        else:
            self._now.rearmed_by, self._now.rearm_reason = event.by, event.reason or ""
            why = f": {event.reason}" if event.reason else ""
            self._tell(event.at, f"re-armed by {event.by}, half-open{why}")
        self._to(BreakerState.HALF_OPEN, event.at)

    def _reclosed(self, event: ev.BreakerReclosed) -> None:
        if self._now is not None:
            self._tell(event.at, f"the test was passed: closed at equity {event.equity:.6g}")
            self._now.ended = event.at
        self._now = None
        self._to(BreakerState.CLOSED, event.at)

    def _warning(self, event: ev.WarningRaised) -> None:
        trigger = event.trigger
        if trigger.name not in self.warned and len(self.warned) >= MOST:
            return
        warned = self.warned.setdefault(str(trigger.name), Warned())
        warned.warnings += not trigger.observed
        warned.observed += bool(trigger.observed)
        warned.latest, warned.at = trigger.text, event.at

    def _new(self, breach: Breach) -> Breach:
        if len(self.all) < MOST:
            self.all.append(breach)
        else:
            self.more += 1
        return breach

    def _tell(self, at: datetime, what: str) -> None:
        if self._now is not None:
            self._now.tell(at, what)

    def _to(self, state: BreakerState, at: datetime) -> None:
        since, self._since = self._since, at
        if since is not None and self.state is not BreakerState.CLOSED and at > since:
            self.spells.append(Spell(self.state, since, at))
        self.state = state


def state_after(event: ev.Event) -> BreakerState | None:
    """The breaker's state behind a record of it, None for other records."""
    return _AFTER.get(type(event))


_AFTER: dict[type[ev.Event], BreakerState] = {
    ev.BreakerTripped: BreakerState.OPEN,
    ev.BreakerLatched: BreakerState.LATCHED,
    ev.BreakerHalfOpened: BreakerState.HALF_OPEN,
    ev.BreakerReclosed: BreakerState.CLOSED,
}
KINDS = (*_AFTER,)
