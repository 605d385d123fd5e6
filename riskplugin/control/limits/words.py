"""Limits in words: a value as people write it, and what became of it."""

from __future__ import annotations

from typing import Any


def shown(value: Any) -> str:
    """A value as it is written on the command line.

    >>> shown(1.50), shown(None), shown(True), shown("1h")
    ('1.5', 'off', 'true', '1h')
    """
    if value is None:
        return "off"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def from_to(key: str, old: Any, new: Any) -> str:
    """The change of one limit.

    >>> from_to("breaker.drawdown.trip_pct", 15.0, 20.0)
    'breaker.drawdown.trip_pct 15 → 20'
    """
    return f"{key} {shown(old)} → {shown(new)}"
