"""Every run begins afresh, and strategies beside a guarded one are none of its business."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.backtest.runs import Desk

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-3")]

RANGE = "20200220-20200410"


def assert_same(one: pd.DataFrame, other: pd.DataFrame) -> None:
    """The same trades, orders and funding included."""
    pd.testing.assert_frame_equal(one.drop(columns="orders"), other.drop(columns="orders"))
    assert len(one) > 10


def test_two_runs_in_one_process_give_the_same_trades(desk: Desk) -> None:
    first, second = (desk.run("GreedyGuarded", RANGE) for _ in range(2))
    assert_same(first.trades, second.trades)
    assert first.events == second.events


@pytest.mark.parametrize(
    "order",
    [
        ("GreedyGuarded", "Greedy"),
        pytest.param(("Greedy", "GreedyGuarded"), marks=pytest.mark.exhaustive),
    ],
)
def test_an_unguarded_strategy_beside_a_guarded_one_is_left_alone(
    desk: Desk, order: tuple[str, str]
) -> None:
    together = desk.run_all(list(order), RANGE)
    for name in order:
        alone = desk.run(name, RANGE)
        assert_same(together[name].trades, alone.trades)
    assert len(together["Greedy"].trades) != len(together["GreedyGuarded"].trades)
