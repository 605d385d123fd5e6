"""Every rule by hand at its limit, and the contract that all of them keep."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core import rules
from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import EntryKind, Mode, RiskLevel
from riskplugin.core.policy import (
    EmergencyPolicy,
    HalfOpenPolicy,
    LeveragePolicy,
    Policy,
    SizingPolicy,
    Threshold,
)
from riskplugin.core.rules import RULES, Rule
from riskplugin.core.rules.breaker import BreakerRule
from riskplugin.core.rules.daily_loss import DailyLossRule
from riskplugin.core.rules.drawdown import DrawdownRule
from riskplugin.core.rules.emergency import EmergencyRule
from riskplugin.core.rules.exposure import ExposureRule
from riskplugin.core.rules.input import InputRule
from riskplugin.core.rules.leverage import LeverageRule
from riskplugin.core.rules.liquidation import LiquidationRule
from riskplugin.core.rules.loss_at_stop import LossAtStopRule
from riskplugin.core.rules.positions import PositionsRule
from riskplugin.core.rules.size import SizeRule
from riskplugin.core.rules.stale import StaleRule
from riskplugin.core.rules.system import SystemRule
from riskplugin.core.rules.trust import TrustRule
from riskplugin.core.rules.weekly_loss import WeeklyLossRule
from riskplugin.core.sanity import RANGES, Range, is_plain, request_fault
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import ALLOW, Allow, Cap, Deny, Reason, Verdict
from tests.core.strategies import (
    ACCOUNT,
    HOSTILE,
    NOW,
    POLICY,
    REQUEST,
    accounts,
    changed,
    holding,
    policies,
    requests,
    with_breaker,
    working,
)

HALF_OPEN = replace(ACCOUNT, breaker=BreakerState.HALF_OPEN, half_open_since=NOW)
EMERGENCY = replace(ACCOUNT, emergency=True)


def ask(
    rule: type[Rule],
    account: AccountSnapshot = ACCOUNT,
    policy: Policy = POLICY,
    /,
    **changes: object,
) -> Verdict:
    request = changed(REQUEST, **changes)
    return rule.from_policy(policy).check(request, account)


def reason(verdict: Verdict) -> Reason:
    """The reason of a refusal."""
    assert isinstance(verdict, Deny)
    return verdict.reason


def cap(verdict: Verdict) -> float:
    """The stake of a cap."""
    assert isinstance(verdict, Cap)
    return verdict.stake


# ------------------------------------------------------------------------------- the whole family


def test_the_registry_holds_every_rule_once() -> None:
    """A file that is forgotten in the registry would guard nothing."""
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")}
    assert sorted(rule.name for rule in RULES) == sorted(files - {"__init__", "answers"})


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
@given(request=requests(), account=accounts(), policy=policies())
def test_a_rule_is_pure_and_never_raises_the_proposal(
    rule: type[Rule], request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    built = rule.from_policy(policy)
    verdict = built.check(request, account)
    assert verdict == built.check(request, account)
    assert verdict == rule.from_policy(policy).check(request, account)
    match verdict:
        case Allow():
            assert verdict is ALLOW
        case Cap(stake, why):
            assert 0 < stake < request.stake
            assert_well_told(why, rule.name)
        case Deny(why):
            assert_well_told(why, rule.name)


def assert_well_told(why: Reason, name: str) -> None:
    assert why.rule == name
    assert math.isfinite(why.measured)
    assert math.isfinite(why.limit)
    assert why.text


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_a_rule_is_frozen(rule: type[Rule]) -> None:
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        rule.from_policy(POLICY).anything = 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("rule", [r for r in RULES if r is not InputRule], ids=lambda r: r.name)
@given(request=requests(), account=accounts(), policy=policies())
def test_a_stake_inside_the_cap_is_allowed(
    rule: type[Rule], request: EntryRequest, account: AccountSnapshot, policy: Policy
) -> None:
    """What a rule has capped it does not cap again: stages of the main path agree."""
    built = rule.from_policy(policy)
    verdict = built.check(request, account)
    if isinstance(verdict, Cap):
        assert built.check(replace(request, stake=verdict.stake), account) is ALLOW


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("rule", [SizeRule, ExposureRule, LossAtStopRule, EmergencyRule])
@pytest.mark.parametrize("equity", [0.0, -500.0])
def test_without_equity_nothing_may_be_opened(rule: type[Rule], equity: float) -> None:
    policy = replace(POLICY, sizing=SizingPolicy(max_risk_per_trade=Ratio(0.01)))
    broke = AccountSnapshot(equity=Quote(equity), emergency=True)
    assert reason(ask(rule, broke, policy)).limit == 0


# ------------------------------------------------------------------------------------------ input

#: Hostile values that are no number at all, and those that are absurd ones.
NO_NUMBERS = [v for v in HOSTILE if not (type(v) is float and math.isfinite(v)) and v is not None]
ABSURD = [-2.0, 1e300, 1e19]


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("field", [allowed.field for allowed in RANGES])
def test_a_figure_that_cannot_be_used_is_refused_by_name(field: str) -> None:
    for value in (*NO_NUMBERS, *ABSURD):
        why = reason(ask(InputRule, **{field: value}))
        assert why.rule == "input"
        assert why.text.startswith(f"{field} must be ")
        assert math.isfinite(why.measured)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("allowed", RANGES, ids=lambda r: r.field)
def test_only_optional_figures_may_be_missing(allowed: Range) -> None:
    assert (ask(InputRule, **{allowed.field: None}) is ALLOW) is allowed.optional


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize(
    ("field", "inside", "outside"),
    [
        ("stake", 1e-18, 0.0),
        ("price", 1e-18, 0.0),
        ("market_price", 1e-18, -1.0),
        ("leverage", 1.0, math.nextafter(1, 0)),
        ("stoploss", 1e-9, 0.0),
        ("exchange_max_leverage", 1.0, 0.99),
        ("maintenance_ratio", 0.0, -1e-9),
        ("volatility", 0.0, -1e-9),
        ("fee", -0.001, -1.5),
        ("min_stake", 0.0, -1e-9),
        ("max_stake", 1e18, 1.1e18),
    ],
)
def test_ranges_include_their_ends(field: str, inside: float, outside: float) -> None:
    market = {"market_price": 1e-18} if field == "price" else {}
    assert ask(InputRule, **{field: inside, **market}) is ALLOW
    assert str(reason(ask(InputRule, **{field: outside})).text).startswith(field)


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("pair", ""),
        ("pair", None),
        ("pair", ["BTC/USDT"]),
        ("side", "long"),
        ("kind", "open"),
        ("kind", None),
        ("can_liquidate", 1),
        ("can_liquidate", None),
        ("at", None),
        ("at", datetime(2026, 3, 1)),  # noqa: DTZ001 -- naive on purpose
        ("stale", 0),
    ],
)
def test_a_field_of_the_wrong_kind_is_refused_by_name(field: str, value: object) -> None:
    assert reason(ask(InputRule, **{field: value})).text.startswith(f"{field} must be ")


@pytest.mark.spec("CF-4")
def test_a_notional_that_overflows_is_refused() -> None:
    assert "notional" in reason(ask(InputRule, stake=1e17, leverage=100.0)).text
    assert "notional" in reason(ask(InputRule, price=1e-18, market_price=1e18)).text


@pytest.mark.spec("CF-4")
def test_whole_numbers_and_rebates_are_numbers() -> None:
    assert ask(InputRule, stake=100, leverage=5, price=50, fee=-0.0001, stoploss=1) is ALLOW


@pytest.mark.spec("CF-4")
@given(
    request=requests(),
    changes=st.dictionaries(
        st.sampled_from(
            sorted({*(r.field for r in RANGES), "pair", "at", "side", "kind", "stale"})
        ),
        st.sampled_from(HOSTILE) | st.floats() | st.integers() | st.text(max_size=3),
        max_size=3,
    ),
)
def test_the_fast_look_never_passes_what_the_thorough_one_refuses(
    request: EntryRequest, changes: dict[str, object]
) -> None:
    odd = changed(request, **changes)
    assert not (is_plain(odd) and request_fault(odd))


@given(request=requests())
def test_usual_requests_take_the_fast_look(request: EntryRequest) -> None:
    assert is_plain(request)
    assert request_fault(request) is None


# ------------------------------------------------------------------------- stale, trust and system


@pytest.mark.spec("CF-4")
def test_stale_figures_are_refused_with_their_reason() -> None:
    assert "no candle for 3 h" in reason(ask(StaleRule, stale="no candle for 3 h")).text


@pytest.mark.spec("CF-4", "CB-2")
@pytest.mark.parametrize(("microseconds", "refused"), [(0, False), (1, True)])
def test_prices_older_than_the_limit_are_refused_while_a_book_is_open(
    microseconds: int, refused: bool
) -> None:
    age = timedelta(minutes=2, microseconds=microseconds)
    for book in ({"positions": (holding("A/U", 1),)}, {"working": (working("A/U", 1),)}):
        account = changed(ACCOUNT, price_age=age, **book)
        assert isinstance(ask(StaleRule, account), Deny) is refused
    assert ask(StaleRule, replace(ACCOUNT, price_age=age)) is ALLOW


@pytest.mark.spec("CB-11")
def test_an_untrusted_account_refuses_with_its_reason() -> None:
    verdict = ask(TrustRule, replace(ACCOUNT, untrusted="the balance fell without a fill"))
    assert "the balance fell without a fill" in reason(verdict).text
    assert ask(TrustRule) is ALLOW


@pytest.mark.spec("CB-2", "CF-4")
def test_a_fault_or_too_many_errors_in_a_row_refuse() -> None:
    assert ask(SystemRule, replace(ACCOUNT, consecutive_errors=4)) is ALLOW
    why = reason(ask(SystemRule, replace(ACCOUNT, consecutive_errors=5)))
    assert (why.measured, why.limit) == (5, 5)
    assert "ledger" in reason(ask(SystemRule, replace(ACCOUNT, fault="ledger full"))).text


# ------------------------------------------------------------------------------- the breaker rule


@pytest.mark.spec("CB-5")
@pytest.mark.parametrize("state", [BreakerState.OPEN, BreakerState.LATCHED])
@pytest.mark.parametrize("kind", list(EntryKind))
def test_an_open_breaker_refuses_every_kind_of_entry(state: BreakerState, kind: EntryKind) -> None:
    verdict = ask(BreakerRule, replace(ACCOUNT, breaker=state), kind=kind)
    assert f"the breaker is {state}" in reason(verdict).text


@pytest.mark.spec("CB-5")
@pytest.mark.parametrize("kind", list(EntryKind))
def test_a_closed_breaker_lets_pass(kind: EntryKind) -> None:
    assert ask(BreakerRule, kind=kind) is ALLOW


@pytest.mark.spec("CB-6")
def test_a_probe_is_capped_to_a_share_of_a_fresh_size() -> None:
    assert cap(ask(BreakerRule, HALF_OPEN)) == 50  # 10 000 x 2 % x 0.25
    assert ask(BreakerRule, HALF_OPEN, stake=50.0) is ALLOW
    assert cap(ask(BreakerRule, HALF_OPEN, market_price=100.0)) == 25
    assert cap(ask(BreakerRule, replace(HALF_OPEN, level=RiskLevel.LOW))) == 25
    assert cap(ask(BreakerRule, HALF_OPEN, volatility=None)) == pytest.approx(15)
    assert cap(ask(BreakerRule, replace(HALF_OPEN, emergency=True))) == 12.5


@pytest.mark.spec("CB-6", "SZ-5")
@pytest.mark.parametrize(
    ("equity", "least", "probe"),
    [
        (10_000, 50, 50),  # the share of a fresh size is enough
        (10_000, 80, 80),  # lifted to what the exchange takes
        (10_000, 200, 200),
        (10_000, 300, 200),  # never more than a fresh size
        (400, None, 1),  # a share of 3.2 x 0.25 is below the policy's own minimum
    ],
)
def test_a_probe_may_be_as_large_as_the_smallest_order(
    equity: float, least: float | None, probe: float
) -> None:
    account = AccountSnapshot(
        equity=Quote(equity), breaker=BreakerState.HALF_OPEN, half_open_since=NOW
    )
    assert cap(ask(BreakerRule, account, stake=9_999.0, min_stake=least)) == pytest.approx(probe)


@pytest.mark.spec("CB-6")
def test_one_probe_too_many_is_refused() -> None:
    one = replace(HALF_OPEN, probes=1)
    why = reason(ask(BreakerRule, one, stake=5.0))
    assert (why.measured, why.limit) == (1, 1)
    two = with_breaker(POLICY, half_open=HalfOpenPolicy(max_positions=2))
    assert ask(BreakerRule, one, two, stake=5.0) is ALLOW
    assert isinstance(ask(BreakerRule, replace(one, probes=2), two, stake=5.0), Deny)
    assert ask(BreakerRule, one, stake=5.0, kind=EntryKind.REPLACE) is ALLOW


@pytest.mark.spec("CB-6", "SZ-10")
@pytest.mark.parametrize("kind", list(EntryKind))
@pytest.mark.parametrize("opened", [None, NOW - timedelta(microseconds=1)])
def test_a_position_from_before_the_test_is_not_increased(
    kind: EntryKind, opened: datetime | None
) -> None:
    older = replace(HALF_OPEN, positions=(holding("BTC/USDT", 5, opened_at=opened),))
    assert "BTC/USDT" in reason(ask(BreakerRule, older, stake=5.0, kind=kind)).text


@pytest.mark.spec("CB-6", "SZ-10")
def test_a_probe_may_grow_to_the_size_of_a_probe() -> None:
    probe = replace(HALF_OPEN, positions=(holding("BTC/USDT", 30, opened_at=NOW),), probes=1)
    increase = EntryKind.INCREASE
    assert cap(ask(BreakerRule, probe, kind=increase)) == 20
    assert ask(BreakerRule, probe, kind=increase, stake=20.0) is ALLOW
    full = replace(HALF_OPEN, positions=(holding("BTC/USDT", 50, opened_at=NOW),))
    assert isinstance(ask(BreakerRule, full, kind=increase), Deny)


@pytest.mark.spec("CB-6")
def test_an_increase_of_unknown_age_is_refused() -> None:
    increase = EntryKind.INCREASE
    assert isinstance(ask(BreakerRule, HALF_OPEN, kind=increase, stake=1.0), Deny)
    undated = replace(HALF_OPEN, half_open_since=None)
    undated = replace(undated, positions=(holding("BTC/USDT", 5, opened_at=NOW),))
    assert isinstance(ask(BreakerRule, undated, kind=increase, stake=1.0), Deny)


# ----------------------------------------------------------------------------------------- losses

LOSSES = [
    (DrawdownRule, "drawdown", "peak_equity"),
    (DailyLossRule, "daily_loss", "day_start_equity"),
    (WeeklyLossRule, "weekly_loss", "week_start_equity"),
]


@pytest.mark.spec("CB-2")
@pytest.mark.parametrize(("rule", "name", "reference"), LOSSES)
def test_a_loss_at_its_trip_value_refuses_between_two_looks(
    rule: type[Rule], name: str, reference: str
) -> None:
    policy = with_breaker(POLICY, **{name: Threshold(warn=0.1, trip=0.25)})
    account = changed(AccountSnapshot(equity=Quote(750)), **{reference: Quote(1_000)})
    why = reason(ask(rule, account, policy))
    assert (why.measured, why.limit) == (0.25, 0.25)
    assert why.text == f"{name.replace('_', ' ')} 25 % has reached the limit of 25 %"
    assert ask(rule, replace(account, equity=Quote(750.0001)), policy) is ALLOW
    assert ask(rule, account, with_breaker(POLICY, **{name: Threshold(warn=0.1)})) is ALLOW


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(("rule", "name", "reference"), LOSSES)
def test_the_test_of_a_half_open_breaker_is_not_judged_by_old_references(
    rule: type[Rule], name: str, reference: str
) -> None:
    policy = with_breaker(POLICY, **{name: Threshold(trip=0.1)})
    account = changed(HALF_OPEN, equity=Quote(1), **{reference: Quote(1_000)})
    assert ask(rule, account, policy) is ALLOW


# -------------------------------------------------------------------------------------- emergency


@pytest.mark.spec("EM-1")
def test_an_emergency_limits_leverage_positions_and_size() -> None:
    assert ask(EmergencyRule, leverage=50.0, stake=9e9) is ALLOW
    assert ask(EmergencyRule, EMERGENCY, stake=50.0, leverage=5.0) is ALLOW
    assert cap(ask(EmergencyRule, EMERGENCY)) == 50
    why = reason(ask(EmergencyRule, EMERGENCY, stake=1.0, leverage=5.5))
    assert (why.measured, why.limit) == (5.5, 5)
    assert "leverage 5.5x is above the emergency's 5x" in why.text


@pytest.mark.spec("EM-1")
@pytest.mark.parametrize(("held", "refused"), [(2, False), (3, True), (4, True)])
def test_an_emergency_has_room_for_three_positions(held: int, refused: bool) -> None:
    book = replace(EMERGENCY, positions=tuple(holding(f"P{i}/U", 1) for i in range(held)))
    assert isinstance(ask(EmergencyRule, book, stake=1.0), Deny) is refused
    assert ask(EmergencyRule, book, stake=1.0, kind=EntryKind.INCREASE) is ALLOW


@pytest.mark.spec("EM-1", "SZ-10")
def test_the_emergencys_size_counts_what_is_held_and_the_higher_price() -> None:
    held = replace(EMERGENCY, positions=(holding("BTC/USDT", 30),))
    increase = EntryKind.INCREASE
    assert cap(ask(EmergencyRule, held, kind=increase)) == 20
    assert cap(ask(EmergencyRule, held, kind=increase, market_price=100.0)) == 10
    policy = replace(POLICY, emergency=EmergencyPolicy(max_position=Ratio(0.003)))
    assert isinstance(ask(EmergencyRule, held, policy, kind=increase), Deny)


# ---------------------------------------------------------------------- leverage and liquidation


@pytest.mark.spec("LV-1", "LV-2")
@pytest.mark.parametrize(
    ("level", "limit"), [("minimal", 20), ("low", 15), ("medium", 10), ("high", 5), ("critical", 5)]
)
def test_leverage_above_the_levels_cap_is_refused(level: str, limit: float) -> None:
    account = replace(ACCOUNT, level=RiskLevel(level))
    assert ask(LeverageRule, account, leverage=limit) is ALLOW
    why = reason(ask(LeverageRule, account, leverage=math.nextafter(limit, 99)))
    assert why.limit == limit
    assert f"the cap of {limit}x (level {level})" in why.text


@pytest.mark.spec("LV-1")
def test_leverage_above_the_exchanges_maximum_is_refused() -> None:
    assert ask(LeverageRule, leverage=8.0, exchange_max_leverage=8.0) is ALLOW
    assert reason(ask(LeverageRule, leverage=9.0, exchange_max_leverage=8.0)).limit == 8
    assert reason(ask(LeverageRule, leverage=21.0, exchange_max_leverage=75.0)).limit == 20


@pytest.mark.spec("LV-3")
def test_a_stop_beyond_liquidation_is_refused() -> None:
    assert ask(LiquidationRule, leverage=14.0, can_liquidate=True) is ALLOW
    why = reason(ask(LiquidationRule, leverage=15.0, can_liquidate=True))
    assert why.measured == 0.05
    assert why.limit == pytest.approx((1 / 15 - 0.005) * 0.8)
    assert "at 15x the stop lies 5 % from the price; before liquidation at most 4.93 %" in why.text
    assert ask(LiquidationRule, leverage=15.0) is ALLOW


@pytest.mark.spec("LV-3")
def test_a_stop_exactly_at_the_buffer_is_still_safe() -> None:
    policy = Policy(leverage=LeveragePolicy(liquidation_buffer=Ratio(0.5)), stop=Ratio(0.125))
    at = {"can_liquidate": True, "leverage": 4.0, "maintenance_ratio": 0.0}
    assert ask(LiquidationRule, ACCOUNT, policy, **at) is ALLOW
    wider = replace(policy, stop=Ratio(math.nextafter(0.125, 1)))
    assert isinstance(ask(LiquidationRule, ACCOUNT, wider, **at), Deny)


@pytest.mark.spec("LV-3")
def test_without_any_stop_what_can_be_liquidated_is_refused() -> None:
    policy = replace(POLICY, modes={"stop": Mode.OBSERVE})
    assert isinstance(ask(LiquidationRule, ACCOUNT, policy, can_liquidate=True), Deny)
    stopped = ask(LiquidationRule, ACCOUNT, policy, can_liquidate=True, stoploss=0.3)
    assert stopped is ALLOW


# ------------------------------------------------------------------ exposure, size and positions


@pytest.mark.spec("CB-2")
def test_the_book_fills_up_to_the_exposure_warning() -> None:
    book = replace(ACCOUNT, positions=(holding("A/U", 400, 10),))  # 4000 of 4500
    assert ask(ExposureRule, book, stake=500.0) is ALLOW
    verdict = ask(ExposureRule, book, stake=600.0)
    assert cap(verdict) == 500
    assert "exposure would be 4600, the limit is 4500 (45 % of equity)" in str(verdict)
    assert cap(ask(ExposureRule, book, leverage=10.0)) == 50
    assert cap(ask(ExposureRule, book, leverage=10.0, market_price=100.0)) == 25
    assert cap(ask(ExposureRule, book, leverage=10.0, market_price=10.0)) == 50


@pytest.mark.spec("CB-2")
def test_a_full_book_takes_nothing_more() -> None:
    full = replace(ACCOUNT, working=(working("A/U", 450, 10),))
    assert isinstance(ask(ExposureRule, full, stake=0.01), Deny)


@pytest.mark.spec("CB-2")
def test_without_a_warning_value_the_trip_is_the_limit() -> None:
    trip_only = with_breaker(POLICY, exposure=Threshold(trip=0.3))
    assert cap(ask(ExposureRule, ACCOUNT, trip_only, stake=9_000.0)) == pytest.approx(3_000)
    off = with_breaker(POLICY, exposure=Threshold())
    assert ask(ExposureRule, ACCOUNT, off, stake=1e9) is ALLOW


@pytest.mark.spec("SZ-1", "SZ-8")
def test_the_size_caps_and_never_raises_a_proposal() -> None:
    assert ask(SizeRule, stake=1.0) is ALLOW
    assert ask(SizeRule, stake=200.0) is ALLOW
    verdict = ask(SizeRule, stake=200.001)
    assert cap(verdict) == 200
    assert "a position of 200.001 is above the size of 200 (level minimal)" in str(verdict)


@pytest.mark.spec("SZ-10")
def test_the_whole_position_stays_inside_a_fresh_size() -> None:
    book = replace(
        ACCOUNT, positions=(holding("BTC/USDT", 120, 5),), working=(working("BTC/USDT", 30),)
    )
    increase = EntryKind.INCREASE
    assert cap(ask(SizeRule, book, kind=increase)) == 50
    assert ask(SizeRule, book, kind=increase, stake=50.0) is ALLOW
    assert ask(SizeRule, book, pair="ETH/USDT") is ALLOW
    full = replace(ACCOUNT, positions=(holding("BTC/USDT", 200),))
    assert isinstance(ask(SizeRule, full, kind=increase, stake=0.01), Deny)


@pytest.mark.spec("SZ-1")
def test_an_order_far_from_the_market_is_sized_at_the_market() -> None:
    """Forced at price 1 with the market at 100 it would buy a hundred times the approved amount."""
    assert cap(ask(SizeRule, price=1.0, market_price=100.0)) == 2
    assert ask(SizeRule, price=100.0, market_price=1.0) is ALLOW


def test_a_size_rule_with_an_unknown_curve_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="wavy"):
        SizeRule.from_policy(Policy(sizing=SizingPolicy(curve="wavy")))


@pytest.mark.parametrize(("most", "refused"), [(3, False), (2, True), (1, True), (None, False)])
def test_the_number_of_positions_is_limited_when_set(most: int | None, refused: bool) -> None:
    book = replace(ACCOUNT, positions=(holding("A/U", 1),), working=(working("B/U", 1),))
    policy = replace(POLICY, max_positions=most)
    assert isinstance(ask(PositionsRule, book, policy), Deny) is refused
    assert ask(PositionsRule, book, policy, kind=EntryKind.INCREASE) is ALLOW
    assert ask(PositionsRule, book, policy, kind=EntryKind.REPLACE) is ALLOW


# ----------------------------------------------------------------------------------- loss at stop

RISK = replace(POLICY, sizing=SizingPolicy(max_risk_per_trade=Ratio(0.01)))


@pytest.mark.spec("SZ-7")
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 2_000),  # 100 / 0.05
        ({"leverage": 10.0}, 200),  # the same notional
        ({"fee": 0.01}, 100 / 0.07),
        ({"fee": -0.01}, 2_000),
        ({"stoploss": 0.02}, 5_000),
        ({"stoploss": 0.2, "leverage": 10.0}, 500),  # 2 % of the price
        ({"market_price": 100.0}, 1_000),
    ],
)
def test_the_loss_at_the_stop_is_capped_whatever_the_leverage(
    changes: dict[str, float], expected: float
) -> None:
    verdict = ask(LossAtStopRule, ACCOUNT, RISK, stake=9_999.0, **changes)
    assert cap(verdict) == pytest.approx(expected)
    assert re.search(r"would cost .*, the limit is 100 \(1 % of equity\)", str(verdict))
    assert ask(LossAtStopRule, ACCOUNT, POLICY, stake=1e9, **changes) is ALLOW


@pytest.mark.spec("SZ-7", "SZ-10")
def test_the_loss_at_the_stop_counts_the_whole_position() -> None:
    book = replace(ACCOUNT, positions=(holding("BTC/USDT", 100, 15),))
    increase = EntryKind.INCREASE
    assert cap(ask(LossAtStopRule, book, RISK, kind=increase, stake=900.0)) == pytest.approx(500)
    other = ask(LossAtStopRule, book, RISK, kind=increase, stake=900.0, pair="ETH/USDT")
    assert other is ALLOW
    full = replace(ACCOUNT, positions=(holding("BTC/USDT", 100, 20),))
    assert isinstance(ask(LossAtStopRule, full, RISK, kind=increase, stake=1.0), Deny)


@pytest.mark.spec("SZ-7", "EM-1")
def test_the_emergencys_wider_stop_halves_what_may_be_risked() -> None:
    assert cap(ask(LossAtStopRule, EMERGENCY, RISK, stake=9_999.0)) == pytest.approx(1_000)
