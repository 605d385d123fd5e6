"""Values that JSON cannot hold, or that should not be there: how they are written and read back.

Requests are recorded as they came, hostile ones too, so nothing here raises. An odd value becomes
an object with the key ``$``, which no dataclass field can be called.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

#: The key that marks an object as a tag instead of a dataclass.
TAG = "$"
#: What stands for a text that is encrypted, where there is no key to open it.
SEALED = "(sealed)"

_LONGEST = 300
_SIGNED_64 = 2**63


@dataclass(frozen=True, slots=True)
class Foreign:
    """A value of a type that no event should hold, kept as its ``repr``, cut to 300 characters."""

    text: str


def plain(value: object) -> Any:
    """``value`` as something orjson writes and :func:`value_of` turns back. Never raises.

    >>> plain(1.5), plain(float("nan")), plain(3 + 4j)
    (1.5, {'$': 'nan'}, {'$': 'repr', 'text': '(3+4j)'})
    """
    try:
        return _plain(value)
    except Exception:  # noqa: BLE001  # the value's own code failed: what it is stays recorded
        return _tag("repr", f"<unprintable {type(value).__name__}>")


def plain_time(value: object) -> Any:
    """An aware datetime in UTC, ready for orjson; anything else as :func:`plain`."""
    if isinstance(value, datetime) and value.utcoffset() is not None:
        try:
            utc = value.astimezone(UTC)
        except OverflowError:  # a day before the first one, or after the last
            return plain(value)
        return datetime(*utc.timetuple()[:6], utc.microsecond, tzinfo=UTC)
    return plain(value)


def plain_span(value: object) -> Any:
    """A timedelta in seconds; anything else as :func:`plain`."""
    return value.total_seconds() if isinstance(value, timedelta) else plain(value)


def writable(tree: Any) -> Any:
    """A tree of plain values with the text that UTF-8 cannot hold escaped."""
    if isinstance(tree, dict):
        return {key: writable(item) for key, item in tree.items()}
    if isinstance(tree, list):
        return [writable(item) for item in tree]
    if isinstance(tree, str) and not _is_utf8(tree):
        return _tag("escaped", tree.encode("unicode_escape").decode("ascii"))
    return tree


def value_of(tag: dict[str, Any]) -> Any:
    """The value behind a tag. Raises ValueError when there is no such tag."""
    back = _VALUES.get(tag.get(TAG, ""))
    if back is None:
        raise ValueError(f"unknown tag {tag.get(TAG)!r}")
    return back(tag)


def _plain(value: object) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Foreign):
        return _tag("repr", value.text)
    if isinstance(value, datetime):
        return _tag("naive", value.isoformat())
    if isinstance(value, numbers.Integral | float):
        return _number(value)
    if type(value).__module__ == "numpy" and getattr(value, "ndim", None) == 0:
        return _plain(value.item())  # type: ignore[attr-defined]
    return _tag("repr", repr(value)[:_LONGEST])


def _number(value: numbers.Integral | float) -> Any:
    if isinstance(value, float):
        figure = float(value)
        return figure if math.isfinite(figure) else {TAG: str(figure)}
    whole = int(value)
    return whole if -_SIGNED_64 <= whole < _SIGNED_64 else _tag("int", hex(whole))


def _tag(name: str, text: str) -> dict[str, Any]:
    return {TAG: name, "text": text}


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unescaped(tag: dict[str, Any]) -> str:
    return str(tag["text"]).encode("ascii").decode("unicode_escape")


_VALUES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "nan": lambda _: math.nan,
    "inf": lambda _: math.inf,
    "-inf": lambda _: -math.inf,
    "repr": lambda tag: Foreign(tag["text"]),
    "naive": lambda tag: datetime.fromisoformat(tag["text"]),
    "int": lambda tag: int(tag["text"], 16),
    "escaped": _unescaped,
    "sealed": lambda _: SEALED,
}
