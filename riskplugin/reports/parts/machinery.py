"""What went wrong in the machinery, counted by sort with the latest words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from riskplugin.core import events as ev

#: What is told, and what it is called.
SORTS: dict[type[ev.Event], str] = {
    ev.FaultRecorded: "faults: entries were answered no",
    ev.OrderFailed: "orders that failed",
    ev.EquityDistrusted: "equity was not believed",
    ev.MismatchFound: "wallet and trades contradicted each other",
    ev.RecordsLost: "records were lost",
    ev.ClockSetBack: "the clock was set back",
    ev.StateRebuilt: "the state was made anew by a person",
    ev.WatchActed: "the watchdog acted",
    ev.AlertFailed: "a channel took no messages",
    ev.SessionStarted: "starts of the bot",
}


@dataclass
class Sort:
    """How often, when last, and in which words."""

    count: int
    at: datetime
    latest: str


@dataclass
class Machinery:
    """Counts records of faults and sessions; fills beyond their approval, too."""

    tell: Callable[[ev.Event], str]
    sorts: dict[str, Sort] = field(default_factory=dict)
    fills: int = 0

    def add(self, event: ev.Event) -> None:
        """Count an event."""
        name = SORTS.get(type(event))
        if isinstance(event, ev.FillChecked):
            self.fills += 1
            name = "fills beyond their approval" if event.findings else None
        if name is None:
            return
        count = self.sorts[name].count if name in self.sorts else 0
        self.sorts[name] = Sort(count + 1, event.at, self.tell(event)[:400])
