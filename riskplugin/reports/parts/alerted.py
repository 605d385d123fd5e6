"""Alerts: how many, of what, and how long people took to acknowledge them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from statistics import median

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity

#: Alerts that are remembered one by one.
MOST = 20_000
_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class OneAlert:
    """An alert of the period; ``level`` is how far it climbed."""

    number: int
    at: datetime
    name: str
    severity: str
    said: str
    channels: tuple[str, ...]
    repeats: int = 0
    level: int = 1
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    resolved_at: datetime | None = None

    @property
    def took(self) -> timedelta | None:
        """From its first telling to its acknowledgement."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.at


@dataclass(frozen=True)
class SeverityCount:
    """The alerts of one severity."""

    raised: int
    acknowledged: int
    median: timedelta | None
    worst: timedelta | None
    open: int
    resolved_alone: int


@dataclass
class Alerts:
    """Folds the records of alerts. What is acknowledged after the period counts as open."""

    all: dict[int, OneAlert] = field(default_factory=dict)
    more: int = 0
    earlier: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    dropped: int = 0

    def add(self, event: ev.Event) -> None:
        """Fold an event; those that say nothing of alerts are passed over."""
        match event:
            case ev.AlertRaised():
                self._raised(event)
            case ev.AlertRepeated():
                self._known(event.alert).repeats += not event.reminder
            case ev.AlertEscalated():
                self._known(event.alert).level = event.level
            case ev.AlertAcknowledged():
                self._acknowledged(event)
            case ev.AlertResolved():
                self._known(event.alert).resolved_at = event.at
            case ev.AlertFailed():
                if event.channel in self.failed or len(self.failed) < 100:
                    self.failed[event.channel] = self.failed.get(event.channel, 0) + 1
            case ev.AlertDropped():
                self.dropped += len(event.messages)

    def by_severity(self) -> dict[str, SeverityCount]:
        """Counts and times, the most urgent first."""
        made = {}
        for severity in reversed(Severity):
            some = [each for each in self.all.values() if each.severity == severity]
            if some:
                made[str(severity)] = _count(some)
        return made

    @property
    def unacknowledged(self) -> list[OneAlert]:
        """Neither acknowledged nor over at the end of the period, the worst and oldest first.

        An info waits for nobody.
        """
        rank = {str(severity): place for place, severity in enumerate(Severity)}
        still = [a for a in self.all.values() if _open(a) and a.severity != Severity.INFO]
        return sorted(still, key=lambda a: (-rank.get(a.severity, -1), a.at))

    @property
    def slowest(self) -> list[OneAlert]:
        """Those that took longest to be acknowledged."""
        taken = [(took, alert) for alert in self.all.values() if (took := alert.took) is not None]
        return [alert for _, alert in sorted(taken, key=lambda pair: pair[0], reverse=True)]

    def _raised(self, event: ev.AlertRaised) -> None:
        if len(self.all) >= MOST:
            self.more += 1
            return
        self.all[event.alert] = OneAlert(
            event.alert,
            event.at,
            event.name,
            str(event.severity),
            event.said[:300],
            event.channels,
        )

    def _known(self, number: int) -> OneAlert:
        """The alert, or one that counts for nothing: it was raised before the period."""
        found = self.all.get(number)
        return found or OneAlert(number, _NEVER, "", "", "", ())

    def _acknowledged(self, event: ev.AlertAcknowledged) -> None:
        for number in event.alerts:
            alert = self.all.get(number)
            if alert is None:
                self.earlier += 1
            elif alert.acknowledged_at is None:
                alert.acknowledged_at, alert.acknowledged_by = event.at, event.by


def _open(alert: OneAlert) -> bool:
    return alert.acknowledged_at is None and alert.resolved_at is None


def _count(some: list[OneAlert]) -> SeverityCount:
    times = [took.total_seconds() for each in some if (took := each.took) is not None]
    return SeverityCount(
        raised=len(some),
        acknowledged=len(times),
        median=timedelta(seconds=median(times)) if times else None,
        worst=timedelta(seconds=max(times)) if times else None,
        open=sum(map(_open, some)),
        resolved_alone=sum(a.resolved_at is not None and a.acknowledged_at is None for a in some),
    )
