"""Files that are no files, links that others laid, names as long as they may be."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from riskplugin.reports import files
from riskplugin.reports.files import CannotWrite, whole
from riskplugin.reports.tables import write

pytestmark = pytest.mark.spec("DB-3")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes")
def test_a_device_or_a_pipe_is_never_replaced_not_even_with_force(tmp_path: Path) -> None:
    """`--out /dev/null --force`, run by root, would break the machine."""
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    for place in (pipe, link):
        with pytest.raises(CannotWrite, match="no file"), whole(place, force=True) as file:
            file.write(b"a report")
    assert pipe.is_fifo()
    assert link.is_symlink()


def test_a_link_that_others_laid_beside_the_file_is_not_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a folder that all may write, say /tmp: the name of what lies beside is not to be guessed,
    and nothing that lies there is opened.
    """
    victim, target = tmp_path / "victim", tmp_path / "out.csv"
    victim.write_text("precious", encoding="utf-8")
    (tmp_path / f".{target.name}.{os.getpid()}.part").symlink_to(victim)
    with whole(target) as file:
        file.write(b"a report")
    assert victim.read_text(encoding="utf-8") == "precious"
    assert target.read_bytes() == b"a report"
    assert not target.is_symlink()
    monkeypatch.setattr(files, "_token", lambda: "known")
    other = tmp_path / "other.csv"
    (tmp_path / ".other.csv.known.part").symlink_to(victim)
    with pytest.raises(FileExistsError), whole(other) as file:
        file.write(b"a report")
    assert victim.read_text(encoding="utf-8") == "precious"
    assert (tmp_path / ".other.csv.known.part").is_symlink(), "it is not ours"


def test_a_name_may_be_as_long_as_names_may_be(tmp_path: Path) -> None:
    long = tmp_path / f"{'n' * 250}.csv"
    assert write([{"n": 1}], long) == 1
    assert list(tmp_path.iterdir()) == [long]


@pytest.mark.parametrize("separator", [";", "; ", "\t", ";\n"])
@pytest.mark.parametrize("sign", list("=+-@"))
def test_text_begins_no_formula_behind_what_some_spreadsheets_take_for_a_separator(
    tmp_path: Path, separator: str, sign: str
) -> None:
    """Where a comma is the decimal point, a spreadsheet divides lines at semicolons."""
    text = f"fine{separator}{sign}1+cmd|' /C calc'!A0;"
    write([{"reason": text}], tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    cells = [cell.strip() for part in row["reason"].split(";") for cell in part.split("\t")]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert row["reason"].replace("'", "") == text.replace("'", "")
