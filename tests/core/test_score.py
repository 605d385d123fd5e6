"""The risk score by hand, its bounds and its levels."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.levels import RiskLevel
from riskplugin.core.policy import Policy, Threshold
from riskplugin.core.score import level_of, risk_score
from riskplugin.core.snapshot import AccountSnapshot
from riskplugin.core.units import Quote
from tests.core.strategies import (
    ACCOUNT,
    POLICY,
    accounts,
    amounts,
    holding,
    policies,
    with_breaker,
    working,
)

pytestmark = pytest.mark.spec("MO-2")


def test_an_empty_book_at_its_peak_scores_nothing() -> None:
    score = risk_score(ACCOUNT, POLICY)
    assert (score.total, score.level) == (0, RiskLevel.MINIMAL)


def test_hand_worked_scores() -> None:
    """Exposure 2000 of 10 000 = 20 % of 50 %: 40. Leverage 10 of 20: 50. 2 of 10 pairs: 20.

    Drawdown 3 % of 15 %: 20; day 1 % of 2 %: 50, the larger. 12 + 12.5 + 12.5 + 4 = 41.
    """
    account = AccountSnapshot(
        equity=Quote(9_700),
        peak_equity=Quote(10_000),
        day_start_equity=Quote(9_700 / 0.99),
        positions=(holding("A/USDT", 94, 10),),
        working=(working("B/USDT", 200, 5),),
    )
    score = risk_score(account, POLICY)
    assert score.exposure == pytest.approx(40)
    assert score.loss == pytest.approx(50)
    assert score.leverage == pytest.approx(50)
    assert score.positions == pytest.approx(20)
    assert score.total == pytest.approx(41)
    assert score.level is RiskLevel.MEDIUM


def test_the_parts_weigh_30_25_25_20() -> None:
    lost = replace(ACCOUNT, equity=Quote(8_500), peak_equity=Quote(10_000), day_start_equity=None)
    assert risk_score(lost, POLICY).total == 25
    exposed = replace(ACCOUNT, positions=(holding("A/USDT", 5_000),))
    score = risk_score(exposed, POLICY)  # exposure 100, leverage 1 of 20, 1 of 10 pairs
    assert score.total == pytest.approx(30 + 25 * 0.05 + 20 * 0.1)
    levered = replace(ACCOUNT, positions=(holding("A/USDT", 0.0, 20),))
    assert risk_score(levered, POLICY).total == pytest.approx(25 + 2)
    crowd = tuple(holding(f"P{i}/USDT", 0.0, 0.0001) for i in range(10))
    assert risk_score(replace(ACCOUNT, positions=crowd), POLICY).total == pytest.approx(20, 1e-4)


def test_the_drawdown_counts_when_it_is_the_larger_loss() -> None:
    account = AccountSnapshot(
        equity=Quote(9_100), peak_equity=Quote(10_000), day_start_equity=Quote(9_150)
    )
    assert risk_score(account, POLICY).loss == pytest.approx(60)


def test_the_policys_own_limits_are_the_references() -> None:
    policy = with_breaker(replace(POLICY, max_positions=2), exposure=Threshold(trip=1.0))
    score = risk_score(replace(ACCOUNT, positions=(holding("A/USDT", 5_000),)), policy)
    assert (score.exposure, score.positions) == (50, 50)


def test_switched_off_thresholds_fall_back_to_the_defaults() -> None:
    off = with_breaker(POLICY, drawdown=Threshold(), daily_loss=Threshold(), exposure=Threshold())
    account = AccountSnapshot(
        equity=Quote(9_000),
        peak_equity=Quote(9_900),
        day_start_equity=Quote(9_050),
        positions=(holding("A/USDT", 1_000, 3),),
    )
    assert risk_score(account, off) == risk_score(account, POLICY)


def test_positions_on_no_equity_are_as_bad_as_it_gets() -> None:
    broke = AccountSnapshot(
        equity=Quote(0), peak_equity=Quote(10), positions=(holding("A/USDT", 1),)
    )
    score = risk_score(broke, POLICY)
    assert (score.exposure, score.loss) == (100, 100)


@pytest.mark.parametrize(
    ("total", "level"),
    [
        (0, "minimal"),
        (math.nextafter(20, 0), "minimal"),
        (20, "low"),
        (math.nextafter(40, 0), "low"),
        (40, "medium"),
        (60, "high"),
        (math.nextafter(80, 0), "high"),
        (80, "critical"),
        (100, "critical"),
        (math.nan, "critical"),
    ],
)
def test_a_level_begins_at_its_score(total: float, level: str) -> None:
    assert level_of(total, POLICY.levels) == level


def test_the_level_comes_from_the_policys_bands() -> None:
    policy = replace(POLICY, levels={**POLICY.levels, RiskLevel.LOW: 0.5})
    account = replace(ACCOUNT, positions=(holding("A/USDT", 1),))
    assert risk_score(account, POLICY).level is RiskLevel.MINIMAL
    assert risk_score(account, policy).level is RiskLevel.LOW


def test_every_part_is_explained_with_both_figures() -> None:
    account = replace(
        ACCOUNT, equity=Quote(9_500), peak_equity=Quote(10_000), positions=(holding("A/U", 95, 5),)
    )
    told = risk_score(account, POLICY).explain()
    assert set(told) == {"exposure", "loss", "leverage", "positions"}
    assert told["exposure"] == "exposure is 5 % of equity, 100 points at 50 %"
    assert "the drawdown is 5 %, 100 points at 15 %" in told["loss"]
    assert "5x, 100 points at 20x" in told["leverage"]
    assert told["positions"] == "1 pairs are held, 100 points at 10"


@pytest.mark.spec("CF-4")
def test_a_figure_that_cannot_be_judged_counts_in_full() -> None:
    account = replace(ACCOUNT, positions=(holding("A/USDT", 1),))
    object.__setattr__(account, "max_leverage", math.nan)  # a snapshot refuses it
    assert risk_score(account, POLICY).leverage == 100


@given(account=accounts(), policy=policies())
def test_all_parts_stay_from_0_to_100(account: AccountSnapshot, policy: Policy) -> None:
    score = risk_score(account, policy)
    parts = (score.exposure, score.loss, score.leverage, score.positions)
    assert all(0 <= part <= 100 for part in (*parts, score.total))
    assert score.total == pytest.approx(
        0.3 * parts[0] + 0.25 * parts[1] + 0.25 * parts[2] + 0.2 * parts[3]
    )


@given(account=accounts(), policy=policies(), lost=amounts(0, 1), more=st.booleans())
def test_a_worse_account_never_scores_less(
    account: AccountSnapshot, policy: Policy, lost: float, more: bool
) -> None:
    extra = (holding("NEW/USDT", 50),) if more else ()
    worse = replace(
        account,
        equity=Quote(account.equity * (1 - lost)),
        positions=(*account.positions, *extra),
    )
    assert risk_score(worse, policy).total >= risk_score(account, policy).total - 1e-9


def test_points_are_exact_shares_of_the_reference() -> None:
    """An exposure of 1.6 % against 50 % is 3.2 points, of which 30 % count."""
    score = risk_score(replace(ACCOUNT, positions=(holding("A/U", 160),)), POLICY)
    assert score.exposure == pytest.approx(3.2)
