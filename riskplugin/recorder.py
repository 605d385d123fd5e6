"""What happened, into the state and onto disk: events are folded, written, told, in this order.

Knows the ledger as a port and no decision. Not for several threads at once: the service locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.rules import react, told
from riskplugin.core.alerts.tellings import CRITICAL, TELLINGS, Raise, Resolve, Telling
from riskplugin.core.breaker import BreakerState
from riskplugin.core.state import RiskState
from riskplugin.latch_note import LatchNote
from riskplugin.ledger.form.codec import encode_state
from riskplugin.ports import Ledger, LedgerError, Subscriber
from riskplugin.redaction import Redactor
from riskplugin.redaction.events import clean_event
from riskplugin.version import __version__

logger = calm_logger(__name__)

#: Events that a dead ledger may hold back. Of more, those after the first OLDEST are dropped; the
#: first may be half written already, and tell how the trouble began.
BACKLOG, OLDEST = 10_000, 1000
#: What is told after the fact and found again at the exchange if it is lost: a power cut may take
#: it, nothing else can, and nobody has to wait for the disk.
AFTERWARDS = frozenset({ev.OrderAnswered, ev.OrderBooked, ev.AlertSent, ev.AlertFailed})
#: The kinds of events that people may have to hear of.
_TELLING = TELLINGS.keys()


class Recorder:
    """Keeps ``state`` and the ledger in step. ``subscribers`` hear of what was recorded.

    With a ``plan``, the alerts that follow from events are recorded with them, in the same
    transaction; a backtest has none.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        redactor: Redactor,
        note: LatchNote | None,
        subscribers: list[Subscriber],
        plan: AlertPlan | None = None,
    ) -> None:
        self._plan = plan
        self._latest: datetime | None = None
        self.backlog: list[ev.Event] = []
        self._ledger = ledger
        self._redactor = redactor
        self._note = note
        self._noted: str | None = None
        self._subscribers = subscribers
        self._unreadable: str | None = None
        self._fault: str | None = None
        self.state = self._load()

    @property
    def readable(self) -> bool:
        """False when the saved state could not be read: then nothing is written over it."""
        return self._unreadable is None

    @property
    def fault(self) -> str | None:
        """Why nothing can be recorded, None when all is well."""
        return self._unreadable or self._fault

    def fold(self, events: Iterable[ev.Event]) -> None:
        """Record events one by one, each before the next is made."""
        for event in events:
            self.record((event,))

    def record(self, events: Iterable[ev.Event]) -> None:
        """Fold and write as one transaction."""
        together = tuple([clean_event(self._redactor, event) for event in events])
        for event in together:
            self.state.observe(event)
        self.keep(together)

    def keep(self, events: Sequence[ev.Event]) -> None:
        """Write events that are folded already; what a ledger refuses is kept back."""
        if not events:
            return
        if self._plan is not None:
            self._latest = events[-1].at
            if not _TELLING.isdisjoint(map(type, events)) or self._unreadable is not None:
                events = (*events, *self._alerts(events, self._plan))
        self.backlog.extend(events)
        self.write()
        self._tell(events)

    def hold(self, event: ev.Event) -> None:
        """Fold an event and let it be written with the next one, in one transaction."""
        self.state.observe(event)
        self.backlog.append(event)
        self._tell((event,))

    def write(self) -> None:
        """Try to write what waits. A failure is :attr:`fault`, until a write succeeds."""
        if self._unreadable is not None:
            self.backlog.clear()
            return
        waiting = tuple(self.backlog)
        kinds = set(map(type, waiting))
        relaxed = bool(kinds) and kinds <= AFTERWARDS
        try:
            self._ledger.append(waiting, self.state, relaxed=relaxed)
        except LedgerError as error:
            if self._fault is None:
                logger.critical("riskplugin: ledger not writable: %s - entries are refused", error)
            self.failed("written", error)
            shorten(self.backlog)
            self._leave_note()
            return
        mended = self._fault is not None
        self.backlog.clear()
        self._fault = None
        if ev.RecordsLost in kinds:
            self.record([self.carried(waiting[-1].at)])
            self._alarm([event for event in waiting if type(event) is ev.RecordsLost])
        if mended:
            self._alarm(Resolve(keys=("ledger",), said="the ledger is written again"))
            if self.backlog:
                self.write()
        if self._noted is not None and self._note is not None:
            self._note.remove()
            self._noted = None

    def carried(self, at: datetime) -> ev.StateCarried:
        """The whole state: what stands before cannot be folded, or not by this software."""
        saved = encode_state(self.state).decode()
        return ev.StateCarried(at=at, software=__version__, saved=saved)

    def failed(self, what: str, error: LedgerError) -> None:
        """The ledger could not be ``what``: read or written."""
        first = self._fault is None
        self._fault = self._redactor.clean(f"the ledger cannot be {what}: {error}")
        if first:
            self._alarm(_unkept(self._fault))

    def noted(self) -> str | None:
        """The latch that no ledger took before the restart, if there was one."""
        return None if self._note is None else self._note.read()

    def adopt(self, noted: str) -> None:
        """The latch of the note stands in the state: the note goes with the next write."""
        self._noted = noted

    def begin(self) -> None:
        """Forget everything: a new backtest or hyperopt epoch begins."""
        self._ledger.begin()
        self.state = RiskState()
        self.backlog.clear()

    def _alerts(self, events: Iterable[ev.Event], plan: AlertPlan) -> list[ev.Event]:
        """What people have to hear of ``events``, folded."""
        made: list[ev.Event] = []
        for event in events:
            for alert in react(self.state.alerts, event, plan):
                self.state.observe(alert)
                made.append(alert)
        if self._unreadable is not None and self.state.alerts.known("ledger") is None:
            for alert in told(self.state.alerts, [_unkept(self._unreadable)], plan, event.at):
                self.state.observe(alert)
                made.append(alert)
        return made

    def _alarm(self, what: Telling | list[ev.RecordsLost]) -> None:
        """An alert about the records themselves: it waits for the next write, and is told now."""
        if self._plan is None or self._latest is None:
            return
        book = self.state.alerts
        if isinstance(what, list):
            made = [a for event in what for a in react(book, event, self._plan)]
        else:
            made = [*told(book, [what], self._plan, self._latest)]
        for alert in made:
            self.state.observe(alert)
        self.backlog.extend(made)
        self._tell(made)

    def _load(self) -> RiskState:
        """The saved state; one that cannot be read latches, and is left on disk as it is."""
        try:
            return self._ledger.load()
        except LedgerError as error:
            logger.critical("riskplugin: %s - entries are refused until this is mended", error)
            self._unreadable = self._redactor.clean(f"the saved risk state cannot be read: {error}")
            return RiskState(breaker=BreakerState.LATCHED, latched_by="riskplugin")

    def _leave_note(self) -> None:
        """A latch must outlive the process even if the ledger does not take it."""
        if self._note is not None and self.state.breaker is BreakerState.LATCHED:
            reason = f"{self.state.latched_by}: {'; '.join(self.state.tripped_by)}"
            if self._noted != reason:
                self._note.leave(reason)
                self._noted = reason

    def _tell(self, events: Iterable[ev.Event]) -> None:
        for event in events:
            for subscriber in self._subscribers:
                try:
                    subscriber(event)
                except Exception:
                    name = type(event).__name__
                    logger.exception("riskplugin: a subscriber failed on %s", name)


def _unkept(why: str) -> Raise:
    """The alert that nothing is recorded any more."""
    said = f"{why}. Stopped: entries. Not stopped: exits"
    return Raise(name="ledger", severity=CRITICAL, said=said, lasting=True)


def shorten(backlog: list[ev.Event]) -> None:
    """Drop what is too much, and leave a record of how much it was where it was."""
    excess = len(backlog) - BACKLOG
    if excess <= 0:
        return
    known = backlog[OLDEST]
    count = known.count if isinstance(known, ev.RecordsLost) else 1
    backlog[OLDEST : OLDEST + excess + 1] = [ev.RecordsLost(at=known.at, count=count + excess)]
