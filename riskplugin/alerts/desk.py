"""The desk of one process: raises alerts, has them delivered, lets them climb (AL-1, AL-3).

It needs no bot. What it works on is a ``keeper``: anything with ``state`` and ``record(events)``,
such as a Recorder. All that matters lies in the keeper's state; a desk that is killed and started
again goes on where the records end. Its interface::

    AlertDesk(keeper, plan, sinks, bot=…, lock=None, clock=…, digest=None, news=None, time_out=20.0)
    start(), close(), wake(), heard(event)
    tell(*tellings, at=None)               raise and resolve, from any thread
    acknowledge(args, by=…, reason=…)      as the command ack; raises NotOpenError
    owes(channel=None), drain(seconds)     what is not delivered yet
    pause(), resume()                      another desk takes over the same records

Each :class:`Channel` sends in its own thread and reports; the desk's thread records that and lets
alerts climb; a third one reads what lies elsewhere: the digest of a day, news. What these two do is
:mod:`rounds`. Sending and reading hold no lock: a dead channel never slows a decision.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any
from weakref import WeakSet

from riskplugin.alerts.channel import FIRST_WAIT, Channel
from riskplugin.alerts.keeping import Clock, Keeper, Newspaper, wall_clock
from riskplugin.alerts.rounds import LOOK_EVERY, Digest, Rounds
from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.book import AlertBook
from riskplugin.core.alerts.commands import acknowledged
from riskplugin.core.alerts.entries import Owed
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.tellings import Telling

logger = calm_logger(__name__)

#: Seconds that :meth:`AlertDesk.close` lets messages leave that are on their way.
LAST_WORDS = 2.0


class AlertDesk:
    """Delivers what the keeper's state owes on ``sinks``, by channel.

    ``lock`` is held around each use of the keeper. ``digest`` gives the text about the time from
    one moment to another; ``news`` what is to be told of what others recorded, given the alerts as
    they stand. Both are called in a thread that may take its time.
    """

    def __init__(
        self,
        keeper: Keeper,
        plan: AlertPlan,
        sinks: Mapping[str, Sink],
        *,
        bot: str,
        lock: AbstractContextManager[Any] | None = None,
        clock: Clock = wall_clock,
        digest: Digest | None = None,
        news: Newspaper | None = None,
        time_out: float = 20.0,
        first_wait: float = FIRST_WAIT,
    ) -> None:
        self.bot, self.plan = bot, plan
        self._woken, self._closing = threading.Event(), threading.Event()
        self._rounds = Rounds(
            keeper,
            plan,
            sinks.keys(),
            lock=threading.RLock() if lock is None else lock,
            clock=clock,
            digest=digest,
            news=news,
            changed=self.wake,
        )
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
        self._thread = threading.Thread(target=self._deliver, name="riskplugin-alerts", daemon=True)
        self._reader = threading.Thread(target=self._read, name="riskplugin-reads", daemon=True)
        _DESKS.add(self)

    @property
    def book(self) -> AlertBook:
        """All alerts as they stand."""
        return self._rounds.book

    # --- from any thread -----------------------------------------------------------------------

    def start(self) -> None:
        """Begin to deliver; first of all what was owed before a restart."""
        for channel in self._channels.values():
            channel.start()
        self._thread.start()
        self._reader.start()

    def heard(self, event: ev.Event) -> None:
        """A subscriber of the recorder: whatever was recorded may be owed to somebody."""
        if type(event) in _NEWS:
            self.wake()

    def wake(self) -> None:
        """Look now, not at the next round."""
        self._woken.set()
        for channel in self._channels.values():
            channel.wake()

    def tell(self, *tellings: Telling, at: datetime | None = None) -> None:
        """Raise or resolve alerts. The same key may be told every round: it is said once."""
        self._rounds.tell(tellings, at)

    def acknowledge(self, args: Mapping[str, Any], *, by: str, reason: str) -> None:
        """As the command ``ack``. Raises NotOpenError."""
        self._rounds.record(
            lambda book, at: (acknowledged(book, args, by=by, reason=reason, at=at),)
        )

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
        self._rounds.pause()

    def resume(self) -> None:
        """Nobody took over after all."""
        self._rounds.paused = False
        self.wake()

    def close(self) -> None:
        """End, after what is on its way has left or two seconds have passed."""
        if self._closing.is_set():
            return
        if self._thread.is_alive() and not self._rounds.paused:
            self._last_words()
        self._closing.set()
        self._woken.set()
        for channel in self._channels.values():
            channel.close()
        end = time.monotonic() + LAST_WORDS
        for channel in self._channels.values():
            channel.join(end - time.monotonic())
        for thread in (self._thread, self._reader):
            if thread.is_alive():
                thread.join(max(0.0, end - time.monotonic()))
        self._rounds.close()

    # --- its threads ---------------------------------------------------------------------------

    def _deliver(self) -> None:
        while not self._closing.is_set():
            self._woken.clear()
            self._woken.wait(self._seconds(self._rounds.deliver))

    def _read(self) -> None:
        while not self._closing.is_set():
            self._closing.wait(self._seconds(self._rounds.read))

    def _seconds(self, round_: Callable[[], float]) -> float:
        """Go one round; how long the next one may wait."""
        try:
            return LOOK_EVERY if self._rounds.paused else round_()
        except Exception:
            logger.exception("riskplugin: the alert desk stumbled")
            self._closing.wait(LOOK_EVERY)
            return 0.0

    def _book_to_send(self) -> AlertBook | None:
        return None if self._rounds.paused else self.book

    def _reported(self, name: str, numbers: tuple[int, ...], error: str | None) -> None:
        self._rounds.outcomes.report(name, numbers, error)
        self._woken.set()

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
