"""When a trading day or week ends, in the account's own time zone (CB-10). No clock: time is an
argument.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from riskplugin.core.policy import DayPolicy


def day_end(at: datetime, day: DayPolicy) -> datetime:
    """The first day boundary after ``at`` (aware), in UTC.

    >>> day_end(datetime(2026, 11, 22, 23, 59, tzinfo=UTC), DayPolicy()).isoformat()
    '2026-11-23T00:00:00+00:00'
    """
    today = at.astimezone(day.timezone).date()
    boundary = _boundary(today, day)
    return boundary if boundary > at else _boundary(today + timedelta(days=1), day)


def week_end(at: datetime, day: DayPolicy) -> datetime:
    """The first boundary after ``at`` that begins a Monday, in UTC."""
    end = day_end(at, day)
    to_monday = -end.astimezone(day.timezone).weekday() % 7
    return _boundary(end.astimezone(day.timezone).date() + timedelta(days=to_monday), day)


def _boundary(on: date, day: DayPolicy) -> datetime:
    return datetime.combine(on, day.starts_at, day.timezone).astimezone(UTC)


def passed(before: datetime, now: datetime) -> timedelta:
    """Time since ``before``. A clock that was set back in between says nothing: long ago.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> passed(noon, noon + timedelta(minutes=1)), passed(noon, noon - timedelta(hours=1)) > passed(
    ...     noon, noon + timedelta(days=9999))
    (datetime.timedelta(seconds=60), True)
    """
    return now - before if now >= before else timedelta.max
