"""What a bot keeps, on every database: events, state, metrics, commands."""

from __future__ import annotations

import math
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.core.units import Quote
from riskplugin.ledger.proof.chain import genesis, verify
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.store.tables import MARK_EVERY, marks
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, busy_state, decided, metrics, peak


def intact(reader: LedgerReader, bot: str = "bot") -> bool:
    rows = [(record.payload, record.hash) for record in reader.chain(bot, batch=7)]
    return verify(rows, genesis(bot)) is None


@pytest.mark.spec("CB-7")
def test_a_new_ledger_gives_a_fresh_state(url: str, open_: Open) -> None:
    assert open_(url).load() == RiskState()


@pytest.mark.spec("CB-7", "AU-1")
def test_state_and_events_survive_a_restart(url: str, open_: Open, read_: Read) -> None:
    first = open_(url)
    first.append([peak(1.0), decided()], busy_state())
    first.close()
    second = open_(url)
    assert second.load() == busy_state()
    second.append([peak(2.0)], busy_state())
    assert read_(url).events("bot") == [peak(1.0), decided(), peak(2.0)]
    assert intact(read_(url))


@pytest.mark.spec("CB-7")
def test_a_state_that_did_not_change_is_still_the_one_loaded(url: str, open_: Open) -> None:
    ledger = open_(url)
    ledger.append([peak(1.0)], busy_state())
    for equity in range(5):
        ledger.append([peak(equity)], busy_state())
    ledger.close()
    assert open_(url).load() == busy_state()


def test_a_state_can_be_kept_before_the_first_event(url: str, open_: Open) -> None:
    ledger = open_(url)
    ledger.append([], busy_state())
    ledger.close()
    assert open_(url).load() == busy_state()


def test_changing_the_state_after_an_append_does_not_change_what_is_kept(
    url: str, open_: Open
) -> None:
    ledger, state = open_(url), RiskState()
    ledger.append([peak(1.0)], state)
    state.trips = 3
    ledger.append([], state)
    ledger.close()
    assert open_(url).load().trips == 3


@pytest.mark.spec("CB-7")
def test_a_saved_state_is_not_replaced_unread(url: str, open_: Open) -> None:
    first = open_(url)
    first.append([peak(1.0)], busy_state())
    first.close()
    second = open_(url)
    with pytest.raises(LedgerError, match="not read"):
        second.append([peak(2.0)], RiskState())
    assert second.load() == busy_state()
    second.append([peak(2.0)], RiskState())


def test_bots_in_one_database_have_chains_of_their_own(url: str, open_: Open, read_: Read) -> None:
    for bot in ("a", "b", "a"):
        ledger = open_(url, bot)
        ledger.load()
        ledger.append([peak(1.0), peak(2.0)], RiskState(trips=len(bot)))
        ledger.close()
    reader = read_(url)
    assert reader.bots() == ["a", "b"]
    assert [len(reader.events(bot)) for bot in ("a", "b")] == [4, 2]
    assert intact(reader, "a")
    assert intact(reader, "b")


@pytest.mark.spec("RE-1")
def test_two_writers_of_one_name_do_not_fork_the_chain(url: str, open_: Open, read_: Read) -> None:
    one, two = open_(url), open_(url)
    one.load()
    two.load()
    one.append([peak(1.0)], RiskState())
    with pytest.raises(LedgerError, match="another bot with the same name 'bot'"):
        two.append([peak(2.0)], RiskState())
    with pytest.raises(LedgerError, match="another bot"):
        two.append([peak(3.0)], RiskState())
    one.append([peak(4.0)], RiskState())
    assert read_(url).events("bot") == [peak(1.0), peak(4.0)]
    assert intact(read_(url))


