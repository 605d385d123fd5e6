"""Figures and moments as a report shows them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

MISSING = "–"


@dataclass(frozen=True)
class Words:
    """``zone`` is the account's own; amounts have as many digits as its size needs."""

    zone: tzinfo
    digits: int = 2

    @classmethod
    def for_account(cls, zone: tzinfo, equity: Sequence[float]) -> Words:
        """Two digits from 50 on; an account of 0.8 BTC needs more."""
        return cls(zone, 2 if not len(equity) or max(equity) >= 50 else 6)

    def money(self, value: float | None) -> str:
        """An amount in stake currency.

        >>> from datetime import UTC
        >>> Words(UTC).money(-12345.678), Words(UTC).money(None)
        ('−12\u202f345.68', '–')
        """
        return number(value, self.digits)

    def gain(self, value: float | None) -> str:
        """An amount with its sign."""
        return signed(value, self.digits)

    def when(self, at: datetime | None) -> str:
        """A moment, to the minute."""
        return MISSING if at is None else at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M")

    def second(self, at: datetime | None) -> str:
        """A moment, to the second, with its zone."""
        if at is None:
            return MISSING
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S %Z")


def number(value: float | None, digits: int = 2) -> str:
    """A figure with a true minus and thin spaces; the hidden zero has no sign."""
    if value is None or not math.isfinite(value):
        return MISSING
    text = f"{value:,.{digits}f}".replace(",", "\u202f")
    text = text.removeprefix("-") if not text.strip("-0.") else text
    return text.replace("-", "−")


def signed(value: float | None, digits: int = 2) -> str:
    """The same with a plus for gains.

    >>> signed(1.5), signed(-0.001), signed(0)
    ('+1.50', '0.00', '0.00')
    """
    text = number(value, digits)
    return f"+{text}" if value is not None and value > 0 and text.strip("0.–") else text


def percent(value: float | None, digits: int = 2) -> str:
    """A figure that is in percent already."""
    text = number(value, digits)
    return text if text == MISSING else f"{text}\u202f%"


def gained(value: float | None, digits: int = 2) -> str:
    """A result in percent, with its sign."""
    text = signed(value, digits)
    return text if text == MISSING else f"{text}\u202f%"


def count(value: int) -> str:
    """A number of things.

    >>> count(12345)
    '12\u202f345'
    """
    return f"{value:,}".replace(",", "\u202f")


def many(number: int, noun: str) -> str:
    """A number and its noun.

    >>> many(1, "trade"), many(2000, "trade")
    ('1 trade', '2\u202f000 trades')
    """
    return f"{count(number)} {noun}{'' if number == 1 else 's'}"


def length(value: timedelta | None) -> str:
    """A length of time in its two largest units.

    >>> length(timedelta(days=1, hours=2, minutes=3)), length(timedelta(seconds=4.2)), length(None)
    ('1 d 2 h', '4 s', '–')
    """
    if value is None:
        return MISSING
    seconds = round(value.total_seconds())
    parts: list[tuple[int, str]] = []
    for name, size in (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)):
        many, seconds = divmod(seconds, size)
        if many or parts:
            parts.append((many, name))
    shown = " ".join(f"{many} {name}" for many, name in parts[:2] if many)
    return shown or "0 s"


def tone(value: float | None) -> str:
    """The style of a gain or a loss."""
    if value is None or not abs(value) >= 0.005:
        return ""
    return "good-text" if value > 0 else "bad-text"
