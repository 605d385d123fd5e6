"""The figures in a refusal are the ones that decided: what was measured, and the limit."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from riskplugin.core.breaker import BreakerState
from riskplugin.core.gate import Gate
from riskplugin.core.levels import EntryKind
from riskplugin.core.policy import Policy, SizingPolicy, Threshold
from riskplugin.core.snapshot import AccountSnapshot, EntryRequest
from riskplugin.core.units import Quote, Ratio
from riskplugin.core.verdict import Cap, Deny, Reason
from tests.core.strategies import ACCOUNT, NOW, POLICY, REQUEST, changed, holding, with_breaker

pytestmark = pytest.mark.spec("CB-8", "AU-1")

HALF_OPEN = replace(ACCOUNT, breaker=BreakerState.HALF_OPEN, half_open_since=NOW)
#: 7 in the pair already; the market stands 1.5 times above the order's price.
HOLDS = {"positions": (holding("BTC/USDT", 7, opened_at=NOW),)}
DEAR = {"price": 50.0, "market_price": 75.0}
RISKY = replace(POLICY, sizing=SizingPolicy(max_risk_per_trade=Ratio(0.001)))
WEEKLY = with_breaker(POLICY, weekly_loss=Threshold(trip=0.05))
BIG = {**DEAR, "stake": 300.0}

# rule, changes of the account, changes of the request, policy, measured, limit, words
CASES: list[tuple[str, AccountSnapshot, EntryRequest, Policy, float, float, str]] = [
    ("trust", replace(ACCOUNT, untrusted="why"), REQUEST, POLICY, 1, 0, "not trusted: why"),
    ("system", replace(ACCOUNT, fault="why"), REQUEST, POLICY, 1, 0, "at fault: why"),
    ("system", replace(ACCOUNT, consecutive_errors=7), REQUEST, POLICY, 7, 5, "7 errors in a row"),
    ("stale", ACCOUNT, replace(REQUEST, stale="why"), POLICY, 1, 0, "stale: why"),
    (
        "stale",
        changed(ACCOUNT, price_age=timedelta(minutes=3), **HOLDS),
        REQUEST,
        POLICY,
        180,
        120,
        "180 s old, the limit is 120 s",
    ),
    (
        "breaker",
        replace(ACCOUNT, breaker=BreakerState.OPEN),
        REQUEST,
        POLICY,
        1,
        0,
        "the breaker is open",
    ),
    (
        "breaker",
        replace(HALF_OPEN, positions=(holding("BTC/USDT", 7, opened_at=NOW - timedelta(hours=1)),)),
        REQUEST,
        POLICY,
        1,
        0,
        "BTC/USDT is not one of its probes",
    ),
    (
        "breaker",
        replace(HALF_OPEN, probes=2),
        REQUEST,
        POLICY,
        2,
        1,
        "has 2 probes, the limit is 1",
    ),
    (
        "breaker",
        changed(HALF_OPEN, **HOLDS),
        changed(REQUEST, kind=EntryKind.INCREASE, **BIG),
        POLICY,
        457,
        50,
        "a probe of 457 is above the half-open size of 50",
    ),
    (
        "emergency",
        replace(ACCOUNT, emergency=True, positions=tuple(holding(f"{i}/U", 1) for i in range(4))),
        REQUEST,
        POLICY,
        4,
        3,
        "4 pairs are held, the limit in an emergency is 3",
    ),
    (
        "emergency",
        replace(ACCOUNT, emergency=True),
        replace(REQUEST, leverage=6.0),
        POLICY,
        6,
        5,
        "leverage 6x is above the emergency's 5x",
    ),
    (
        "emergency",
        changed(ACCOUNT, emergency=True, **HOLDS),
        changed(REQUEST, kind=EntryKind.INCREASE, **BIG),
        POLICY,
        457,
        50,
        "a position of 457 is above the emergency's 50",
    ),
    (
        "size",
        changed(ACCOUNT, **HOLDS),
        changed(REQUEST, kind=EntryKind.INCREASE, **BIG),
        POLICY,
        457,
        200,
        "a position of 457 is above the size of 200 (level minimal)",
    ),
    (
        "exposure",
        changed(ACCOUNT, **HOLDS),
        changed(REQUEST, leverage=15.0, **BIG),
        POLICY,
        6757,
        4500,
        "exposure would be 6757, the limit is 4500 (45 % of equity)",
    ),
    (
        "loss_at_stop",
        changed(ACCOUNT, **HOLDS),
        changed(REQUEST, fee=0.01, **BIG),
        RISKY,
        0.07 * 457,
        10,
        "the stop would cost 31.99, the limit is 10 (0.1 % of equity)",
    ),
    (
        "positions",
        changed(ACCOUNT, **HOLDS),
        replace(REQUEST, pair="ETH/USDT"),
        replace(POLICY, max_positions=1),
        1,
        1,
        "1 pairs are held, the limit is 1",
    ),
    ("leverage", ACCOUNT, replace(REQUEST, leverage=21.0), POLICY, 21, 20, "21x is above the cap"),
    (
        "drawdown",
        replace(ACCOUNT, peak_equity=Quote(12_500.0), day_start_equity=Quote(10_000.0)),
        REQUEST,
        POLICY,
        0.2,
        0.15,
        "drawdown 20 % has reached the limit of 15 %",
    ),
    (
        "daily_loss",
        replace(ACCOUNT, day_start_equity=Quote(12_500.0)),
        REQUEST,
        POLICY,
        0.2,
        0.02,
        "daily loss 20 % has reached the limit of 2 %",
    ),
    (
        "weekly_loss",
        replace(ACCOUNT, week_start_equity=Quote(12_500.0)),
        REQUEST,
        WEEKLY,
        0.2,
        0.05,
        "weekly loss 20 % has reached the limit of 5 %",
    ),
    (
        "liquidation",
        ACCOUNT,
        replace(REQUEST, can_liquidate=True, leverage=20.0),
        POLICY,
        0.05,
        0.036,
        "the stop lies 5 % from the price",
    ),
    (
        "minimum",
        ACCOUNT,
        replace(REQUEST, min_stake=Quote(150.0)),
        POLICY,
        100,
        150,
        "100 is below the minimum of 150",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]} {case[-1]}")
def test_a_refusal_or_a_cap_tells_the_figures_that_decided(
    case: tuple[str, AccountSnapshot, EntryRequest, Policy, float, float, str],
) -> None:
    rule, account, request, policy, measured, limit, words = case
    decision = Gate(policy).decide(request, account)
    verdict = dict(decision.verdicts)[rule]
    assert isinstance(verdict, Cap | Deny)
    reason: Reason = verdict.reason
    assert reason.rule == rule
    assert reason.measured == pytest.approx(measured)
    assert reason.limit == pytest.approx(limit)
    assert words in reason.text


@pytest.mark.parametrize(
    ("own", "theirs", "limit"), [(1.0, None, 1.0), (5.0, 2.0, 5.0), (2.0, 5.0, 5.0)]
)
def test_the_larger_of_both_minimums_counts(own: float, theirs: float | None, limit: float) -> None:
    policy = replace(POLICY, sizing=SizingPolicy(min_position=Quote(own)))
    request = changed(REQUEST, stake=0.5, min_stake=theirs)
    decision = Gate(policy).decide(request, ACCOUNT)
    assert isinstance(decision.binding, Deny)
    assert (decision.binding.reason.rule, decision.binding.reason.limit) == ("minimum", limit)


@pytest.mark.spec("CB-6")
@pytest.mark.parametrize(
    ("own", "theirs", "size"), [(1.0, None, 50.0), (60.0, 40.0, 60.0), (1.0, 60.0, 60.0)]
)
def test_a_probe_may_use_the_larger_minimum(own: float, theirs: float | None, size: float) -> None:
    """A quarter of 200 is 50."""
    policy = replace(POLICY, sizing=SizingPolicy(min_position=Quote(own)))
    request = changed(REQUEST, stake=150.0, min_stake=theirs)
    assert Gate(policy).decide(request, HALF_OPEN).stake == size


@pytest.mark.spec("CB-6")
def test_only_its_own_pair_makes_a_probe_old() -> None:
    """Neighbours in the alphabet were held before the test; the pair itself was not."""
    old = NOW - timedelta(hours=1)
    others = tuple(holding(pair, 1, opened_at=old) for pair in ("AAA/USDT", "ZZZ/USDT"))
    request = replace(REQUEST, stake=Quote(10.0))
    assert Gate(POLICY).decide(request, replace(HALF_OPEN, positions=others)).allowed


@pytest.mark.spec("CB-6")
def test_a_probe_may_grow_after_the_moment_it_was_opened() -> None:
    later = holding("BTC/USDT", 1, opened_at=NOW + timedelta(minutes=1))
    account = replace(HALF_OPEN, positions=(later,), probes=1)
    request = replace(REQUEST, stake=Quote(10.0), kind=EntryKind.INCREASE)
    assert Gate(POLICY).decide(request, account).allowed


@pytest.mark.spec("CB-6")
def test_more_probes_than_allowed_let_no_further_one_pass() -> None:
    account = replace(HALF_OPEN, probes=5)
    assert not Gate(POLICY).decide(replace(REQUEST, stake=Quote(10.0)), account).allowed


@pytest.mark.spec("EM-1")
def test_an_increase_adds_no_position_in_an_emergency() -> None:
    held = (*(holding(f"{i}/U", 1) for i in range(3)), holding("BTC/USDT", 1))
    account = replace(ACCOUNT, emergency=True, positions=held)
    request = replace(REQUEST, stake=Quote(10.0), kind=EntryKind.REPLACE)
    assert Gate(POLICY).decide(request, account).allowed


@pytest.mark.spec("EM-1")
def test_a_cap_in_an_emergency_is_exact() -> None:
    """(50 - 7) / 1.5 is no whole number."""
    account = changed(ACCOUNT, emergency=True, **HOLDS)
    request = changed(REQUEST, kind=EntryKind.INCREASE, **BIG)
    assert Gate(POLICY).decide(request, account).stake == pytest.approx(43 / 1.5)
