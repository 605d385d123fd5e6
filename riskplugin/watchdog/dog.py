"""The watchdog itself: one round after the other, and nothing that fails in one ends it."""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from riskplugin.alerts.sink import Sink
from riskplugin.calm import calm_logger
from riskplugin.control.authority import authority
from riskplugin.control.people import open_people
from riskplugin.core import events as ev
from riskplugin.core.alerts.tellings import Raise, Resolve, Telling
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ports import Control, LedgerError
from riskplugin.process import lives, this_process
from riskplugin.watchdog import BY, chain_of
from riskplugin.watchdog.closer import Closer
from riskplugin.watchdog.hand import Hand
from riskplugin.watchdog.judge import NAMES, Look, findings
from riskplugin.watchdog.plan import WatchPlan
from riskplugin.watchdog.proof import Proof
from riskplugin.watchdog.pulse import Pulse
from riskplugin.watchdog.records import Records
from riskplugin.watchdog.sight import Sight, look
from riskplugin.watchdog.venue import VenueError

logger = calm_logger(__name__)

#: A watchdog on another machine that said nothing for so many of its intervals is gone.
GONE_AFTER = 4
#: Seconds between two trials of the keys.
KEYS_EVERY = 3600.0
HEARTBEAT_TIMEOUT_S = 10.0


