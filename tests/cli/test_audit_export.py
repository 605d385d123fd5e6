"""riskplugin audit export: JSON lines that prove themselves, tables, nothing half."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from cryptography.fernet import Fernet

from riskplugin.cli.audit.columns import COLUMNS
from riskplugin.cli.audit.files import whole
from riskplugin.core import events as ev
from riskplugin.reports import tables
from tests.cli.conftest import Run
from tests.cli.ledgers import AT, BOT, REASON, appended, story, tamper
from tests.ledger.samples import decided, peak

pytestmark = pytest.mark.spec("AU-1")
ROOT = Path(__file__).parents[2]


def exported(run: Run, *arguments: str) -> bytes:
    result = run("audit", "export", *arguments)
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def lines(run: Run, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in exported(run, *arguments).splitlines()]


def rows(run: Run, *arguments: str) -> list[dict[str, str]]:
    text = exported(run, "--format", "csv", *arguments).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def recipe() -> str:
    """The program that docs/ledger.md gives to a third party."""
    page = (ROOT / "docs/ledger.md").read_text(encoding="utf-8")
    section = page.partition("## Checking an export without riskplugin")[2]
    found = re.search(r"```python\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def checked(home: Path, export: bytes) -> subprocess.CompletedProcess[str]:
    """Run the recipe on an export, in a Python that knows nothing of riskplugin."""
    (home / "check.py").write_text(recipe(), encoding="utf-8")
    (home / "export.jsonl").write_bytes(export)
    return subprocess.run(
        [sys.executable, "-I", "-S", "check.py", "export.jsonl"],
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def odd(run_of: str = "breakout") -> list[ev.Event]:
    """Records that hold what JSON has no word for."""
    return [
        decided(stake=math.nan, price=math.inf, leverage=2**70, tag=run_of),
        decided(stake="20", pair="ÄÖ/USDT\u2028", tag="\ud800"),
        decided(price=1e16, stake=1e-05, volatility=1e-320),
        ev.FaultRecorded(at=AT, source="loop", text='"data": {"x":1},"kind":"No","version":9}'),
    ]


@pytest.mark.spec("AU-2")
def test_a_third_party_can_check_the_chain_from_the_file(run: Run, home: Path) -> None:
    story(home)
    appended(home, *odd())
    story(home, 'other "data": bot')
    export = exported(run, "--all-bots")
    done = checked(home, export)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout)
    assert last[BOT] == [18, json.loads(export.splitlines()[17])["hash"]]
    assert last['other "data": bot'][0] == 14


ATTACKS = {
    "edited": lambda all_: [*all_[:8], all_[8].replace(b"500.0", b"50.0"), *all_[9:]],
    "removed": lambda all_: [*all_[:8], *all_[9:]],
    "first removed": lambda all_: all_[1:],
    "twice": lambda all_: [*all_[:8], all_[8], *all_[8:]],
    "moved": lambda all_: [*all_[:8], all_[9], all_[8], *all_[10:]],
}


@pytest.mark.spec("AU-2")
@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_third_party_finds_what_was_changed(run: Run, home: Path, attack: Any) -> None:
    story(home)
    changed = attack(exported(run).splitlines(keepends=True))
    done = checked(home, b"".join(changed))
    assert done.returncode == 1
    assert "breaks at record" in done.stderr


@pytest.mark.spec("AU-2")
@pytest.mark.parametrize(
    "payload",
    [
        "x",
        'x{"$":"sealed"',
        '{"data":1,"x":2,"kind":"EntryDecided","version":1}',
        '{"data": 1,\n"kind":"X"}',
    ],
)
def test_a_record_that_was_edited_is_exported_and_found(run: Run, home: Path, payload: str) -> None:
    story(home)
    tamper(home, f"UPDATE events SET payload = '{payload}' WHERE seq = 9")
    export = exported(run)
    assert json.loads(export.splitlines()[8])["payload"] == payload
    assert "breaks at record 9" in checked(home, export).stderr


@pytest.mark.spec("AU-2", "AU-4")
def test_an_encrypted_ledger_is_checked_by_somebody_without_the_key(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RISKPLUGIN_ENCRYPTION_KEY", Fernet.generate_key().decode())
    story(home, encrypt=True)
    export = exported(run)
    assert b"anna" not in export
    assert checked(home, export).returncode == 0
    assert "anna" in rows(run)[10]["text"]
    assert "anna" in rows(run)[10]["data"]
    monkeypatch.delenv("RISKPLUGIN_ENCRYPTION_KEY")
    assert "by (sealed)" in rows(run)[10]["text"]


@pytest.mark.spec("AU-2")
def test_every_line_of_a_selection_fits_the_hash_before_it(run: Run, home: Path) -> None:
    story(home)
    whole_ = {each["seq"]: each for each in lines(run)}
    chosen = lines(run, "--kind", "decisions", "--since", "2026-03-12T12:02")
    assert [each["seq"] for each in chosen] == [9, 10, 13]
    assert all(each["previous"] == whole_[each["seq"] - 1]["hash"] for each in chosen)


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--pair", "ETH/USDT:USDT"], [9]),
        (["--until", "2026-03-12T12:01"], [1, 2, 3, 4, 5]),
        (["--since", "2026-03-12T12:04", "--kind", "breaker"], [11]),
        (["--since", "2027-01-01"], []),
    ],
)
def test_records_are_chosen(run: Run, home: Path, arguments: list[str], wanted: list[int]) -> None:
    story(home)
    assert [each["seq"] for each in lines(run, *arguments)] == wanted


def test_a_table_has_one_row_a_record_and_stable_columns(run: Run, home: Path) -> None:
    story(home)
    table = rows(run)
    assert list(table[0]) == list(COLUMNS)
    assert [row["seq"] for row in table] == [str(n) for n in range(1, 15)]
    capped = table[8]
    assert capped["at"] == "2026-03-12T12:02:00.000250+00:00"
    assert (capped["allowed"], capped["asked_stake"], capped["leverage"]) == (
        "true",
        "500.0",
        "2.0",
    )
    assert (capped["rule"], capped["rules"], capped["limit"]) == (
        "size",
        "exposure size",
        "19.333333333333332",
    )
    assert (capped["equity"], capped["exposure"], capped["breaker"]) == ("1000.0", "0.0", "closed")
    assert len(capped["limits"]) == 12
    assert capped["data"] == ""
    other = table[6]
    assert (other["pair"], other["kind"]) == ("BTC/USDT:USDT", "OrderSent")
    assert json.loads(other["data"])["kind"] == "OrderSent"


def test_no_text_becomes_a_formula(run: Run, home: Path) -> None:
    story(home)
    appended(
        home,
        decided(pair="=cmd|' /C calc'!A0"),
        decided(pair="\t@SUM(1)"),
        decided(pair="A;=SUM(1)"),
        peak(-5.0),
    )
    table = rows(run)
    assert table[14]["pair"] == "'=cmd|' /C calc'!A0"
    assert table[15]["pair"] == "'\t'@SUM(1)"
    assert table[16]["pair"] == "A;'=SUM(1)", "some spreadsheets end a cell at the semicolon"
    for row in table:
        for name, value in row.items():
            risky = value.lstrip().startswith(("=", "+", "-", "@"))
            assert not risky or COLUMNS[name] is float, (name, value)
    assert REASON in json.loads(table[10]["data"])["data"]["reason"]


def test_odd_values_leave_their_column_empty_and_stand_whole_beside_it(
    run: Run, home: Path
) -> None:
    story(home)
    appended(home, *odd())
    nan, text, small, fault = rows(run)[14:]
    assert (nan["asked_stake"], nan["price"], nan["leverage"]) == ("nan", "inf", str(float(2**70)))
    assert nan["data"] == ""
    assert text["asked_stake"] == ""
    assert json.loads(text["data"])["data"]["decision"]["request"]["stake"] == "20"
    assert (small["asked_stake"], small["price"]) == ("1e-05", "1e+16")
    assert fault["text"].startswith("loop failed")


def test_a_record_that_cannot_be_read_is_a_row_that_says_so(run: Run, home: Path) -> None:
    story(home)
    tamper(home, "UPDATE events SET payload = 'x' WHERE seq = 9")
    row = rows(run)[8]
    assert row["text"].startswith("cannot be read")
    assert row["data"] == "x"


def test_parquet_has_the_same_rows_typed(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "BATCH", 4)
    story(home)
    appended(home, *odd())
    exported(run, "--format", "parquet", "--out", "audit.parquet")
    table = pq.read_table(home / "audit.parquet")
    assert table.column_names == list(COLUMNS)
    made = table.to_pylist()
    assert len(made) == 18
    assert made[8]["at"] == datetime(2026, 3, 12, 12, 2, 0, 250, tzinfo=UTC)
    assert (made[8]["allowed"], made[8]["asked_stake"], made[8]["rule"]) == (True, 500.0, "size")
    assert made[6]["asked_stake"] is None
    assert math.isnan(made[14]["asked_stake"])


def test_a_file_is_written_whole_and_says_how_much(run: Run, home: Path) -> None:
    story(home)
    (home / "audit.jsonl").write_text("old")
    result = run("audit", "export", "--out", "audit.jsonl")
    assert result.exit_code == 0
    assert "14 records written to audit.jsonl" in result.stderr
    assert result.stdout == ""
    assert (home / "audit.jsonl").read_bytes() == exported(run)


def test_a_broken_export_leaves_what_was_there(tmp_path: Path) -> None:
    file = tmp_path / "audit.csv"
    file.write_text("old")

    def broken_off() -> None:
        with whole(file) as half:
            half.write(b"new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert [path.name for path in tmp_path.iterdir()] == ["audit.csv"]
    assert file.read_text() == "old"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "parquet"], "name a file with --out"),
        (["--out", "nowhere/x.jsonl"], "there is no folder nowhere"),
        (["--out", "user_data"], "is a folder"),
        (["--bot", BOT, "--all-bots"], "not both"),
    ],
)
def test_wrong_use_says_what_would_work(
    run: Run, home: Path, arguments: list[str], words: str
) -> None:
    story(home)
    result = run("audit", "export", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr


@pytest.mark.slow
def test_a_reader_that_leaves_is_no_error_with_a_traceback(home: Path) -> None:
    story(home)
    appended(home, *(peak(float(n)) for n in range(5000)))
    ran = subprocess.run(
        f"{sys.executable} -m riskplugin audit export | head -n 1",
        shell=True,
        cwd=home,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(ran.stdout)["seq"] == 1
    assert ran.stderr == ""
