"""The play: phase after phase, each begun when the one before has really happened.

Steers the market and gives a person's commands; whether limits held is not judged here.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from riskplugin.cli.demo.stage import Bot
from riskplugin.cli.demo.watch import Watch
from riskplugin.cli.processes import ProcessError
from riskplugin.core import events as ev

_LOOK_AGAIN_S = 0.4
_SETTLED_S = 4.0
_FALLING = ("slide", "first blow")
#: Of the ten hours that the slide of 12 March 2020 took.
_GENTLE_FOR_S = 7.5 * 3600


@dataclass
class Story:
    """Runs the phases; ``milestones`` says when each was reached, in seconds from the start."""

    watch: Watch
    milestones: dict[str, float] = field(default_factory=dict)
    _calm_since: float = 0.0

    def play(self) -> None:
        """The whole play. Raises ProcessError when something does not come."""
        for phase in (
            self._opening,
            self._crash,
            self._cooldown,
            self._probes,
            self._recovery,
            self._drill,
            self._rearmed,
        ):
            phase()

    # --- the phases ----------------------------------------------------------------------------

    def _opening(self) -> None:
        self._phase("Three bots start and trade in a calm market")
        self._until("positions opened", self._all_opened, 75)
        self.watch.pause(6)

    def _crash(self) -> None:
        self._phase("The crash of 12 March 2020, 1500 times as fast")
        self.watch.control.scenario("crash-2020-03-12", speed=1500)
        self.watch.control.price(None, 0.995)
        self._until("warning", lambda: self._falls_until(ev.WarningRaised), 60)
        self._until("breaker open", lambda: self._falls_until(ev.BreakerTripped), 60)
        self.watch.control.resume()
        self._until("emergency mode", lambda: self._each_saw(ev.EmergencyEntered), 10)
        self._until("book flat", lambda: self._each_saw(ev.FlattenVerified), 30)

    def _cooldown(self) -> None:
        self._phase("Breaker open: flat, no entries, the fall goes on")
        self._until("low", self._low_is_near, 60, silent=True)
        self.watch.control.scenario("spike-and-recovery", speed=10)

    def _probes(self) -> None:
        self._phase("The market recovers: small probes test it")
        self._until("half-open", lambda: self._each_saw(ev.BreakerHalfOpened), 60)
        self._until("recovered", lambda: self._each_saw(ev.BreakerReclosed), 90)
        self.watch.control.scenario("calm", speed=1)
        self._calm_since = time.monotonic()

    def _recovery(self) -> None:
        self._phase("Recovered: the normal limits hold again")
        self._until("trading again", self._live_trades_again, 75)

    def _drill(self) -> None:
        self._phase("Drill: a person closes everything")
        drill = ["emergency", "close-all", "--by", "demo", "--reason", "drill", "--yes"]
        self._command(drill)
        self._until("drill: closed and latched", self._latched_and_flat, 20)
        self.watch.pause(4)

    def _rearmed(self) -> None:
        self._phase("The person re-arms the breaker: probes only")
        self._command(["breaker", "rearm", "--by", "demo", "--reason", "drill over", "--yes"])
        self._until("re-armed", lambda: self.watch.journals["live"].breaker == "half_open", 20)
        self.watch.pause(3)

    # --- what is waited for --------------------------------------------------------------------

    def _all_opened(self) -> bool:
        told = [journal.status for journal in self.watch.journals.values()]
        guarded = all(t and len(t["positions"]) >= 2 and t["working_entries"] for t in told)
        return guarded and self.watch.position_count("bare") >= 2

    def _each_saw(self, kind: type[ev.Event]) -> bool:
        return all(journal.seen(kind) for journal in self.watch.journals.values())

    def _falls_until(self, kind: type[ev.Event]) -> bool:
        """Both bots saw it. Where noise makes the slide too gentle, prices are pushed down by hand:
        the first blow after it is too fast for any bot, and a crash without a warning is no story.
        """
        seen = self._each_saw(kind)
        if not seen and self.watch.market["elapsed_scenario_s"] > _GENTLE_FOR_S:
            self.watch.control.hold()
            self.watch.control.price(None, 0.9975)
        return seen

    def _low_is_near(self) -> bool:
        """The worst is over, or a cooldown is about to be: probes need a market that rises."""
        return self.watch.market["phase"] not in _FALLING or self._rest_s() < 2.5

    def _rest_s(self) -> float:
        """Until the first cooldown ends."""
        now, rests = datetime.now(UTC), [float("inf")]
        for journal in self.watch.journals.values():
            until = journal.status["breaker"]["open_until"] if journal.status else None
            if until is not None:
                rests.append((datetime.fromisoformat(until) - now).total_seconds())
        return min(rests)

    def _live_trades_again(self) -> bool:
        """With positions that it keeps: what was worth selling is sold soon after the rise ends."""
        told = self.watch.journals["live"].status
        if told is None or told["emergency"]["active"]:
            return False
        if time.monotonic() - self._calm_since < _SETTLED_S:
            return False
        return bool(told["positions"]) and self.watch.position_count("live") > 0

    def _latched_and_flat(self) -> bool:
        journal, held = self.watch.journals["live"], self.watch.position_count("live")
        return journal.breaker == "latched" and journal.flat and not held

    # --- the means -----------------------------------------------------------------------------

    @property
    def _live(self) -> Bot:
        return next(bot for bot in self.watch.bots if bot.key == "live")

    def _phase(self, headline: str) -> None:
        self.watch.screen.phase(headline)

    def _until(
        self, name: str, reached: Callable[[], bool], seconds: float, *, silent: bool = False
    ) -> None:
        """Look until it has happened; its time is noted unless ``silent``."""
        end = time.monotonic() + self.watch.time_left(seconds)
        while True:
            self.watch.look()
            if reached():
                break
            if time.monotonic() >= end:
                raise ProcessError(f"this did not come in time: {name}", self._live.log)
            time.sleep(_LOOK_AGAIN_S)
        if not silent:
            self.milestones[name] = round(self.watch.elapsed, 1)

    def _command(self, arguments: list[str]) -> None:
        """Run riskplugin in a process of its own, as a person would."""
        where = ["-c", str(self._live.config), "--userdir", str(self._live.userdir)]
        self.watch.screen.note(f"$ riskplugin {' '.join(arguments)}")
        log = self._live.home / "commands.log"
        processes = self.watch.processes
        person = processes.start("riskplugin", "riskplugin", [*arguments, *where], log)
        processes.running.remove(person)  # it is meant to end by itself
        try:
            end = time.monotonic() + self.watch.time_left(45)
            while person.alive and time.monotonic() < end:
                self.watch.look()
                time.sleep(_LOOK_AGAIN_S)
        finally:
            processes.stop([person])
        if person.process.returncode != 0:
            raise ProcessError(f"riskplugin {arguments[0]} {arguments[1]} failed", log)
