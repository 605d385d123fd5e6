"""What is known of the alerts: open ones and what channels are owed, folded from events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from riskplugin.core import events as ev
from riskplugin.core.levels import Severity

#: How many alerts are remembered; of more, those that nobody waits for leave first.
OPEN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that somebody may still have to hear of, or to do something about.

    ``at`` is when it was raised, ``told`` where, ``levels`` how far it can climb and ``level`` how
    far it has. ``lasting``: it stands until something resolves it; others are done with when they
    are acknowledged. ``hushed``: it came again after it was resolved, and nobody was told yet.
    """

    number: int
    name: str
    key: str
    severity: Severity
    said: str
    at: datetime
    again_at: datetime
    told: tuple[str, ...]
    levels: int
    lasting: bool
    level: int = 1
    who: str = ""
    count: int = 1
    hushed: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""

    @property
    def over(self) -> bool:
        """Nobody has to do anything about it any more."""
        if self.resolved_at is not None:
            return True
        if self.lasting:
            return False
        return self.severity is Severity.INFO or self.acknowledged_by is not None

    @property
    def climbs(self) -> bool:
        """It goes on to the next level if nobody answers."""
        waits = self.resolved_at is None and self.acknowledged_by is None
        return waits and self.level < self.levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a channel has not taken yet; ``what`` is why it is told.

    Raised, repeated, escalated, acknowledged or resolved; ``level`` and ``who`` are the level that
    it is for.
    """

    number: int
    alert: int
    channel: str
    what: str
    at: datetime
    level: int = 1
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertBook:
    """Everything about alerts that must survive a restart.

    ``silent`` names the channels that failed last. ``day`` is when the trading day began, and
    ``ended`` the beginning of one that is over and whose digest is not told yet.
    """

    alerts: tuple[OpenAlert, ...] = ()
    owed: tuple[Owed, ...] = ()
    last_alert: int = 0
    last_message: int = 0
    silent: tuple[str, ...] = ()
    day: datetime | None = None
    ended: datetime | None = None

    @property
    def open(self) -> tuple[OpenAlert, ...]:
        """What is not over, as it was raised."""
        return tuple(alert for alert in self.alerts if not alert.over)

    def alert(self, number: int) -> OpenAlert | None:
        """The alert of this number, if it is still known."""
        return next((a for a in self.alerts if a.number == number), None)

    def known(self, key: str) -> OpenAlert | None:
        """The open alert with ``key``; else the latest that is over and still remembered."""
        same = [alert for alert in self.alerts if alert.key == key]
        return next((a for a in same if not a.over), same[-1] if same else None)

    def owing(self, number: int) -> tuple[str, ...]:
        """The channels that are owed something about an alert."""
        return tuple(dict.fromkeys(o.channel for o in self.owed if o.alert == number))


E = TypeVar("E", bound=ev.Event)
Fold = Callable[[AlertBook, E], AlertBook]
FOLDS: dict[type[ev.Event], Callable[[AlertBook, Any], AlertBook]] = {}


def _on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
    def register(fold: Fold[E]) -> Fold[E]:
        def bounded(book: AlertBook, event: E) -> AlertBook:
            return _bounded(fold(book, event), event.at)

        FOLDS[kind] = bounded
        return fold

    return register


@_on(ev.AlertRaised)
def _raised(book: AlertBook, event: ev.AlertRaised) -> AlertBook:
    alert = OpenAlert(
        number=event.alert,
        name=event.name,
        key=event.key,
        severity=event.severity,
        said=event.said,
        at=event.at,
        again_at=event.again_at,
        told=event.channels,
        levels=event.levels,
        lasting=event.lasting,
    )
    number = max(book.last_alert, event.alert)
    ended = None if event.name == "digest" else book.ended
    added = replace(book, alerts=(*book.alerts, alert), last_alert=number, ended=ended)
    return _owing(added, alert, event.channels, "raised", event.at)


@_on(ev.AlertRepeated)
def _repeated(book: AlertBook, event: ev.AlertRepeated) -> AlertBook:
    known = book.alert(event.alert)
    if known is None:
        return book
    anew = known.resolved_at is not None
    alert = replace(
        known,
        said=event.said,
        count=known.count + (not event.reminder),
        again_at=event.again_at,
        hushed=not event.channels and (anew or known.hushed),
        resolved_at=None,
        resolution="",
        told=_together(known.told, event.channels),
    )
    return _owing(_with(book, alert), alert, event.channels, "repeated", event.at)


@_on(ev.AlertEscalated)
def _climbed(book: AlertBook, event: ev.AlertEscalated) -> AlertBook:
    known = book.alert(event.alert)
    if known is None:
        return book
    told = _together(known.told, event.channels)
    alert = replace(known, level=event.level, who=event.who, told=told)
    return _owing(_with(book, alert), alert, event.channels, "escalated", event.at)


@_on(ev.AlertAcknowledged)
def _acknowledged(book: AlertBook, event: ev.AlertAcknowledged) -> AlertBook:
    """Those on higher levels hear that somebody has taken it."""
    for number in event.alerts:
        known = book.alert(number)
        if known is None or known.acknowledged_by is not None:
            continue
        alert = replace(known, acknowledged_by=event.by, acknowledged_at=event.at)
        book = _with(book, alert)
        if alert.level > 1:
            book = _owing(book, alert, alert.told, "acknowledged", event.at)
    return book


@_on(ev.AlertResolved)
def _resolved(book: AlertBook, event: ev.AlertResolved) -> AlertBook:
    known = book.alert(event.alert)
    if known is None:
        return book
    alert = replace(known, resolved_at=event.at, resolution=event.said)
    return _owing(_with(book, alert), alert, event.channels, "resolved", event.at)


@_on(ev.AlertSent)
def _sent(book: AlertBook, event: ev.AlertSent) -> AlertBook:
    silent = tuple(name for name in book.silent if name != event.channel)
    return replace(book, owed=_less(book, event.messages), silent=silent)


@_on(ev.AlertDropped)
def _dropped(book: AlertBook, event: ev.AlertDropped) -> AlertBook:
    silent = tuple(name for name in book.silent if name != event.channel)
    return replace(book, owed=_less(book, event.messages), silent=silent)


@_on(ev.AlertFailed)
def _failed(book: AlertBook, event: ev.AlertFailed) -> AlertBook:
    return replace(book, silent=_together(book.silent, (event.channel,)))


@_on(ev.DayStarted)
def _day(book: AlertBook, event: ev.DayStarted) -> AlertBook:
    return replace(book, ended=book.day, day=event.at)


@_on(ev.ClockSetBack)
def _set_back(book: AlertBook, event: ev.ClockSetBack) -> AlertBook:
    """Waits begin anew: an alert from the future would never climb."""
    alerts = tuple(
        replace(a, at=min(a.at, event.at), again_at=min(a.again_at, event.at)) for a in book.alerts
    )
    return replace(book, alerts=alerts)


def _together(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))


def _with(book: AlertBook, alert: OpenAlert) -> AlertBook:
    kept = tuple(alert if a.number == alert.number else a for a in book.alerts)
    return replace(book, alerts=kept)


def _less(book: AlertBook, messages: tuple[int, ...]) -> tuple[Owed, ...]:
    gone = frozenset(messages)
    return tuple(owed for owed in book.owed if owed.number not in gone)


def _owing(
    book: AlertBook, alert: OpenAlert, channels: tuple[str, ...], what: str, at: datetime
) -> AlertBook:
    first = book.last_message + 1
    more = tuple(
        Owed(
            number=number,
            alert=alert.number,
            channel=channel,
            what=what,
            at=at,
            level=alert.level,
            who=alert.who,
        )
        for number, channel in enumerate(channels, first)
    )
    return replace(book, owed=(*book.owed, *more), last_message=first + len(more) - 1)


def _bounded(book: AlertBook, at: datetime) -> AlertBook:
    """Forget what is over, told, and too old to be remembered as lately told."""
    waited = {owed.alert for owed in book.owed}
    kept = [a for a in book.alerts if a.number in waited or not a.over or at < a.again_at]
    if len(kept) > OPEN:
        kept = _fewer(kept, waited)
    if len(kept) == len(book.alerts):
        return book
    return replace(book, alerts=tuple(kept))


def _fewer(alerts: list[OpenAlert], waited: set[int]) -> list[OpenAlert]:
    """Nothing that a channel is owed leaves, and nothing critical that stands."""
    free = [a for a in alerts if a.number not in waited]
    over = [a for a in free if a.over]
    infos = [a for a in free if not a.over and a.severity is Severity.INFO]
    warnings = [a for a in free if not a.over and a.severity is Severity.WARNING]
    leave = {a.number for a in [*over, *infos, *warnings][: len(alerts) - OPEN]}
    return [a for a in alerts if a.number not in leave]
