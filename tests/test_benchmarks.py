"""The benchmarks run and report; how long anything takes is no matter of tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.figures import Line, Spread, Target
from benchmarks.parts import PARTS
from benchmarks.report import as_json, cells, from_json
from benchmarks.rounds import compared, measure

ROOT = Path(__file__).resolve().parent.parent
#: Lines that each part has at least, and the ids that they carry where these differ from its name.
LINES = {
    "B-1": 6,
    "B-2": 7,
    "B-3": 5,
    "matrix": 26,
    "B-4": 15,
    "book": 17,
    "B-5": 11,
    "live": 8,
    "B-6": 4,
    "soak": 3,
    "B-7": 5,
    "B-8": 4,
}
IDS = {"matrix": {"B-3"}, "book": {"B-1", "B-3", "B-5", "B-6"}, "live": {"B-5"}, "soak": {"B-6"}}
SHEETS = {"soak": 1, "imports": 20, "profile": 10}


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def a_line(**changes: Any) -> Line:
    usual: dict[str, Any] = {
        "id": "B-9",
        "what": "something",
        "figure": 3.0,
        "unit": "µs",
        "rounds": 5,
        "baseline": 2.0,
        "against": "another",
        "ratio": Spread(median=1.5, low=1.4, high=1.6),
    }
    return Line(**usual | changes)


#: Quick enough for every run; the others are `make proof` and `make bench`.
USUAL = ("B-1", "B-7", "B-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [name if name in USUAL else pytest.param(name, marks=pytest.mark.exhaustive) for name in LINES],
)
def test_a_benchmark_runs_and_reports_every_figure(name: str) -> None:
    done = run("--json", "--quick", "--rounds", "1", "--only", name)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["lines"]
    assert len(rows) >= LINES[name]
    assert {row["id"] for row in rows} == IDS.get(name, {name})
    assert {row["part"] for row in rows} == {name}
    assert all(row["rounds"] >= 1 for row in rows)


@pytest.mark.slow
@pytest.mark.exhaustive
@pytest.mark.parametrize("name", SHEETS)
def test_a_part_with_a_table_of_its_own_fills_it(name: str) -> None:
    done = run("--json", "--quick", "--only", name)
    assert done.returncode == 0, done.stderr
    [sheet] = json.loads(done.stdout)["sheets"]
    assert sheet["part"] == name
    assert len(sheet["rows"]) >= SHEETS[name]
    assert {len(row) for row in sheet["rows"]} == {len(sheet["columns"])}


def test_every_part_is_run_by_a_test() -> None:
    assert {*LINES, *SHEETS} == {*PARTS}


def test_a_benchmark_that_does_not_exist_is_refused_by_name() -> None:
    done = run("--only", "B-99")
    assert done.returncode == 2
    assert "B-99 is not measured here" in done.stderr


def test_every_arm_is_measured_once_a_round() -> None:
    calls: list[str] = []

    def arm(name: str) -> float:
        calls.append(name)
        return 2.0 if name == "ours" else 1.0

    samples = measure({n: lambda n=n: arm(n) for n in ("ours", "theirs")}, 5, warm=False)  # type: ignore[misc]
    assert sorted(calls) == ["ours"] * 5 + ["theirs"] * 5
    assert all({calls[i], calls[i + 1]} == {"ours", "theirs"} for i in range(0, 10, 2))
    line = compared(samples, "ours", "theirs", id="B-9", what="twice", against="once")
    assert line.ratio == Spread(median=2.0, low=2.0, high=2.0)


@pytest.mark.parametrize(
    ("target", "met"),
    [
        (None, None),
        (Target(limit=1.5), True),
        (Target(limit=1.4), False),
        (Target(limit=3.0, on="figure", sense="at least"), True),
        (Target(limit=4.0, on="figure", sense="at least"), False),
    ],
)
def test_a_target_is_judged_on_what_it_names(target: Target | None, met: bool | None) -> None:
    assert a_line(target=target).met is met


def test_lines_survive_json() -> None:
    lines = [a_line(target=Target(limit=2.0), note="n"), a_line(ratio=None, baseline=None)]
    assert from_json(as_json(lines, {})) == lines


def test_a_row_says_figure_baseline_ratio_and_verdict() -> None:
    row = cells(a_line(target=Target(limit=1.2), best=1.45))
    assert row == (
        "B-9", "something", "3 µs", "2 µs, another", "1.5 (1.4–1.6)", "1.45", "≤ 1.2 x", "NO", "5",
    )  # fmt: skip
