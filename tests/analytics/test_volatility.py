"""Volatility per day of every candle: right, causal, quick, and NaN where it does not know."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import log, sqrt
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from riskplugin.analytics.volatility import ESTIMATORS, WARM_UP, Floats, atr, ewma
from riskplugin.core.stats.ewma import EwmaVariance, volatility_per_day

pytestmark = pytest.mark.spec("SZ-6")

names = pytest.mark.parametrize("name", sorted(ESTIMATORS))
prices = hnp.arrays(
    np.float64,
    st.integers(0, 80),
    elements=st.floats(0.01, 1e6) | st.sampled_from([float("nan"), 0.0, -1.0, float("inf")]),
)


def walk(count: int, step: float = 0.01, seed: int = 7) -> Floats:
    returns = np.random.default_rng(seed).normal(0, step, count)
    return np.asarray(100 * np.exp(np.cumsum(returns)), dtype=np.float64)


def estimate(name: str, close: Floats, minutes: float = 5) -> Floats:
    return ESTIMATORS[name](close * 1.001, close * 0.999, close, minutes_per_candle=minutes)


def test_the_figure_is_per_day() -> None:
    daily = ewma(walk(20_000, 0.02), minutes_per_candle=1440)
    assert np.nanmean(daily) == pytest.approx(0.02, rel=0.05)
    hourly = ewma(walk(20_000, 0.02), minutes_per_candle=60)
    np.testing.assert_allclose(hourly, daily * sqrt(24))


def test_a_known_series_has_a_known_figure() -> None:
    close = 100 * np.exp(0.01 * np.arange(30))
    result = ewma(close, minutes_per_candle=360)
    np.testing.assert_allclose(result[WARM_UP:], 0.02)


def test_it_is_the_figure_of_the_core_step_by_step() -> None:
    close = walk(500)
    variance, expected = EwmaVariance(warmup=WARM_UP), [float("nan")]
    for before, after in pairwise(close):
        variance.update(log(after / before))
        value = variance.get()
        day = float("nan") if value is None else volatility_per_day(value, timedelta(minutes=5))
        expected.append(day)
    np.testing.assert_allclose(ewma(close, minutes_per_candle=5), expected, rtol=1e-9)


def test_the_range_of_a_steady_market_is_its_atr() -> None:
    close = np.full(40, 100.0)
    result = atr(close + 1, close - 1, close, minutes_per_candle=360)
    np.testing.assert_allclose(result[WARM_UP:], 0.04)


@names
def test_there_is_no_figure_before_twenty_returns(name: str) -> None:
    result = estimate(name, walk(40))
    assert np.isnan(result[:WARM_UP]).all()
    assert np.isfinite(result[WARM_UP:]).all()


@names
@given(close=prices, data=st.data())
def test_the_future_does_not_change_the_past(name: str, close: Floats, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, close.size))
    future = data.draw(
        hnp.arrays(np.float64, close.size - cut, elements=st.floats(0.01, 1e6, width=64))
    )
    other = np.concatenate([close[:cut], future])
    np.testing.assert_array_equal(estimate(name, close)[:cut], estimate(name, other)[:cut])
    np.testing.assert_allclose(
        estimate(name, close[:cut]), estimate(name, close)[:cut], rtol=1e-12, equal_nan=True
    )


@names
@given(close=prices)
def test_a_figure_is_never_negative_nor_infinite(name: str, close: Floats) -> None:
    result = estimate(name, close)
    assert result.shape == close.shape
    assert not np.isinf(result).any()
    assert not (result < 0).any()


@names
def test_a_candle_without_a_price_has_no_figure_and_spoils_no_other(name: str) -> None:
    close = walk(60)
    broken = np.insert(close, 30, [np.nan, 0.0])
    result = estimate(name, broken)
    assert np.isnan(result[30:32]).all()
    np.testing.assert_allclose(np.delete(result, [30, 31]), estimate(name, close), equal_nan=True)


@names
def test_a_market_that_moves_more_has_a_higher_figure(name: str) -> None:
    calm, wild = (np.nanmean(estimate(name, walk(500, step))) for step in (0.01, 0.03))
    assert wild > calm


@names
@pytest.mark.parametrize("minutes", [0, -5, float("nan"), float("inf")])
def test_a_candle_has_a_length(name: str, minutes: float) -> None:
    with pytest.raises(ValueError, match="minutes_per_candle"):
        estimate(name, walk(30), minutes)


def test_other_arguments_have_their_range() -> None:
    close = walk(30)
    with pytest.raises(ValueError, match="decay"):
        ewma(close, minutes_per_candle=5, decay=1.0)
    with pytest.raises(ValueError, match="period"):
        atr(close, close, close, minutes_per_candle=5, period=0)
    with pytest.raises(ValueError, match="series of 29, 30 and 30 candles"):
        atr(close[1:], close, close, minutes_per_candle=5)
    with pytest.raises(ValueError, match="one dimension"):
        ewma(np.ones((3, 3)), minutes_per_candle=5)


@names
def test_a_hundred_thousand_candles_take_no_time(name: str) -> None:
    close = walk(100_000)
    start = perf_counter()
    estimate(name, close)
    assert perf_counter() - start < 0.5
