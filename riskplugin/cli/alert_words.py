"""Alerts as the records tell them: what is over, and the history of one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from riskplugin.cli.audit.telling import told
from riskplugin.cli.desk import Desk
from riskplugin.core import events as ev
from riskplugin.core.alerts.wording import length

#: How many alerts, and how much of their history, is looked at.
RECENT, HISTORY = 50, 5_000
_HISTORY = (
    ev.AlertRaised,
    ev.AlertRepeated,
    ev.AlertEscalated,
    ev.AlertAcknowledged,
    ev.AlertResolved,
)


def age(at: str) -> str:
    """How long ago a moment was, in a word."""
    return length(datetime.now(UTC) - datetime.fromisoformat(at))


def recent(at: Desk, *, without: set[int]) -> list[dict[str, Any]]:
    """The latest alerts that are over, the newest first, in the form of the status."""
    raised = at.reader.events(at.bot, kinds=[ev.AlertRaised], limit=RECENT, newest_first=True)
    taken = at.reader.events(at.bot, kinds=[ev.AlertAcknowledged], limit=HISTORY, newest_first=True)
    by = {n: e.by for e in taken if isinstance(e, ev.AlertAcknowledged) for n in e.alerts}
    return [
        {
            "id": event.alert,
            "name": event.name,
            "severity": str(event.severity),
            "text": event.said,
            "at": event.at.isoformat(),
            "level": 1,
            "levels": event.levels,
            "acknowledged_by": by.get(event.alert),
            "channels_owed": [],
            "over": True,
        }
        for event in raised
        if isinstance(event, ev.AlertRaised) and event.alert not in without
    ]


def lines(at: Desk, number: int) -> list[dict[str, str]]:
    """What happened to one alert, in order."""
    found = at.reader.events(at.bot, kinds=_HISTORY, limit=HISTORY, newest_first=True)
    mine = [event for event in reversed(found) if _is_about(event, number)]
    return [{"at": event.at.isoformat(), "text": told(event)} for event in mine]


def _is_about(event: ev.Event, number: int) -> bool:
    if isinstance(event, ev.AlertAcknowledged):
        return number in event.alerts
    return getattr(event, "alert", None) == number
