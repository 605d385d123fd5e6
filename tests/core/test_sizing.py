"""The size formula against an independent recomputation in exact fractions."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy, SizingPolicy
from riskplugin.core.sizing.position import (
    CURVES,
    balance_factor,
    curve_named,
    position_size,
    volatility_factor,
)
from riskplugin.core.units import Quote, Ratio
from tests.core.strategies import POLICY, amounts, policies, ratios

BASE = {"minimal": "2.0", "low": "1.0", "medium": "0.5", "high": "0.25", "critical": "0.25"}
LINEAR, STEPPED = SizingPolicy(curve="linear"), SizingPolicy(curve="stepped")


def by_hand(equity: int, level: str, percent: int | None, curve: str) -> Fraction:
    """Size in exact arithmetic, from the figures of the specification."""
    balance = min(Fraction(max(equity, 0), 1000), Fraction(1))
    return max(equity, 0) * Fraction(BASE[level]) / 100 * factor(percent, curve) * balance


def factor(percent: int | None, curve: str) -> Fraction:
    if percent is None or percent > 15:
        return Fraction(3, 10)
    if curve == "linear":
        return 1 - Fraction(percent, 15) / 2
    return Fraction(1) if percent < 10 else Fraction(3, 4)


@pytest.mark.spec("SZ-1", "SZ-2", "SZ-3", "SZ-4")
@pytest.mark.parametrize("curve", ["linear", "stepped"])
@pytest.mark.parametrize("level", list(RiskLevel))
def test_the_size_is_the_formula_over_the_whole_grid(level: RiskLevel, curve: str) -> None:
    policy = Policy(sizing=SizingPolicy(curve=curve))
    equities = (-50, 0, 1, 50, 500, 999, 1000, 1001, 10_000, 2_000_000)
    volatilities = (None, 0, 1, 3, 9, 10, 11, 14, 15, 16, 40, 250)
    for equity, percent in product(equities, volatilities):
        volatility = None if percent is None else Ratio(percent / 100)
        size = position_size(Quote(equity), level, volatility, policy, emergency=False)
        assert size == pytest.approx(float(by_hand(equity, level.value, percent, curve)))


@pytest.mark.spec("SZ-1")
@pytest.mark.parametrize(
    ("equity", "level", "percent", "size"),
    [
        (10_000, RiskLevel.MINIMAL, 0.0, 200.0),
        (10_000, RiskLevel.LOW, 7.5, 75.0),  # 10 000 x 1 % x 0.75
        (10_000, RiskLevel.MEDIUM, 15.0, 25.0),  # 10 000 x 0.5 % x 0.5
        (10_000, RiskLevel.CRITICAL, 20.0, 7.5),  # 10 000 x 0.25 % x 0.3
        (500, RiskLevel.MINIMAL, 0.0, 5.0),  # 500 x 2 % x 0.5
    ],
)
def test_hand_worked_sizes(equity: float, level: RiskLevel, percent: float, size: float) -> None:
    volatility = Ratio(percent / 100)
    assert position_size(Quote(equity), level, volatility, POLICY, False) == pytest.approx(size)


@pytest.mark.spec("SZ-3")
@pytest.mark.parametrize(
    ("policy", "volatility", "expected"),
    [
        (LINEAR, 0.0, 1.0),
        (LINEAR, 0.15, 0.5),
        (LINEAR, math.nextafter(0.15, 1), 0.3),
        (STEPPED, math.nextafter(0.10, 0), 1.0),
        (STEPPED, 0.10, 0.75),
        (STEPPED, 0.15, 0.75),
        (STEPPED, math.nextafter(0.15, 1), 0.3),
        (SizingPolicy(high_volatility=Ratio(0.4)), 0.2, 0.75),
        (SizingPolicy(curve="stepped", medium_volatility=Ratio(0.02)), 0.02, 0.75),
    ],
)
def test_each_threshold_belongs_to_the_calmer_side(
    policy: SizingPolicy, volatility: float, expected: float
) -> None:
    assert volatility_factor(Ratio(volatility), policy) == pytest.approx(expected)


@pytest.mark.spec("SZ-3", "CF-4")
@pytest.mark.parametrize("curve", list(CURVES))
@pytest.mark.parametrize("volatility", [None, math.nan, math.inf, -0.01])
def test_a_volatility_that_is_not_known_gets_the_careful_factor(
    curve: str, volatility: Ratio | None
) -> None:
    assert volatility_factor(volatility, SizingPolicy(curve=curve)) == 0.3


@pytest.mark.spec("SZ-4")
@pytest.mark.parametrize(
    ("equity", "expected"),
    [(-1, 0), (0, 0), (250, 0.25), (1000, 1), (5000, 1), (math.nan, 0), (math.inf, 0)],
)
def test_the_balance_factor_is_the_share_of_a_full_size_account(
    equity: float, expected: float
) -> None:
    assert balance_factor(Quote(equity), SizingPolicy()) == expected
    assert balance_factor(Quote(50), SizingPolicy(full_size_equity=Quote(200))) == 0.25


@pytest.mark.spec("EM-1")
def test_an_emergency_caps_the_size_and_never_raises_it() -> None:
    calm, wild = Ratio(0.0), Ratio(0.2)
    equity = Quote(10_000)
    assert position_size(equity, RiskLevel.MINIMAL, calm, POLICY, emergency=True) == 50.0
    assert position_size(equity, RiskLevel.CRITICAL, wild, POLICY, emergency=True) == 7.5


@given(
    equity=amounts(-1e6, 1e6),
    level=st.sampled_from(list(RiskLevel)),
    volatility=st.none() | ratios(0, 3),
    policy=policies(),
    emergency=st.booleans(),
)
def test_a_size_is_never_negative_nor_above_base_times_equity(
    equity: float, level: RiskLevel, volatility: Ratio | None, policy: Policy, emergency: bool
) -> None:
    size = position_size(Quote(equity), level, volatility, policy, emergency)
    assert 0 <= size <= max(equity, 0) * policy.sizing.base[level] * (1 + 1e-9)


@pytest.mark.spec("SZ-3")
@given(curve=st.sampled_from(list(CURVES)), one=ratios(0, 0.5), other=ratios(0, 0.5))
def test_a_larger_volatility_never_gets_a_larger_factor(
    curve: str, one: Ratio, other: Ratio
) -> None:
    policy = SizingPolicy(curve=curve)
    low, high = sorted((one, other))
    factors = [volatility_factor(v, policy) for v in (low, high, None)]
    assert factors == sorted(factors, reverse=True)


def test_an_unknown_curve_is_refused_with_the_names_that_exist() -> None:
    with pytest.raises(ValueError, match=r"'cubic'.*linear, stepped"):
        curve_named("cubic")
    with pytest.raises(ValueError, match="cubic"):
        volatility_factor(Ratio(0.1), replace(LINEAR, curve="cubic"))


@pytest.mark.spec("SZ-1", "SZ-4")
@pytest.mark.parametrize("equity", [-5000.0, -0.5, 0.0, float("inf"), float("nan")])
def test_without_a_positive_finite_equity_there_is_no_size(equity: float) -> None:
    assert balance_factor(Quote(equity), POLICY.sizing) == 0
    assert position_size(Quote(equity), RiskLevel.MINIMAL, Ratio(0.0), POLICY, False) == 0
