"""A message as people read it on a phone: title, one sentence or two, the number to answer with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import OpenAlert, Owed
from riskplugin.core.levels import Severity

_ORDER = tuple(Severity)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a channel is given to send."""

    severity: Severity
    name: str
    text: str


def message(book: AlertBook, owed: Owed) -> Message:
    """The message that a channel is owed."""
    alert = book.alert(owed.alert)
    if alert is None:  # its record is damaged; somebody is owed something all the same
        text = f"alert {owed.alert} is not known any more"
        return Message(severity=Severity.WARNING, name="unknown", text=text)
    severity = alert.severity
    if owed.what in ("resolved", "acknowledged") and severity is Severity.CRITICAL:
        severity = Severity.WARNING
    text = _TEXTS[owed.what](alert, owed) + _left_out(book, owed)
    return Message(severity=severity, name=alert.name, text=text)


def joined(book: AlertBook, owed: Sequence[Owed]) -> Message:
    """One message for several: how many, their names, and in full the latest of the worst."""
    messages = [message(book, each) for each in owed]
    worst = max(reversed(messages), key=lambda m: _ORDER.index(m.severity))
    counted = Counter(each.name for each in messages)
    names = ", ".join(f"{name} x{n}" if n > 1 else name for name, n in counted.items())
    text = f"{len(messages)} alerts: {names}. Among them: {worst.text}"
    return Message(severity=worst.severity, name="several", text=text)


def length(span: timedelta) -> str:
    """A time as people say it.

    >>> [length(timedelta(seconds=s)) for s in (5, 90, 7200, 200000)]
    ['5 s', '1 min', '2 h', '2 d']
    """
    seconds = max(0, int(span.total_seconds()))
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _left_out(book: AlertBook, owed: Owed) -> str:
    """The channel was dead for so long that it does not get everything."""
    count = book.left_out(owed.channel)
    see = "riskplugin audit show --kind alerts"
    return f" ({count} older messages were too many to send: {see})" if count else ""


def _number(alert: OpenAlert) -> str:
    """What to answer with, where an answer is waited for."""
    return "" if alert.severity is Severity.INFO else f" (alert {alert.number})"


def _raised(alert: OpenAlert, _: Owed) -> str:
    return f"{alert.said}{_number(alert)}"


def _repeated(alert: OpenAlert, owed: Owed) -> str:
    since = f"{alert.count} times since {alert.at:%H:%M:%S} UTC"
    return f"{alert.said} ({since}){_number(alert)}"


def _escalated(alert: OpenAlert, owed: Owed) -> str:
    waited = length(owed.at - alert.at)
    return (
        f"LEVEL {owed.level} ({owed.who}): nobody has acknowledged alert {alert.number} "
        f"for {waited}. {alert.said}"
    )


def _acknowledged(alert: OpenAlert, _: Owed) -> str:
    return f"alert {alert.number} ({alert.name}) is acknowledged by {alert.acknowledged_by}"


def _resolved(alert: OpenAlert, _: Owed) -> str:
    return f"RESOLVED alert {alert.number} ({alert.name}): {alert.resolution}"


_TEXTS = {
    "raised": _raised,
    "repeated": _repeated,
    "escalated": _escalated,
    "acknowledged": _acknowledged,
    "resolved": _resolved,
}
