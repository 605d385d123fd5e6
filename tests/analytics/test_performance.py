"""Returns, ratios, drawdowns and days of an equity curve: by hand, and against freqtrade's own."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from freqtrade.data import metrics as freqtrade
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.analytics.performance import KEPT, Performance, performance, unit_values
from riskplugin.core.policy import DayPolicy

START = datetime(2026, 3, 2, tzinfo=UTC)

pytestmark = pytest.mark.spec("DB-3", "DB-4")


def at(*hours: float) -> np.ndarray:
    moments = [START.replace(tzinfo=None) + timedelta(hours=hour) for hour in hours]
    return np.array(moments, dtype="datetime64[us]")


def daily(*equity: float, flows: list[float] | None = None) -> Performance:
    """Equity at each midnight."""
    moved = None if flows is None else np.array(flows)
    return performance(at(*(24.0 * n for n in range(len(equity)))), np.array(equity), flows=moved)


def test_by_hand() -> None:
    told = daily(100, 110, 99, 99, 108.9)
    assert [day for day, _ in told.daily] == [date(2026, 3, d) for d in (2, 3, 4, 5)]
    assert [gain for _, gain in told.daily] == pytest.approx([10, -10, 0, 10])
    assert told.total_return_pct == pytest.approx(8.9)
    assert told.annual_return_pct == pytest.approx(100 * (1.089 ** (365 / 4) - 1))
    assert told.best_day_pct == pytest.approx(10)
    assert told.worst_day_pct == pytest.approx(-10)
    deviation = math.sqrt(((7.5**2) * 2 + 12.5**2 + 2.5**2) / 4)
    assert told.volatility_pct == pytest.approx(deviation * math.sqrt(365))
    assert told.sharpe == pytest.approx(2.5 / deviation * math.sqrt(365))
    assert told.sortino == pytest.approx(2.5 / math.sqrt(100 / 4) * math.sqrt(365))
    assert told.max_drawdown_pct == pytest.approx(10)
    assert told.calmar == pytest.approx((1.089 ** (365 / 4) - 1) / 0.1)
    [fall] = told.drawdowns
    assert (fall.started, fall.bottom, fall.ended) == (
        START + timedelta(days=1), START + timedelta(days=2), None,
    )  # fmt: skip
    assert told.time_under_water_pct == pytest.approx(50)


def test_a_fall_that_was_made_good_has_an_end() -> None:
    [first, second] = daily(100, 95, 100, 120, 90).drawdowns
    assert (first.depth_pct, first.ended) == (pytest.approx(25), None)
    assert (second.depth_pct, second.started) == (pytest.approx(5), START)
    assert second.ended == START + timedelta(days=2)


def test_only_the_deepest_falls_are_kept_the_deepest_first() -> None:
    equity = [100.0]
    for depth in range(1, 31):
        equity += [equity[-1] - depth, equity[-1] + 1]
    told = daily(*equity)
    depths = [fall.depth_pct for fall in told.drawdowns]
    assert len(depths) == KEPT
    assert depths == sorted(depths, reverse=True)
    assert depths[0] == told.max_drawdown_pct


def test_a_deposit_is_no_gain_and_a_withdrawal_no_loss() -> None:
    plain = daily(100, 110, 99)
    moved = daily(100, 210, 139, flows=[0, 100, -50])
    assert moved.total_return_pct == pytest.approx(100 * (1.1 * (189 / 210) - 1))
    assert [g for _, g in moved.daily] == pytest.approx([g for _, g in plain.daily])


def test_a_flow_beside_an_unknown_equity_is_not_forgotten() -> None:
    told = daily(100, math.nan, 200, flows=[0, 100, 0])
    assert told.total_return_pct == pytest.approx(0)


@given(
    st.lists(st.floats(-0.2, 0.2), min_size=3, max_size=30),
    st.lists(st.floats(-50, 500), min_size=30, max_size=30),
)
def test_flows_change_no_return(returns: list[float], moved: list[float]) -> None:
    without, held = [1000.0], [1000.0]
    flows = [0.0, *moved[: len(returns)]]
    for gain, flow in zip(returns, flows[1:], strict=True):
        without.append(without[-1] * (1 + gain))
        held.append(held[-1] * (1 + gain) + flow)
    if min(held) < 100:
        return
    one, other = daily(*without), daily(*held, flows=flows)
    assert one.total_return_pct == pytest.approx(other.total_return_pct, abs=1e-6)
    assert one.max_drawdown_pct == pytest.approx(other.max_drawdown_pct, abs=1e-6)


@pytest.mark.parametrize("equity", [[], [100.0], [math.nan, math.nan], [math.nan, 100.0]])
def test_too_little_says_nothing(equity: list[float]) -> None:
    told = daily(*equity)
    assert told.total_return_pct is None
    assert told.sharpe is None
    assert told.daily == ()


def test_less_than_two_days_have_a_return_and_no_figure_per_year() -> None:
    told = performance(at(1, 2, 20), np.array([100.0, 101.0, 103.0]))
    assert told.total_return_pct == pytest.approx(3)
    assert [gain for _, gain in told.daily] == pytest.approx([3])
    per_year = (told.annual_return_pct, told.volatility_pct, told.sharpe, told.sortino, told.calmar)
    assert per_year == (None,) * 5


def test_an_account_that_never_moved_has_no_ratio() -> None:
    told = daily(100, 100, 100, 100)
    assert (told.total_return_pct, told.volatility_pct, told.max_drawdown_pct) == (0, 0, 0)
    assert (told.sharpe, told.sortino, told.calmar) == (None, None, None)
    assert told.drawdowns == ()


def test_a_lost_account_stays_lost_whatever_is_paid_in() -> None:
    told = daily(100, 0, 500, 600, flows=[0, 0, 500, 0])
    assert told.total_return_pct == pytest.approx(-100)
    assert told.max_drawdown_pct == pytest.approx(100)
    assert daily(100, -20, -10).total_return_pct == pytest.approx(-100)


def test_days_begin_where_the_account_says() -> None:
    hours = [float(hour) for hour in range(72)]
    equity = np.array([100.0 + hour for hour in hours])
    zone = DayPolicy(timezone=ZoneInfo("America/New_York"), starts_at=time(17, 0))
    told = performance(at(*hours), equity, days=zone)
    # 17:00 in New York is 22:00 UTC in winter: from Sunday 19:00 to Monday 17:00 are 22 hours.
    assert [day for day, _ in told.daily] == [date(2026, 3, d) for d in (1, 2, 3, 4)]
    assert told.daily[0][1] == pytest.approx(22)
    assert told.daily[1][1] == pytest.approx(100 * 24 / 122)


def test_the_day_on_which_the_clock_is_put_forward_has_23_hours() -> None:
    zone = DayPolicy(timezone=ZoneInfo("Europe/Berlin"))
    begin = datetime(2026, 3, 27, 23)  # noqa: DTZ001  # as the series has it: UTC
    moments = [begin + timedelta(hours=h) for h in range(24 * 4)]
    equity = np.arange(100.0, 100.0 + len(moments))
    told = performance(np.array(moments, dtype="datetime64[us]"), equity, days=zone)
    gains = dict(told.daily)
    assert gains[date(2026, 3, 28)] == pytest.approx(24)
    assert gains[date(2026, 3, 29)] == pytest.approx(100 * 23 / 124)


def test_a_day_without_a_look_is_a_day_without_a_gain() -> None:
    told = performance(at(0, 24, 72, 96), np.array([100.0, 110.0, 121.0, 121.0]))
    assert [gain for _, gain in told.daily] == pytest.approx([10, 0, 10, 0])


def test_the_first_moment_alone_is_no_day() -> None:
    told = performance(at(-1, 12, 36), np.array([100.0, 110.0, 121.0]))
    assert [day for day, _ in told.daily] == [date(2026, 3, 2), date(2026, 3, 3)]


@given(st.lists(st.floats(0.5, 2.0), min_size=4, max_size=60))
def test_days_multiply_to_the_whole(factors: list[float]) -> None:
    equity = 100 * np.cumprod(np.array([1.0, *factors]))
    told = performance(at(*(7.0 * n for n in range(len(equity)))), equity)
    product = math.prod(1 + gain / 100 for _, gain in told.daily)
    assert told.total_return_pct is not None
    assert product == pytest.approx(1 + told.total_return_pct / 100)
    assert told.max_drawdown_pct is not None
    assert 0 <= told.max_drawdown_pct <= 100


def test_unit_values_begin_at_one() -> None:
    _, value = unit_values(at(0, 1), np.array([250.0, 500.0]), None)
    assert value.tolist() == [1.0, 2.0]


@pytest.fixture(scope="module")
def walk() -> pd.DataFrame:
    """Two months of hourly balances, each half past."""
    chance = np.random.default_rng(3)
    balance = 1000 * np.cumprod(1 + chance.normal(0.0002, 0.004, 24 * 60))
    begin = START + timedelta(hours=23, minutes=30)
    moments = pd.date_range(begin, periods=len(balance), freq="1h")
    return pd.DataFrame({"date": moments, "total_quote": balance})


def of(walk: pd.DataFrame) -> Performance:
    times = walk["date"].dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
    return performance(times, walk["total_quote"].to_numpy())


def test_sharpe_is_freqtrades(walk: pd.DataFrame) -> None:
    assert of(walk).sharpe == pytest.approx(freqtrade.calculate_sharpe_from_balance(walk))


def test_the_drawdown_is_freqtrades(walk: pd.DataFrame) -> None:
    theirs = freqtrade.calculate_max_drawdown_from_balance(walk, relative=True)
    told = of(walk)
    assert told.max_drawdown_pct == pytest.approx(100 * theirs.relative_account_drawdown)
    assert told.drawdowns[0].bottom == theirs.low_date.to_pydatetime()


def test_the_yearly_return_is_freqtrades() -> None:
    told = daily(1000, 1010, 1005, 1040)
    assert told.annual_return_pct == pytest.approx(100 * freqtrade.calculate_cagr(3, 1000, 1040))
