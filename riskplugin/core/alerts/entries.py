"""What the book of alerts holds: alerts, and messages that channels have not taken yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from riskplugin.core.levels import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAlert:
    """An alert that somebody may still have to hear of, or to do something about.

    ``at`` is when it was raised, ``told`` where, ``levels`` how far it can climb and ``level`` how
    far it has. ``lasting``: it stands until something resolves it; others are done with when they
    are acknowledged. ``hushed``: it came again after it was resolved, and nobody was told yet.
    """

    number: int
    name: str
    key: str
    severity: Severity
    said: str
    at: datetime
    again_at: datetime
    told: tuple[str, ...]
    levels: int
    lasting: bool
    level: int = 1
    who: str = ""
    count: int = 1
    hushed: bool = False
    acknowledged_by: str | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str = ""

    @property
    def over(self) -> bool:
        """Nobody has to do anything about it any more."""
        if self.resolved_at is not None:
            return True
        if self.lasting:
            return False
        return self.severity is Severity.INFO or self.acknowledged_by is not None

    @property
    def climbs(self) -> bool:
        """It goes on to the next level if nobody answers."""
        waits = self.resolved_at is None and self.acknowledged_by is None
        return waits and self.level < self.levels


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A message that a channel has not taken yet; ``what`` is why it is told.

    Raised, repeated, escalated, acknowledged or resolved; ``level`` and ``who`` are the level that
    it is for.
    """

    number: int
    alert: int
    channel: str
    what: str
    at: datetime
    level: int = 1
    who: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Omitted:
    """So many messages were too many for a channel that took none; the next one says so."""

    channel: str
    count: int
