"""The online variance against its definition written out."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.stats.ewma import DAILY_DECAY, EwmaVariance, volatility_per_day
from tests.core.strategies import amounts

pytestmark = pytest.mark.spec("SZ-6")


@given(returns=st.lists(amounts(-0.5, 0.5), min_size=1, max_size=60), decay=amounts(0.5, 0.99))
def test_the_variance_is_the_weighted_mean_of_squares(returns: list[float], decay: float) -> None:
    online = EwmaVariance(decay, warmup=1)
    for value in returns:
        online.update(value)
    weights = [decay**age for age in reversed(range(len(returns)))]
    squares = [w * r * r for w, r in zip(weights, returns, strict=True)]
    assert online.get() == pytest.approx(math.fsum(squares) / math.fsum(weights))


def test_after_a_long_time_one_step_is_the_recursion_of_riskmetrics() -> None:
    online = EwmaVariance(warmup=1)
    for _ in range(2_000):
        online.update(0.01)
    before = online.get()
    assert before == pytest.approx(0.0001)
    online.update(0.05)
    assert DAILY_DECAY == 0.94
    assert online.get() == pytest.approx(0.94 * 0.0001 + 0.06 * 0.05**2)


def test_there_is_no_answer_while_warming_up() -> None:
    online = EwmaVariance(warmup=3)
    answers = []
    for _ in range(4):
        online.update(0.02)
        answers.append(online.get())
    assert answers[:2] == [None, None]
    assert answers[2:] == pytest.approx([0.0004, 0.0004])


@pytest.mark.spec("CF-4")
@pytest.mark.parametrize("value", [math.nan, math.inf, None, "0.1", True])
def test_a_return_that_is_no_number_is_refused_and_changes_nothing(value: float) -> None:
    online = EwmaVariance(warmup=1)
    online.update(0.02)
    with pytest.raises(ValueError, match="finite"):
        online.update(value)
    assert online.get() == pytest.approx(0.0004)


@pytest.mark.parametrize(("decay", "warmup"), [(0, 1), (1, 1), (math.nan, 1), (0.9, 0)])
def test_impossible_parameters_are_refused(decay: float, warmup: int) -> None:
    with pytest.raises(ValueError, match="decay"):
        EwmaVariance(decay, warmup)


@pytest.mark.parametrize(
    ("period", "expected"),
    [(timedelta(days=1), 0.02), (timedelta(hours=1), 0.02 * math.sqrt(24))],
)
def test_volatility_scales_with_the_root_of_time(period: timedelta, expected: float) -> None:
    assert volatility_per_day(0.0004, period) == pytest.approx(expected)


def test_volatility_scales_also_where_the_period_does_not_divide_the_day() -> None:
    assert volatility_per_day(0.0001, timedelta(hours=10)) == pytest.approx(0.01 * math.sqrt(2.4))


@pytest.mark.parametrize("decay", [-0.5, 1.5])
def test_a_decay_beyond_its_ends_is_refused(decay: float) -> None:
    with pytest.raises(ValueError, match="decay"):
        EwmaVariance(decay=decay)
