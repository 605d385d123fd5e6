"""The desk of one process: raises alerts, has them delivered, lets them climb (AL-1, AL-3).

It needs no bot. What it works on is a ``keeper``: anything with ``state`` and ``record(events)``,
such as a Recorder. All that matters lies in the keeper's state; a desk that is killed and started
again goes on where the records end. Its interface::

    AlertDesk(keeper, plan, sinks, bot=…, lock=None, clock=…, digest=None, time_out=20.0)
    start(), close(), wake(), heard(event)
    tell(*tellings, at=None)               raise and resolve, from any thread
    acknowledge(args, by=…, reason=…)      as the command ack; raises NotOpenError
    owes(channel=None), drain(seconds)     what is not delivered yet
    pause(), resume()                      another desk takes over the same records

Sending holds no lock: a dead channel never slows a decision.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any, Protocol
from weakref import WeakSet

from riskplugin.alerts.channel import FIRST_WAIT, Channel
from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook, Owed
from riskplugin.core.alerts.commands import acknowledged
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.rules import due, next_due, told
from riskplugin.core.alerts.tellings import INFO, Raise, Telling
from riskplugin.core.state import RiskState

logger = calm_logger(__name__)

#: Seconds between two looks at the clock; a clock that is set must not make anybody wait for ever.
LOOK_EVERY = 1.0
#: Seconds that :meth:`AlertDesk.close` lets messages leave that are on their way.
LAST_WORDS = 2.0


class Keeper(Protocol):
    """Where alerts are kept."""

    @property
    def state(self) -> RiskState:
        """The events so far, folded."""

    def record(self, events: Iterable[ev.Event]) -> None:
        """Fold and keep events, as one."""


def _now() -> datetime:
    return datetime.now(UTC)


class AlertDesk:
    """Delivers what the keeper's state owes on ``sinks``, by channel.

    ``lock`` is held around each use of the keeper. ``digest`` gives the text about the time from
    one moment to another; it is called in the desk's own thread.
    """

    def __init__(
        self,
        keeper: Keeper,
        plan: AlertPlan,
        sinks: Mapping[str, Sink],
        *,
        bot: str,
        lock: AbstractContextManager[Any] | None = None,
        clock: Callable[[], datetime] = _now,
        digest: Callable[[datetime, datetime], str] | None = None,
        time_out: float = 20.0,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.bot, self.plan = bot, plan
        self._keeper, self._clock, self._digest = keeper, clock, digest
        self._lock = threading.RLock() if lock is None else lock
        self._news, self._closing = threading.Event(), threading.Event()
        self._paused = False
        self._results: deque[tuple[str, tuple[int, ...], str | None]] = deque()
        self._channels = {
            name: Channel(
                name,
                sink,
                bot=bot,
                book=self._book_to_send,
                plan=plan,
                report=self._reported,
                clock=clock,
                time_out=time_out,
                first_wait=first_wait,
            )
            for name, sink in sinks.items()
        }
        self._thread = threading.Thread(target=self._run, name="riskplugin-alerts", daemon=True)
        _DESKS.add(self)

    @property
    def book(self) -> AlertBook:
        """All alerts as they stand."""
        return self._keeper.state.alerts

    # --- from any thread -----------------------------------------------------------------------

    def start(self) -> None:
        """Begin to deliver; first of all what was owed before a restart."""
        for channel in self._channels.values():
            channel.start()
        self._thread.start()

    def heard(self, event: ev.Event) -> None:
        """A subscriber of the recorder: whatever was recorded may be owed to somebody."""
        if type(event) in _NEWS:
            self.wake()

    def wake(self) -> None:
        """Look now, not at the next round."""
        self._news.set()
        for channel in self._channels.values():
            channel.wake()

    def tell(self, *tellings: Telling, at: datetime | None = None) -> None:
        """Raise or resolve alerts. The same key may be told every round: it is said once."""
        with self._lock:
            made = told(self.book, tellings, self.plan, at or self._clock())
            if made:
                self._keeper.record(made)
        self.wake()

    def acknowledge(self, args: Mapping[str, Any], *, by: str, reason: str) -> None:
        """As the command ``ack``. Raises NotOpenError."""
        with self._lock:
            taken = acknowledged(self.book, args, by=by, reason=reason, at=self._clock())
            self._keeper.record([taken])
        self.wake()

    def owes(self, channel: str | None = None) -> tuple[Owed, ...]:
        """What nobody has taken yet, or what ``channel`` has not."""
        return tuple(o for o in self.book.owed if channel in (None, o.channel))

    def drain(self, seconds: float) -> bool:
        """Wait until nothing is owed, at most so long; whether that is so."""
        end = time.monotonic() + seconds
        while self.owes() and time.monotonic() < end:
            time.sleep(0.005)
        return not self.owes()

    def pause(self) -> None:
        """Touch the records no more: somebody else is about to take them over."""
        with self._lock:
            self._paused = True

    def resume(self) -> None:
        """Nobody took over after all."""
        self._paused = False
        self.wake()

    def close(self) -> None:
        """End, after what is on its way has left or two seconds have passed."""
        if self._closing.is_set():
            return
        if self._thread.is_alive() and not self._paused:
            self._last_words()
        self._closing.set()
        self._news.set()
        for channel in self._channels.values():
            channel.close()
        end = time.monotonic() + LAST_WORDS
        for channel in self._channels.values():
            channel.join(end - time.monotonic())
        if self._thread.is_alive():
            self._thread.join(max(0.0, end - time.monotonic()))
        if not self._paused:
            self._take_down()

    # --- its thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            self._news.clear()
            try:
                if not self._paused:
                    self._step()
            except Exception:
                logger.exception("riskplugin: the alert desk stumbled")
                self._closing.wait(LOOK_EVERY)
            self._news.wait(self._until_next())

    def _step(self) -> None:
        self._take_down()
        self._drop_unknown()
        while self._climb():
            pass
        self._sum_up()

    def _take_down(self) -> None:
        """Record what became of the messages."""
        results: list[tuple[str, tuple[int, ...], str | None]] = []
        while self._results:
            results.append(self._results.popleft())
        if not results:
            return
        with self._lock:
            if self._paused:
                return
            made = [*self._sent(results), *self._failures(results)]
            if made:
                self._keeper.record(made)

    def _sent(self, results: list[tuple[str, tuple[int, ...], str | None]]) -> list[ev.Event]:
        taken: dict[str, tuple[int, ...]] = {}
        for name, numbers, error in results:
            if error is None:
                taken[name] = (*taken.get(name, ()), *numbers)
        at = self._clock()
        return [ev.AlertSent(at=at, channel=n, messages=numbers) for n, numbers in taken.items()]

    def _failures(self, results: list[tuple[str, tuple[int, ...], str | None]]) -> list[ev.Event]:
        """Only the beginning of an outage, and only one that lasts until now."""
        last = {name: error for name, _, error in results}
        at, silent = self._clock(), self.book.silent
        failed = [(n, e) for n, e in last.items() if e is not None and n not in silent]
        for name, error in failed:
            logger.warning("riskplugin: the channel %s takes nothing: %s", name, error)
        return [ev.AlertFailed(at=at, channel=name, error=error) for name, error in failed]

    def _drop_unknown(self) -> None:
        """What is owed to a channel that is not configured any more is given up, and recorded."""
        gone: dict[str, tuple[int, ...]] = {}
        for owed in self.book.owed:
            if owed.channel not in self._channels:
                gone[owed.channel] = (*gone.get(owed.channel, ()), owed.number)
        if not gone:
            return
        why, at = "there is no such channel here any more", self._clock()
        with self._lock:
            if not self._paused:
                self._keeper.record(
                    ev.AlertDropped(at=at, channel=name, messages=numbers, why=why)
                    for name, numbers in gone.items()
                )

    def _climb(self) -> bool:
        with self._lock:
            event = None if self._paused else due(self.book, self.plan, self._clock())
            if event is not None:
                self._keeper.record([event])
        if event is not None:
            self._wake_channels()
        return event is not None

    def _sum_up(self) -> None:
        """The digest of a day that is over."""
        begun, until = self.book.ended, self.book.day
        if begun is None or until is None or self._digest is None or not self.plan.digest:
            return
        try:
            text = self._digest(begun, until)
        except Exception as error:
            logger.exception("riskplugin: the figures of the day could not be read")
            text = f"the figures of the day could not be read ({type(error).__name__})"
        self.tell(Raise(name="digest", severity=INFO, said=text, fresh=True))

    def _until_next(self) -> float:
        waits = next_due(self.book, self.plan, self._clock())
        if waits is None:
            return LOOK_EVERY
        return min(LOOK_EVERY, max(0.0, (waits - self._clock()).total_seconds()))

    # --- channels ------------------------------------------------------------------------------

    def _book_to_send(self) -> AlertBook | None:
        return None if self._paused else self.book

    def _reported(self, name: str, numbers: tuple[int, ...], error: str | None) -> None:
        self._results.append((name, numbers, error))
        self._news.set()

    def _wake_channels(self) -> None:
        for channel in self._channels.values():
            channel.wake()

    def _last_words(self) -> None:
        end = time.monotonic() + LAST_WORDS
        self.wake()
        while time.monotonic() < end:
            if not any(c.owed() and not c.failing for c in self._channels.values()):
                return
            time.sleep(0.01)


#: What may leave somebody owed something, or be a reason to look at the time.
_NEWS = frozenset(
    {
        ev.AlertRaised,
        ev.AlertRepeated,
        ev.AlertEscalated,
        ev.AlertAcknowledged,
        ev.AlertResolved,
        ev.DayStarted,
    }
)
_DESKS: WeakSet[AlertDesk] = WeakSet()


def desks_of(bot: str) -> list[AlertDesk]:
    """The desks of ``bot`` in this process that still deliver."""
    return [d for d in _DESKS if d.bot == bot and not d._closing.is_set()]
