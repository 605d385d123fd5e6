"""The drawdown of a period that moves on is that of its results reckoned anew, at any moment."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest
from freqtrade.data.metrics import calculate_max_drawdown
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.core.stats.drawdown import NOTHING, SlidingDrawdown, Stretch, followed
from tests.core.strategies import NOW

pytestmark = pytest.mark.spec("CB-4")

HOUR = timedelta(hours=1)
#: Whole numbers: sums are exact, whatever the order they are made in.
results = st.integers(-1000, 1000).map(float)


@given(
    steps=st.lists(st.tuples(st.integers(0, 3), results), min_size=1, max_size=60),
    period=st.integers(0, 20),
)
def test_it_is_freqtrades_drawdown_of_the_trades_that_are_left(
    steps: list[tuple[int, float]], period: int
) -> None:
    window = SlidingDrawdown()
    at, trades = NOW, list[dict[str, object]]()
    for hours, result in steps:
        at += hours * HOUR
        window.add(at, result)
        trades.append({"close_date": at, "profit_abs": result})
        begin = at - period * HOUR
        window.forget_before(begin)
        left = [t for t in trades if t["close_date"] >= begin]  # type: ignore[operator]
        theirs = calculate_max_drawdown(pd.DataFrame(left))
        totals = [0.0, *pd.DataFrame(left)["profit_abs"].cumsum()]
        assert window.max_drawdown == theirs.drawdown_abs
        assert window.whole.total == totals[-1]
        assert window.whole.high == max(totals)
        assert window.whole.low == min(totals)


def test_what_lies_at_the_moment_stays_and_nothing_is_left_of_nothing() -> None:
    window = SlidingDrawdown()
    window.forget_before(NOW)
    assert window.whole == NOTHING
    window.add(NOW, -5.0)
    window.forget_before(NOW)
    assert window.max_drawdown == 5.0
    window.forget_before(NOW + timedelta(microseconds=1))
    assert window.whole == NOTHING


@given(st.lists(results, max_size=12), st.integers(0, 12))
def test_a_stretch_is_the_same_wherever_it_is_cut(values: list[float], cut: int) -> None:
    def stretch(part: list[float]) -> Stretch:
        window = SlidingDrawdown()
        for value in part:
            window.add(NOW, value)
        return window.whole

    assert followed(stretch(values[:cut]), stretch(values[cut:])) == stretch(values)