class AnotherError(RuntimeError):
    """This bot has a watchdog already."""


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
        self._heartbeat = heartbeat
        self._bounds = plan.bounds
        self._reader: LedgerReader | None = None
        self._trouble: str | None = None
        self._standing: set[str] | None = None
        self._wrote = True
        self._pulse = Pulse(longest=2 * plan.interval)
        self._proof = Proof(plan.bot, trusted=plan.trusted())
        self._stop = threading.Event()
        self._keys: str | None = None
        self._keys_at: float | None = None
        self._refuse = authority(open_people(plan.risk, plan.user_data, plan.redactor))
        self._refuse_another()
        self._closer = Closer(plan.venue) if plan.keys() is not None else None
        self._records = Records(
            self._ledger,
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
            leave=self._leave,
            rest=plan.rest(),
            closer=self._closer,
            past=self._past,
        )

    def run(self) -> None:
        """Round after round until :meth:`stop`. Raises AnotherError when another took over."""
        while not self._stop.is_set():
            began = self._clock()
            try:
                self.round()
            except AnotherError:
                raise
            except Exception:
                logger.exception("riskplugin: the watchdog stumbled; it goes on")
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
            keys=self._try_keys(clock),
        )
        self.found = findings(seen, self._bounds)
        self._records.connect()
        told = [*self._changes(sight), *([] if once else self._hand.step(seen, clock))]
        if told:
            self._records.tell(*told)
        self._records.answer(self._permitted, at)
        self._wrote = self._records.say(self._status(at, seen), at)
        self._beat()
        return self.found

    def close(self) -> None:
        """Release everything; what is owed on channels is sent first, if that is quick."""
        self._proof.close()
        self._records.close()
        if self._reader is not None:
            self._reader.close()

    # --- looking -------------------------------------------------------------------------------

    def _sight(self, at: datetime) -> Sight:
        if not self._wrote:  # what takes none of our records takes none of the bot's, either
            return Sight(at=at, trouble="it takes no record, so the bot cannot speak")
        try:
            return look(self._open(), self.plan.bot, at)
        except LedgerError as error:
            return Sight(at=at, trouble=str(error))

    def _open(self) -> LedgerReader:
        if self._reader is None:
            self._reader = open_reader(
                self.plan.url, base_dir=self.plan.user_data, redactor=self.plan.redactor
            )
        return self._reader

    def _prove(self, clock: float, *, once: bool) -> None:
        try:
            if once:
                self._proof.all(self._open())
            else:
                self._proof.step(self._open(), clock)
        except LedgerError as error:
            logger.warning("riskplugin: the ledger could not be verified: %s", error)

    def _try_keys(self, clock: float) -> str | None:
        """Keys that do not work are found on a quiet day, not in the night of the crash."""
        if self._closer is None:
            return None
        if self._keys_at is None or clock - self._keys_at >= KEYS_EVERY:
            self._keys_at = clock
            try:
                self._closer.venue.check()
                self._keys = None
            except VenueError as error:
                self._keys = str(error)
                self._keys_at = clock - KEYS_EVERY + 60
        return self._keys

    # --- telling -------------------------------------------------------------------------------

    def _changes(self, sight: Sight) -> list[Telling]:
        """What is new, and what is over. Who sees nothing does not say that anything is over."""
        names = {each.name for each in self.found}
        before = set(NAMES) if self._standing is None else self._standing
        over = before - names
        if sight.trouble is not None:
            over &= {"disk_space", "watchdog_keys"}
        fresh = names if self._standing is None else names - self._standing
        self._standing = (before if self._standing is not None else set()) - over | names
        told: list[Telling] = [each for each in self.found if each.name in fresh]
        return [*told, *(Resolve(keys=(name,), said=_MENDED[name]) for name in sorted(over))]

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

    def _beat(self) -> None:
        """A service elsewhere misses us when we are gone; it must not slow us while we are here."""
        if self._heartbeat is not None:
            threading.Thread(target=self._ping, args=(self._heartbeat,), daemon=True).start()

    @staticmethod
    def _ping(url: str) -> None:
        try:
            with urllib.request.urlopen(url, timeout=HEARTBEAT_TIMEOUT_S):  # noqa: S310  # http(s)
                return
        except (OSError, ValueError) as error:
            logger.warning("riskplugin: the heartbeat was not taken: %s", type(error).__name__)

    # --- the ledger ----------------------------------------------------------------------------

    def _ledger(self) -> SqlLedger:
        return open_ledger(
            self.plan.url,
            bot=chain_of(self.plan.bot),
            base_dir=self.plan.user_data,
            redactor=self.plan.redactor,
            encrypt=self.plan.risk.ledger.encrypt,
        )

    def _leave(self, reason: str) -> None:
        self._open().post_control(self.plan.bot, "close-all", BY, reason, via=BY)

    def _past(self) -> list[ev.WatchActed]:
        """What was done lately, in order."""
        found = self._open().events(
            chain_of(self.plan.bot), kinds=[ev.WatchActed], limit=1000, newest_first=True
        )
        return [each for each in reversed(found) if isinstance(each, ev.WatchActed)]

    def _permitted(self, control: Control) -> str | None:
        return self._refuse(control)

    def _refuse_another(self) -> None:
        """Raises AnotherError when another process watches this bot and lives."""
        try:
            told = self._open().status(chain_of(self.plan.bot))
        except LedgerError:
            return
        if told is None or told.get("process") == this_process():
            return
        alive = lives(told.get("process"))
        if alive is None:
            patience = GONE_AFTER * float(told.get("interval_s") or 5) + 10
            alive = (self._now() - datetime.fromisoformat(told["at"])).total_seconds() < patience
        if alive:
            process = told.get("process") or {}
            where = str(process.get("machine", "")).partition(" ")[0]
            raise AnotherError(
                f"{self.plan.bot} has a watchdog already: process {process.get('pid')} on {where}. "
                "One is enough, two would get in each other's way"
            )


_MENDED = {
    "ledger_unreadable": "the ledger can be read again",
    "bot_silent": "the bot gives signs of life, or was stopped in order",
    "bot_exposed": "the bot gives signs of life, or holds nothing any more",
    "prices_old": "the bot's prices are fresh again",
    "commands_wait": "every command is answered",
    "ledger_damaged": "the ledger verifies again",
    "checkpoints_late": "the records are signed again",
    "disk_space": "there is space on the disk again",
    "clocks_differ": "the clocks agree again",
    "watchdog_keys": "the watchdog's keys work again",
}
