"""What the circuit breaker does, emergency mode and close-all among it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from riskplugin.core.breaker import BreakerSignal
from riskplugin.core.events.base import Event
from riskplugin.core.levels import OnTrip
from riskplugin.core.triggers import Trigger
from riskplugin.core.units import Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningRaised(Event):
    """A trigger reached its warning value, or its trip value while only observing."""

    trigger: Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class WarningCleared(Event):
    """The trigger ``name`` is back inside its warning value."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerTripped(Event):
    """The breaker opened: by which triggers, until when, and what it does to the book."""

    signal: BreakerSignal
    triggers: tuple[Trigger, ...]
    cooldown: timedelta
    until: datetime
    on_trip: OnTrip
    equity: Quote
    stopped: str
    not_stopped: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerEscalated(Event):
    """A breaker that was open already met a limit that asks for more than it did to the book."""

    on_trip: OnTrip
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerHalfOpened(Event):
    """The test began, at ``equity``; ``by`` names the person who re-armed, None after a
    cooldown.
    """

    signal: BreakerSignal
    equity: Quote
    by: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerReclosed(Event):
    """The test was passed; drawdown, day and week references are re-based to ``equity``."""

    equity: Quote
    old_peak: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakerLatched(Event):
    """Opened for good by a person or by policy; only a person re-arms it."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyEntered(Event):
    """Emergency mode began."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyLeft(Event):
    """Emergency mode ended."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenOrdered(Event):
    """Everything is to be closed, again and again, until the book is verified flat."""

    by: str
    reason: str
    trade_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenOutcome:
    """How one position of a close-all ended."""

    trade_id: int
    pair: str
    profit: Quote
    exit_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FlattenVerified(Event):
    """No position and no working entry is left, in the bot and in its wallet."""

    outcomes: tuple[FlattenOutcome, ...]
    attempts: int
    seconds: float
