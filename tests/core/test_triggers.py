"""Each threshold at its value, just below and just above, and who may fire when."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from riskplugin.core.breaker import BreakerState
from riskplugin.core.levels import Mode, RiskLevel
from riskplugin.core.policy import Policy, Threshold
from riskplugin.core.score import RiskScore, risk_score
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.triggers import Severity, Trigger, evaluate, sentence, tripped
from riskplugin.core.units import Quote, Ratio
from tests.core.strategies import (
    ACCOUNT,
    POLICY,
    accounts,
    changed,
    holding,
    policies,
    with_breaker,
)

pytestmark = pytest.mark.spec("CB-2")

THRESHOLDS = with_breaker(POLICY, weekly_loss=Threshold(warn=0.03, trip=0.05))
LOSSES = {"drawdown", "daily_loss", "weekly_loss"}


def fallen(field: str) -> Callable[[float], AccountSnapshot]:
    """An account whose loss against ``field`` is exactly the ratio: a reference of 1."""

    def account(ratio: float) -> AccountSnapshot:
        return changed(AccountSnapshot(equity=Quote(1.0 - ratio)), **{field: Quote(1.0)})

    return account


def near(room: float) -> AccountSnapshot:
    """A long position from 1 towards 0 with this share of the way left."""
    position = holding("A/USDT", 0.001, 1, mark_price=room, liquidation_price=0.0)
    return replace(ACCOUNT, positions=(position,))


MAKERS: dict[str, Callable[[float], AccountSnapshot]] = {
    "drawdown": fallen("peak_equity"),
    "daily_loss": fallen("day_start_equity"),
    "weekly_loss": fallen("week_start_equity"),
    "exposure": lambda x: AccountSnapshot(equity=Quote(1.0), positions=(holding("A/U", x),)),
    "losing_streak": lambda x: replace(ACCOUNT, losing_streak=int(x)),
    "volatility": lambda x: replace(ACCOUNT, volatility=Ratio(x)),
    "rejected_orders": lambda x: replace(ACCOUNT, rejected_ratio=Ratio(x)),
    "liquidation_room": near,
}


def fired(account: AccountSnapshot, policy: Policy, name: str) -> Trigger | None:
    """The trigger of this name; at most one per name."""
    named = [t for t in evaluate(account, policy) if t.name == name]
    assert len(named) <= 1
    return named[0] if named else None


def severity(account: AccountSnapshot, name: str) -> Severity | None:
    trigger = fired(account, THRESHOLDS, name)
    return trigger.severity if trigger else None


@pytest.mark.parametrize("name", ["drawdown", "daily_loss", "weekly_loss"])
def test_losses_fire_at_their_value(name: str) -> None:
    threshold: Threshold = getattr(THRESHOLDS.breaker, name)
    assert threshold.warn is not None
    assert threshold.trip is not None
    make = MAKERS[name]
    assert severity(make(threshold.warn - 1e-9), name) is None
    assert severity(make(threshold.warn + 1e-9), name) is Severity.WARNING
    assert severity(make(threshold.trip - 1e-9), name) is Severity.WARNING
    assert severity(make(threshold.trip + 1e-9), name) is Severity.TRIP


@pytest.mark.parametrize(
    ("equity", "reference", "name", "expected"),
    [
        (9_000, "peak_equity", "drawdown", Severity.WARNING),
        (8_500, "peak_equity", "drawdown", Severity.TRIP),
        (9_900, "day_start_equity", "daily_loss", Severity.WARNING),
        (9_800, "day_start_equity", "daily_loss", Severity.TRIP),
        (9_700, "week_start_equity", "weekly_loss", Severity.WARNING),
        (9_500, "week_start_equity", "weekly_loss", Severity.TRIP),
    ],
)
def test_a_loss_of_exactly_the_limit_has_reached_it(
    equity: float, reference: str, name: str, expected: Severity
) -> None:
    references = {"peak_equity": Quote(equity), reference: Quote(10_000)}
    at = changed(AccountSnapshot(equity=Quote(equity)), **references)
    assert severity(at, name) is expected
    better = replace(at, equity=Quote(math.nextafter(equity, math.inf) + 1e-8))
    assert severity(better, name) is not expected


@pytest.mark.parametrize("name", ["losing_streak", "volatility", "rejected_orders"])
def test_other_thresholds_fire_at_their_value(name: str) -> None:
    threshold: Threshold = getattr(POLICY.breaker, name)
    step = 1.0 if name == "losing_streak" else 1e-12
    assert threshold.warn is not None
    assert threshold.trip is not None
    make = MAKERS[name]
    assert severity(make(threshold.warn - step), name) is None
    assert severity(make(threshold.warn), name) is Severity.WARNING
    assert severity(make(threshold.trip - step), name) is Severity.WARNING
    assert severity(make(threshold.trip), name) is Severity.TRIP
    assert severity(make(threshold.trip + step), name) is Severity.TRIP


def test_exposure_may_fill_its_limit_and_fires_above_it() -> None:
    expected = {
        0.45: None,
        math.nextafter(0.45, 1): Severity.WARNING,
        0.50: Severity.WARNING,
        math.nextafter(0.50, 1): Severity.TRIP,
    }
    for ratio, answer in expected.items():
        assert severity(MAKERS["exposure"](ratio), "exposure") is answer


def test_liquidation_room_fires_from_below() -> None:
    expected = {
        math.nextafter(0.40, 1): None,
        0.40: Severity.WARNING,
        math.nextafter(0.15, 1): Severity.WARNING,
        0.15: Severity.TRIP,
        -0.1: Severity.TRIP,
    }
    for room, answer in expected.items():
        assert severity(near(room), "liquidation_room") is answer


def test_the_score_fires_at_its_value() -> None:
    def at(total: float) -> list[Severity]:
        score = RiskScore(total, 0, 0, 0, 0, RiskLevel.CRITICAL, ())
        return [t.severity for t in evaluate(ACCOUNT, POLICY, score=score)]

    assert at(math.nextafter(80, 0)) == []
    assert at(80) == at(math.nextafter(95, 0)) == [Severity.WARNING]
    assert at(95) == at(100) == [Severity.TRIP]


def test_without_a_score_it_is_computed() -> None:
    low = with_breaker(POLICY, score=Threshold(trip=1.0), exposure=Threshold())
    account = replace(ACCOUNT, positions=(holding("A/U", 5_000),))
    trigger = fired(account, low, "score")
    assert trigger is not None
    assert trigger.measured == risk_score(account, low).total
    assert evaluate(account, low) == evaluate(account, low, score=risk_score(account, low))


@pytest.mark.parametrize(
    ("changes", "measured", "limit"),
    [
        ({"consecutive_errors": 4}, None, None),
        ({"consecutive_errors": 5}, 5, 5),
        ({"consecutive_errors": 6}, 6, 5),
        ({"price_age": timedelta(seconds=120)}, None, None),
        ({"price_age": timedelta(seconds=120, microseconds=1)}, 120.000001, 120),
        ({"fault": "the ledger is not writable"}, 1, 0),
    ],
)
def test_the_system_trips_at_errors_old_prices_and_faults(
    changes: dict[str, object], measured: float | None, limit: float | None
) -> None:
    held = replace(ACCOUNT, positions=(holding("A/U", 1),))
    trigger = fired(changed(held, **changes), POLICY, "system")
    if measured is None:
        assert trigger is None
    else:
        assert trigger is not None
        assert trigger.severity is Severity.TRIP
        assert (trigger.measured, trigger.limit) == (measured, limit)


def test_old_prices_do_not_matter_to_a_flat_book() -> None:
    assert fired(replace(ACCOUNT, price_age=timedelta(days=9)), POLICY, "system") is None


def test_one_system_trigger_tells_every_cause() -> None:
    account = replace(ACCOUNT, fault="no balance", consecutive_errors=7)
    trigger = fired(account, POLICY, "system")
    assert trigger is not None
    assert trigger.text == "no balance; 7 errors in a row have reached the limit of 5"


@pytest.mark.spec("CB-11")
def test_nothing_that_rests_on_equity_fires_while_it_is_untrusted() -> None:
    account = AccountSnapshot(
        equity=Quote(1),
        peak_equity=Quote(10_000),
        day_start_equity=Quote(10_000),
        week_start_equity=Quote(10_000),
        positions=(holding("A/U", 9_000, 20),),
        losing_streak=6,
    )
    names = {t.name for t in evaluate(account, THRESHOLDS)}
    assert names == LOSSES | {"exposure", "score", "losing_streak"}
    doubted = replace(account, untrusted="the balance vanished")
    assert {t.name for t in evaluate(doubted, THRESHOLDS)} == {"losing_streak"}


@pytest.mark.spec("CB-6")
def test_a_half_open_breaker_is_not_judged_by_the_references_that_opened_it() -> None:
    account = AccountSnapshot(
        equity=Quote(5_000),
        peak_equity=Quote(10_000),
        day_start_equity=Quote(10_000),
        week_start_equity=Quote(10_000),
        positions=(holding("A/U", 5_000, 20),),
        breaker=BreakerState.HALF_OPEN,
    )
    assert {t.name for t in evaluate(account, THRESHOLDS)} == {"exposure"}


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_threshold_of_none_never_fires(name: str) -> None:
    off = with_breaker(THRESHOLDS, **{name: Threshold()})
    worst = MAKERS[name](0.0 if name == "liquidation_room" else 1.0)
    assert fired(worst, off, name) is None


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_a_trip_without_a_warning_value_goes_straight_to_trip(name: str) -> None:
    only = with_breaker(THRESHOLDS, **{name: Threshold(trip=0.5)})
    worst = MAKERS[name](0.1 if name == "liquidation_room" else 1.0)
    trigger = fired(worst, only, name)
    assert trigger is not None
    assert trigger.severity is Severity.TRIP


@pytest.mark.parametrize("name", ["volatility", "liquidation_room"])
def test_a_figure_that_is_not_known_does_not_fire(name: str) -> None:
    assert fired(ACCOUNT, with_breaker(POLICY, **{name: Threshold(trip=0.0)}), name) is None


@pytest.mark.parametrize(
    ("name", "measured", "limit", "text"),
    [
        ("drawdown", 0.152, 0.15, "drawdown 15.2 % has reached the limit of 15 %"),
        ("exposure", 0.6, 0.5, "exposure 60 % is above the limit of 50 %"),
        ("score", 95.5, 95.0, "risk score 95.5 has reached the limit of 95"),
        ("losing_streak", 6, 6, "losing streak 6 has reached the limit of 6"),
        (
            "liquidation_room",
            0.1,
            0.15,
            "room to liquidation 10 % has fallen to the limit of 15 %",
        ),
    ],
)
@pytest.mark.spec("CB-8")
def test_a_trip_says_which_limit_and_both_figures(
    name: str, measured: float, limit: float, text: str
) -> None:
    assert sentence(name, Severity.TRIP, measured, limit) == text


@pytest.mark.spec("CB-8")
def test_a_warning_calls_its_value_a_warning_value() -> None:
    trigger = fired(MAKERS["drawdown"](0.12), POLICY, "drawdown")
    assert trigger is not None
    assert trigger.text == "drawdown 12 % has reached the warning value of 10 %"
    assert trigger.measured == pytest.approx(0.12)
    assert trigger.limit == 0.10


def test_an_observed_trigger_fires_but_does_not_trip() -> None:
    account = MAKERS["drawdown"](0.2)
    observing = replace(POLICY, modes={"drawdown": Mode.OBSERVE, "daily_loss": Mode.ENFORCE})
    trigger = fired(account, observing, "drawdown")
    assert trigger is not None
    assert trigger.observed
    assert "drawdown" not in {t.name for t in tripped(account, observing)}
    assert "drawdown" in {t.name for t in tripped(account, POLICY)}


def test_an_observed_system_fault_does_not_trip() -> None:
    faulty = replace(ACCOUNT, fault="x")
    assert [t.name for t in tripped(faulty, POLICY)] == ["system"]
    assert tripped(faulty, replace(POLICY, modes={"system": Mode.OBSERVE})) == []


def test_warnings_do_not_trip() -> None:
    assert tripped(MAKERS["drawdown"](0.12), POLICY) == []


@given(account=accounts(), policy=policies())
def test_evaluating_twice_gives_the_same_and_trips_are_a_part_of_it(
    account: AccountSnapshot, policy: Policy
) -> None:
    once = evaluate(account, policy)
    assert once == evaluate(account, policy)
    assert all(trigger in once for trigger in tripped(account, policy))
    assert len({trigger.name for trigger in once}) == len(once)


def test_the_first_cause_gives_the_figures_of_a_system_trip() -> None:
    account = replace(ACCOUNT, fault="x", consecutive_errors=7)
    [system] = [t for t in evaluate(account, POLICY) if t.name == "system"]
    assert (system.measured, system.limit) == (1.0, 0.0)
