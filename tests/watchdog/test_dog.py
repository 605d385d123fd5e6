"""A watchdog on a real ledger: what it notices, and what does not fool it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_reader
from riskplugin.process import this_process
from riskplugin.watchdog import chain_of
from riskplugin.watchdog.alone import AnotherError
from riskplugin.watchdog.dog import Watchdog
from tests.ledger.tampering import Attacker
from tests.watchdog.conftest import Start, World, plan

pytestmark = pytest.mark.spec("AL-3", "RE-1")

HOUR = timedelta(hours=1)


def actions(world: World) -> list[str]:
    with closing(open_reader(world.url, base_dir=world.folder)) as reader:
        found = reader.events(chain_of("bot"), kinds=[ev.WatchActed])
        return [each.step for each in found if isinstance(each, ev.WatchActed)]


def controls(world: World) -> list[str]:
    return [control.command for control in world.ledger.controls()]


def test_a_silent_bot_is_told_once_and_resolved_when_it_speaks(world: World, start: Start) -> None:
    kennel = start()
    kennel.pass_(55)
    assert not world.names()
    kennel.pass_(60)
    assert world.names() == ["bot_exposed"]
    world.wall += timedelta(seconds=1)
    world.loop()
    kennel.pass_(5)
    assert world.names() == ["bot_exposed", "bot_exposed"]
    assert "RESOLVED" in world.letters[-1].text


def test_a_bot_that_lives_is_never_told_of_whatever_the_watchdogs_clock_says(
    world: World, start: Start
) -> None:
    kennel = start(action="rest")
    kennel.pass_(60, alive=True)
    spoke = world.wall
    for jump in (HOUR, -2 * HOUR, HOUR):
        world.wall += jump
        kennel.dog.round()
        world.wall -= jump
        kennel.pass_(30, alive=True)
    kennel.dog._records.desk.drain(5)
    assert not {"bot_exposed", "bot_silent"} & set(world.names())
    assert not controls(world)
    assert world.wall > spoke


def test_a_watchdog_that_stood_still_does_not_take_its_own_absence_for_silence(
    world: World, start: Start
) -> None:
    kennel = start(action="rest")
    world.clock += 3600
    kennel.pass_(20)
    assert not world.names()


def test_a_bot_that_is_restarting_gives_a_sign_of_life_with_its_first_record(
    world: World, start: Start
) -> None:
    kennel = start(action="rest", act_after="1m", silent_after="1m")
    kennel.pass_(55)
    begun = ev.SessionStarted(at=world.wall, bot="bot", run_mode="live", policy_version="v")
    world.record(begun)
    kennel.pass_(55)
    assert not world.names()
    assert not controls(world)


def test_a_slow_loop_is_no_silence(world: World, start: Start) -> None:
    kennel = start(action="rest", silent_after="1m", act_after="1m")
    for _ in range(4):
        kennel.pass_(50)
        world.loop()
    assert not world.names()


def test_a_bot_that_was_stopped_in_order_with_nothing_open_may_be_silent(
    world: World, start: Start
) -> None:
    kennel = start()
    world.loop([])
    world.record(ev.SessionEnded(at=world.wall, bot="bot", positions=0))
    kennel.pass_(600)
    assert not world.names()


@contextmanager
def unreadable(world: World) -> Iterator[None]:
    """Somebody wrote something else where the status belongs."""
    with closing(sqlite3.connect(world.folder / "risk.sqlite")) as other:
        (before,) = other.execute("select payload from status where bot = 'bot'").fetchone()
        other.execute("update status set payload = '[]' where bot = 'bot'")
        other.commit()
        yield
        other.execute("update status set payload = ? where bot = 'bot'", (before,))
        other.commit()


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(world.folder / "risk.sqlite")) as other:
        other.execute("begin exclusive")
        yield
        other.rollback()


def test_a_status_that_cannot_be_read_is_told_and_is_no_silence(world: World, start: Start) -> None:
    kennel = start(action="rest", act_after="1m")
    with unreadable(world):
        kennel.pass_(300)
    kennel.pass_(55)
    assert set(world.names()) == {"ledger_unreadable"}
    assert not controls(world)


@pytest.mark.slow
def test_a_locked_ledger_is_no_silence_and_nothing_is_done(world: World, start: Start) -> None:
    kennel = start(action="rest", act_after="1m")
    kennel.pass_(40)
    with locked(world):
        kennel.pass_(60)
    kennel.pass_(50)
    assert "bot_exposed" not in world.names()
    assert not controls(world)


def test_with_rest_configured_the_latch_is_left_for_the_bot(world: World, start: Start) -> None:
    kennel = start(action="rest", act_after="2m")
    kennel.pass_(115)
    assert not controls(world)
    kennel.pass_(30)
    (control,) = world.ledger.controls()
    assert (control.command, control.by, control.via) == ("close-all", "watchdog", "watchdog")
    assert actions(world) == ["begin", "latch", "left"]
    assert "CLOSE BY HAND" in world.letters[-1].text


def test_an_edited_record_is_found_in_the_next_round(world: World, start: Start) -> None:
    kennel = start()
    world.record(ev.FaultsCleared(at=world.wall))
    kennel.pass_(10, alive=True)
    Attacker(world.url).change(2, hash=bytes(32))
    kennel.pass_(10, alive=True)
    assert world.names() == ["ledger_damaged"]


def test_records_that_were_cut_off_are_found_in_the_next_round(world: World, start: Start) -> None:
    kennel = start()
    world.record(ev.FaultsCleared(at=world.wall), ev.FaultsCleared(at=world.wall))
    kennel.pass_(10, alive=True)
    Attacker(world.url).remove(3, 3)
    kennel.pass_(10, alive=True)
    assert "ledger_damaged" in world.names()


def test_an_acknowledgement_reaches_the_watchdog(world: World, start: Start) -> None:
    kennel = start()
    kennel.pass_(100)
    with closing(open_reader(world.url, base_dir=world.folder)) as reader:
        number = reader.post_control(chain_of("bot"), "ack", "ann", "on it", args={"all": True})
        wrong = reader.post_control(chain_of("bot"), "rearm", "ann", "why not")
        kennel.pass_(5)
        assert reader.control_outcome(number) == "done"
        assert str(reader.control_outcome(wrong)).startswith("refused")
    (alert,) = [a for a in kennel.dog._records.desk.book.open if a.name == "bot_exposed"]
    assert alert.acknowledged_by == "ann"


def test_a_bot_has_one_watchdog(world: World, start: Start) -> None:
    start()
    other = {**this_process(), "pid": 1, "started": None}
    Watchdog(plan(world), {}).close()  # the same process may begin anew
    told = {"process": {**other, "machine": "elsewhere"}, "interval_s": 5}
    ledger = start().dog._records._ledger
    assert ledger is not None
    ledger.say({**told, "at": world.wall.isoformat()}, world.wall)
    with pytest.raises(AnotherError, match="on elsewhere"):
        Watchdog(plan(world), {}, now=lambda: world.wall)
    late = world.wall + timedelta(minutes=1)
    Watchdog(plan(world), {}, now=lambda: late).close()


def test_its_own_chain_verifies_and_the_bots_is_left_alone(world: World, start: Start) -> None:
    from riskplugin.ledger.proof.verify import verify

    kennel = start(action="rest", act_after="1m")
    kennel.pass_(120)
    with closing(open_reader(world.url, base_dir=world.folder)) as reader:
        assert verify(reader, chain_of("bot")).sound
        assert verify(reader, "bot").records == 1
