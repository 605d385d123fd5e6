"""Marks come from what the bot has fetched; what jumps has to be seen twice (CB-11, MO-3)."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.adapter.marks import CandleMarks, LiveMarks

pytestmark = pytest.mark.spec("CB-11", "MO-3")

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)
PAIR = "BTC/USDT"


def exchange(entry: float | None = None, exit_: float | None = None) -> Any:
    return SimpleNamespace(
        _cache_lock=threading.Lock(),
        _entry_rate_cache={} if entry is None else {PAIR: entry},
        _exit_rate_cache={} if exit_ is None else {PAIR: exit_},
    )


def candles(closes: list[float], end: datetime = AT) -> pd.DataFrame:
    dates = pd.date_range(end=end - HOUR, periods=len(closes), freq="h", unit="us")
    close = np.array(closes)
    return pd.DataFrame({"date": dates, "high": close * 1.01, "low": close * 0.99, "close": close})


def dataprovider(frame: pd.DataFrame | None = None) -> Any:
    cached = {} if frame is None else {(PAIR, "1h", "spot"): (frame, AT)}
    return SimpleNamespace(_DataProvider__cached_pairs=cached, _config={})


def live(frame: pd.DataFrame | None = None, **rates: float) -> LiveMarks:
    return LiveMarks(exchange(**rates), dataprovider(frame), minutes=60, estimator="ewma")


def test_a_noted_price_is_the_mark_and_grows_old() -> None:
    marks = live()
    assert marks.mark(PAIR, AT) is None
    marks.note(PAIR, 100.0, AT)
    mark = marks.mark(PAIR, AT + 90 * SECOND)
    assert mark is not None
    assert (mark.price, mark.age, mark.doubt) == (100.0, 90 * SECOND, None)


def test_a_clock_that_steps_back_makes_no_mark_younger_than_now() -> None:
    marks = live()
    marks.note(PAIR, 100.0, AT)
    mark = marks.mark(PAIR, AT - HOUR)
    assert mark is not None
    assert mark.age == timedelta(0)


@pytest.mark.parametrize("jump", [130.0, 70.0, 0.01, 1e9])
def test_a_jump_is_doubted_until_a_second_price_is_like_it(jump: float) -> None:
    marks = live()
    marks.note(PAIR, 100.0, AT)
    marks.note(PAIR, jump, AT + SECOND)
    mark = marks.mark(PAIR, AT + SECOND)
    assert mark is not None
    assert mark.price == 100.0
    assert mark.doubt is not None
    assert f"{jump:g}" in mark.doubt
    marks.note(PAIR, jump * 1.04, AT + 2 * SECOND)
    mark = marks.mark(PAIR, AT + 2 * SECOND)
    assert mark is not None
    assert (mark.price, mark.age, mark.doubt) == (jump * 1.04, timedelta(0), None)


def test_a_jump_that_does_not_repeat_is_forgotten_and_one_unlike_it_begins_anew() -> None:
    marks = live()
    marks.note(PAIR, 100.0, AT)
    marks.note(PAIR, 50.0, AT)
    marks.note(PAIR, 20.0, AT)
    mark = marks.mark(PAIR, AT)
    assert mark is not None
    assert mark.doubt is not None
    marks.note(PAIR, 101.0, AT)
    mark = marks.mark(PAIR, AT)
    assert mark is not None
    assert (mark.price, mark.doubt) == (101.0, None)


@pytest.mark.parametrize("price", [float("nan"), float("inf"), -1.0, 0.0, None, "100", True])
def test_what_is_no_price_is_not_noted(price: Any) -> None:
    marks = live()
    marks.note(PAIR, 100.0, AT)
    marks.note(PAIR, price, AT + SECOND)
    mark = marks.mark(PAIR, AT + SECOND)
    assert mark is not None
    assert (mark.price, mark.age) == (100.0, SECOND)


def test_after_a_restart_the_bots_cached_rate_serves_then_the_last_close() -> None:
    frame = candles([90.0] * 30)
    for marks, price in ((live(frame, exit_=95.0), 95.0), (live(frame), 90.0)):
        mark = marks.mark(PAIR, AT)
        assert mark is not None
        assert mark.price == price


@pytest.mark.spec("SZ-6")
def test_volatility_is_that_of_the_newest_candle_and_reckoned_once_a_candle() -> None:
    closes = [100.0 * 1.01 ** (-1) ** i for i in range(200)]
    marks = live(candles(closes))
    first = marks.volatility(PAIR, AT)
    assert first is not None
    assert 0.05 < first < 0.15
    assert marks.volatility(PAIR, AT + SECOND) is first
    assert live(candles(closes[:3])).volatility(PAIR, AT) is None
    assert live().volatility(PAIR, AT) is None


def test_a_backtest_sees_the_last_finished_candle_and_nothing_later() -> None:
    frame = candles([float(i) for i in range(1, 11)])  # the last one ends at AT
    marks = CandleMarks(dataprovider(frame), minutes=60, estimator="ewma")
    seen = [marks.mark(PAIR, AT - 10 * HOUR + i * HOUR) for i in range(12)]
    assert seen[0] is None
    assert [m.price for m in seen if m is not None] == [*(float(i) for i in range(1, 11)), 10.0]
    between = marks.mark(PAIR, AT - timedelta(minutes=1))
    assert between is not None
    assert between.price == 9.0


@given(
    gaps=st.lists(st.integers(1, 5), min_size=1, max_size=30),
    asked=st.lists(st.integers(-3, 120), min_size=1, max_size=30),
)
def test_in_whatever_order_it_is_asked_it_answers_the_last_finished_candle(
    gaps: list[int], asked: list[int]
) -> None:
    """A candle may be missing, and nobody has to ask from the first to the last."""
    frame = candles([float(i) for i in range(1, len(gaps) + 1)])
    begins = np.cumsum(gaps)
    frame["date"] = [AT + int(hours) * HOUR for hours in begins]
    marks = CandleMarks(dataprovider(frame), minutes=60, estimator="ewma")
    for hours in asked:
        finished = [
            close for begin, close in zip(begins, frame["close"], strict=True) if begin + 1 <= hours
        ]
        mark = marks.mark(PAIR, AT + hours * HOUR)
        assert (None if mark is None else mark.price) == (finished[-1] if finished else None)


def test_a_new_run_has_new_candles() -> None:
    dp = dataprovider(candles([1.0] * 5))
    marks = CandleMarks(dp, minutes=60, estimator="ewma")
    assert marks.mark(PAIR, AT) is not None
    dp._DataProvider__cached_pairs[(PAIR, "1h", "spot")] = (candles([2.0] * 5), AT)
    marks.clear()
    mark = marks.mark(PAIR, AT)
    assert mark is not None
    assert mark.price == 2.0
