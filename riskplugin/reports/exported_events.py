"""Alerts and limit changes as rows of a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from riskplugin.control.limits.words import shown
from riskplugin.core import events as ev
from riskplugin.core.events import limits as lim
from riskplugin.ledger.reader import LedgerReader
from riskplugin.reports.parts.people import LIMIT_KINDS
from riskplugin.reports.period import Period
from riskplugin.reports.records import Gaps, entries
from riskplugin.reports.tables import Row

#: Errors of a record whose fields are not what they should be; LedgerError is a RuntimeError.
ODD = (AttributeError, TypeError, ValueError, ArithmeticError, KeyError, RuntimeError)

#: A key with what it was and what it becomes, as JSON.
_Key = tuple[str | None, str | None, str | None]


def _told(
    reader: LedgerReader,
    bot: str,
    period: Period,
    gaps: Gaps,
    kinds: list[type[ev.Event]],
    row: Callable[[Any], list[dict[str, object]]],
) -> Iterator[Row]:
    """The rows of events; a record that cannot be read becomes a gap."""
    for entry in entries(reader, bot, period, gaps, kinds=kinds):
        try:
            made = row(entry.event())
        except ODD as error:
            gaps.add(entry.seq, 1, error)
            continue
        for each in made:
            yield {"bot": bot, "seq": entry.seq, "at": entry.at, **each}


_ALERTS: dict[type[ev.Event], str] = {
    ev.AlertRaised: "raised",
    ev.AlertRepeated: "repeated",
    ev.AlertEscalated: "escalated",
    ev.AlertAcknowledged: "acknowledged",
    ev.AlertResolved: "resolved",
    ev.AlertFailed: "channel failed",
    ev.AlertDropped: "given up",
}


def alerts(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    """What happened to alerts, a row for each."""
    yield from _told(reader, bot, period, gaps, list(_ALERTS), _alert)


def _alert(event: Any) -> list[dict[str, object]]:
    numbers = event.alerts if isinstance(event, ev.AlertAcknowledged) else [_maybe(event, "alert")]
    channels = _maybe(event, "channels")
    return [
        {
            "what": _ALERTS[type(event)],
            "alert": number,
            "name": _maybe(event, "name"),
            "severity": _maybe(event, "severity"),
            "said": _maybe(event, "said") or _maybe(event, "error") or _maybe(event, "why"),
            "level": _maybe(event, "level"),
            "by": _maybe(event, "by"),
            "reason": _maybe(event, "reason"),
            "channels": _maybe(event, "channel") if channels is None else " ".join(channels),
        }
        for number in numbers
    ]


def limits(reader: LedgerReader, bot: str, period: Period, gaps: Gaps) -> Iterator[Row]:
    """What happened to limits, a row for each key."""
    yield from _told(reader, bot, period, gaps, list(LIMIT_KINDS), _limit)


def _limit(event: Any) -> list[dict[str, object]]:
    """One row a key, or one for a record without any."""
    shared = {
        "what": LIMIT_KINDS[type(event)],
        "number": _maybe(event, "number") or _maybe(event, "proposal"),
        "pair": _maybe(event, "pair") or None,
        "by": " and ".join(_maybe(event, "by") or ()) or None,
        "reason": _maybe(event, "reason") or None,
        "until": _until(event),
        "version": _maybe(event, "version"),
    }
    was = {setting.key: setting.value for setting in _maybe(event, "was") or ()}
    settings: tuple[lim.Setting, ...] = _maybe(event, "settings") or ()
    named = [(s.key, was.get(s.key), s.value) for s in settings]
    bare = _maybe(event, "to_file") or _maybe(event, "keys") or ()
    keys: list[_Key] = [*named, *((key, None, None) for key in bare)]
    return [
        shared | {"key": key, "was": _value(old), "value": _value(new)}
        for key, old, new in keys or [(None, None, None)]
    ]


def _until(event: Any) -> str | None:
    for name in ("effective", "until", "expires"):
        end = _maybe(event, name)
        if end:
            return end.isoformat() if isinstance(end, datetime) else str(end)
    return None


def _value(text: str | None) -> str | None:
    return None if text is None else shown(json.loads(text))


def _maybe(event: object, name: str) -> Any:
    return getattr(event, name, None)
