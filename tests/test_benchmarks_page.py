"""docs/benchmarks.md says what the run beside it measured, and why where a target is missed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.docs import PAGE, RUN, compact, main, page, renewed, unexplained
from benchmarks.figures import Line, Sheet, Target
from benchmarks.parts import PARTS
from benchmarks.report import as_json, from_json, sheets_from_json

TEXT = "before\n<!-- run: B-1 -->\nold\n<!-- end of run -->\nafter\n"


def a_line(what: str, figure: float, **changes: Any) -> Line:
    usual: dict[str, Any] = {"id": "B-1", "unit": "µs", "rounds": 5, "part": "B-1"}
    target = Target(limit=2.0, on="figure")
    return Line(what=what, figure=figure, **usual | {"target": target} | changes)


def test_the_tables_of_the_page_are_those_of_the_run_beside_it() -> None:
    run, text = RUN.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    assert page(text, run) == text, "make bench-docs brings the page up to date"
    assert compact(run) == run


def test_every_missed_target_of_the_run_is_explained_on_the_page() -> None:
    run, text = RUN.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")
    assert not unexplained(text, from_json(run))


def test_the_page_has_a_place_for_every_part() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert not [name for name in PARTS if f"<!-- run: {name} -->" not in text]


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    sheet = Sheet(part="B-1", columns=("hour", "MB"), rows=(("1", "7"),))
    run = as_json([a_line("a decision", 1.5)], {"commit": "c0ffee"}, [sheet])
    written = page(TEXT, run)
    assert written.startswith("before\n<!-- run: B-1 -->\n| id | what |")
    assert written.endswith("<!-- end of run -->\nafter\n")
    assert "| B-1 | a decision | 1.5 µs |" in written
    assert "| hour | MB |\n| --- | --- |\n| 1 | 7 |" in written
    assert "old" not in written
    assert page(written, run) == written


def test_a_part_that_was_not_measured_says_so() -> None:
    assert "Not measured in this run." in page(TEXT, as_json([], {}))


def test_a_mark_for_a_part_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        page(TEXT.replace("B-1", "B-99"), as_json([], {}))


def test_a_missed_target_needs_a_row_that_begins_as_it_does() -> None:
    limits = "## What limits it\n\n| id | line | why |\n|---|---|---|\n| B-1 | a deci; b | x |\n"
    lines = [
        a_line("a decision", 3.0),
        a_line("b", 3.0),
        a_line("c", 1.0),
        a_line("c", 3.0, target=None),
        a_line("a decision", 3.0, id="B-2"),
        a_line("another", 3.0),
    ]
    assert unexplained(limits, lines) == lines[-2:]


def test_parts_that_are_measured_anew_take_the_place_of_the_kept_ones() -> None:
    def sheet(part: str, value: str) -> Sheet:
        return Sheet(part=part, columns=("a",), rows=((value,),))

    first, last = a_line("first", 1.0), a_line("last", 1.0, part="B-8")
    old = [first, *[a_line(what, 1.0, part="B-4") for what in ("gone", "slow")], last]
    kept = as_json(old, {"commit": "c0ffee"}, [sheet("soak", "old"), sheet("B-8", "kept")])
    new = [a_line("slow", 0.5, part="B-4"), a_line("more", 0.5, part="B-4")]
    run = renewed(kept, as_json(new, {"commit": "decaf"}, [sheet("soak", "new")]))
    assert from_json(run) == [first, *new, last]
    assert sheets_from_json(run) == [sheet("soak", "new"), sheet("B-8", "kept")]
    said = page("<!-- run: facts -->\n<!-- end of run -->", run)
    assert "in this run: commit c0ffee.\n" in said
    assert "- B-4 was measured anew: commit decaf\n- soak was measured anew: commit decaf" in said

    again = renewed(compact(run), as_json([a_line("x", 2.0, part="B-2")], {"commit": "bad"}))
    assert from_json(again) == [first, *new, last, a_line("x", 2.0, part="B-2")]
    anew = json.loads(again)["run"]["anew"]
    assert {name: facts["commit"] for name, facts in anew.items()} == {
        "B-4": "decaf",
        "soak": "decaf",
        "B-2": "bad",
    }


def test_a_run_loses_only_digits_when_it_is_kept() -> None:
    lines = [a_line("a decision", 1.23456789), a_line("b", 2.0, note="n", target=None)]
    sheets = [Sheet(part="soak", columns=("a",), rows=(("1",),))]
    kept = compact(as_json(lines, {"rounds": 3}, sheets))
    assert json.loads(kept)["run"] == {"rounds": 3}
    assert from_json(kept) == [a_line("a decision", 1.2346), lines[1]]
    assert sheets_from_json(kept) == sheets


def test_a_kept_run_is_not_measured_anew_by_itself(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = RUN.read_bytes(), PAGE.read_bytes()
    monkeypatch.setattr("sys.argv", ["benchmarks.docs", "--anew"])
    with pytest.raises(SystemExit):
        main()
    assert "make bench-docs RUN=bench.json ARGS=--anew" in capsys.readouterr().err
    assert (RUN.read_bytes(), PAGE.read_bytes()) == before
