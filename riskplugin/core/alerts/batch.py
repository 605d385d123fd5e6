"""Which message a channel is sent next: the order is kept, what is too much is joined, and what is
critical waits for nothing (AL-1). Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import Owed
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.levels import Severity


def batch(
    book: AlertBook, owed: Sequence[Owed], plan: AlertPlan, at: datetime, *, sent: int
) -> tuple[Owed, ...]:
    """What is sent next, as one message; nothing when all that is owed is held back.

    ``owed`` is what one channel is owed, oldest first; ``sent`` how many messages it was sent
    within the last minute.
    """
    for number, first in enumerate(owed):
        severity = _severity(book, first)
        if severity is Severity.CRITICAL:
            return _critical(book, owed[number:], joined=sent >= plan.per_minute - 1)
        if sent >= plan.per_minute or _held(severity, plan, at):
            continue
        run = owed[number:]
        if _waited(book, first, plan):
            return tuple(takewhile(lambda each: _waited(book, each, plan), run))
        if sent == plan.per_minute - 1:
            return tuple(takewhile(lambda each: _joins(book, each, plan, at), run))
        return (first,)
    return ()


def _critical(book: AlertBook, run: Sequence[Owed], *, joined: bool) -> tuple[Owed, ...]:
    """At once in any case: one by one, or when they are too many all that wait as one message."""
    if not joined:
        return (run[0],)
    return tuple(each for each in run if _severity(book, each) is Severity.CRITICAL)


def _severity(book: AlertBook, owed: Owed) -> Severity:
    alert = book.alert(owed.alert)
    return Severity.WARNING if alert is None else alert.severity


def _held(severity: Severity, plan: AlertPlan, at: datetime) -> bool:
    quiet = plan.quiet is not None and plan.quiet.holds(at)
    return quiet and severity is Severity.INFO


def _waited(book: AlertBook, owed: Owed, plan: AlertPlan) -> bool:
    """It was held back by the quiet hours that are over now."""
    return _held(_severity(book, owed), plan, owed.at)


def _joins(book: AlertBook, owed: Owed, plan: AlertPlan, at: datetime) -> bool:
    severity = _severity(book, owed)
    return severity is not Severity.CRITICAL and not _held(severity, plan, at)
