"""Fills against approvals, holdings against trades: what is found, and what is let be (MO-4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import events as ev
from riskplugin.core.levels import EntryKind, Side
from riskplugin.core.policy import ReconciliationPolicy
from riskplugin.core.reconcile import Booked, Fill, Held, check_fill, shortage, slip_text, surplus
from riskplugin.core.state import AWAITED, RiskState
from riskplugin.core.units import Quote
from tests.orders import entry_sent

pytestmark = pytest.mark.spec("MO-4")

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
POLICY = ReconciliationPolicy()
SENT = entry_sent(
    at=NOW, pair="BTC", kind=EntryKind.OPEN, amount=2.0, leverage=5.0, notional=Quote(200.0)
)
FILL = Fill(
    at=NOW,
    order_id="7",
    pair="BTC",
    order_side="buy",
    amount=2.0,
    price=100.0,
    leverage=5.0,
    reduces=False,
    placed_at=NOW,
)


def accepted(sent: ev.OrderSent = SENT, *, order_id: str = "7") -> RiskState:
    state = RiskState(began=NOW - timedelta(days=1))
    state.observe(sent)
    state.observe(ev.OrderAnswered(at=NOW, intent=sent.intent, order_id=order_id, status="open"))
    return state


def checked(state: RiskState, fill: Fill) -> ev.FillChecked:
    [check] = [e for e in check_fill(state, fill, POLICY) if isinstance(e, ev.FillChecked)]
    return check


def test_a_fill_as_approved_has_no_findings_and_is_awaited_no_longer() -> None:
    state = accepted()
    check = checked(state, FILL)
    assert check.findings == ()
    assert (check.approved_amount, check.approved_price, check.approved_leverage) == (2, 100, 5)
    assert check.slippage == 0
    assert not check.slipped
    state.observe(check)
    assert state.awaited == ()


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"amount": 2.0200}, False),
        ({"amount": 2.0201}, True),
        ({"leverage": 5.05}, False),
        ({"leverage": 5.06}, True),
        ({"amount": 9.0, "reduces": True}, False),
    ],
)
def test_more_than_approved_is_found_beyond_the_tolerance(
    change: dict[str, float], *, found: bool
) -> None:
    assert bool(checked(accepted(), replace(FILL, **change)).findings) is found  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("side", "price", "slippage", "slipped"),
    [
        ("buy", 100.9, 0.009, False),
        ("buy", 101.0, 0.01, True),
        ("buy", 99.0, -0.01, False),
        ("sell", 99.0, 0.01, True),
        ("sell", 101.0, -0.01, False),
    ],
)
def test_slippage_is_positive_where_the_fill_is_worse(
    side: str, price: float, slippage: float, *, slipped: bool
) -> None:
    state = accepted(replace(SENT, order_side=side))
    check = checked(state, replace(FILL, order_side=side, price=price))
    assert check.slippage == pytest.approx(slippage)
    assert check.slipped is slipped
    assert check.findings == ()


def test_the_sentence_for_slippage_names_both_prices() -> None:
    check = checked(accepted(), replace(FILL, price=102.0))
    assert slip_text(check) == "BTC was filled at 102, 2 % worse than 100"


def test_an_order_nobody_approved_is_found() -> None:
    assert "unapproved" in checked(accepted(order_id="8"), FILL).findings[0]


@pytest.mark.parametrize("began", [None, NOW + timedelta(seconds=1)])
def test_orders_from_before_the_first_start_are_let_be(began: datetime | None) -> None:
    assert checked(RiskState(began=began), FILL).findings == ()


def test_an_exit_nobody_wrote_down_is_let_be() -> None:
    state = RiskState(began=NOW - timedelta(days=1))
    assert checked(state, replace(FILL, reduces=True)).findings == ()


def test_an_order_whose_answer_was_lost_is_known_by_its_figures_and_settled() -> None:
    state = RiskState(began=NOW - timedelta(days=1))
    state.observe(SENT)
    lost = ev.OrderFailed(at=NOW, intent="i", pair="BTC", error="?", uncertain=True, reduces=False)
    state.observe(lost)
    for event in check_fill(state, FILL, POLICY):
        state.observe(event)
        assert not getattr(event, "findings", ())
    assert state.unresolved == ()


@pytest.mark.parametrize(
    "change", [{"pair": "ETH"}, {"order_side": "sell"}, {"amount": 3.0}], ids=str
)
def test_another_order_is_not_taken_for_the_lost_one(change: dict[str, str]) -> None:
    state = RiskState(began=NOW - timedelta(days=1), unresolved=(SENT,))
    events = list(check_fill(state, replace(FILL, **change), POLICY))  # type: ignore[arg-type]
    assert [type(e) for e in events] == [ev.FillChecked]
    assert state.unresolved == (SENT,)


def test_what_is_awaited_is_bounded_and_the_oldest_leave_first() -> None:
    state = RiskState()
    for n in range(AWAITED + 5):
        state.observe(replace(SENT, intent=str(n)))
        state.observe(ev.OrderAnswered(at=NOW, intent=str(n), order_id=str(n), status="open"))
    assert [a.order_id for a in state.awaited] == [str(n) for n in range(5, AWAITED + 5)]


def test_an_answer_without_a_number_awaits_nothing() -> None:
    state = RiskState()
    state.observe(SENT)
    state.observe(ev.OrderAnswered(at=NOW, intent="i", order_id=None, status=None))
    assert state.awaited == ()


# --- holdings -------------------------------------------------------------------------------------


def booked(least: float, most: float | None = None, *, side: Side = Side.LONG) -> dict[str, Booked]:
    most = least if most is None else most
    return {"BTC": Booked(side=side, least=least, most=most, leverage=5.0)}


def held(amount: float, *, side: Side = Side.LONG, leverage: float | None = 5.0) -> dict[str, Held]:
    return {"BTC": Held(side=side, amount=amount, leverage=leverage)}


@pytest.mark.parametrize(
    ("amount", "more", "less"),
    [(1.0, 0, 0), (1.01, 0, 0), (1.011, 1, 0), (0.99, 0, 0), (0.989, 0, 1), (0.0, 0, 1)],
)
def test_differences_within_the_tolerance_are_let_be(amount: float, more: int, less: int) -> None:
    assert len(surplus(booked(1.0), held(amount), POLICY)) == more
    assert len(shortage(booked(1.0), held(amount), POLICY)) == less


def test_working_orders_explain_what_lies_between() -> None:
    assert not surplus(booked(0.0, 3.0), held(3.0), POLICY)
    assert not shortage(booked(0.0, 3.0), held(0.0), POLICY)
    assert surplus(booked(0.0, 3.0), held(3.04), POLICY)


def test_a_position_without_trade_is_named_and_so_is_one_on_the_other_side() -> None:
    assert surplus({}, held(1.0), POLICY) == [
        "the exchange holds 1 BTC long, which no trade of the bot explains"
    ]
    assert surplus(booked(1.0), held(1.0, side=Side.SHORT), POLICY)


def test_a_trade_without_position_is_named() -> None:
    assert shortage(booked(1.0), {}, POLICY) == ["the bot's trades hold 1 BTC, the exchange 0"]


@pytest.mark.parametrize(
    ("leverage", "found"), [(5.9, 0), (6.0, 1), (20.0, 1), (3.0, 0), (None, 0)]
)
def test_leverage_raised_at_the_exchange_is_named(leverage: float | None, found: int) -> None:
    assert len(shortage(booked(1.0), held(1.0, leverage=leverage), POLICY)) == found


@given(st.floats(1e-6, 1e9), st.floats(0, 2), st.sampled_from(Side))
def test_whatever_is_held_is_found_exactly_when_it_is_beyond_the_tolerance(
    amount: float, share: float, side: Side
) -> None:
    there = held(amount * share, side=side)
    more = surplus(booked(amount, side=side), there, POLICY)
    less = shortage(booked(amount, side=side), there, POLICY)
    assert not (more and less)
    if share > 1.011:
        assert more or amount * 0.001 < 1e-9
    if 0.991 < share < 1.009:
        assert not more
        assert not less
