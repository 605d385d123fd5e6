"""Which backtests a grid and a calibration need, and which cannot be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from riskplugin.cli.compare.variants import acted, grid_of, name_of, points
from riskplugin.cli.console import UsageError
from riskplugin.reports.compare.run import Effects, Trip
from tests.compare.samples import at, guarded_run

pytestmark = pytest.mark.spec("DB-4")

TRIP = "breaker.drawdown.trip_pct"


def test_values_are_numbers_words_and_nothing() -> None:
    assert grid_of(["breaker.cooldown=1h,2h", f"risk.{TRIP}=10,null,10"]) == {
        "breaker.cooldown": ["1h", "2h"],
        TRIP: [10, None],
    }


@pytest.mark.parametrize(
    "texts", [["drawdown"], [f"{TRIP}="], ["trip_pct=1"], [f"{TRIP}=1", f"{TRIP}=2"], ["a.b$=1"]]
)
def test_what_is_no_key_with_values_is_refused(texts: list[str]) -> None:
    with pytest.raises(UsageError):
        grid_of(texts)


def test_a_grid_beyond_all_patience_is_refused() -> None:
    many = ",".join(map(str, range(1, 60)))
    with pytest.raises(UsageError, match="3481 points"):
        grid_of([f"breaker.score.trip={many}", f"positions.max={many}"])


def test_a_grid_is_every_combination_but_the_one_that_is_configured() -> None:
    grid = grid_of([f"{TRIP}=10,15", "breaker.half_open.wins=2,3"])
    made = points(grid, {})
    assert len(made) == 3, "15 % and 2 wins is what holds anyway"
    assert name_of(made[0], grid) == f"{TRIP}=10, breaker.half_open.wins=2"


def test_a_warning_keeps_its_proportion_to_the_trip_value_that_moves() -> None:
    section = {"breaker": {"drawdown": {"warn_pct": 9, "trip_pct": 12}}}
    assert points({TRIP: [4]}, section) == [{TRIP: 4, "breaker.drawdown.warn_pct": 3.0}]
    [whole] = points({"breaker.losing_streak.trip": [3]}, {})
    assert whole["breaker.losing_streak.warn"] == 1
    [alone] = points({TRIP: [20], "breaker.drawdown.warn_pct": [19]}, section)
    assert alone["breaker.drawdown.warn_pct"] == 19


def test_a_limit_that_cannot_be_is_refused_before_anything_runs() -> None:
    for key, value in ((TRIP, 300), ("breaker.drawdown.tripp_pct", 3), ("breaker.cooldown", "?")):
        with pytest.raises(UsageError, match="cannot be used"):
            points({key: [value]}, {})


@pytest.mark.parametrize(
    ("changes", "limits"),
    [
        ({}, []),
        ({"refused": {"drawdown": 1, "minimum": 3}, "cut": {"size": 2}}, ["drawdown", "size"]),
        ({"stops": 1, "leverage_lowered": 2}, ["leverage", "stop"]),
        ({"closings": {"risk_emergency": 1, "risk_leverage": 1}}, ["emergency", "leverage"]),
        ({"refused": {"last look": 1}}, []),
    ],
)
def test_calibrated_is_what_acted_and_can_be_observed(
    changes: dict[str, Any], limits: list[str]
) -> None:
    run = replace(guarded_run(), trips=(), effects=Effects(**changes))
    assert acted(run) == limits


def test_what_tripped_the_breaker_acted() -> None:
    trips = (Trip(at(1), ("probe_losses", "losing_streak"), ""),)
    assert acted(replace(guarded_run(), trips=trips, effects=Effects())) == ["losing_streak"]
