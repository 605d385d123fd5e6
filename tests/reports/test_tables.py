"""Tables to files: whole or not at all, with the columns that the rows have."""

from __future__ import annotations

import csv
import json
import math
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from riskplugin.reports.files import CannotWrite
from riskplugin.reports.tables import BATCH, write

pytestmark = pytest.mark.spec("DB-3", "DB-4")

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_columns_follow_from_the_rows(tmp_path: Path) -> None:
    rows: list[dict[str, object]] = [
        {"pair": "A/U", "gain": 1, "at": AT},
        {"pair": None, "gain": 2.5, "at": AT, "x": True},
    ]
    assert write(rows, tmp_path / "t.parquet") == 2
    table = pq.read_table(tmp_path / "t.parquet")
    assert table.column_names == ["pair", "gain", "at", "x"]
    assert table.to_pylist()[1] == {"pair": None, "gain": 2.5, "at": AT, "x": True}


def test_what_does_not_fit_its_column_is_left_out(tmp_path: Path) -> None:
    odd = {"n": "many", "f": math.nan, "b": 1, "t": datetime(2026, 1, 1), "i": 2**70}  # noqa: DTZ001
    columns = {"n": int, "f": float, "b": bool, "t": datetime, "i": int}
    for name in ("t.json", "t.parquet", "t.csv"):
        assert write([odd], tmp_path / name, columns=columns) == 1
    [row] = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert row == dict.fromkeys(columns)
    assert pq.read_table(tmp_path / "t.parquet").to_pylist() == [dict.fromkeys(columns)]


def test_more_rows_than_fit_in_a_batch(tmp_path: Path) -> None:
    def rows() -> Iterator[dict[str, object]]:
        for number in range(2 * BATCH + 1):
            yield {"n": number, "text": f"row {number}"}

    for name in ("t.csv", "t.json", "t.parquet"):
        assert write(rows(), tmp_path / name) == 2 * BATCH + 1
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        assert [row["n"] for row in csv.DictReader(file)][-1] == str(2 * BATCH)
    assert json.loads((tmp_path / "t.json").read_bytes())[-1]["n"] == 2 * BATCH
    assert pq.read_table(tmp_path / "t.parquet").column("n")[-1].as_py() == 2 * BATCH


@pytest.mark.parametrize("suffix", [".csv", ".json", ".parquet"])
def test_a_failure_on_the_way_leaves_no_file(tmp_path: Path, suffix: str) -> None:
    def rows() -> Iterator[dict[str, object]]:
        for number in range(BATCH + 5):
            yield {"n": number}
        raise RuntimeError("the ledger is gone")

    with pytest.raises(RuntimeError, match="gone"):
        write(rows(), tmp_path / f"t{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_with_force_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text("before", encoding="utf-8")

    def rows() -> Iterator[dict[str, object]]:
        yield {"n": 1}
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        write(rows(), file, columns={"n": int}, force=True)
    assert file.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"

    def rows() -> Iterator[dict[str, object]]:
        yield {"n": 1}
        file.write_text("another's", encoding="utf-8")

    with pytest.raises(CannotWrite, match="exists"):
        write(rows(), file, columns={"n": int})
    assert file.read_text(encoding="utf-8") == "another's"
    assert os.listdir(tmp_path) == ["t.csv"]  # noqa: PTH208  # hidden ones, too


def test_a_link_to_nowhere_is_a_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "t.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(CannotWrite, match="exists"):
        write([{"n": 1}], tmp_path / "t.csv")
    assert not (tmp_path / "elsewhere.csv").exists()


def test_a_list_of_json_can_be_read_line_by_line(tmp_path: Path) -> None:
    write([{"n": 1}, {"n": 2}], tmp_path / "t.json")
    begin, *lines, end = (tmp_path / "t.json").read_text(encoding="utf-8").splitlines()
    assert (begin, end) == ("[", "]")
    assert [json.loads(line.rstrip(",")) for line in lines] == [{"n": 1}, {"n": 2}]
    write([], tmp_path / "none.json")
    assert json.loads((tmp_path / "none.json").read_bytes()) == []
