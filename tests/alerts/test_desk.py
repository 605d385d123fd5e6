"""The desk delivers: at once, in order, at least once, whatever a channel or the ledger does."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from riskplugin.alerts.desk import AlertDesk
from riskplugin.alerts.trial import tried
from riskplugin.core import events as ev
from riskplugin.core.alerts.commands import NotOpenError
from riskplugin.core.alerts.tellings import Raise, Resolve
from riskplugin.core.levels import Severity
from riskplugin.core.units import Quote
from tests.alerts.desks import AT, PLAN, Kept, Mailbox, trip, until, warning

pytestmark = pytest.mark.spec("AL-1", "AL-3")


class Clock:
    """Stands still until it is set."""

    def __init__(self, now: datetime = AT) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@contextmanager
def running(kept: Kept, boxes: dict[str, Mailbox], **more: object) -> Iterator[AlertDesk]:
    """A desk that delivers, with short waits."""
    usual = {"clock": Clock(), "time_out": 0.2, "first_wait": 0.01}
    desk = AlertDesk(kept, kept.plan, boxes, bot="bot", **{**usual, **more})  # type: ignore[arg-type]
    desk.start()
    try:
        yield desk
    finally:
        for box in boxes.values():
            box.go_on.set()
        desk.close()


def boxes() -> dict[str, Mailbox]:
    return {name: Mailbox() for name in "abc"}


def test_what_is_raised_goes_out_at_once_on_every_channel_of_its_route() -> None:
    kept, to = Kept(), boxes()
    with running(kept, to) as desk:
        desk.tell(Raise(name="bot_silent", severity=Severity.CRITICAL, said="silent", lasting=True))
        assert desk.drain(5)
        assert to["a"].texts == to["b"].texts == ["silent (alert 1)"]
        assert to["a"].taken[0].title == "riskplugin bot: CRITICAL bot_silent"
        assert not to["c"].taken
        desk.tell(Resolve(keys=("bot_silent",), said="it loops"))
        assert desk.drain(5)
        assert to["b"].texts[1:] == ["RESOLVED alert 1 (bot_silent): it loops"]


def test_what_a_dead_process_owed_is_told_by_the_next_one_in_order() -> None:
    kept, to = Kept(), boxes()
    kept.record([trip(), warning()])
    kept.record([ev.BreakerReclosed(at=AT, equity=Quote(1.0), old_peak=Quote(1.0))])
    again = kept.again()
    with running(again, to) as desk:
        assert desk.drain(5)
    names = [letter.message.name for letter in to["a"].taken]
    assert names == ["breaker_open", "drawdown_warning", "breaker_open"]
    with running(again, to) as desk:
        assert desk.drain(5)
    assert len(to["a"].taken) == 3, "nothing is told twice"


def test_a_dead_channel_delays_no_other_and_gets_everything_when_it_comes_back() -> None:
    kept, to = Kept(), boxes()
    to["a"].dead = True
    with running(kept, to) as desk:
        for number in range(3):
            desk.tell(Raise(name=f"x{number}", severity=Severity.CRITICAL, said=f"x{number}"))
        until(lambda: len(to["b"].taken) == 3)
        until(lambda: to["a"].tries >= 3)
        assert [type(e) for e in kept.events].count(ev.AlertFailed) == 1, "an outage is one fact"
        assert kept.state.alerts.silent == ("a",)
        to["a"].dead = False
        assert desk.drain(5)
        assert [text[:2] for text in to["a"].texts] == ["x0", "x1", "x2"]
        until(lambda: kept.state.alerts.silent == ())


def test_a_channel_that_hangs_is_given_up_and_its_late_answer_counts() -> None:
    kept, to = Kept(), boxes()
    to["a"].go_on.clear()
    with running(kept, to, time_out=0.05) as desk:
        desk.tell(Raise(name="x", severity=Severity.CRITICAL, said="x"))
        until(lambda: to["b"].taken)
        until(lambda: kept.state.alerts.silent == ("a",))
        to["a"].go_on.set()
        assert desk.drain(5)
        assert to["a"].texts.count("x (alert 1)") == to["a"].tries, "each attempt came through"


def test_sending_holds_no_lock() -> None:
    kept, to, lock = Kept(), boxes(), threading.RLock()
    to["a"].go_on.clear()
    with running(kept, to, lock=lock, time_out=5.0) as desk:
        desk.tell(Raise(name="x", severity=Severity.WARNING, said="x"))
        until(lambda: to["a"].tries)
        begun = time.monotonic()
        with lock:
            held = time.monotonic() - begun
        assert held < 1, "a decision would have waited for the channel"
        to["a"].go_on.set()


def test_it_climbs_by_the_clock_and_stops_when_somebody_takes_it() -> None:
    kept, to, clock = Kept(), boxes(), Clock()
    with running(kept, to, clock=clock) as desk:
        desk.tell(Raise(name="x", severity=Severity.CRITICAL, said="x", lasting=True))
        assert desk.drain(5)
        clock.now = AT + timedelta(minutes=6)
        until(lambda: len(to["b"].taken) == 2)
        assert "LEVEL 2 (senior trader)" in to["b"].texts[1]
        with pytest.raises(NotOpenError, match="open are 1 \\(x\\)"):
            desk.acknowledge({"alert": 7}, by="eve", reason="seen")
        desk.acknowledge({"alert": 1}, by="eve", reason="seen")
        clock.now = AT + timedelta(hours=2)
        desk.wake()
        time.sleep(0.05)
        assert not to["c"].taken
        with pytest.raises(NotOpenError, match="already, by eve"):
            desk.acknowledge({"alert": 1}, by="bob", reason="me too")


def test_an_hour_late_every_level_is_told_at_once_and_in_order() -> None:
    kept, to = Kept(), boxes()
    kept.record([trip()])
    again = kept.again()
    with running(again, to, clock=Clock(AT + timedelta(hours=1))) as desk:
        until(lambda: to["c"].taken)
        assert desk.drain(5)
        climbed = [e.level for e in again.events if isinstance(e, ev.AlertEscalated)]
    assert climbed == [2, 3]


def test_a_channel_that_is_gone_is_given_up_on_record() -> None:
    kept, to = Kept(), boxes()
    kept.record([trip()])
    del to["b"]
    with running(kept, to) as desk:
        assert desk.drain(5)
    (dropped,) = [e for e in kept.events if isinstance(e, ev.AlertDropped)]
    assert (dropped.channel, dropped.why) == ("b", "there is no such channel here any more")


def test_a_desk_that_is_paused_touches_nothing_until_it_may_go_on() -> None:
    kept, to = Kept(), boxes()
    with running(kept, to) as desk:
        desk.pause()
        kept.record([trip()])
        before = len(kept.events)
        desk.wake()
        time.sleep(0.05)
        assert len(kept.events) == before
        assert not to["a"].taken
        desk.resume()
        assert desk.drain(5)
        assert len(to["a"].taken) == 1


def test_the_figures_of_a_day_that_is_over_are_told_once() -> None:
    plan = replace(PLAN)
    kept, to = Kept(plan), boxes()
    asked: list[tuple[datetime, datetime]] = []

    def digest(begun: datetime, until_: datetime) -> str:
        asked.append((begun, until_))
        return "a fine day"

    for day in (0, 1):
        at = AT + timedelta(days=day)
        kept.record([ev.DayStarted(at=at, equity=Quote(1.0), until=at + timedelta(days=1))])
    with running(kept, to, digest=digest) as desk:
        until(lambda: to["a"].texts == ["a fine day"])
        desk.wake()
        time.sleep(0.05)
    assert asked == [(AT, AT + timedelta(days=1))]


def test_a_digest_that_cannot_be_read_says_so() -> None:
    kept, to = Kept(), boxes()
    for day in (0, 1):
        at = AT + timedelta(days=day)
        kept.record([ev.DayStarted(at=at, equity=Quote(1.0), until=at + timedelta(days=1))])

    def digest(begun: datetime, until_: datetime) -> str:
        raise OSError("the disk is gone")

    with running(kept, to, digest=digest):
        until(lambda: to["a"].texts)
    assert "could not be read" in to["a"].texts[0]


def test_a_trial_tells_of_each_channel_whether_it_works() -> None:
    to = {"good": Mailbox(), "bad": Mailbox()}
    to["bad"].dead = True
    results = tried(to, bot="bot", at=AT)
    assert results["good"] is None
    assert "nobody listens" in str(results["bad"])
    assert "nothing has happened" in to["good"].texts[0]
