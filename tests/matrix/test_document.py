"""The page of the matrix: what it refuses, and that it names every path that there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matrix import table
from tests.matrix.walks import PATHS
from tools import matrix

ONE, *OTHERS = sorted(table.expected())


def held() -> dict[table.Key, matrix.Outcome]:
    return dict.fromkeys(table.expected(), matrix.Outcome("held", ""))


def test_every_running_row_has_a_path_that_walks_it_and_no_path_is_without_a_row() -> None:
    rows = {row.name for row in table.ROWS if row.modes == table.RUNNING}
    assert [path.name for path in PATHS] == [r.name for r in table.ROWS if r.name in rows]


def test_a_full_matrix_has_nothing_to_complain_of() -> None:
    assert matrix.complaints(held()) == []


@pytest.mark.parametrize(
    ("outcome", "complaint"),
    [
        (None, "no outcome"),
        (matrix.Outcome("failed", "an order came"), "failed"),
        (matrix.Outcome("n/a", ""), "unexplained"),
        (matrix.Outcome("detected", ""), "unexplained"),
    ],
)
def test_a_cell_that_is_missing_failed_or_unexplained_is_refused(
    outcome: matrix.Outcome | None, complaint: str
) -> None:
    cells = held()
    del cells[ONE]
    if outcome is not None:
        cells[ONE] = outcome
    [said] = matrix.complaints(cells)
    assert said.startswith(complaint)
    assert ONE.path in said


def test_a_failure_is_not_painted_over_by_a_second_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(table.FOLDER, str(tmp_path))
    with pytest.raises(ZeroDivisionError), table.cell(*ONE):
        raise ZeroDivisionError
    with table.cell(*ONE) as outcome:
        outcome.held()
    assert matrix.read(tmp_path)[ONE] == matrix.Outcome("failed", "ZeroDivisionError: ")


def test_equal_reasons_share_one_note() -> None:
    cells = held()
    cells[ONE] = cells[OTHERS[0]] = matrix.Outcome("n/a", "there is none")
    text = matrix.page(cells, freqtrade="2026.9")
    assert text.count("–<sup>1</sup>") == 2
    assert text.count("1. there is none") == 1


def test_the_page_names_every_path_market_and_limit_and_how_it_was_made() -> None:
    text = matrix.PAGE.read_text(encoding="utf-8")
    for row in table.ROWS:
        assert f"- **{row.name}**: {row.sentence}" in text, f"not current: {matrix.COMMAND}"
        assert text.count(f"| {row.name} |") == len(row.modes) * len(table.MARKETS)
    assert matrix.COMMAND in text
    assert f"{len(table.expected())} cells" in text
