"""Who is told what, and how fast: routes, levels, quiet hours (AL-1, AL-3).

Knows names of channels, never their addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from types import MappingProxyType

from riskplugin.core.levels import Severity

_ROUTES: Mapping[Severity, tuple[str, ...]] = MappingProxyType(
    {
        Severity.INFO: ("log",),
        Severity.WARNING: ("bot", "log"),
        Severity.CRITICAL: ("bot", "log"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A person who is told when nobody has acknowledged ``after`` the alert was raised.

    Without channels of their own the routes of critical alerts are used.
    """

    name: str
    channels: tuple[str, ...] = ()
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The time of day in which what can wait is held back; ``until`` may be on the next day."""

    begin: time
    until: time
    timezone: tzinfo = UTC

    def holds(self, at: datetime) -> bool:
        """Whether ``at`` (aware) is within; ``begin`` is, ``until`` is not.

        >>> night = QuietHours(begin=time(22), until=time(7))
        >>> [night.holds(datetime(2026, 3, 1, hour, tzinfo=UTC)) for hour in (21, 22, 6, 7)]
        [False, True, True, False]
        """
        now = at.astimezone(self.timezone).time()
        if self.begin <= self.until:
            return self.begin <= now < self.until
        return now >= self.begin or now < self.until


_LEVELS = (
    Level(name="risk manager"),
    Level(name="senior trader", after=timedelta(minutes=5)),
    Level(name="CTO", after=timedelta(minutes=15)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPlan:
    """Routes by severity, the levels of escalation in order, and how often is too often.

    ``per_minute`` is what one channel takes; what is above is joined into one message.
    """

    routes: Mapping[Severity, tuple[str, ...]] = field(default_factory=lambda: _ROUTES)
    levels: tuple[Level, ...] = _LEVELS
    again_after: timedelta = timedelta(minutes=5)
    per_minute: int = 20
    quiet: QuietHours | None = None
    digest: bool = True

    @property
    def channels(self) -> frozenset[str]:
        """Every channel that somebody may be told on."""
        named = [*self.routes.values(), *(level.channels for level in self.levels)]
        return frozenset(name for names in named for name in names)

    def first(self, severity: Severity) -> tuple[str, ...]:
        """Where an alert is told when it is raised."""
        told = self.routes[severity]
        if severity is not Severity.CRITICAL or not self.levels or self.levels[0].after:
            return told
        return tuple(dict.fromkeys((*told, *self.levels[0].channels)))

    def climbs(self) -> tuple[Level, ...]:
        """The levels that an alert climbs through, without the one that is told at once."""
        return self.levels[1:] if self.levels and not self.levels[0].after else self.levels

    def where(self, level: Level) -> tuple[str, ...]:
        """Where ``level`` is told."""
        return level.channels or self.routes[Severity.CRITICAL]

    def only(self, channels: frozenset[str]) -> AlertPlan:
        """The plan for a process that has these channels; the log is never left out."""
        known = channels | {"log"}

        def kept(names: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(name for name in names if name in known) or ("log",)

        routes = MappingProxyType({each: kept(names) for each, names in self.routes.items()})
        levels = tuple(
            replace(level, channels=kept(level.channels) if level.channels else ())
            for level in self.levels
        )
        return replace(self, routes=routes, levels=levels)
