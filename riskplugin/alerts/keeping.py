"""What the desk works on: where alerts are kept, and clocks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.tellings import Telling
from riskplugin.core.state import RiskState

Clock = Callable[[], datetime]

#: Seconds that a clock may be corrected by without anybody's wait beginning anew.
CORRECTION = 5.0


class Keeper(Protocol):
    """Where alerts are kept."""

    @property
    def state(self) -> RiskState:
        """The events so far, folded."""

    def record(self, events: Iterable[ev.Event]) -> None:
        """Fold and keep events, as one."""


@dataclass(frozen=True, slots=True)
class News:
    """What people have to hear of something that is recorded elsewhere; ``events`` is how far it
    is told then.
    """

    tellings: tuple[Telling, ...]
    events: tuple[ev.Event, ...]


class Newspaper(Protocol):
    """Where news come from."""

    def __call__(self, book: AlertBook) -> News | None:
        """What is new to the alerts as they stand, None for nothing."""

    def close(self) -> None:
        """Release what it reads from."""


def wall_clock() -> datetime:
    """The present moment."""
    return datetime.now(UTC)


class ClockWatch:
    """Notices that the clock was set back: who waits for a time of it would wait for ever."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._before: tuple[datetime, float] | None = None

    def set_back(self, book: AlertBook) -> ev.ClockSetBack | None:
        """The fact, if an alert that waits for time was raised in what is the future now.

        Asked for the first time, and whenever the clock has lost time.
        """
        now, ticks = self._clock(), time.monotonic()
        before, self._before = self._before, (now, ticks)
        if before is not None:
            lost = (ticks - before[1]) - (now - before[0]).total_seconds()
            if lost < CORRECTION:
                return None
        waiting = (a.at for a in book.alerts if not a.over)
        ahead = any((at - now).total_seconds() > CORRECTION for at in waiting)
        return ev.ClockSetBack(at=now) if ahead else None
