"""Usable figures at both ends of their range; the fast answer and the thorough one agree."""

from __future__ import annotations

from typing import Any

import pytest

from riskplugin.core.sanity import MOST, is_plain, request_fault
from tests.core.strategies import REQUEST, changed

pytestmark = pytest.mark.spec("CF-4")


@pytest.mark.parametrize(
    ("field", "value", "limit"),
    [
        ("leverage", 0.5, 1.0),
        ("leverage", 10_001.0, 10_000.0),
        ("fee", -1.5, -1.0),
        ("fee", 1.5, 1.0),
        ("stoploss", 1e-10, 1e-9),
        ("maintenance_ratio", -0.1, 0.0),
        ("maintenance_ratio", 1.1, 1.0),
    ],
)
def test_a_fault_names_the_end_that_was_passed(field: str, value: float, limit: float) -> None:
    fault = request_fault(changed(REQUEST, **{field: value}))
    assert fault is not None
    assert (fault.field, fault.measured, fault.limit) == (field, value, limit)


@pytest.mark.parametrize(
    "changes",
    [
        {"stake": 1e-18, "price": 1.0, "market_price": 1.0},
        {"stake": 1e18, "price": 1.0, "market_price": 1.0},
        {"price": 1e-18, "market_price": 1e-18},
        {"price": 1e18, "market_price": 1e18},
        {"stake": 1e14, "leverage": 10_000.0},
        {"leverage": 10_000.0, "stake": 1.0},
        {"maintenance_ratio": 0.0},
        {"maintenance_ratio": 1.0},
        {"fee": -1.0},
        {"fee": -0.5},
        {"fee": 1.0},
        {"min_stake": 0.0, "max_stake": 1e18, "volatility": 0.0},
        {"min_stake": 1e18, "max_stake": 0.0, "volatility": 1e18},
        {"stoploss": 1e-9, "exchange_max_leverage": 1.0},
        {"stoploss": 1e18, "exchange_max_leverage": 10_000.0},
        {"stake": 1e9, "price": 1e-9, "market_price": 1.0},
        {"stake": 4.0, "leverage": 2.5, "price": 1e-16, "market_price": 10.0},
    ],
)
def test_the_ends_themselves_are_usable(changes: dict[str, Any]) -> None:
    request = changed(REQUEST, **changes)
    assert request_fault(request) is None
    assert is_plain(request)


@pytest.mark.parametrize(
    ("field", "value"),
    [("maintenance_ratio", 1.5), ("fee", 1.5), ("fee", -1.5), ("min_stake", -0.5)],
)
def test_what_lies_beyond_an_end_is_not_usable(field: str, value: float) -> None:
    assert not is_plain(changed(REQUEST, **{field: value}))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "None"), (True, "True"), (float("nan"), "nan"), ("x", "'x'"), ([], "a list")],
)
def test_what_is_no_number_is_measured_as_nothing_and_shown(value: object, shown: str) -> None:
    fault = request_fault(changed(REQUEST, leverage=value))
    assert fault is not None
    assert (fault.measured, fault.limit) == (0.0, 1.0)
    assert fault.text == f"leverage must be a number, not {shown}"


@pytest.mark.parametrize(
    "changes",
    [
        {"stake": 1e10, "price": 1e-9, "market_price": 1.0},
        {"stake": 1e6, "leverage": 1000.0, "price": 1e-10, "market_price": 1.0},
        {"stake": 1e15, "leverage": 10_000.0},
        {"stake": 2.0, "leverage": 100.0, "price": 1e-18, "market_price": 1.0},
        {"stake": 1e18, "price": 1.0, "market_price": 1.5},
    ],
)
def test_a_notional_that_no_account_has_is_no_figure(changes: dict[str, Any]) -> None:
    request = changed(REQUEST, **changes)
    fault = request_fault(request)
    assert fault is not None
    assert (fault.field, fault.limit) == ("notional", MOST)
    assert not is_plain(request)


def test_a_market_below_the_price_adds_nothing() -> None:
    """What the order may cost is its own price, however far the market has fallen."""
    assert is_plain(changed(REQUEST, stake=1e18, price=1e18, market_price=1.0))


@pytest.mark.parametrize("name", ["", None, 5, b"BTC"])
def test_a_pair_has_a_name(name: object) -> None:
    request = changed(REQUEST, pair=name)
    fault = request_fault(request)
    assert fault is not None
    assert fault.field == "pair"
    assert not is_plain(request)
