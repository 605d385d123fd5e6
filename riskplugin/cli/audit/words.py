"""Values of records as text for a screen: figures, moments, text that somebody else wrote.

Records hold what came, hostile values too, so nothing here raises or lets a terminal be steered.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from riskplugin.config.durations import format_duration
from riskplugin.core.wording import figure, percent


def plainly(value: object) -> str:
    r"""``value`` as text of one line, without characters that steer a terminal.

    >>> plainly("news\n\x1b[31mred")
    'news\\n\\x1b[31mred'
    """
    text = value if isinstance(value, str) else str(getattr(value, "text", value))
    return "".join(c if c.isprintable() else _escaped(c) for c in text)


def amount(value: object) -> str:
    """A figure with six significant digits.

    >>> amount(1234.5678), amount(None), amount(float("nan")), amount("12")
    ('1234.57', 'none', 'nan', '12')
    """
    if value is None:
        return "none"
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return figure(value)
        except OverflowError:
            return "a number too large to show"
    return plainly(value)


def signed(value: object) -> str:
    """A figure with its sign."""
    text = amount(value)
    return text if text.startswith("-") or not text[:1].isdigit() else f"+{text}"


def share(value: object) -> str:
    """A ratio in percent."""
    if isinstance(value, float):
        return percent(value)
    return amount(value)


def moment(value: object) -> str:
    """A moment in UTC, to the second.

    >>> moment(datetime(2026, 3, 1, 12, tzinfo=UTC))
    '2026-03-01 12:00:00'
    """
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return amount(value)


def length(value: object) -> str:
    """A length of time, as the configuration has it."""
    return format_duration(value) if isinstance(value, timedelta) else amount(value)


def counted(number: int, what: str) -> str:
    """A number and its noun.

    >>> counted(1, "record"), counted(12345, "record")
    ('1 record', '12 345 records')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}".replace(",", " ")


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
