"""What single events leave in the state: counters begin at zero, and only what is meant changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from riskplugin.core import events as ev
from riskplugin.core.book import Book
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind
from riskplugin.core.monitor import assess
from riskplugin.core.policy import Policy
from riskplugin.core.reconcile import Fill, check_fill
from riskplugin.core.state import AWAITED, HANDLED, Awaited, RiskState
from riskplugin.core.units import Quote
from riskplugin.core.wording import figure
from tests.orders import entry_sent

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)


def sent(intent: str) -> ev.OrderSent:
    return entry_sent(
        at=NOW, intent=intent, pair="BTC", kind=EntryKind.OPEN, price=1.0, notional=Quote(1.0)
    )


@pytest.mark.spec("CB-6")
def test_a_passed_test_forgets_how_often_the_breaker_had_opened() -> None:
    state = RiskState(breaker=BreakerState.HALF_OPEN, trips=3, tripped_by=("x",))
    state.observe(ev.BreakerReclosed(at=NOW, equity=Quote(9.0), old_peak=Quote(10.0)))
    assert (state.trips, state.tripped_by) == (0, ())


@pytest.mark.spec("CB-2")
def test_faults_are_counted_one_by_one_until_a_loop_without() -> None:
    state = RiskState()
    for _ in range(3):
        state.observe(ev.FaultRecorded(at=NOW, source="a", text="b"))
    assert (state.consecutive_errors, state.last_fault) == (3, "a: b")
    state.observe(ev.FaultsCleared(at=NOW))
    assert state.consecutive_errors == 0


@pytest.mark.spec("EM-3")
def test_the_orders_of_a_close_all_are_counted_from_zero() -> None:
    state = RiskState(flatten_orders=7)
    state.observe(ev.FlattenOrdered(at=NOW, by="a", reason="b", trade_ids=(1,)))
    assert state.flatten_orders == 0
    assert (state.flatten_ids, state.flatten_outcomes) == ((1,), ())


@pytest.mark.spec("AU-1")
def test_commands_from_the_ledger_are_remembered_others_are_not() -> None:
    state = RiskState()
    for number in (None, *range(HANDLED + 5)):
        state.observe(
            ev.ControlHandled(
                at=NOW, command="trip", by="a", reason="b", outcome="done", control=number
            )
        )
    assert [done.control for done in state.handled] == list(range(5, HANDLED + 5))


@pytest.mark.spec("MO-4")
@pytest.mark.parametrize("intent", ["a", "b", "c"])
def test_an_answer_belongs_to_its_own_order(intent: str) -> None:
    state = RiskState(pending=(sent("c"), sent("a"), sent("b")))
    state.observe(ev.OrderAnswered(at=NOW, intent=intent, order_id="7", status="open"))
    assert state.awaited == (Awaited(order_id="7", sent=sent(intent)),)
    assert len(state.pending) == 2
    state.observe(ev.OrderBooked(at=NOW, order_id="8"))
    assert not state.awaited[0].booked
    state.observe(ev.OrderBooked(at=NOW, order_id="7"))
    assert state.awaited[0].booked


@pytest.mark.spec("MO-4", "RE-1")
def test_an_accepted_order_that_nobody_booked_becomes_one_of_unknown_fate() -> None:
    lost, other = Awaited(order_id="7", sent=sent("a")), Awaited(order_id="8", sent=sent("b"))
    state = RiskState(awaited=(lost, other))
    state.observe(
        ev.OrderFailed(at=NOW, intent="a", pair="BTC", error="?", uncertain=True, reduces=False)
    )
    assert state.unresolved == (sent("a"),)
    assert state.awaited == (other,)
    assert state.answers == ()  # the exchange did not refuse it


@pytest.mark.spec("MO-4")
def test_of_too_many_accepted_orders_exits_are_forgotten_first() -> None:
    entry = Awaited(order_id="e", sent=sent("e"))
    leaving = replace(sent("x"), reduces=True)
    exits = tuple(Awaited(order_id=str(n), sent=leaving) for n in range(AWAITED - 1))
    state = RiskState(awaited=(entry, *exits), pending=(sent("n"),))
    state.observe(ev.OrderAnswered(at=NOW, intent="n", order_id="n", status="open"))
    assert len(state.awaited) == AWAITED
    assert state.awaited[0] is entry
    assert [a.order_id for a in state.awaited[1:3]] == ["1", "2"]


@pytest.mark.spec("MO-4")
def test_the_fill_of_an_order_older_than_all_that_are_remembered_is_no_finding() -> None:
    waiting = tuple(Awaited(order_id=str(n), sent=sent(str(n))) for n in range(AWAITED))
    state = RiskState(began=NOW - timedelta(days=1), awaited=waiting)
    old = Fill(
        at=NOW,
        order_id="old",
        pair="BTC",
        order_side="buy",
        amount=1.0,
        price=1.0,
        leverage=1.0,
        reduces=False,
        placed_at=NOW - timedelta(hours=1),
    )
    for placed, found in ((old.placed_at, 0), (NOW + timedelta(hours=1), 1)):
        fill = replace(old, placed_at=placed)
        [check] = check_fill(state, fill, Policy().reconciliation)
        assert isinstance(check, ev.FillChecked)
        assert len(check.findings) == found


# --- clocks and gaps ------------------------------------------------------------------------------


def book(at: datetime = NOW, wallet: float = 1_000.0, result: float = 0.0) -> Book:
    return Book(at=at, wallet=Quote(wallet), result=Quote(result))


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize(("ahead", "told"), [(0, 0), (1, 1), (-1, 0)])
def test_a_clock_is_set_back_only_where_a_moment_lies_ahead_of_it(ahead: int, told: int) -> None:
    state = RiskState(emergency=True, emergency_since=NOW + timedelta(seconds=ahead))
    events = assess(state, book(), Policy()).events
    assert sum(isinstance(e, ev.ClockSetBack) for e in events) == told
    assert state.emergency_since is not None
    assert state.emergency_since <= NOW


@pytest.mark.spec("CB-11")
def test_an_accepted_gap_is_part_of_what_is_expected() -> None:
    state = RiskState()
    assess(state, book(), Policy())
    assess(state, book(wallet=1_004.0), Policy())
    assert state.wallet_gap == 4.0
    for wallet in (1_008.0, 1_004.0, 1_008.0):
        assess(state, book(wallet=wallet), Policy())
        assert state.distrust is None
    assess(state, book(wallet=1_014.0), Policy())
    assert state.distrust is not None


@pytest.mark.spec("CB-11")
def test_money_that_a_working_entry_may_have_taken_is_no_contradiction() -> None:
    state = RiskState()
    assess(state, book(), Policy())
    paid = replace(book(wallet=900.0), bound=Quote(101.0))
    seen = assess(state, paid, Policy())
    assert state.distrust is None
    assert seen.account.untrusted is None
    assert seen.account.equity == 1_000.0
    assess(state, replace(paid, bound=Quote(99.0)), Policy())
    assert state.distrust is not None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999.4, "999999"),
        (999_999.6, "1e+06"),
        (1e6, "1000000"),
        (1_000_000.4, "1000000"),
        (-1e6, "-1000000"),
        (-999_999.4, "-999999"),
        (-1_000_000.4, "-1000000"),
    ],
)
def test_figures_from_a_million_on_are_whole(value: float, text: str) -> None:
    assert figure(value) == text
