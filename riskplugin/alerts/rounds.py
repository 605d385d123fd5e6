"""The rounds of a desk: record what became of messages, let alerts climb, hear what happened
elsewhere. Everything that is recorded goes through :meth:`Rounds.record`, under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from riskplugin.alerts.keeping import Clock, ClockWatch, Keeper, Newspaper
from riskplugin.alerts.outcomes import Outcomes, events_of, given_up, speaking
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.rules import due, next_due, told
from riskplugin.core.alerts.tellings import INFO, Raise, Telling

logger = calm_logger(__name__)

#: Seconds between two looks at the clock; a clock that is set must not make anybody wait for ever.
LOOK_EVERY = 1.0

Digest = Callable[[datetime, datetime], str]


class Rounds:
    """What a desk does again and again; ``paused``, it touches the keeper no more.

    ``changed`` is called whenever something was recorded.
    """

    def __init__(
        self,
        keeper: Keeper,
        plan: AlertPlan,
        channels: Collection[str],
        *,
        lock: AbstractContextManager[Any],
        clock: Clock,
        digest: Digest | None,
        news: Newspaper | None,
        changed: Callable[[], None],
    ) -> None:
        self.paused = False
        self.outcomes = Outcomes()
        self._keeper, self._plan, self._channels = keeper, plan, channels
        self._lock, self._clock, self._changed = lock, clock, changed
        self._digest, self._news = digest, news
        self._watch = ClockWatch(clock)

    @property
    def book(self) -> AlertBook:
        """All alerts as they stand."""
        return self._keeper.state.alerts

    def deliver(self) -> float:
        """One round that waits for nothing but the lock; seconds until the next is due."""
        self.take_down()
        self.record(lambda book, at: given_up(book, self._channels, self._plan, at))
        self.record(lambda book, _: (self._watch.set_back(book),))
        self.record(lambda book, at: told(book, self.outcomes.silence(book), self._plan, at))
        while self.record(lambda book, at: (due(book, self._plan, at),)):
            pass
        return self._until_next()

    def read(self) -> float:
        """One round that may take its time, since it reads what lies elsewhere."""
        self._sum_up()
        self._hear_news()
        return LOOK_EVERY

    def record(
        self, make: Callable[[AlertBook, datetime], Iterable[ev.Event | None]]
    ) -> list[ev.Event]:
        """Keep what ``make`` answers to the alerts as they stand, as one."""
        with self._lock:
            if self.paused:
                return []
            made = [event for event in make(self.book, self._clock()) if event is not None]
            if made:
                self._keeper.record(made)
        if made:
            self._changed()
        return made

    def pause(self) -> None:
        """Returns when nothing is being recorded any more."""
        with self._lock:
            self.paused = True

    def close(self) -> None:
        """The last round is over."""
        if not self.paused:
            self.take_down()
        if self._news is not None:
            self._news.close()

    def tell(self, tellings: Iterable[Telling], at: datetime | None = None) -> None:
        """Raise and resolve, even while paused: what is told then is the keeper's."""
        with self._lock:
            made = told(self.book, tellings, self._plan, at or self._clock())
            if made:
                self._keeper.record(made)
        self._changed()

    def take_down(self) -> None:
        """Record what became of messages; what cannot be recorded is kept for the next time."""
        with self._lock:
            outcomes = [] if self.paused else self.outcomes.waiting()
            if outcomes:
                self.record(lambda book, at: events_of(outcomes, book, at))
                self.outcomes.recorded(outcomes)
                ended = speaking(outcomes, self.book)
                self.record(lambda book, at: told(book, ended, self._plan, at))

    def _until_next(self) -> float:
        """Seconds until time alone brings something about."""
        waits = next_due(self.book, self._plan, self._clock())
        if waits is None:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(0.0, (waits - self._clock()).total_seconds()))

    def _sum_up(self) -> None:
        """The digest of a day that is over."""
        begun, until = self.book.ended, self.book.day
        if begun is None or until is None or self._digest is None or not self._plan.digest:
            return
        try:
            text = self._digest(begun, until)
        except Exception as error:
            logger.exception("riskplugin: the figures of the day could not be read")
            text = f"the figures of the day could not be read ({type(error).__name__})"
        digest = Raise(name="digest", severity=INFO, said=text, fresh=True)
        self.record(lambda book, at: told(book, [digest], self._plan, at))

    def _hear_news(self) -> None:
        """What others recorded, and how far it is told now."""
        news = None if self._news is None else self._news(self.book)
        if news is not None:
            self.record(lambda book, at: (*news.events, *told(book, news.tellings, self._plan, at)))
