"""Appending to, loading and reading an old ledger looks at no more rows than a young one (PF-2)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from riskplugin.core import events as ev
from riskplugin.core.state import RiskState
from riskplugin.ledger.sql import SqlLedger
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, decided, peak

DATA = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) "


def steps(ledger: SqlLedger, work: Any) -> int:
    """How many hundreds of steps SQLite's machine takes for ``work``."""
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += 1
        return 0

    connection = ledger._database.cursor().connection
    connection.set_progress_handler(tick, 100)
    work()
    connection.set_progress_handler(None, 0)
    return taken


def age(path: Path, *, apart: int = 3_600_000_000) -> None:
    """Repeat the first decision 20 000 times, ``apart`` by so many µs, with the marks that go with
    them.
    """
    with closing(sqlite3.connect(path)) as connection:
        (top,) = connection.execute("SELECT max(seq) FROM events").fetchone()
        connection.execute(
            DATA + "INSERT INTO events SELECT e.id + ? - 1 + n.i, bot, ? + n.i, "
            "at + n.i * ?, kind, payload, hash FROM n, events e WHERE e.seq = 1",
            (top, top, apart),
        )
        connection.execute(
            "INSERT INTO marks SELECT bot, at, seq FROM events WHERE seq % 64 = 0 AND seq > 100"
        )
        (last,) = connection.execute("SELECT hash FROM events WHERE seq = 1").fetchone()
        assert last
        connection.commit()


@pytest.mark.spec("PF-2")
@pytest.mark.parametrize(
    "apart",
    [
        pytest.param(3_600_000_000, id="an hour apart"),
        pytest.param(0, id="all at one moment: the clock had been set ahead, and stands behind"),
    ],
)
def test_load_and_append_cost_the_same_in_an_old_ledger(
    sqlite_url: str, open_: Open, tmp_path: Path, apart: int
) -> None:
    costs = []
    for _ in range(2):
        ledger = open_(sqlite_url)
        load = steps(ledger, ledger.load)
        append = steps(ledger, lambda held=ledger: held.append([decided()], RiskState(trips=1)))
        ledger.close()
        costs.append((load, append))
        if len(costs) == 1:
            age(tmp_path / "risk.sqlite", apart=apart)
    assert costs[1][0] <= costs[0][0] + 8
    assert costs[1][1] <= costs[0][1] + 2


@pytest.mark.spec("PF-2")
def test_every_way_of_reading_uses_an_index(
    sqlite_url: str, open_: Open, read_: Read, tmp_path: Path
) -> None:
    ledger = open_(sqlite_url)
    ledger.append([decided(), peak(1.0)], RiskState())
    ledger.close()
    age(tmp_path / "risk.sqlite")
    reader = read_(sqlite_url)
    statements: list[tuple[str, Any]] = []
    from sqlalchemy import event

    @event.listens_for(reader._engine, "before_cursor_execute")
    def note(_c: Any, _u: Any, text: str, values: Any, _x: Any, _m: Any) -> None:
        statements.append((text, values))

    late = NOW + timedelta(hours=19_990)
    assert len(reader.events("bot", limit=3, newest_first=True)) == 3
    assert len(reader.events("bot", since=late)) == 11
    assert reader.events("bot", kinds=[ev.PeakRaised]) == [peak(1.0)]
    assert reader.events("bot", kinds=[ev.PeakRaised], since=late) == []
    assert reader.metrics("bot", since=late) == []
    assert reader.state("bot") is not None
    with closing(sqlite3.connect(tmp_path / "risk.sqlite")) as connection:
        for text, values in statements:
            plan = connection.execute(f"EXPLAIN QUERY PLAN {text}", values).fetchall()
            assert not any(row[3].startswith("SCAN") for row in plan), (text, plan)
            assert not any("TEMP B-TREE" in row[3] for row in plan), (text, plan)
        (rare,) = [text for text, _ in statements if "kind <>" in text and "at >=" not in text]
        (values,) = [v for text, v in statements if text == rare]
        plan = connection.execute(f"EXPLAIN QUERY PLAN {rare}", values).fetchall()
        assert any("events_rare" in row[3] for row in plan), plan
