"""riskplugin export: the same rows in every form, and what happens to odd ones."""

from __future__ import annotations

import csv
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from riskplugin.core import events as ev
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.reports.exports import TABLES
from riskplugin.reports.period import Period
from riskplugin.reports.records import Gaps
from tests.reports import lives
from tests.reports.conftest import Lived, Run

pytestmark = pytest.mark.spec("DB-3")

WHATS = sorted(TABLES)


def exported(run: Run, month: Lived, what: str, name: str, *more: str) -> Path:
    file = Path(name)
    arguments = ("export", what, "--to", name, "--ledger", month.url, "--bot", lives.BOT, *more)
    said = run(*arguments)
    assert said.exit_code == 0, said.output
    return file


def rows_of(file: Path) -> list[dict[str, Any]]:
    match file.suffix:
        case ".csv":
            with file.open(encoding="utf-8", newline="") as lines:
                return list(csv.DictReader(lines))
        case ".json":
            told: list[dict[str, Any]] = json.loads(file.read_bytes())
            return told
    found: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    return found


@pytest.mark.parametrize("what", WHATS)
def test_every_form_has_the_same_rows(run: Run, month: Lived, what: str) -> None:
    tables = [rows_of(exported(run, month, what, f"t{s}")) for s in (".csv", ".json", ".parquet")]
    as_text, as_json, as_columns = tables
    assert len(as_text) == len(as_json) == len(as_columns) > 0
    assert list(as_text[0]) == list(as_json[0]) == list(as_columns[0]) == list(TABLES[what].columns)
    for text, plain, kept in zip(as_text, as_json, as_columns, strict=True):
        for name, value in kept.items():
            if isinstance(value, datetime):
                assert datetime.fromisoformat(plain[name]) == value
                assert datetime.fromisoformat(text[name]) == value
            else:
                assert plain[name] == value
                assert text[name].lstrip("'") == ("" if value is None else _shown(value))


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value).lstrip("'")


def test_trades_are_those_that_were_closed(run: Run, month: Lived) -> None:
    rows = rows_of(exported(run, month, "trades", "t.parquet"))
    lived = month.trader.closed
    assert [row["profit"] for row in rows] == [trade.profit for trade in lived]
    assert [row["tag"] for row in rows] == [trade.tag for trade in lived]
    assert [row["fees"] for row in rows] == [trade.fees for trade in lived]
    assert {row["level"] for row in rows} <= {"minimal", "low", "medium", "high", "critical"}


def test_equity_is_every_point_that_is_kept(run: Run, month: Lived) -> None:
    rows = rows_of(exported(run, month, "equity", "e.parquet"))
    reader = open_reader(month.url, base_dir=month.home)
    kept = reader.metrics(lives.BOT, limit=10_000)
    reader.close()
    assert [row["equity"] for row in rows] == [each.equity for each in kept]
    assert rows[0]["at"] == kept[0].at
    assert max(r["drawdown_pct"] for r in rows) == 100 * max(each.drawdown for each in kept)


def test_limits_have_a_row_for_each_key(run: Run, month: Lived) -> None:
    rows = rows_of(exported(run, month, "limits", "l.json"))
    [changed] = [row for row in rows if row["what"] == "changed"]
    assert (changed["key"], changed["value"]) == ("breaker.drawdown.trip_pct", "12")
    assert (changed["by"], changed["reason"]) == ("anna", "the quarter ends")


def test_alerts_are_followed_from_raised_to_acknowledged(run: Run, month: Lived) -> None:
    rows = rows_of(exported(run, month, "alerts", "a.json"))
    taken = [row for row in rows if row["what"] == "acknowledged"]
    assert {row["by"] for row in taken} == {"bea"}
    raised = {row["alert"] for row in rows if row["what"] == "raised"}
    assert {row["alert"] for row in taken} <= raised


