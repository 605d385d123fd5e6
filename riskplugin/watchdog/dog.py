"""The watchdog itself: one round after the other, and nothing that fails in one ends it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.control.authority import authority
from riskplugin.control.people import open_people
from riskplugin.core.alerts.tellings import CRITICAL, Raise, Resolve
from riskplugin.ports import LedgerError
from riskplugin.process import lives, this_process
from riskplugin.watchdog import chain_of
from riskplugin.watchdog.alone import AnotherError, refuse_another
from riskplugin.watchdog.closer import Closer
from riskplugin.watchdog.hand import Hand
from riskplugin.watchdog.heartbeat import Heartbeat
from riskplugin.watchdog.judge import Look, findings
from riskplugin.watchdog.keys import Keys
from riskplugin.watchdog.ledgers import Ledgers
from riskplugin.watchdog.plan import WatchPlan
from riskplugin.watchdog.proof import Proof
from riskplugin.watchdog.pulse import Pulse
from riskplugin.watchdog.records import Records
from riskplugin.watchdog.sight import Sight, look
from riskplugin.watchdog.standing import Standing

logger = calm_logger(__name__)

#: The finding that is about the watchdog itself.
STUMBLES = "watchdog_stumbles"


class Watchdog:
    """Watches one bot. :meth:`run` until stopped, or :meth:`round` by round.

    ``clock`` is monotonic seconds, ``now`` the wall clock.
    """

    def __init__(
        self,
        plan: WatchPlan,
        sinks: Mapping[str, Sink],
        *,
        heartbeat: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.plan = plan
        self.found: list[Raise] = []
        self._clock, self._now = clock, now
        self._bounds = plan.bounds
        self._ledgers = Ledgers(plan)
        self._last_word: dict[str, Any] | None = None
        self._refuse_another()
        self._wrote, self._stumbled = True, True  # it may have, before it was restarted
        self._pulse = Pulse(longest=2 * plan.interval)
        self._proof = Proof(plan.bot, trusted=plan.trusted())
        self._standing, self._heartbeat = Standing(), Heartbeat(heartbeat)
        self._stop = threading.Event()
        self._refuse = authority(open_people(plan.risk, plan.user_data, plan.redactor))
        closer = Closer(plan.venue) if plan.keys() is not None else None
        self._keys = Keys(closer)
        self._records = Records(
            self._ledgers.own,
            chain=chain_of(plan.bot),
            plan=plan.risk.alert_plan,
            sinks=sinks,
            redactor=plan.redactor,
        )
        self._hand = Hand(
            bot=plan.bot,
            action=plan.settings.action,
            after=max(plan.settings.act_after, plan.settings.silent_after),
            record=self._records.record,
            leave=self._ledgers.leave_latch,
            rest=plan.rest(),
            closer=closer,
            past=self._ledgers.past,
        )

    def run(self) -> None:
        """Round after round until :meth:`stop`. Raises AnotherError when another took over."""
        while not self._stop.is_set():
            began = self._clock()
            try:
                self.round()
            except AnotherError:
                raise
            except Exception as error:
                logger.exception("riskplugin: the watchdog stumbled; it goes on")
                self._own_up(error)
            spent = self._clock() - began
            self._stop.wait(max(0.05, self.plan.interval.total_seconds() - spent))

    def stop(self) -> None:
        """End after the round under way; from any thread, or a signal's handler."""
        self._stop.set()

    def round(self, *, once: bool = False) -> list[Raise]:
        """Look, judge, tell, act. ``once``: there is no other round, so wall clocks must do."""
        at, clock = self._now(), self._clock()
        self._refuse_another()
        sight = self._sight(at)
        silence = self._pulse.feel(sight.life, clock)
        if once:
            silence = timedelta(0) if sight.spoke is None else max(at - sight.spoke, timedelta(0))
        self._prove(clock, once=once)
        seen = Look(
            sight=sight,
            silence=silence,
            lives=lives(sight.process),
            free_mb=self.plan.free_mb(),
            damage=self._proof.damage,
            keys=self._keys.trouble(clock),
        )
        self.found = findings(seen, self._bounds)
        self._records.connect()
        told = self._standing.changes(self.found, blind=sight.trouble is not None)
        told += [] if once else self._hand.step(seen, clock)
        if self._stumbled:
            self._stumbled = False
            told.append(Resolve(keys=(STUMBLES,), said="the watchdog looks again"))
        if told:
            self._records.tell(*told)
        self._records.answer(self._refuse, at)
        self._last_word = self._status(at, seen)
        self._wrote = self._records.say(self._last_word, at)
        self._heartbeat.beat()
        return self.found

    def close(self) -> None:
        """Release everything; what is owed on channels is sent first, if that is quick."""
        self._proof.close()
        if self._last_word is not None:  # whoever takes over need not wait
            self._records.say({**self._last_word, "ended": True}, self._now())
        self._records.close()
        self._ledgers.close()

    # --- looking -------------------------------------------------------------------------------

    def _sight(self, at: datetime) -> Sight:
        if not self._wrote:  # what takes none of our records takes none of the bot's, either
            return Sight(at=at, trouble="it takes no record, so the bot cannot speak")
        try:
            return look(self._ledgers.reader(), self.plan.bot, at)
        except LedgerError as error:
            return Sight(at=at, trouble=str(error))

    def _prove(self, clock: float, *, once: bool) -> None:
        try:
            if once:
                self._proof.all(self._ledgers.reader())
            else:
                self._proof.step(self._ledgers.reader(), clock)
        except LedgerError as error:
            logger.warning("riskplugin: the ledger could not be verified: %s", error)

    def _refuse_another(self) -> None:
        """Raises AnotherError when another process watches this bot and lives."""
        try:
            told = self._ledgers.last_word()
        except LedgerError:
            return
        try:
            refuse_another(told, self.plan.bot, self._now())
        except AnotherError:
            self._last_word = None  # the last word is the other's
            raise

    # --- telling -------------------------------------------------------------------------------

    def _own_up(self, error: Exception) -> None:
        """A watchdog that cannot look is worth an alert: nobody watches the bot."""
        self._stumbled = True
        said = f"THE WATCHDOG CANNOT LOOK: {type(error).__name__}: {error}"[:300]
        try:
            self._records.tell(Raise(name=STUMBLES, severity=CRITICAL, said=said, lasting=True))
        except Exception:
            logger.exception("riskplugin: nor can it tell anybody")

    def _status(self, at: datetime, seen: Look) -> dict[str, Any]:
        return {
            "watchdog": True,
            "bot": chain_of(self.plan.bot),
            "watches": self.plan.bot,
            "at": at.isoformat(),
            "interval_s": self.plan.interval.total_seconds(),
            "action": self.plan.settings.action,
            "silence_s": seen.silence.total_seconds(),
            "records_verified": self._proof.records,
            "process": this_process(),
            "findings": [
                {"name": each.name, "severity": str(each.severity), "text": each.said}
                for each in self.found
            ],
            "alerts": [
                {"id": a.number, "name": a.name, "severity": str(a.severity), "text": a.said}
                for a in self._records.desk.book.open
            ],
        }
