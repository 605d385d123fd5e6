"""Strategies in the shapes that the public ones have, guarded in both ways, in real backtests."""

from __future__ import annotations

import logging
from pathlib import Path

import pandas as pd
import pytest

from riskplugin.core import events as ev
from tests.backtest.runs import Run
from tests.shapes.desk import MadeDesk
from tests.shapes.guarding import SHAPES, SPOT_ONLY, WAYS, class_name
from tests.shapes.reckoning import Entry, entries

pytestmark = [pytest.mark.slow, pytest.mark.spec("CF-2", "CF-3")]

CASES = [(shape, shape not in SPOT_ONLY) for shape in SHAPES]
CASES += [("ladder", False), ("treasurer", False)]
#: Tick and step rounding, and the market's move between approval and order.
TOLERANCE = 1.006
#: The defaults, but for the stop of emergency mode, which is wider.
SECTION = {"breaker": {"on_trip": "halt"}}
SIZE, LEVERAGE, EXPOSURE, STOP = 0.02, 20, 0.45, 0.05


def beyond(entry: Entry) -> bool:
    """Outside the default limits."""
    return (
        entry.margin > SIZE * entry.equity * TOLERANCE
        or entry.leverage > LEVERAGE
        or entry.exposure > EXPOSURE * entry.equity * TOLERANCE
    )


def worst_fall(trades: pd.DataFrame) -> float:
    """The largest loss of a trade, in price."""
    signs = trades["is_short"].map({True: -1, False: 1})
    return float(-((trades["close_rate"] / trades["open_rate"] - 1) * signs).min())


class Desks:
    """Runs each shape once per way and market."""

    def __init__(self, desk: MadeDesk, folders: dict[str, Path]) -> None:
        self._desk, self._folders = desk, folders
        self._runs: dict[tuple[str, str, bool], Run] = {}

    def run(self, shape: str, way: str, *, futures: bool) -> Run:
        key = (shape, way, futures)
        if key not in self._runs:
            self._desk.strategies = self._folders[way]
            name = class_name(shape, way)
            self._runs[key] = self._desk.play(
                name, futures=futures, enable_protections=True, risk=SECTION
            )
        return self._runs[key]


@pytest.fixture(scope="module")
def desks(desk: MadeDesk, folders: dict[str, Path]) -> Desks:
    return Desks(desk, folders)


@pytest.mark.parametrize(("shape", "futures"), CASES)
@pytest.mark.spec("SZ-1", "SZ-10", "LV-1", "CF-4")
def test_a_shape_trades_and_every_fill_is_inside_the_limits(
    shape: str,
    futures: bool,
    desks: Desks,
    prices: dict[bool, pd.DataFrame],
    caplog: pytest.LogCaptureFixture,
) -> None:
    run = desks.run(shape, "command", futures=futures)
    found = entries(run.trades, prices[futures])
    assert len(found) >= 4
    assert not [entry for entry in found if beyond(entry)]
    assert not run.of(ev.FaultRecorded)
    ours = [r for r in caplog.records if r.name.startswith("riskplugin")]
    assert not [r.message for r in ours if r.levelno >= logging.WARNING]


@pytest.mark.exhaustive
@pytest.mark.parametrize(("shape", "futures"), CASES)
def test_alone_the_same_shape_goes_beyond_them(
    shape: str, futures: bool, desks: Desks, prices: dict[bool, pd.DataFrame]
) -> None:
    run = desks.run(shape, "", futures=futures)
    assert any(map(beyond, entries(run.trades, prices[futures])))


@pytest.mark.parametrize(("shape", "futures"), CASES)
@pytest.mark.spec("EM-1")
def test_the_plugins_stop_closes_whatever_the_strategy_says(
    shape: str, futures: bool, desks: Desks
) -> None:
    trades = desks.run(shape, "command", futures=futures).trades
    assert 0.001 < worst_fall(trades) <= STOP * 1.005


@pytest.mark.parametrize("shape", SHAPES)
def test_both_ways_of_guarding_give_the_same_trades(shape: str, desks: Desks) -> None:
    futures = shape not in SPOT_ONLY
    one, other = (desks.run(shape, way, futures=futures).trades for way in WAYS)
    pd.testing.assert_frame_equal(one.drop(columns="orders"), other.drop(columns="orders"))


def test_the_parts_of_each_shape_that_are_peculiar_were_really_used(desks: Desks) -> None:
    ladder = desks.run("ladder", "command", futures=True).trades
    assert any(sum(o["ft_is_entry"] for o in orders) > 1 for orders in ladder["orders"])
    everything = desks.run("everything", "command", futures=True).trades
    assert everything["is_short"].nunique() == 2
    assert any(sum(not o["ft_is_entry"] for o in orders) > 1 for orders in everything["orders"])
    halving = desks.run("halving", "command", futures=True).trades
    assert any(sum(o["ft_is_entry"] for o in orders) > 1 for orders in halving["orders"])
    version2 = desks.run("version2", "command", futures=False).trades
    assert "sold" in set(version2["exit_reason"])
