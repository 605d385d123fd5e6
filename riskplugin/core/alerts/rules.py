"""From what people have to know to events: told once in a while, climbing by timer (AL-1, AL-3).

Pure: book, plan and time come in, events go out. Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from riskplugin.core import events as ev
from riskplugin.core.alerts import limit_tellings, machinery  # noqa: F401  # they register tellings
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import OpenAlert
from riskplugin.core.alerts.folds import FOLDS
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.tellings import TELLINGS, Raise, Resolve, Telling
from riskplugin.core.levels import Severity

#: Nobody reads more on a phone.
LONGEST = 600
#: So many open alerts of one name are told apart; what is above is counted with the latest.
APART = 50


def react(book: AlertBook, event: ev.Event, plan: AlertPlan) -> tuple[ev.Event, ...]:
    """The alert events that follow from ``event``, which is folded already."""
    teller = TELLINGS.get(type(event))
    return () if teller is None else told(book, teller(event), plan, event.at)


def told(
    book: AlertBook, tellings: Iterable[Telling], plan: AlertPlan, at: datetime
) -> tuple[ev.Event, ...]:
    """The events of several tellings, each made with those before it folded."""
    made: list[ev.Event] = []
    for telling in tellings:
        for event in _told(book, telling, plan, at):
            book = FOLDS[type(event)](book, event)
            made.append(event)
    return tuple(made)


def due(book: AlertBook, plan: AlertPlan, at: datetime) -> ev.Event | None:
    """The next thing that time alone brings about, None when nothing is due.

    One at a time: no alert climbs two levels at once.
    """
    for moment, event in _timers(book, plan, at):
        if moment <= at:
            return event
    return None


def next_due(book: AlertBook, plan: AlertPlan, at: datetime) -> datetime | None:
    """When :func:`due` has to be asked again, None when nothing waits for time."""
    return min((moment for moment, _ in _timers(book, plan, at)), default=None)


def _told(book: AlertBook, telling: Telling, plan: AlertPlan, at: datetime) -> Iterator[ev.Event]:
    match telling:
        case Raise():
            yield from _raised(book, telling, plan, at)
        case Resolve(keys=keys, said=said, otherwise=otherwise):
            ended = [a for a in book.open if _named(a.key, keys)]
            for alert in ended:
                yield ev.AlertResolved(
                    at=at, alert=alert.number, said=_short(said), channels=_reached(alert, plan)
                )
            if not ended and otherwise is not None:
                yield from _raised(book, otherwise, plan, at)


def _raised(book: AlertBook, what: Raise, plan: AlertPlan, at: datetime) -> Iterator[ev.Event]:
    known = book.known(what.key or what.name)
    standing = known is not None and not known.over
    if known is None or _anew(known, what, plan, at) or (what.fresh and standing):
        crowd = () if what.lasting and standing else _same(book, what.name)
        if len(crowd) >= APART:
            yield _again(crowd[-1], what, plan, at)
            return
        if known is not None and what.lasting and standing:
            ended = f"told anew as alert {book.last_alert + 1}"
            yield ev.AlertResolved(at=at, alert=known.number, said=ended, channels=())
        yield _new(book, what, plan, at)
    else:
        yield _again(known, what, plan, at)


def _same(book: AlertBook, name: str) -> tuple[OpenAlert, ...]:
    """Those that are open: if they are too many, nobody could answer each of them."""
    return tuple(alert for alert in book.open if alert.name == name)


def _again(known: OpenAlert, what: Raise, plan: AlertPlan, at: datetime) -> ev.AlertRepeated:
    """It is counted, and said again if it was not said lately."""
    lately = _lately(known, plan, at)
    return ev.AlertRepeated(
        at=at,
        alert=known.number,
        said=_short(what.said),
        channels=() if lately else _still(known, plan),
        again_at=known.again_at if lately else at + plan.again_after,
    )


def _still(alert: OpenAlert, plan: AlertPlan) -> tuple[str, ...]:
    """Who was told, on channels that there are; those of today if there are none of them left."""
    there = tuple(name for name in alert.told if name in plan.channels)
    return there or plan.first(alert.severity)


def _anew(known: OpenAlert, what: Raise, plan: AlertPlan, at: datetime) -> bool:
    """What is over is told anew, unless it only comes and goes."""
    if not known.over:
        return False
    urgent = what.severity is Severity.CRITICAL or what.fresh
    return urgent or known.acknowledged_by is not None or not _lately(known, plan, at)


def _lately(known: OpenAlert, plan: AlertPlan, at: datetime) -> bool:
    """It was told a short while ago; a clock that was set back in between says nothing."""
    return timedelta(0) < known.again_at - at <= plan.again_after


def _new(book: AlertBook, what: Raise, plan: AlertPlan, at: datetime) -> ev.AlertRaised:
    critical = what.severity is Severity.CRITICAL
    return ev.AlertRaised(
        at=at,
        alert=book.last_alert + 1,
        name=what.name,
        key=what.key or what.name,
        severity=what.severity,
        said=_short(what.said),
        channels=plan.first(what.severity),
        levels=1 + len(plan.climbs()) if critical else 1,
        lasting=what.lasting,
        again_at=at + plan.again_after,
    )


def _timers(book: AlertBook, plan: AlertPlan, at: datetime) -> Iterator[tuple[datetime, ev.Event]]:
    """What waits for time, and until when."""
    steps = plan.climbs()
    for alert in book.alerts:
        if alert.hushed and not alert.over:
            yield alert.again_at, _said_again(alert, plan, at)
        if alert.climbs and alert.level <= len(steps):
            level = steps[alert.level - 1]
            yield (
                alert.at + level.after,
                ev.AlertEscalated(
                    at=at,
                    alert=alert.number,
                    level=alert.level + 1,
                    who=level.name,
                    channels=plan.where(level),
                ),
            )


def _said_again(alert: OpenAlert, plan: AlertPlan, at: datetime) -> ev.AlertRepeated:
    """It came back after its end was announced, and stays."""
    return ev.AlertRepeated(
        at=at,
        alert=alert.number,
        said=alert.said,
        channels=_still(alert, plan),
        again_at=at + plan.again_after,
        reminder=True,
    )


def _reached(alert: OpenAlert, plan: AlertPlan) -> tuple[str, ...]:
    """Who has to hear of the end: nobody who was not told that it began again."""
    return () if alert.hushed else _still(alert, plan)


def _named(key: str, keys: tuple[str, ...]) -> bool:
    return any(key.startswith(k[:-1]) if k.endswith("*") else key == k for k in keys)


def _short(said: str) -> str:
    return said if len(said) <= LONGEST else f"{said[: LONGEST - 1]}…"
