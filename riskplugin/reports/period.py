"""The time that a report or an export is about, as people write it. Knows no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from riskplugin.config.durations import parse_duration
from riskplugin.core.policy import DayPolicy

_MONTH = re.compile(r"(\d{4})(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Period:
    """From ``since`` (inclusive) to ``until`` (exclusive), both aware; None: without end."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime) -> bool:
        """True for a moment in it."""
        if self.since is not None and at < self.since:
            return False
        return self.until is None or at < self.until


def begin_of(text: str, days: DayPolicy, now: datetime) -> datetime:
    """The moment that ``text`` means as a beginning. Raises ValueError.

    A day, month or year begins with its first trading day; a length of time counts back from now.

    >>> at = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> [begin_of(text, DayPolicy(), at).isoformat() for text in ("2026-11", "2h")]
    ['2026-11-01T00:00:00+00:00', '2026-11-23T10:00:00+00:00']
    """
    return _moment(text, days, now, after=False)


def end_of(text: str, days: DayPolicy, now: datetime) -> datetime:
    """The moment that ``text`` means as an end: that of the whole day, month or year it names.

    >>> end_of("2026-02", DayPolicy(), datetime(2026, 11, 23, tzinfo=UTC)).isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    return _moment(text, days, now, after=True)


def _moment(text: str, days: DayPolicy, now: datetime, *, after: bool) -> datetime:
    try:
        return now - parse_duration(text)
    except (ValueError, OverflowError):
        pass
    try:
        day = _day(text, after=after)
        if day is not None:
            return datetime.combine(day, days.starts_at, days.timezone).astimezone(UTC)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise ValueError(
            f"{text!r} is no time: write 2026-03 (a month), 2026-03-01, 2026-03-01T12:00, or how "
            "long ago: 12h, 30d"
        ) from None
    return (at if at.tzinfo else at.replace(tzinfo=days.timezone)).astimezone(UTC)


def _day(text: str, *, after: bool) -> date | None:
    """The first day of what ``text`` names, or the first one after it; None for a moment."""
    whole = _MONTH.fullmatch(text)
    if whole is None:
        if len(text) != len("2026-03-01"):
            return None
        day = date.fromisoformat(text)
        return day + timedelta(days=1) if after else day
    year, month = int(whole[1]), None if whole[2] is None else int(whole[2])
    if not after:
        return date(year, month or 1, 1)
    if month is None or month == 12:
        return date(year + 1, 1, 1)
    return date(year, month + 1, 1)
