"""A channel, a clock and a configuration at their worst: nothing is lost unheard, the order is
kept, and nobody waits for ever (AL-1, AL-3, RE-1).
"""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskplugin.alerts import channel, outcomes
from riskplugin.alerts.keeping import ClockWatch
from riskplugin.alerts.sink import Letter
from riskplugin.core import events as ev
from riskplugin.core.alerts.rules import told
from riskplugin.core.alerts.tellings import Raise
from riskplugin.core.levels import Severity
from riskplugin.core.units import Quote
from tests.alerts.desks import AT, PLAN, Kept, Mailbox, trip, until, warning
from tests.alerts.test_desk import Clock, boxes, running

pytestmark = pytest.mark.spec("AL-1", "AL-3", "RE-1")


class UnspeakableError(Exception):
    """Cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), UnspeakableError()])
def test_whatever_a_channel_raises_the_message_is_still_owed(error: BaseException) -> None:
    kept, to, raises = Kept(), boxes(), [error]

    class Odd(Mailbox):
        def __call__(self, letter: Letter) -> None:
            if raises:
                raise raises[0]
            super().__call__(letter)

    to["a"] = Odd()
    with running(kept, to) as desk:
        desk.tell(Raise(name="x", severity=Severity.WARNING, said="x"))
        until(lambda: kept.state.alerts.silent == ("a",))
        (failed,) = [e for e in kept.events if isinstance(e, ev.AlertFailed)]
        assert type(error).__name__ in failed.error
        raises.clear()
        assert desk.drain(5)
    assert to["a"].texts == ["x (alert 1)"]


def test_a_channel_that_hung_for_an_hour_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channel, "LONGEST_WAIT", 0.02)
    kept, back, hung = Kept(), threading.Event(), list[Letter]()

    class Hangs(Mailbox):
        def __call__(self, letter: Letter) -> None:
            if not back.is_set():
                hung.append(letter)
                threading.Event().wait(60)  # no answer ever, even when the service is back
            super().__call__(letter)

    box = Hangs()
    with running(kept, {"a": box}, time_out=0.005) as desk:
        desk.tell(Raise(name="x", severity=Severity.WARNING, said="x"))
        until(lambda: len(hung) == channel.LEFT_BEHIND)
        back.set()
        time.sleep(0.1)
        assert not box.taken, "no more threads are left behind than that"
        monkeypatch.setattr(channel, "FORGOTTEN", 0.0)
        assert desk.drain(5)
    assert box.texts == ["x (alert 1)"]


def test_that_a_channel_is_silent_is_told_on_the_others_until_it_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outcomes, "SILENT_AFTER", 0.05)
    kept, to = Kept(), boxes()
    to["b"].dead = True
    with running(kept, to) as desk:
        desk.tell(Raise(name="x", severity=Severity.CRITICAL, said="x"))
        until(lambda: len(to["a"].taken) == 2)
        assert "the channel b takes nothing" in to["a"].texts[1]
        assert "nobody listens" in to["a"].texts[1]
        to["b"].dead = False
        until(lambda: len(to["a"].taken) == 3)
        assert "takes messages again" in to["a"].texts[2]
        assert desk.drain(5)


def test_what_a_channel_was_owed_that_was_renamed_is_told_where_alerts_go_now() -> None:
    kept, to = Kept(), boxes()
    kept.record([trip()])
    renamed = replace(
        PLAN,
        routes=dict.fromkeys(Severity, ("new",)),
        levels=(PLAN.levels[0],),
    )
    again = kept.again()
    again.plan = renamed
    new = Mailbox()
    with running(again, {"new": new}) as desk:
        until(lambda: new.taken)
        (text,) = {t for t in new.texts if "channel a is gone" in t}
        assert "BREAKER OPEN" in text
        assert new.taken[0].severity is Severity.CRITICAL
        over = ev.BreakerReclosed(at=AT, equity=Quote(1.0), old_peak=Quote(1.0))
        again.record([over])
        desk.wake()
        until(lambda: any("RESOLVED alert 1" in text for text in new.texts))
        assert desk.drain(5)
    assert to["a"].texts == []


@pytest.mark.parametrize(("moved", "levels"), [(-timedelta(hours=1), []), (timedelta(1), [2, 3])])
def test_a_clock_that_jumps_makes_nobody_wait_for_the_old_time(
    moved: timedelta, levels: list[int]
) -> None:
    kept, to, clock = Kept(), boxes(), Clock()
    with running(kept, to, clock=clock) as desk:
        desk.tell(Raise(name="x", severity=Severity.CRITICAL, said="x", lasting=True))
        assert desk.drain(5)
        clock.now += moved
        desk._rounds._watch._before = (AT, time.monotonic())  # as if it had run until then
        desk.wake()
        if moved < timedelta(0):
            until(lambda: any(isinstance(e, ev.ClockSetBack) for e in kept.events))
            clock.now += PLAN.levels[1].after + timedelta(seconds=1)
            desk.wake()
            until(lambda: to["b"].taken[-1:] and "LEVEL 2" in to["b"].texts[-1])
            levels = [2]
        else:
            until(lambda: to["c"].taken)
        climbed = [e.level for e in kept.events if isinstance(e, ev.AlertEscalated)]
        assert climbed == levels
        assert [type(e) for e in kept.events].count(ev.ClockSetBack) == (moved < timedelta(0))


def test_a_clock_that_is_corrected_by_a_second_is_no_news() -> None:
    kept, clock = Kept(), Clock()
    kept.record([trip(AT + timedelta(seconds=1))])
    watch = ClockWatch(clock)
    assert watch.set_back(kept.state.alerts) is None
    kept.record([trip(AT + timedelta(hours=1))])
    assert watch.set_back(kept.state.alerts) is None, "the clock has lost no time since"
    assert ClockWatch(clock).set_back(kept.state.alerts) is not None, "a new process looks at once"


def test_a_reload_that_fails_records_what_was_delivered_meanwhile() -> None:
    kept, to = Kept(), boxes()
    to["a"].go_on.clear()
    kept.record([warning()])
    with running(kept, to, time_out=5.0) as desk:
        until(lambda: to["a"].tries)
        desk.pause()
        to["a"].go_on.set()
        until(lambda: to["a"].taken)
        time.sleep(0.05)
        assert desk.owes()
        desk.resume()
        assert desk.drain(5)
    assert len(to["a"].taken) == 1


def test_a_keeper_that_fails_once_loses_no_outcome() -> None:
    class Stumbles(Kept):
        fails = 0

        def record(self, events: object) -> None:
            if self.fails:
                self.fails -= 1
                raise OSError("not now")
            super().record(events)  # type: ignore[arg-type]

    kept, to = Stumbles(), boxes()
    kept.record([warning()])
    kept.fails = 1
    with running(kept, to) as desk:
        assert desk.drain(5)
    assert len(to["a"].taken) == 1


def test_a_ledger_that_hangs_under_a_digest_holds_up_no_escalation() -> None:
    kept, to, clock, goes_on = Kept(), boxes(), Clock(), threading.Event()
    for day in (0, 1):
        at = AT - timedelta(days=1 - day)
        kept.record([ev.DayStarted(at=at, equity=Quote(1.0), until=at + timedelta(days=1))])

    def digest(begun: datetime, until_: datetime) -> str:
        goes_on.wait(30)
        return "a day"

    with running(kept, to, clock=clock, digest=digest) as desk:
        desk.tell(Raise(name="x", severity=Severity.CRITICAL, said="x", lasting=True))
        clock.now += timedelta(minutes=6)
        until(lambda: any("LEVEL 2" in text for text in to["b"].texts))
        goes_on.set()
        until(lambda: "a day" in to["a"].texts)


def test_thousands_at_once_become_few_messages_and_a_count() -> None:
    kept, to = Kept(), boxes()
    for number in range(2_000):
        raised = Raise(name="fill", key=f"fill {number}", severity=Severity.CRITICAL, said="!")
        kept.record(told(kept.state.alerts, [raised], PLAN, AT))
    book = kept.state.alerts
    assert len(book.alerts) <= 60
    assert len(book.owed) <= 200
    assert sum(alert.count for alert in book.alerts) == 2_000
    last = Raise(name="last", severity=Severity.CRITICAL, said="the last")
    kept.record(told(book, [last], PLAN, AT))
    to["a"].dead = True
    with running(kept, to) as desk:
        until(lambda: any("the last" in text for text in to["b"].texts))
        assert len(to["b"].taken) <= PLAN.per_minute
        to["a"].dead = False
        assert desk.drain(10)
