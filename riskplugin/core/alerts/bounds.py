"""What the book forgets: it is saved with every record, so a dead channel must not let it grow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import Omitted, OpenAlert
from riskplugin.core.levels import Severity

#: How many alerts are remembered; of more, those that nobody waits for leave first.
OPEN = 200
#: How many messages may wait for one channel; of more, the oldest leave, critical ones last.
WAITING = 100


def remembered(book: AlertBook, at: datetime) -> AlertBook:
    """Forget what is over, told, and too old to be remembered as lately told."""
    waited = {owed.alert for owed in book.owed}
    kept = [a for a in book.alerts if a.number in waited or not a.over or at < a.again_at]
    if len(kept) > OPEN:
        kept = _fewer(kept, waited)
    if len(kept) == len(book.alerts):
        return book
    return replace(book, alerts=tuple(kept))


def waiting(book: AlertBook, channel: str) -> AlertBook:
    """Leave out what is too much for ``channel``, and count it."""
    mine = [owed for owed in book.owed if owed.channel == channel]
    excess = len(mine) - WAITING
    if excess <= 0:
        return book
    critical = {a.number for a in book.alerts if a.severity is Severity.CRITICAL}
    oldest = sorted(mine, key=lambda owed: (owed.alert in critical, owed.number))
    gone = {owed.number for owed in oldest[:excess]}
    others = [omitted for omitted in book.omitted if omitted.channel != channel]
    count = book.left_out(channel) + excess
    return replace(
        book,
        owed=tuple(owed for owed in book.owed if owed.number not in gone),
        omitted=(*others, Omitted(channel=channel, count=count)),
    )


def _fewer(alerts: list[OpenAlert], waited: set[int]) -> list[OpenAlert]:
    """Nothing that a channel is owed leaves, and nothing critical that stands."""
    free = [a for a in alerts if a.number not in waited]
    over = [a for a in free if a.over]
    infos = [a for a in free if not a.over and a.severity is Severity.INFO]
    warnings = [a for a in free if not a.over and a.severity is Severity.WARNING]
    leave = {a.number for a in [*over, *infos, *warnings][: len(alerts) - OPEN]}
    return [a for a in alerts if a.number not in leave]
