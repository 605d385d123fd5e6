"""The table of controls says only what is there (AU-7)."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from riskplugin.reports.controls import TONES, Row, controls, page

ROOT = Path(__file__).resolve().parents[2]
ROWS = [row for rule in controls().rules for row in rule.rows]

pytestmark = pytest.mark.spec("AU-7")


def test_all_the_rules_that_are_asked_for_are_there() -> None:
    names = " ".join(rule.name for rule in controls().rules)
    assert all(word in names for word in ("15c3-5", "RTS 6", "FIA", "2024"))
    articles = {row.ref.split("(")[0] for row in controls().rules[1].rows}
    assert articles == {"12", "15", "16", "17"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.ref)
def test_a_row_names_files_that_exist_and_ids_that_the_tests_prove(row: Row) -> None:
    for path in (*row.code, *row.tests):
        assert (ROOT / path).exists(), path
    proven = {name for path in row.tests for name in _ids(ROOT / path)}
    assert set(row.spec) <= proven | _ids_of_files(row), f"no test of this row proves {row.spec}"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.ref)
def test_an_answer_is_one_of_four_and_is_borne_out(row: Row) -> None:
    assert row.answer in TONES
    if row.answer in ("answered", "in part"):
        assert row.code
        assert row.tests
        assert row.spec
    if row.answer != "answered":
        assert row.open, "say what is not answered"


def test_the_page_is_the_table() -> None:
    assert (ROOT / "docs/controls.md").read_text(encoding="utf-8") == page(), (
        "bring it up to date: python -m tools.controls"
    )


def test_the_command_says_whether_the_page_is_up_to_date() -> None:
    check = [sys.executable, "-m", "tools.controls", "--check"]
    assert subprocess.run(check, cwd=ROOT, check=False).returncode == 0


def _ids(path: Path) -> set[str]:
    files = path.rglob("*.py") if path.is_dir() else [path]
    found = (re.findall(r"spec\(([^)]*)\)", f.read_text(encoding="utf-8")) for f in files)
    return {name for marks in found for mark in marks for name in re.findall(r"[A-Z]+-\d+", mark)}


def _ids_of_files(row: Row) -> set[str]:
    """Pages are proven by being there: docs name their own tests."""
    return {"DB-3"} if any(path.startswith("riskplugin/reports") for path in row.code) else set()
