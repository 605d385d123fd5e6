"""What a refusal would have earned, against figures worked out by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskplugin.reports.compare.refusals import Ledger, judged, result_of, sums
from riskplugin.reports.compare.run import Asked, Fill, Trade
from tests.compare.samples import asked, at, guarded_run, trade, without_run

pytestmark = pytest.mark.spec("DB-4")


def brought(entry: Asked, *trades: Trade) -> float | None:
    return Ledger(trades).judge(entry).result


def test_a_refusal_is_worth_what_the_same_entry_brought_scaled_to_the_stake_asked() -> None:
    assert brought(asked(), trade()) == pytest.approx(5.0), "half of the stake, half of the 10"
    assert brought(asked(asked=200.0), trade()) == pytest.approx(20.0)


def test_a_cut_is_worth_the_part_that_was_not_given() -> None:
    assert brought(asked(given=30.0), trade()) == pytest.approx(2.0), "20 of 100"


def test_stake_is_margin() -> None:
    assert brought(asked(), trade(leverage=5.0)) == pytest.approx(25.0), "50 of a margin of 20"


@pytest.mark.parametrize(
    "other", [{"pair": "BBB/USDT"}, {"side": "short"}, {"at": at(50)}], ids=lambda o: next(iter(o))
)
def test_another_pair_side_or_candle_is_no_counterpart(other: dict[str, object]) -> None:
    found = Ledger([trade()]).judge(asked(**other))
    assert (found.result, found.held) == (None, False)


def test_a_candle_in_which_the_other_run_held_the_pair_is_told_apart() -> None:
    for hour, held in ((2, True), (4, True), (5, False)):
        found = Ledger([trade()]).judge(asked(at=at(hour)))
        assert (found.result, found.held) == (None, held)


def test_an_increase_is_worth_what_its_own_fill_brought() -> None:
    fills = (
        Fill(at(1), at(1), entry=True, amount=1.0, price=100.0),
        Fill(at(3), at(2), entry=True, amount=2.0, price=80.0),
        Fill(at(4), at(4), entry=False, amount=1.0, price=90.0),
        Fill(at(5), at(5), entry=False, amount=2.0, price=120.0),
    )
    made = trade(fills=fills, closed=5, profit=70.0, fee_open=0.01, fee_close=0.02)
    # Sold at 110 on average: 2 x (110 - 80), less 2 x (0.80 + 2.20) of fees, on 160 of margin.
    assert result_of(made, fills[1]) == pytest.approx(54.0)
    assert brought(asked(at=at(2), kind="increase", asked=80.0), made) == pytest.approx(27.0)


def test_each_limit_has_its_sum_and_every_entry_one_fate() -> None:
    without, guarded = without_run(), guarded_run()
    found = sums(guarded, judged(without, guarded))
    drawdown, size = found["drawdown"], found["size"]
    assert (drawdown.refused, drawdown.matched, drawdown.held, drawdown.alone) == (3, 1, 1, 1)
    assert drawdown.result == pytest.approx(5.0)
    assert (size.cut, size.matched, size.result) == (1, 1, pytest.approx(-1.5))


@given(
    st.lists(st.tuples(st.integers(0, 9), st.floats(-50, 50)), unique_by=lambda e: e[0]),
    st.lists(st.integers(0, 9), unique=True),
)
def test_gains_and_losses_of_all_found_are_the_sum_of_their_trades(
    trades: list[tuple[int, float]], hours: list[int]
) -> None:
    ledger = Ledger([trade(opened=h, closed=h, profit=p) for h, p in trades])
    found = [ledger.judge(asked(at=at(hour), asked=100.0)) for hour in hours]
    expected = sum(profit for hour, profit in trades if hour in hours)
    assert sum(each.result or 0.0 for each in found) == pytest.approx(expected)
