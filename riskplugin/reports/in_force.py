"""The limits that held at a moment, as the bot recorded them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from riskplugin.config import ConfigError, parse
from riskplugin.control.limits.words import shown
from riskplugin.core import events as ev
from riskplugin.core.policy import DayPolicy
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ports import LedgerError
from riskplugin.reports.parts.people import flat_of

#: Records of limits that are looked through, the latest first.
_LOOKED_AT = 2_000


@dataclass(frozen=True)
class InForce:
    """The limits' version, since when they held, and each key with its value as people write it."""

    version: str
    since: datetime
    max_positions: int | None
    values: tuple[tuple[str, str], ...]


def in_force(reader: LedgerReader, bot: str, at: datetime) -> InForce | None:
    """The limits of ``bot`` just before ``at``; None before its first start. Raises LedgerError."""
    adopted = _adopted(reader, bot, at)
    return None if adopted is None else _told(adopted)


def days_at(reader: LedgerReader, bot: str, at: datetime) -> DayPolicy | None:
    """When the bot's trading day began then, None where it is not known."""
    try:
        adopted = _adopted(reader, bot, at)
        return (
            None
            if adopted is None
            else parse({"day": orjson.loads(adopted.section)["day"]}).policy.day
        )
    except (LedgerError, ConfigError, TypeError, ValueError, KeyError):
        return None


def _adopted(reader: LedgerReader, bot: str, at: datetime) -> ev.LimitsAdopted | None:
    kinds = [ev.LimitsAdopted]
    for record in reader.records(bot, kinds=kinds, limit=_LOOKED_AT, newest_first=True):
        event = record.event
        if record.at < at and isinstance(event, ev.LimitsAdopted) and not event.pair:
            return event
    return None


def held_before(reader: LedgerReader, bot: str, at: datetime) -> dict[str, Any] | None:
    """The limits just before ``at`` by dotted key, None where they are not known."""
    try:
        adopted = _adopted(reader, bot, at)
        return None if adopted is None else flat_of(adopted)
    except (LedgerError, TypeError, ValueError):
        return None


def _told(event: ev.LimitsAdopted) -> InForce:
    values = tuple((key, shown(value)) for key, value in flat_of(event).items())
    return InForce(event.version, event.at, event.max_positions, values)
