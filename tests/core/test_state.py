"""How each event changes the state: shares of refusals, references, questions about orders."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from riskplugin.core import events as ev
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import Side
from riskplugin.core.state import ANSWERS, AWAITED, Awaited, RiskState
from riskplugin.core.triggers import Severity, Trigger
from riskplugin.core.units import Quote
from tests.core.books import START
from tests.orders import entry_sent

SENT = entry_sent(intent="m")
ANSWER = ev.OrderAnswered(at=START, intent="m", order_id="1", status="open")
FAILURE = ev.OrderFailed(
    at=START, intent="m", pair="X/USDT", error="x", uncertain=True, reduces=False
)
THREE = tuple(replace(SENT, intent=name) for name in ("a", "m", "z"))


def names(orders: tuple[ev.OrderSent, ...]) -> list[str]:
    return [order.intent for order in orders]


@pytest.mark.spec("CB-2")
@pytest.mark.parametrize(
    ("answers", "share"),
    [("", 0), ("1111", 0), ("11110", 0.8), ("111000", 0.5), ("00000", 0), ("0" * 19 + "1", 0.05)],
)
def test_the_share_of_refusals_counts_from_five_answers_on(answers: str, share: float) -> None:
    assert RiskState(answers=tuple(a == "1" for a in answers)).rejected_ratio == share


@pytest.mark.spec("CB-2")
def test_the_latest_twenty_answers_count() -> None:
    state = RiskState()
    for number in range(ANSWERS + 3):
        state.observe(replace(SENT, intent=str(number)))
        state.observe(replace(FAILURE, intent=str(number), uncertain=False))
    assert state.answers == (True,) * ANSWERS
    for _ in range(3):
        state.observe(ANSWER)
    assert state.answers == (True,) * (ANSWERS - 3) + (False,) * 3


@pytest.mark.spec("CB-2", "MO-4")
@pytest.mark.parametrize("uncertain", [False, True])
@pytest.mark.parametrize("reduces", [False, True])
def test_only_a_failed_entry_counts_and_only_an_uncertain_one_is_a_question(
    uncertain: bool, reduces: bool
) -> None:
    state = RiskState(pending=THREE)
    state.observe(replace(FAILURE, uncertain=uncertain, reduces=reduces))
    assert names(state.pending) == ["a", "z"]
    assert names(state.unresolved) == (["m"] if uncertain and not reduces else [])
    assert state.answers == (() if reduces else (True,))


@pytest.mark.spec("MO-4")
def test_an_answer_awaits_the_fill_of_its_own_order() -> None:
    state = RiskState(pending=THREE)
    state.observe(ANSWER)
    assert names(state.pending) == ["a", "z"]
    assert state.awaited == (Awaited(order_id="1", sent=THREE[1]),)


@pytest.mark.spec("MO-4")
def test_an_accepted_order_that_was_never_booked_becomes_a_question() -> None:
    awaited = tuple(Awaited(order_id=sent.intent, sent=sent) for sent in THREE)
    state = RiskState(awaited=awaited)
    state.observe(FAILURE)
    assert names(state.unresolved) == ["m"]
    assert state.awaited == (awaited[0], awaited[2])


@pytest.mark.spec("MO-4")
def test_a_question_is_settled_alone() -> None:
    state = RiskState(unresolved=THREE, pending=THREE)
    state.observe(ev.IntentResolved(at=START, intent="m", how="x"))
    assert names(state.unresolved) == names(state.pending) == ["a", "z"]


@pytest.mark.spec("EM-3")
@pytest.mark.parametrize(
    ("flattening", "reduces", "counted"),
    [(True, True, 1), (True, False, 0), (False, True, 0), (False, False, 0)],
)
def test_exits_are_counted_while_everything_is_closed(
    flattening: bool, reduces: bool, counted: int
) -> None:
    state = RiskState(flattening=flattening)
    state.observe(replace(SENT, reduces=reduces))
    assert state.flatten_orders == counted


@pytest.mark.spec("CB-4")
@pytest.mark.parametrize(
    ("before", "amount", "peak"),
    [(1000.0, 1000.0, 2400.0), (0.5, 0.5, 2400.0), (0.0, 50.0, 50.0), (-0.5, 50.0, 49.5)],
)
def test_a_flow_scales_the_references_or_sets_them_where_nothing_was(
    before: float, amount: float, peak: float
) -> None:
    state = RiskState(capital=Quote(1000.0), peak_equity=Quote(1200.0))
    flow = ev.CapitalChanged(at=START, amount=Quote(amount), equity_before=Quote(before), by="time")
    state.observe(flow)
    assert state.peak_equity == peak
    assert (state.capital, state.day_equity) == (1000 + amount, None)


@pytest.mark.spec("CB-4")
def test_no_reference_falls_below_nothing() -> None:
    state = RiskState(capital=Quote(1000.0), peak_equity=Quote(1200.0))
    state.observe(
        ev.CapitalChanged(at=START, amount=Quote(-50.0), equity_before=Quote(10.0), by="time")
    )
    assert state.peak_equity == 0


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize("profit", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("age", [-1, 0, 1])
def test_a_probe_that_earned_nothing_is_lost(profit: float, age: int) -> None:
    state = RiskState(breaker=BreakerState.HALF_OPEN, half_open_since=START, losing_streak=3)
    state.observe(
        ev.TradeClosed(
            at=START,
            trade_id=1,
            pair="X/USDT",
            side=Side.LONG,
            profit=Quote(profit),
            opened_at=START + timedelta(minutes=age),
            exit_reason="x",
        )
    )
    probe, won = age >= 0, profit > 0
    assert (state.wins, state.losses) == (probe and won, probe and not won)
    assert state.losing_streak == (0 if won else 4)


def test_a_warning_is_kept_once_and_cleared_alone() -> None:
    state = RiskState(warnings=("a", "m", "z"))
    state.observe(ev.WarningCleared(at=START, name="m"))
    assert state.warnings == ("a", "z")
    warning = Trigger("a", Severity.WARNING, 1.0, 1.0, "x", False)
    state.observe(ev.WarningRaised(at=START, trigger=warning))
    assert state.warnings == ("a", "z")


@pytest.mark.spec("CB-6", "CB-10")
@pytest.mark.parametrize(("week", "after"), [(None, None), (1500.0, 900.0)])
def test_a_passed_test_rebases_the_references_that_are_kept(
    week: float | None, after: float | None
) -> None:
    state = RiskState(
        breaker=BreakerState.HALF_OPEN, week_equity=None if week is None else Quote(week)
    )
    state.observe(ev.BreakerReclosed(at=START, equity=Quote(900.0), old_peak=Quote(1.0)))
    assert (state.peak_equity, state.day_equity, state.week_equity) == (900, 900, after)


@pytest.mark.spec("MO-4")
def test_the_first_start_is_remembered() -> None:
    state = RiskState()
    for hour in (0, 1):
        at = START + timedelta(hours=hour)
        state.observe(ev.SessionStarted(at=at, bot="b", run_mode="live", policy_version=f"v{hour}"))
    assert (state.began, state.policy_version) == (START, "v1")


@pytest.mark.spec("MO-4")
def test_a_fill_ends_the_waiting_for_its_own_order_and_is_remembered() -> None:
    awaited = tuple(Awaited(order_id=sent.intent, sent=sent) for sent in THREE)
    state = RiskState(awaited=awaited)
    for number in ("m", *map(str, range(AWAITED))):
        state.observe(
            ev.FillChecked(
                at=START,
                order_id=number,
                pair="X/USDT",
                reduces=False,
                amount=1.0,
                price=100.0,
                leverage=1.0,
                approved_amount=None,
                approved_price=None,
                approved_leverage=None,
                slippage=None,
                slipped=False,
                findings=(),
            )
        )
    assert state.awaited == (awaited[0], awaited[2])
    assert state.checked == tuple(map(str, range(AWAITED)))


@pytest.mark.spec("CB-2", "CB-6", "EM-3")
def test_what_is_counted_begins_at_nothing() -> None:
    state = RiskState(breaker=BreakerState.HALF_OPEN, trips=3, flatten_orders=5)
    state.observe(ev.FaultRecorded(at=START, source="x", text="y"))
    assert state.consecutive_errors == 1
    state.observe(ev.FlattenOrdered(at=START, by="ann", reason="x", trade_ids=(1,)))
    assert state.flatten_orders == 0
    state.observe(ev.BreakerReclosed(at=START, equity=Quote(1.0), old_peak=Quote(1.0)))
    assert state.trips == 0
