"""Reconciliation at its boundaries; figures are powers of two, so that each is met exactly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.levels import Side
from riskplugin.core.policy import ReconciliationPolicy
from riskplugin.core.reconcile import (
    Booked,
    Held,
    approval_of,
    check_fill,
    shortage,
    slip_text,
    surplus,
)
from riskplugin.core.state import Awaited, RiskState
from riskplugin.core.units import EPSILON, Ratio
from tests.core.test_reconcile import FILL, NOW, SENT, accepted, checked

pytestmark = pytest.mark.spec("MO-4")

POLICY = ReconciliationPolicy(amount_tolerance=Ratio(1 / 64), slippage_warn=Ratio(1 / 64))


def awaiting(*numbers: str) -> RiskState:
    sent = [replace(SENT, intent=number) for number in numbers]
    return RiskState(
        awaited=tuple(Awaited(order_id=one.intent, sent=one) for one in sent),
        began=NOW - timedelta(days=1),
    )


def test_a_fill_belongs_to_the_order_of_its_number_only() -> None:
    state = awaiting("5", "".join(["7", "1"]), "9")
    found = approval_of(state, replace(FILL, order_id="71"), POLICY)
    assert found is not None
    assert found.intent == "71"
    for other in ("4", "6", "99"):
        assert approval_of(state, replace(FILL, order_id=other), POLICY) is None


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"amount": 2.0}, True),
        ({"amount": 2.03125}, True),
        ({"amount": 2.0313}, False),
        ({"amount": 0.5}, True),
        ({"pair": "AAA"}, False),
        ({"pair": "ZZZ"}, False),
        ({"order_side": "sell"}, False),
        ({"order_side": "a"}, False),
    ],
)
def test_a_lost_order_is_known_by_pair_side_and_at_most_its_amount(
    change: dict[str, Any], found: bool
) -> None:
    state = RiskState(unresolved=(SENT,))
    assert (approval_of(state, replace(FILL, **change), POLICY) is SENT) is found


@pytest.mark.parametrize(
    ("placed", "unapproved"),
    [(-timedelta(seconds=1), False), (timedelta(0), True), (timedelta(seconds=1), True)],
)
def test_what_was_placed_since_the_first_start_needs_an_approval(
    placed: timedelta, unapproved: bool
) -> None:
    check = checked(RiskState(began=NOW), replace(FILL, placed_at=NOW + placed))
    assert bool(check.findings) is unapproved


def test_only_a_lost_order_is_settled_by_its_fill() -> None:
    assert [type(e) for e in check_fill(accepted(), FILL, POLICY)] == [ev.FillChecked]
    unknown = RiskState(began=NOW - timedelta(days=1))
    assert [type(e) for e in check_fill(unknown, FILL, POLICY)] == [ev.FillChecked]


@pytest.mark.parametrize(
    ("price", "slippage"), [(0.0, None), (-1.0, None), (0.5, 0.0), (1.0, -0.5)]
)
def test_an_order_without_a_price_has_no_slippage(price: float, slippage: float | None) -> None:
    check = checked(accepted(replace(SENT, price=price)), replace(FILL, price=0.5))
    assert check.slippage == slippage
    assert not check.slipped


def test_a_fill_at_more_than_twice_the_price_has_slipped() -> None:
    check = checked(accepted(), replace(FILL, price=300.0))
    assert (check.slippage, check.slipped) == (2.0, True)


@pytest.mark.parametrize(("slippage", "price"), [(0.0, 0.0), (None, None)])
def test_figures_that_are_not_known_are_told_as_nothing(
    slippage: float | None, price: float | None
) -> None:
    check = checked(accepted(), FILL)
    shown = None if slippage is None else Ratio(slippage)
    told = slip_text(replace(check, slippage=shown, approved_price=price))
    assert told == "BTC was filled at 100, 0 % worse than 0"


@pytest.mark.parametrize("booked", list(Side))
@pytest.mark.parametrize("held", list(Side))
def test_a_position_on_the_other_side_is_explained_by_nothing(booked: Side, held: Side) -> None:
    records = {"BTC": Booked(side=booked, least=1.0, most=1.0, leverage=1.0)}
    found = surplus(records, {"BTC": Held(side=held, amount=1.0)}, POLICY)
    assert bool(found) is (booked is not held)


def test_the_tolerance_itself_is_let_be() -> None:
    records = {"BTC": Booked(side=Side.LONG, least=1.0, most=1.0, leverage=1.0)}
    most, least = 1.0 * (1 + 1 / 64) + EPSILON, 1.0 * (1 - 1 / 64) - EPSILON
    assert surplus(records, {"BTC": Held(side=Side.LONG, amount=most)}, POLICY) == []
    assert shortage(records, {"BTC": Held(side=Side.LONG, amount=least)}, POLICY) == []
