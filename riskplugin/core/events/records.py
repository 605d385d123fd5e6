"""What happens to the records themselves."""

from __future__ import annotations

from dataclasses import dataclass

from riskplugin.core.events.base import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordsLost(Event):
    """So many events stood here, and were dropped because the ledger took none for too long."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCarried(Event):
    """The whole state as it stands here, as JSON: from here on it can be folded from the records.

    Recorded when another riskplugin goes on than the one that folded so far, and behind records
    that were lost.
    """

    software: str
    saved: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRebuilt(Event):
    """A person let the saved state be made anew from the records."""

    by: str
    reason: str
