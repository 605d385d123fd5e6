"""How each event changes the book of alerts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeVar

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.bounds import remembered, waiting
from riskplugin.core.alerts.entries import OpenAlert, Owed

E = TypeVar("E", bound=ev.Event)
Fold = Callable[[AlertBook, E], AlertBook]
FOLDS: dict[type[ev.Event], Callable[[AlertBook, Any], AlertBook]] = {}


def _on(kind: type[E]) -> Callable[[Fold[E]], Fold[E]]:
    def register(fold: Fold[E]) -> Fold[E]:
        def within_bounds(book: AlertBook, event: E) -> AlertBook:
            return remembered(fold(book, event), event.at)

        FOLDS[kind] = within_bounds
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
    return _rid(book, event.channel, event.messages)


@_on(ev.AlertDropped)
def _dropped(book: AlertBook, event: ev.AlertDropped) -> AlertBook:
    return _rid(book, event.channel, event.messages)


@_on(ev.AlertFailed)
def _failed(book: AlertBook, event: ev.AlertFailed) -> AlertBook:
    return replace(book, silent=_together(book.silent, (event.channel,)))


@_on(ev.DayStarted)
def _day(book: AlertBook, event: ev.DayStarted) -> AlertBook:
    return replace(book, ended=book.day, day=event.at)


@_on(ev.PeopleFollowed)
def _followed(book: AlertBook, event: ev.PeopleFollowed) -> AlertBook:
    return replace(book, people=max(book.people, event.height))


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


def _rid(book: AlertBook, channel: str, messages: tuple[int, ...]) -> AlertBook:
    """The channel is not owed these any more, and not known to be silent."""
    gone = frozenset(messages)
    return replace(
        book,
        owed=tuple(owed for owed in book.owed if owed.number not in gone),
        omitted=tuple(omitted for omitted in book.omitted if omitted.channel != channel),
        silent=tuple(name for name in book.silent if name != channel),
    )


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
    book = replace(book, owed=(*book.owed, *more), last_message=first + len(more) - 1)
    for channel in channels:
        book = waiting(book, channel)
    return book
