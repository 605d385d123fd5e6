"""Marked equity against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from riskplugin.reports.compare.equity import marked
from riskplugin.reports.compare.run import Fill, Trade
from tests.compare.samples import HOUR, PAIR, at, prices, trade

pytestmark = pytest.mark.spec("DB-4")

TIMES = np.arange(at(0), at(6), HOUR, dtype=np.int64)


def curve(made: Trade, *closes: float, funding: tuple[float, ...] = ()) -> list[float]:
    equity = marked([made], {PAIR: prices(*closes, funding=funding)}, TIMES, 1000.0)
    return [float(each) for each in equity]


def test_a_position_counts_at_the_close_that_was_final_and_its_end_with_freqtrades_profit() -> None:
    # Bought at hour 1 for 100; the candle that is final at hour 2 closes at 90, the next at 95.
    # Sold in the candle of hour 4, which counts from hour 5 on.
    assert curve(trade(), 100, 90, 95, 108, 110) == [1000, 1000, 990, 995, 1008, 1010]


def test_fees_at_both_ends_are_in_the_mark() -> None:
    made = trade(fee_open=0.01, fee_close=0.02, profit=6.8)
    equity = curve(made, 100, 90, 95, 108, 110)
    assert equity[2] == pytest.approx(1000 - 10 - 1.0 - 1.8)
    assert equity[-1] == pytest.approx(1006.8)


def test_a_short_earns_when_the_price_falls() -> None:
    assert curve(trade(side="short", profit=-10.0), 100, 90, 95, 108, 110)[2:5] == [1010, 1005, 992]


def test_an_increase_and_a_partial_exit_move_cost_and_result() -> None:
    fills = (
        Fill(at(1), at(1), entry=True, amount=1.0, price=100.0),
        Fill(at(2), at(2), entry=True, amount=1.0, price=80.0),
        Fill(at(3), at(3), entry=False, amount=1.0, price=100.0),
        Fill(at(4), at(4), entry=False, amount=1.0, price=110.0),
    )
    equity = curve(trade(fills=fills, profit=30.0), 100, 84, 92, 100, 110)
    # Hour 2: one unit at 84 against 100. Hour 3: two at 92 against an average of 90.
    # Hour 4: 10 earned by the sale at 100, one unit left at 100 against 90.
    assert equity == [1000, 1000, 984, 1004, 1020, 1030]


def test_a_partial_exit_paid_the_fees_of_its_share() -> None:
    fills = (
        Fill(at(1), at(1), entry=True, amount=2.0, price=100.0),
        Fill(at(2), at(2), entry=False, amount=1.0, price=100.0),
        Fill(at(4), at(4), entry=False, amount=1.0, price=100.0),
    )
    made = trade(fills=fills, fee_open=0.01, fee_close=0.02, profit=-6.0)
    # Three for each unit: paid for the one that was sold, reckoned for the one that is held.
    assert curve(made, 100, 100, 100, 100, 100) == [1000, 1000, 994, 994, 994, 994]


def test_funding_is_paid_by_longs_and_counts_from_the_candle_after_it() -> None:
    equity = curve(trade(profit=7.0), 100, 100, 100, 100, 100, funding=(1.0, 0.5, 0.25))
    # 1.00 at hour 1, when it was bought, 0.50 at hour 2, 0.25 at hour 3.
    assert equity == [1000, 1000, 999, 998.5, 998.25, 1007]


def test_funding_that_a_fill_names_replaces_what_was_reckoned_before_it() -> None:
    fills = (
        Fill(at(1), at(1), entry=True, amount=1.0, price=100.0),
        Fill(at(2), at(2), entry=True, amount=1.0, price=100.0, funding=-3.0),
        Fill(at(4), at(4), entry=False, amount=2.0, price=100.0, funding=-1.0),
    )
    equity = curve(trade(fills=fills, profit=-4.0), 100, 100, 100, 100, 100, funding=(1.0, 0.5))
    assert equity[2:] == [999, 996, 996, 996], "3 by the fill, then twice 0.50 from hour 2 on"


def test_a_trade_of_one_candle_counts_once_it_is_over() -> None:
    fills = (
        Fill(at(2), at(2), entry=True, amount=1.0, price=100.0),
        Fill(at(2), at(2), entry=False, amount=1.0, price=99.0),
    )
    made = trade(opened=2, closed=2, fills=fills, profit=-1.0)
    assert curve(made, 100, 100, 100, 100, 100) == [1000, 1000, 1000, 999, 999, 999]