def test_a_period_is_from_its_beginning_up_to_its_end(run: Run, month: Lived) -> None:
    more = ("--from", "2026-03-05", "--until", "2026-03-06")
    rows = rows_of(exported(run, month, "equity", "e.json", *more))
    assert len(rows) == 24
    assert rows[0]["at"].startswith("2026-03-05T00:00:00")
    assert rows[-1]["at"].startswith("2026-03-05T23:00:00")


def test_no_file_is_written_over_unless_wanted(run: Run, month: Lived) -> None:
    file = exported(run, month, "trades", "t.csv")
    before = file.read_bytes()
    again = ("export", "equity", "--to", "t.csv", "--ledger", month.url, "--bot", lives.BOT)
    said = run(*again)
    assert said.exit_code == 2
    assert "--force" in said.output
    assert file.read_bytes() == before
    assert run(*again, "--force").exit_code == 0
    assert file.read_bytes() != before


@pytest.mark.parametrize(
    ("to", "says"),
    [("t.xlsx", ".parquet"), ("nowhere/t.csv", "no folder"), (".", "must end in")],
)
def test_a_file_that_cannot_be_is_said_in_a_sentence(
    run: Run, month: Lived, to: str, says: str
) -> None:
    said = run("export", "trades", "--to", to, "--ledger", month.url, "--bot", lives.BOT)
    assert said.exit_code == 2
    assert says in said.output
    assert "Traceback" not in said.output


def test_one_of_several_bots_has_to_be_named(run: Run, month: Lived) -> None:
    said = run("export", "trades", "--to", "t.csv", "--ledger", month.url)
    assert said.exit_code == 2
    assert "--bot" in said.output


def test_a_bot_that_never_traded_makes_an_empty_table(run: Run, month: Lived) -> None:
    for name in ("t.csv", "t.json", "t.parquet"):
        said = run("export", "trades", "--to", name, "--ledger", month.url, "--bot", "idle")
        assert said.exit_code == 0
        assert rows_of(Path(name)) == []


def test_text_of_others_begins_no_formula(run: Run, tmp_path: Path) -> None:
    ledger = open_ledger(lives.url_of(tmp_path), bot="b", base_dir=tmp_path)
    words = "=cmd|' /C calc'!A0"
    ledger.append(
        [
            ev.AlertAcknowledged(at=lives.BEGIN, alerts=(1, 2), by=words, reason="\ud800 odd"),
        ],
        ledger.load(),
    )
    ledger.close()
    said = run("export", "alerts", "--to", "a.csv", "--ledger", lives.url_of(tmp_path))
    assert said.exit_code == 0, said.output
    rows = rows_of(Path("a.csv"))
    assert [row["alert"] for row in rows] == ["1", "2"]
    assert rows[0]["by"] == f"'{words}"


def test_a_record_that_cannot_be_read_is_said_and_the_rest_is_there(
    run: Run, tmp_path: Path
) -> None:
    trader = lives.Trader(lives.service(tmp_path))
    for _ in range(30):
        trader.hour()
    trader.service.close()
    from tests.ledger.tampering import Attacker

    attacker = Attacker(lives.url_of(tmp_path))
    attacker.run(
        "UPDATE events SET payload = '{' WHERE id = "
        "(SELECT min(id) FROM events WHERE kind = 'EntryDecided')"
    )
    attacker.close()
    reader = open_reader(lives.url_of(tmp_path), base_dir=tmp_path)
    gaps = Gaps()
    rows = list(TABLES["decisions"].rows(reader, lives.BOT, Period(), gaps))
    reader.close()
    assert gaps.count == 1
    assert len(rows) > 0
    said = run("export", "decisions", "--to", "d.csv", "--ledger", lives.url_of(tmp_path))
    assert said.exit_code == 1
    assert "1 records cannot be read" in said.output
    assert len(rows_of(Path("d.csv"))) == len(rows)


def test_a_period_without_anything_is_an_empty_table(run: Run, month: Lived) -> None:
    begin = (lives.BEGIN - timedelta(days=300)).date().isoformat()
    rows = rows_of(exported(run, month, "trades", "t.csv", "--from", begin, "--until", begin))
    assert rows == []