def test_threads_take_turns(url: str, open_: Open, read_: Read) -> None:
    ledger, state = open_(url), RiskState()

    def work(number: int) -> None:
        for place in range(20):
            ledger.append([peak(100 * number + place)], state)
            ledger.sample(metrics(NOW + timedelta(seconds=100 * number + place)), {"n": number})
            assert ledger.controls() == []

    threads = [threading.Thread(target=work, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    events: list[Any] = read_(url).events("bot")
    assert sorted(e.equity for e in events) == sorted(
        100 * n + i for n in range(4) for i in range(20)
    )
    assert intact(read_(url))
    assert len(read_(url).metrics("bot")) == 80


@pytest.mark.spec("MO-1")
def test_metrics_and_status_are_kept(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    later = metrics(NOW + timedelta(seconds=5), volatility=0.04, trusted=False)
    ledger.sample(metrics(), {"breaker": {"state": "closed"}, "equity": 1.5})
    ledger.sample(later, {"breaker": {"state": "open"}, "at": NOW, "odd": {1}, "key": object})
    reader = read_(url)
    assert reader.metrics("bot") == [metrics(), later]
    assert reader.metrics("bot", limit=1) == [later]
    assert reader.metrics("bot", since=later.at) == [later]
    status = reader.status("bot")
    assert status is not None
    assert (status["breaker"], status["odd"]) == ({"state": "open"}, [1])
    assert reader.status("other") is None
    assert reader.metrics("other") == []


def test_a_figure_that_is_not_finite_does_not_lose_the_row(
    url: str, open_: Open, read_: Read
) -> None:
    open_(url).sample(metrics(equity=math.nan, leverage=math.inf), {"equity": math.nan})
    (row,) = read_(url).metrics("bot")
    assert math.isnan(row.equity)
    assert math.isnan(row.leverage)
    assert row.positions == 2


def test_a_second_sample_of_one_moment_replaces_the_first(
    url: str, open_: Open, read_: Read
) -> None:
    ledger = open_(url)
    ledger.sample(metrics(), {})
    ledger.sample(metrics(equity=2.0), {})
    assert [row.equity for row in read_(url).metrics("bot")] == [2.0]


@pytest.mark.spec("EM-2")
def test_a_command_reaches_the_bot_once_and_its_outcome_comes_back(
    url: str, open_: Open, read_: Read
) -> None:
    ledger = open_(url)
    reader = read_(url)
    first = reader.post_control("bot", "trip", "anna", "news")
    second = reader.post_control("bot", "rearm", "ben", "over")
    reader.post_control("other", "close-all", "anna", "")
    waiting = ledger.controls()
    assert [(c.id, c.command, c.by, c.reason) for c in waiting] == [
        (first, "trip", "anna", "news"),
        (second, "rearm", "ben", "over"),
    ]
    assert waiting[0].at.tzinfo is not None
    assert reader.control_outcome(first) is None
    ledger.settle(first, "done")
    ledger.settle(first, "done twice")
    assert reader.control_outcome(first) == "done"
    assert [c.id for c in ledger.controls()] == [second]
    with pytest.raises(LedgerError, match="no command 99"):
        reader.control_outcome(99)


@pytest.mark.spec("AU-5")
def test_a_command_brings_what_it_needs_and_where_it_was_given(
    url: str, open_: Open, read_: Read
) -> None:
    ledger = open_(url)
    reader = read_(url)
    reader.post_control("bot", "ack", "anna", "seen", args={"alert": 3}, via="rest")
    reader.post_control("bot", "trip", "anna", "news")
    told = [(c.command, c.args, c.via) for c in ledger.controls()]
    assert told == [("ack", '{"alert":3}', "rest"), ("trip", "", "cli")]


def test_a_bot_settles_only_its_own_commands(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    command = read_(url).post_control("other", "trip", "anna", "")
    ledger.settle(command, "stolen")
    assert read_(url).control_outcome(command) is None


def test_events_are_found_by_kind_and_moment(url: str, open_: Open, read_: Read) -> None:
    ledger = open_(url)
    day = timedelta(days=1)
    fault = ev.FaultRecorded(at=NOW + day, source="loop", text="x")
    ledger.append([peak(1.0), decided(), fault, peak(2.0, NOW + 2 * day)], RiskState())
    reader = read_(url)
    assert reader.events("bot", kinds=[ev.FaultRecorded]) == [fault]
    assert reader.events("bot", kinds=["FaultRecorded", "EntryDecided"]) == [decided(), fault]
    assert reader.events("bot", since=NOW + day) == [fault, peak(2.0, NOW + 2 * day)]
    assert reader.events("bot", kinds=["PeakRaised"], since=NOW + day) == [peak(2.0, NOW + 2 * day)]
    assert reader.events("bot", limit=1) == [peak(1.0)]
    assert reader.events("bot", limit=1, newest_first=True) == [peak(2.0, NOW + 2 * day)]
    assert reader.events("bot", kinds=[]) == []
    assert reader.events("nobody") == []


@pytest.mark.spec("RE-1")
def test_a_clock_that_is_set_back_hides_no_event(url: str, open_: Open, read_: Read) -> None:
    """Half the events come from a clock that ran an hour ahead until a restart put it right."""
    count = 3 * MARK_EVERY
    moments = [NOW + timedelta(seconds=n, hours=n < count // 2) for n in range(count)]
    for half in (moments[: count // 2], moments[count // 2 :]):
        ledger = open_(url)
        ledger.load()
        for n, moment in enumerate(half):
            ledger.append([peak(n, moment)], RiskState())
        ledger.close()
    for since in (moments[0], moments[-1], NOW, NOW + timedelta(minutes=30), max(moments)):
        found = read_(url).records("bot", since=since)
        assert [r.at for r in found] == [m for m in moments if m >= since]
    assert read_(url).records("bot", since=max(moments) + timedelta(seconds=1)) == []
    with read_(url).connection("looking at the marks") as connection:
        marked = list(connection.scalars(select(marks.c.seq).order_by(marks.c.seq)))
    assert marked == [MARK_EVERY, 2 * MARK_EVERY, 3 * MARK_EVERY], "they make searches quick"


def test_an_event_whose_time_is_none_is_not_lost(url: str, open_: Open, read_: Read) -> None:
    open_(url).append([peak(1.0, None)], RiskState())  # type: ignore[arg-type]
    assert read_(url).events("bot") == [peak(1.0, None)]  # type: ignore[arg-type]


@pytest.mark.spec("RE-1")
def test_values_that_no_column_takes_are_a_ledger_error(url: str, open_: Open) -> None:
    ledger = open_(url)
    with pytest.raises(LedgerError, match="keeping metrics failed"):
        ledger.sample(metrics(NOW.replace(tzinfo=None)), {})
    with pytest.raises(LedgerError, match="no kind of event"):
        ledger.append(["text"], RiskState())  # type: ignore[list-item]
    ledger.append([peak(1.0)], RiskState())


def test_a_closed_ledger_says_so(url: str, open_: Open) -> None:
    ledger = open_(url)
    ledger.close()
    with pytest.raises(LedgerError, match="closed"):
        ledger.append([peak(1.0)], RiskState())


@pytest.mark.spec("CB-7")
def test_folding_the_recorded_events_gives_the_recorded_state(
    url: str, open_: Open, read_: Read
) -> None:
    ledger, state = open_(url), RiskState()
    events = [
        ev.CapitalChanged(at=NOW, amount=Quote(1000.0), equity_before=Quote(0.0), by="start"),
        peak(1000.0),
        ev.BreakerLatched(at=NOW, by="anna", reason="news"),
    ]
    for event in events:
        state.observe(event)
        ledger.append([event], state)
    again = RiskState()
    for event in read_(url).events("bot"):
        again.observe(event)
    assert again == read_(url).state("bot") == state
    assert read_(url).state("other") is None
