"""Leverage caps and stop distances: by hand, by brute force, and with hostile input."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.levels import Mode, RiskLevel
from riskplugin.core.leverage import (
    LeverageCap,
    level_cap,
    leverage_cap,
    liquidation_cap,
    stop_distance,
)
from riskplugin.core.policy import EmergencyPolicy, LeveragePolicy, Policy, by_level
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote, Ratio
from tests.core.strategies import (
    ACCOUNT,
    HOSTILE,
    POLICY,
    REQUEST,
    accounts,
    changed,
    policies,
    ratios,
    requests,
)

NO_STOP = replace(POLICY, modes={"stop": Mode.OBSERVE})
MARGIN = replace(REQUEST, can_liquidate=True)


def capped(proposal: float, account: AccountSnapshot = ACCOUNT, **changes: object) -> LeverageCap:
    request = changed(REQUEST, leverage=proposal, **changes)
    return leverage_cap(request, account, POLICY)


@pytest.mark.spec("LV-1")
@pytest.mark.parametrize(
    ("level", "cap"), [("minimal", 20), ("low", 15), ("medium", 10), ("high", 5), ("critical", 5)]
)
def test_each_level_has_its_cap(level: str, cap: float) -> None:
    account = replace(ACCOUNT, level=RiskLevel(level))
    assert level_cap(account.level, POLICY) == cap
    assert capped(cap, account) == LeverageCap(cap, None)
    above = capped(cap + 1, account)
    assert above.value == cap
    assert above.reason is not None
    assert (above.reason.rule, above.reason.measured, above.reason.limit) == (
        "leverage",
        cap + 1,
        cap,
    )
    assert f"leverage {cap + 1}x is above the cap of the level {level}, {cap}x" in (
        above.reason.text
    )


@pytest.mark.spec("LV-1")
def test_the_smallest_cap_wins_and_is_named() -> None:
    emergency = replace(ACCOUNT, emergency=True)
    assert capped(50, exchange_max_leverage=8.0).value == 8
    first = capped(50, emergency, exchange_max_leverage=8.0)
    assert first.reason is not None
    assert (first.value, first.reason.rule) == (5, "emergency")
    second = capped(50, emergency, exchange_max_leverage=3.0)
    assert second.reason is not None
    assert (second.value, second.reason.rule) == (3, "leverage")
    assert "the exchange's maximum" in second.reason.text


@pytest.mark.spec("LV-1")
@pytest.mark.parametrize(("proposal", "value"), [(1.0, 1), (1.9, 1), (2.999, 2), (7, 7)])
def test_leverage_is_a_cap_never_a_target_and_whole(proposal: float, value: int) -> None:
    assert capped(proposal) == LeverageCap(value, None)


@pytest.mark.spec("SZ-7", "LV-3")
@pytest.mark.parametrize(
    ("stoploss", "leverage", "emergency", "distance"),
    [
        (None, 1, False, 0.05),
        (None, 1, True, 0.10),
        (0.99, 1, False, 0.05),
        (0.10, 5, False, 0.02),
        (0.10, 1, True, 0.10),
        (0.99, 20, False, 0.0495),
    ],
)
def test_the_tighter_stop_counts(
    stoploss: Ratio | None, leverage: float, emergency: bool, distance: float
) -> None:
    assert stop_distance(stoploss, leverage, POLICY, emergency) == pytest.approx(distance)


@pytest.mark.spec("LV-3")
def test_a_plugin_stop_that_only_observes_does_not_count() -> None:
    assert stop_distance(Ratio(0.3), 2, NO_STOP, emergency=False) == 0.15
    assert stop_distance(None, 2, NO_STOP, emergency=False) == 1.0
    assert stop_distance(None, 2, NO_STOP, emergency=True) == 1.0


@pytest.mark.spec("LV-3")
@pytest.mark.parametrize(
    ("stop", "maintenance", "cap"),
    [
        (0.05, 0.005, 14),  # 0.05 <= (1/14 - 0.005) x 0.8 = 0.0531; 15 gives 0.0493
        (0.05, 0.0, 16),  # exactly: 0.05 = 1/16 x 0.8
        (0.10, 0.005, 7),  # (1/7 - 0.005) x 0.8 = 0.110; 8 gives 0.096
        (0.79, 0.0, 1),
        (0.81, 0.0, 0),
        (0.05, 0.95, 0),
    ],
)
def test_the_liquidation_cap_by_hand(stop: float, maintenance: float, cap: int) -> None:
    policy = replace(POLICY, stop=Ratio(stop))
    assert liquidation_cap(50, None, Ratio(maintenance), policy, emergency=False) == cap


@pytest.mark.spec("LV-3")
@given(
    proposal=st.integers(1, 125),
    stoploss=st.none() | ratios(0.001, 1.5),
    maintenance=ratios(0, 0.2),
    policy=policies() | st.just(NO_STOP),
    emergency=st.booleans(),
)
def test_the_liquidation_cap_is_the_largest_that_keeps_the_stop_before_liquidation(
    proposal: int, stoploss: Ratio | None, maintenance: Ratio, policy: Policy, emergency: bool
) -> None:
    def is_safe(leverage: int) -> bool:
        stop = stop_distance(stoploss, leverage, policy, emergency)
        buffer = policy.leverage.liquidation_buffer
        return stop <= (1 / leverage - maintenance) * (1 - buffer)

    safe = [leverage for leverage in range(1, proposal + 1) if is_safe(leverage)]
    cap = liquidation_cap(proposal, stoploss, maintenance, policy, emergency=emergency)
    assert cap == max(safe, default=0)


@pytest.mark.spec("LV-3")
def test_leverage_is_lowered_until_the_stop_lies_before_liquidation() -> None:
    request = replace(MARGIN, leverage=20.0)
    cap = leverage_cap(request, ACCOUNT, POLICY)
    assert cap.value == 14
    assert cap.reason is not None
    assert (cap.reason.rule, cap.reason.measured, cap.reason.limit) == ("liquidation", 20, 14)
    assert "at 20x the stop lies 5 % from the price" in cap.reason.text
    assert leverage_cap(replace(request, can_liquidate=False), ACCOUNT, POLICY).value == 20
    tight = leverage_cap(replace(request, stoploss=Ratio(0.2)), ACCOUNT, POLICY)
    assert tight == LeverageCap(20, None)  # 0.2 of margin at 20x is 1 % of the price
    assert leverage_cap(request, replace(ACCOUNT, emergency=True), POLICY).value == 5


@pytest.mark.spec("LV-3")
def test_a_wider_stop_in_an_emergency_lowers_leverage_further() -> None:
    loose = replace(POLICY, emergency=EmergencyPolicy(max_leverage=20))
    emergency = replace(ACCOUNT, emergency=True)
    assert leverage_cap(replace(MARGIN, leverage=20.0), emergency, loose).value == 7


@pytest.mark.spec("LV-3")
def test_when_not_even_one_is_safe_the_answer_is_one_with_the_reason() -> None:
    cap = leverage_cap(replace(MARGIN, leverage=3.0), ACCOUNT, NO_STOP)
    assert cap.value == 1
    assert cap.reason is not None
    assert (cap.reason.rule, cap.reason.limit) == ("liquidation", 0)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize(
    "field", ["leverage", "stoploss", "exchange_max_leverage", "maintenance_ratio"]
)
@pytest.mark.parametrize("value", HOSTILE, ids=lambda v: type(v).__name__)
def test_hostile_figures_give_one_or_a_lawful_cap(field: str, value: object) -> None:
    request = changed(MARGIN, **{"leverage": 10.0, field: value})
    cap = leverage_cap(request, ACCOUNT, POLICY)
    assert 1 <= cap.value <= 14
    assert cap.value == int(cap.value)
    if field == "leverage":
        assert cap.value <= 5
        assert cap.reason is None or cap.reason.rule == "input"


@pytest.mark.spec("CF-4")
def test_a_request_without_a_stake_may_ask_for_its_leverage() -> None:
    assert capped(30, stake=Quote(math.nan), price=math.nan).value == 20


@pytest.mark.spec("LV-1")
@given(request=requests(), account=accounts(), policy=policies())
def test_the_cap_is_whole_at_least_one_and_never_above_any_cap(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    cap = leverage_cap(request, account, policy)
    assert cap.value >= 1
    assert cap.value == int(cap.value)
    assert cap.value <= request.leverage
    assert cap.value <= max(level_cap(account.level, policy), 1)
    assert cap.value <= (request.exchange_max_leverage or 1e9)
    if account.emergency:
        assert cap.value <= policy.emergency.max_leverage
    lowered = math.floor(request.leverage) > cap.value
    assert lowered <= (cap.reason is not None)


@pytest.mark.spec("LV-1")
@given(request=requests(), account=accounts(), policy=policies())
def test_a_riskier_account_never_gets_more_leverage(
    request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    cap = leverage_cap(request, account, policy).value
    worse = replace(account, level=RiskLevel.CRITICAL)
    assert leverage_cap(request, worse, policy).value <= cap
    # The stop of an emergency is not tighter, as in the defaults: a wider one is liquidated sooner.
    assert policy.emergency.stop >= policy.stop
    assert leverage_cap(request, replace(account, emergency=True), policy).value <= cap
    buffered = replace(policy, leverage=replace(policy.leverage, liquidation_buffer=Ratio(0.9)))
    assert leverage_cap(request, account, buffered).value <= cap


def test_the_policys_caps_are_used() -> None:
    policy = Policy(leverage=LeveragePolicy(max={**POLICY.leverage.max, RiskLevel.MINIMAL: 7.5}))
    assert leverage_cap(replace(REQUEST, leverage=9.0), ACCOUNT, policy).value == 7


def test_figures_that_cannot_be_judged_and_a_cap_below_one_give_one() -> None:
    hostile = replace(REQUEST, leverage=float("nan"))
    assert leverage_cap(hostile, ACCOUNT, POLICY).value == 1
    small = replace(POLICY, leverage=LeveragePolicy(max=by_level(0.5, 0.5, 0.5, 0.5, 0.5)))
    assert leverage_cap(replace(REQUEST, leverage=3.0), ACCOUNT, small).value == 1
