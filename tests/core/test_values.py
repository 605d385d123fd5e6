"""What the core is made of: values that nobody changes, defaults that the specification names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, time, timedelta
from enum import Enum
from typing import Any

import pytest

from riskplugin import core
from riskplugin.core import sanity, score, state, trust, units
from riskplugin.core.policy import Policy

#: Short values that are written with their fields in order; all others are built by name.
IN_ORDER = {
    "LeverageCap", "Stops", "Fault", "Range", "Holding", "Trigger", "_Kind", "SystemCause",
    "Reason", "Allow", "Cap", "Deny", "Decision", "Basis",
}  # fmt: skip


def _values() -> Iterator[Any]:
    for found in pkgutil.walk_packages(core.__path__, "riskplugin.core."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if inspect.isclass(kind) and kind.__module__ == found.name:
                yield kind


def _is_plain_class(kind: Any) -> bool:
    """Classes with a behaviour of their own: named tuples, enums, exceptions, and these few."""
    named = kind.__name__ in {
        "Gate",
        "EwmaVariance",
        "SlidingDrawdown",
        "Rule",
        "Account",
        "Falls",
        "Scored",
        "Judged",
    }
    return named or issubclass(kind, (Enum, Exception, tuple))


VALUES = [kind for kind in _values() if not _is_plain_class(kind)]


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every figure of a policy with its path."""
    if is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from leaves(getattr(value, each.name), f"{path}.{each.name}".lstrip("."))
    elif isinstance(value, Mapping):
        yield path, tuple(value.values())
    else:
        yield path, value


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_a_value_is_frozen_and_has_no_room_for_more(kind: Any) -> None:
    """Only the state changes, and only through its events."""
    assert "__dataclass_params__" in vars(kind)
    assert kind.__dataclass_params__.frozen is (kind.__name__ != "RiskState")
    assert "__slots__" in vars(kind)


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_long_values_are_built_by_name(kind: Any) -> None:
    by_name = [each.kw_only for each in fields(kind) if each.init]
    if kind.__name__ not in IN_ORDER and ".rules." not in kind.__module__:
        assert all(by_name)


@pytest.mark.spec("SZ-2", "SZ-3", "SZ-4", "SZ-5", "LV-1", "CB-2", "CB-6", "CB-11", "EM-1")
def test_the_defaults_are_those_of_the_specification() -> None:
    found = {path: value for path, value in leaves(Policy()) if path != "modes"}
    assert {path: str(value) for path, value in found.items()} == {
        path: str(value) for path, value in DEFAULTS.items()
    }


DEFAULTS: dict[str, Any] = {
    "sizing.base": (0.02, 0.01, 0.005, 0.0025, 0.0025),
    "sizing.estimator": "ewma",
    "sizing.curve": "linear",
    "sizing.medium_volatility": 0.10,
    "sizing.high_volatility": 0.15,
    "sizing.full_size_equity": 1000.0,
    "sizing.min_position": 1.0,
    "sizing.max_risk_per_trade": None,
    "leverage.max": (20, 15, 10, 5, 5),
    "leverage.liquidation_buffer": 0.20,
    "stop": 0.05,
    "max_positions": None,
    "levels": (0, 20, 40, 60, 80),
    "breaker.drawdown.warn": 0.10,
    "breaker.drawdown.trip": 0.15,
    "breaker.daily_loss.warn": 0.01,
    "breaker.daily_loss.trip": 0.02,
    "breaker.weekly_loss.warn": None,
    "breaker.weekly_loss.trip": None,
    "breaker.exposure.warn": 0.45,
    "breaker.exposure.trip": 0.50,
    "breaker.score.warn": 80.0,
    "breaker.score.trip": 95.0,
    "breaker.losing_streak.warn": 5,
    "breaker.losing_streak.trip": 10,
    "breaker.volatility.warn": 0.50,
    "breaker.volatility.trip": 1.00,
    "breaker.rejected_orders.warn": 0.30,
    "breaker.rejected_orders.trip": 0.60,
    "breaker.liquidation_room.warn": 0.40,
    "breaker.liquidation_room.trip": 0.15,
    "breaker.max_consecutive_errors": 5,
    "breaker.max_price_age": timedelta(minutes=2),
    "breaker.hold_daily_loss": False,
    "breaker.cooldown": timedelta(hours=1),
    "breaker.max_cooldown": timedelta(hours=24),
    "breaker.on_trip": "emergency",
    "breaker.half_open.max_positions": 1,
    "breaker.half_open.size_factor": 0.25,
    "breaker.half_open.wins": 2,
    "breaker.half_open.max_loss": 0.005,
    "emergency.max_leverage": 5,
    "emergency.max_position": 0.005,
    "emergency.max_positions": 3,
    "emergency.stop": 0.10,
    "trust.tolerance": 0.005,
    "trust.confirm_after": timedelta(minutes=2),
    "trust.max_jump": 0.9,
    "reconciliation.amount_tolerance": 0.01,
    "reconciliation.slippage_warn": 0.01,
    "day.timezone": UTC,
    "day.starts_at": time(0, 0),
    "order_tolerance": 0.005,
}


def test_the_figures_that_no_configuration_holds() -> None:
    assert (sanity.LEAST, sanity.MOST, sanity.HIGHEST_LEVERAGE) == (1e-18, 1e18, 10_000.0)
    assert sanity.SMALLEST_STOP == 1e-9
    assert units.EPSILON == 1e-9
    assert (state.ANSWERS, state.AWAITED) == (20, 100)
    assert (score.DEFAULT_EXPOSURE, score.DEFAULT_DRAWDOWN) == (0.5, 0.15)
    assert (score.DEFAULT_DAILY_LOSS, score.DEFAULT_POSITIONS) == (0.02, 10)
    assert (trust._NOTEWORTHY, trust._ROUNDING) == (1e-4, 1e-6)


@pytest.mark.spec("CF-4")
def test_the_range_of_every_figure_of_a_request() -> None:
    most = sanity.MOST
    assert {(r.field, r.low, r.high, r.optional) for r in sanity.RANGES} == {
        ("stake", 1e-18, most, False),
        ("price", 1e-18, most, False),
        ("market_price", 1e-18, most, False),
        ("fee", -1.0, 1.0, False),
        ("min_stake", 0.0, most, True),
        ("max_stake", 0.0, most, True),
        ("volatility", 0.0, most, True),
        ("leverage", 1.0, 10_000.0, False),
        ("exchange_max_leverage", 1.0, 10_000.0, True),
        ("maintenance_ratio", 0.0, 1.0, False),
        ("stoploss", 1e-9, most, True),
    }
