"""The command ``ack``: a person takes alerts, so that they climb no further (AL-3)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import OpenAlert


class NotOpenError(ValueError):
    """There is no such alert to acknowledge; the message names those that there are."""


def acknowledged(
    book: AlertBook, args: Mapping[str, Any], *, by: str, reason: str, at: datetime
) -> ev.AlertAcknowledged:
    """Take what ``args`` names: ``{"alert": n}``, ``{"alert": [n, …]}`` or ``{"all": true}``.

    Raises NotOpenError.
    """
    waiting = [alert for alert in book.open if alert.acknowledged_by is None]
    if args.get("all") is True:
        chosen = waiting
    else:
        wanted = args.get("alert")
        numbers = wanted if isinstance(wanted, list) else [wanted]
        if not numbers or not all(type(number) is int for number in numbers):
            raise NotOpenError(f"which alert? {_listed(waiting)}")
        for number in numbers:
            if not any(alert.number == number for alert in waiting):
                raise NotOpenError(_why_not(book, int(str(number)), waiting))
        chosen = [alert for alert in waiting if alert.number in numbers]
    if not chosen:
        raise NotOpenError(_listed(waiting))
    numbers_taken = tuple(alert.number for alert in chosen)
    return ev.AlertAcknowledged(at=at, alerts=numbers_taken, by=by, reason=reason)


def _why_not(book: AlertBook, number: int, waiting: list[OpenAlert]) -> str:
    known = book.alert(number)
    if known is not None and known.acknowledged_by is not None:
        return f"alert {number} is acknowledged already, by {known.acknowledged_by}"
    return f"alert {number} is not open; {_listed(waiting)}"


def _listed(waiting: list[OpenAlert]) -> str:
    if not waiting:
        return "no alert waits for an answer"
    return "open are " + ", ".join(f"{a.number} ({a.name})" for a in waiting)
