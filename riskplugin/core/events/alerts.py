"""What people are told, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.events.base import Event
from riskplugin.core.levels import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(Event):
    """People have to know something: it is told on ``channels``, in the words ``said``.

    ``key`` tells apart what is told under one ``name``. An alert with the same key is told again
    from ``again_at`` on. ``lasting``: it stands until something resolves it. ``levels`` is how far
    it can climb.
    """

    alert: int
    name: str
    key: str
    severity: Severity
    said: str
    channels: tuple[str, ...]
    levels: int
    lasting: bool
    again_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRepeated(Event):
    """The same happened again while the alert stood; without ``channels`` nobody is told.

    ``reminder``: nothing new happened, it is only said again.
    """

    alert: int
    said: str
    channels: tuple[str, ...]
    again_at: datetime
    reminder: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEscalated(Event):
    """Nobody acknowledged the alert in time: ``who``, on ``level``, is told on ``channels``."""

    alert: int
    level: int
    who: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(Event):
    """A person has taken the alerts: they climb no further."""

    alerts: tuple[int, ...]
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(Event):
    """What the alert was about is over; whoever was told of it hears so on ``channels``."""

    alert: int
    said: str
    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSent(Event):
    """A channel took these messages."""

    channel: str
    messages: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFailed(Event):
    """A channel took nothing; told once until it takes something again."""

    channel: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertDropped(Event):
    """These messages are given up: there is no such channel any more."""

    channel: str
    messages: tuple[int, ...]
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFollowed(Event):
    """What became of people up to the place ``height`` in their chain has been told."""

    height: int
