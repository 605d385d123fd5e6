"""Lengths of time as people write them: "90s", "2m", "1h30m". Never without a unit."""

from __future__ import annotations

import re
from datetime import timedelta

PATTERN = r"^(?=\d)(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"
"""Days, hours, minutes, seconds, in this order, each at most once."""

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST = timedelta(days=366)


def parse_duration(text: str) -> timedelta:
    """The length of time that ``text`` names, above zero and at most 366 days.

    >>> parse_duration("1h30m")
    datetime.timedelta(seconds=5400)

    Raises ValueError when a unit is missing, unknown or out of order, or the result out of range.
    """
    if not re.fullmatch(PATTERN, text, re.ASCII) or len(text) > 40:
        raise ValueError(f"not a length of time with its unit: {text!r}")
    seconds = sum(int(n) * _SECONDS[unit] for n, unit in re.findall(r"(\d+)([dhms])", text))
    if not 0 < seconds <= _LONGEST.total_seconds():
        raise ValueError(f"not above zero and at most 366 days: {text!r}")
    return timedelta(seconds=seconds)


def format_duration(duration: timedelta) -> str:
    """The shortest text that :func:`parse_duration` reads as ``duration`` (whole seconds).

    >>> format_duration(timedelta(minutes=90)), format_duration(timedelta(hours=24))
    ('1h30m', '1d')
    """
    rest, text = int(duration.total_seconds()), ""
    for unit, length in _SECONDS.items():
        count, rest = divmod(rest, length)
        text += f"{count}{unit}" if count else ""
    return text or "0s"
