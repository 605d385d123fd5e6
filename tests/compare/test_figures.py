"""Periods of the breaker, the figures side by side, and what is drawn of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from riskplugin.reports.compare.comparison import Comparison, as_json, calibration
from riskplugin.reports.compare.figures import figures_of, thinned
from riskplugin.reports.compare.measured import measure
from riskplugin.reports.compare.periods import periods
from riskplugin.reports.compare.run import Run, State
from tests.compare.samples import HOUR, at, guarded_run, run, trade, without_run

pytestmark = pytest.mark.spec("DB-4")


def comparison(**more: object) -> Comparison:
    return replace(Comparison(without_run(), guarded_run()), **more)  # type: ignore[arg-type]


def test_a_period_lasts_until_the_candle_at_which_the_breaker_is_otherwise() -> None:
    opened, testing = periods(guarded_run())
    assert (opened.begin, opened.end, opened.state) == (at(10), at(15), State.OPEN)
    assert opened.names == ("drawdown",)
    assert (testing.begin, testing.end, testing.state) == (at(15), at(20), State.HALF_OPEN)
    assert testing.text == "", "a test has no cause of its own"


def test_a_breaker_that_never_closes_again_is_shut_to_the_end() -> None:
    states = np.zeros(73, dtype=np.int8)
    states[70:] = State.LATCHED
    found = replace(guarded_run(), states=states)
    assert [(p.begin, p.end) for p in periods(found)] == [(at(70), at(72))]
    assert measure(found).halted_seconds == 2 * HOUR


def test_profit_is_freqtrades_and_risk_is_of_the_marked_equity() -> None:
    figures = measure(without_run())
    assert (figures.profit, figures.profit_pct, figures.trades) == (5.0, 0.5, 2)
    assert figures.won_pct == 50
    # 1010 after the first trade, 1005 after the second.
    assert figures.max_drawdown_pct == pytest.approx(100 * 5 / 1010)
    assert figures.worst_day_pct == pytest.approx(100 * (1005 / 1010 - 1))


def test_time_halted_is_without_the_test() -> None:
    figures = measure(guarded_run())
    assert (figures.halted_seconds, figures.testing_seconds) == (5 * HOUR, 5 * HOUR)
    assert figures.halted_pct == pytest.approx(100 * 5 / 72)


def test_the_best_of_a_grid_has_the_highest_calmar_and_may_be_the_limits_as_they_are() -> None:
    def point(name: str, profit: float) -> Run:
        trades = (
            trade(opened=1, closed=2, profit=-9.0),
            trade(opened=30, profit=profit, closed=40),
        )
        return run(name, *trades)

    grid = (point("a", 30.0), point("b", 60.0), point("c", 10.0))
    best = comparison(grid=grid).best
    assert best is grid[1]
    as_it_is = replace(grid[1], name="with")
    best = Comparison(without_run(), as_it_is, (grid[0],)).best
    assert best is as_it_is


def test_of_losses_none_is_the_best() -> None:
    lost = run("a", trade(opened=1, closed=2, profit=-9.0), trade(opened=30, closed=40, profit=1.0))
    assert Comparison(without_run(), guarded_run(), (lost,)).best is None


def test_calibration_says_what_a_limit_gave_up_and_avoided() -> None:
    watched = run(
        "drawdown observed", trade(profit=-100.0), trade(opened=30, closed=40, profit=7.0)
    )
    [worth] = calibration(comparison(calibrated={"drawdown": watched}))
    assert worth.cost == pytest.approx(-93 - -5), "it earned 88 by acting"
    assert worth.drawdown_avoided_pct == pytest.approx(10 - 0.5)
    assert worth.worst_day_avoided_pct == pytest.approx(10 - 0.5)


def test_json_has_every_figure_and_each_entry() -> None:
    told = as_json(comparison())
    assert told["without"]["profit"] == 5.0
    assert told["with"]["refused"] == 3
    assert told["refusals"]["drawdown"]["result"] == pytest.approx(5.0)
    assert [each["would_have_brought"] is None for each in told["entries"]] == [
        False, True, True, False,
    ]  # fmt: skip
    assert told["breaker"][0]["from"] == "2024-01-01T10:00:00+00:00"


def test_periods_are_shaded_and_refusals_are_points() -> None:
    equity = next(each for each in figures_of(comparison()) if each.key == "equity")
    assert [shape["x0"] for shape in equity.layout["shapes"]] == [
        "2024-01-01 10:00:00",
        "2024-01-01 15:00:00",
    ]
    [points] = [each for each in equity.data if each["mode"] == "markers"]
    assert len(points["x"]) == 3
    assert "would have brought +5.00 USDT" in points["text"][0]


def test_a_thinned_line_keeps_its_ends_and_its_extremes() -> None:
    times = np.arange(100_000, dtype=np.int64)
    values = np.sin(times / 50.0)
    values[77_777], values[33_333] = 9.0, -9.0
    when, kept = thinned(times, values)
    assert len(when) <= 3002
    assert {0, 99_999, 77_777, 33_333} <= set(when.tolist())
    assert np.all(np.diff(when) > 0)
    assert (kept == values[when]).all()
