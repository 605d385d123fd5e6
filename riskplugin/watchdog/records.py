"""The watchdog's own chain in the bot's ledger, and its alerts; from memory while there is none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from riskplugin.alerts.desk import AlertDesk
from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.core import events as ev
from riskplugin.core.alerts.commands import NotOpenError
from riskplugin.core.alerts.plan import AlertPlan
from riskplugin.core.alerts.tellings import Telling
from riskplugin.core.commands import Refused, arguments
from riskplugin.ledger.memory import MemoryLedger
from riskplugin.ports import Control, Ledger, LedgerError, Subscriber
from riskplugin.recorder import Recorder
from riskplugin.redaction import Redactor

if TYPE_CHECKING:
    from riskplugin.ledger.sql import SqlLedger

logger = calm_logger(__name__)


class Records:
    """What the watchdog writes down, and whom it tells.

    ``connect`` opens the ledger, and is tried again each round while it fails: people hear of
    things all the same, from memory.
    """

    def __init__(
        self,
        connect: Callable[[], SqlLedger],
        *,
        chain: str,
        plan: AlertPlan,
        sinks: Mapping[str, Sink],
        redactor: Redactor,
    ) -> None:
        self._connect = connect
        self._chain = chain
        self._plan = plan.only(frozenset(sinks))
        self._sinks = sinks
        self._redactor = redactor
        self._lock = threading.RLock()
        self._ledger: SqlLedger | None = None
        self.desk: AlertDesk
        self._recorder: Recorder
        self._begin(MemoryLedger())
        self.connect()

    @property
    def kept(self) -> bool:
        """What is recorded now is on disk."""
        return self._ledger is not None and self._recorder.fault is None

    def connect(self) -> bool:
        """Go over to the ledger if it can be had; what is told from memory is told again there."""
        if self._ledger is not None:
            if self._recorder.fault is not None and self._recorder.readable:
                with self._lock:
                    self._recorder.write()
            return self.kept
        try:
            ledger = self._connect()
        except LedgerError as error:
            logger.warning("riskplugin: the watchdog records nothing: %s", error)
            return False
        self.desk.close()
        self._begin(ledger)
        self._ledger = ledger
        return self.kept

    def record(self, event: ev.Event) -> bool:
        """Write it down; False when it is only in memory."""
        with self._lock:
            self._recorder.record([event])
        return self.kept

    def tell(self, *tellings: Telling, at: datetime | None = None) -> None:
        """Raise or resolve alerts; what is told already is told again only once in a while."""
        clean = [replace(t, said=self._redactor.clean(t.said)) for t in tellings]
        self.desk.tell(*clean, at=at)

    def say(self, status: dict[str, Any], at: datetime) -> bool:
        """Leave word that the watchdog looked, and what it saw; False when nothing takes it."""
        if self._ledger is None:
            return False
        try:
            self._ledger.say(status, at)
        except LedgerError as error:
            logger.warning("riskplugin: the watchdog cannot leave word: %s", error)
            return False
        return True

    def answer(self, refuse: Callable[[Control], str | None], at: datetime) -> None:
        """Carry out what people ordered from the watchdog itself: they acknowledge its alerts."""
        if self._ledger is None:
            return
        try:
            for control in self._ledger.controls():
                outcome = self._obey(control, refuse)
                self.record(control.handled(outcome, at))
                self._ledger.settle(control.id, outcome)
        except LedgerError as error:
            logger.warning("riskplugin: the watchdog cannot read its orders: %s", error)

    def close(self) -> None:
        """Send what is owed if that is quick, then release everything."""
        self.desk.drain(5)
        self.desk.close()
        if self._ledger is not None:
            self._ledger.close()

    def _begin(self, ledger: Ledger) -> None:
        subscribers: list[Subscriber] = []
        self._recorder = Recorder(
            ledger, redactor=self._redactor, note=None, subscribers=subscribers, plan=self._plan
        )
        self.desk = AlertDesk(
            self._recorder, self._plan, self._sinks, bot=self._chain, lock=self._lock
        )
        subscribers.append(self.desk.heard)
        self.desk.start()

    def _obey(self, control: Control, refuse: Callable[[Control], str | None]) -> str:
        if control.command != "ack":
            return "refused: a watchdog takes acknowledgements only; name its bot with --bot"
        try:
            refusal = refuse(control)
            if refusal is not None:
                return f"refused: {refusal}"
            self.desk.acknowledge(arguments(control.args), by=control.by, reason=control.reason)
        except (Refused, NotOpenError) as odd:
            return f"refused: {odd}"
        return "done"
