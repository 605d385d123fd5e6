"""One channel with its own thread: takes what it is owed in order, and waits while it is dead.

A channel that fails or hangs delays no other. Knows nothing of the ledger: it reads what is owed
and reports what became of it.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from riskplugin.alerts.job import Job
from riskplugin.alerts.sink import Letter, Sink
from riskplugin.calm import calm_logger
from riskplugin.core.alerts.batch import batch
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.entries import Owed
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.wording import joined, message

logger = calm_logger(__name__)

#: Seconds between attempts while a channel is dead: doubled each time, up to the longest.
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
#: Seconds after which it looks by itself whether something is owed.
LOOK_EVERY = 1.0
#: How often one attempt is waited for, and how many that hang may be left behind.
PATIENCE, LEFT_BEHIND = 3, 3
#: Seconds after which one that was left behind counts no more: the service may be back.
FORGOTTEN = 3600.0
#: The log takes everything at any hour.
_UNLIMITED = 1_000_000_000

Report = Callable[[str, tuple[int, ...], str | None], None]
#: The alerts as they stand, None while somebody else takes care of them.
Look = Callable[[], AlertBook | None]


class Channel:
    """Sends what ``book`` says that the channel ``name`` is owed, and reports each outcome.

    ``report`` is given the channel, the numbers of the messages and the error, None for none.
    """

    def __init__(
        self,
        name: str,
        sink: Sink,
        *,
        bot: str,
        book: Look,
        plan: AlertPlan,
        report: Report,
        clock: Callable[[], datetime],
        time_out: float,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.name = name
        self._sink, self._bot, self._book = sink, bot, book
        self._plan = replace(plan, per_minute=_UNLIMITED, quiet=None) if name == "log" else plan
        self._report, self._clock, self._time_out = report, clock, time_out
        self._first_wait = first_wait
        self._news = threading.Event()
        self._closing = threading.Event()
        self._done: set[int] = set()
        self._sent_at: deque[float] = deque()
        self._failures = 0
        self._job: Job | None = None
        self._left: list[Job] = []
        self._thread = threading.Thread(target=self._run, name=f"riskplugin-{name}", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def wake(self) -> None:
        """Something may be owed."""
        self._news.set()

    def close(self) -> None:
        """Send no more; returns at once."""
        self._closing.set()
        self._news.set()

    def join(self, seconds: float) -> None:
        """Wait for the end of what is under way, at most so long."""
        if self._thread.is_alive():
            self._thread.join(max(0.0, seconds))

    @property
    def failing(self) -> bool:
        """The last attempt failed."""
        return self._failures > 0

    def owed(self) -> tuple[Owed, ...]:
        """What it still has to take, oldest first."""
        book = self._book()
        return () if book is None else self._owed(book)

    def _owed(self, book: AlertBook) -> tuple[Owed, ...]:
        mine = tuple(owed for owed in book.owed if owed.channel == self.name)
        self._done.intersection_update(owed.number for owed in book.owed)
        return tuple(owed for owed in mine if owed.number not in self._done)

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._news.clear()
                if not self._step():
                    self._news.wait(LOOK_EVERY)
            except Exception:
                logger.exception("riskplugin: the channel %s stumbled", self.name)
                self._closing.wait(LOOK_EVERY)

    def _step(self) -> bool:
        """Send the next message; False when there is nothing to send now."""
        book = self._book()
        if book is None:
            return False
        next_ = batch(book, self._owed(book), self._plan, self._clock(), sent=self._lately())
        if not next_:
            return False
        self._attempt(book, next_)
        return True

    def _attempt(self, book: AlertBook, next_: tuple[Owed, ...]) -> None:
        job = self._job or self._begin(book, next_)
        if job is None or not job.ended(self._time_out):
            self._hangs(job)
            return
        self._job = None
        if job.error is None:
            self._failures = 0
            numbers = tuple(owed.number for owed in job.batch)
            self._done.update(numbers)
            self._sent_at.append(time.monotonic())
            self._report(self.name, numbers, None)
        else:
            self._failed(job.error)

    def _begin(self, book: AlertBook, next_: tuple[Owed, ...]) -> Job | None:
        """A new attempt; None while too many older ones hang."""
        since = time.monotonic() - FORGOTTEN
        self._left = [job for job in self._left if not job.ended(0) and job.begun > since]
        if len(self._left) >= LEFT_BEHIND:
            return None
        told = message(book, next_[0]) if len(next_) == 1 else joined(book, next_)
        self._job = Job(self._sink, Letter(self._bot, told), next_, self.name)
        return self._job

    def _hangs(self, job: Job | None) -> None:
        """It counts as failed. If it ends well after all, it is not sent again."""
        if job is not None:
            job.given_up += 1
            if job.given_up >= PATIENCE:
                self._left.append(job)
                self._job = None
        self._failed(f"no answer within {self._time_out:g} s")

    def _failed(self, error: str) -> None:
        self._failures += 1
        self._report(self.name, (), error)
        longest = min(LONGEST_WAIT, self._first_wait * 2 ** min(self._failures - 1, 10))
        self._closing.wait(longest * random.uniform(0.5, 1.0))  # noqa: S311  # no secret

    def _lately(self) -> int:
        """How many messages it took within the last minute."""
        begin = time.monotonic() - 60
        while self._sent_at and self._sent_at[0] < begin:
            self._sent_at.popleft()
        return len(self._sent_at)
