"""The quick look at a chain finds what the careful one finds, wherever it is broken."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskplugin.core.state import RiskState
from riskplugin.ledger.proof import evidence
from riskplugin.ledger.proof.evidence import batches, gather
from riskplugin.ledger.proof.walk import Walk, walk_chain
from riskplugin.ledger.reader import LedgerReader
from tests.ledger.conftest import Open, Read
from tests.ledger.tampering import Attacker
from tests.ledger.test_verify import story

pytestmark = pytest.mark.spec("AU-2")

RECORDS = 30
#: A row: id, bot, seq, at, kind, payload, hash.
Row = tuple[Any, ...]
Edit = Callable[[list[Row], int], None]


def edited(column: int, change: Callable[[Any], Any]) -> Edit:
    """Change one column of one row."""

    def edit(rows: list[Row], place: int) -> None:
        row = list(rows[place])
        row[column] = change(row[column])
        rows[place] = tuple(row)

    return edit


def swapped(rows: list[Row], place: int) -> None:
    other = place - 1 if place else len(rows) - 1
    rows[place], rows[other] = (
        (*rows[place][:1], *rows[other][1:]),
        (*rows[other][:1], *rows[place][1:]),
    )


def removed(rows: list[Row], place: int) -> None:
    if len(rows) > 1:
        del rows[place]


EDITS: dict[str, Edit] = {
    "payload": edited(5, lambda text: text.replace("2026", "2027", 1)),
    "hash": edited(6, lambda _: bytes(32)),
    "hash as text": edited(6, lambda _: "0" * 32),
    "seq": edited(2, lambda _: 99),
    "no seq": edited(2, lambda _: "x"),
    "bot": edited(1, lambda _: "other"),
    "swapped": swapped,
    "removed": removed,
}


def carefully(reader: LedgerReader) -> Walk:
    """Every row is waited for and looked at by itself."""
    found = gather(reader, "bot")
    walk = Walk("bot", found.number or 0)
    for rows in batches(reader, found.number or 0, found.head):
        walk._waiting += rows
        walk.count += len(rows)
    walk.end()
    return walk


def said(walk: Walk) -> tuple[object, ...]:
    return walk.findings.all(), walk.broken, walk.count


@pytest.fixture
def attacker(url: str, open_: Open) -> Iterator[Attacker]:
    ledger = open_(url)
    ledger.append(story(RECORDS), RiskState())
    ledger.close()
    attacker = Attacker(url)
    yield attacker
    attacker.close()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    edits=st.lists(
        st.tuples(st.sampled_from(sorted(EDITS)), st.integers(0, RECORDS - 1)), max_size=5
    ),
    size=st.integers(1, 12),
)
def test_the_quick_look_finds_what_the_careful_one_does(
    attacker: Attacker,
    read_: Read,
    url: str,
    tmp_path: Path,
    edits: list[tuple[str, int]],
    size: int,
) -> None:
    with closing(sqlite3.connect(tmp_path / "risk.sqlite", isolation_level=None)) as file:
        whole = file.execute("SELECT * FROM events ORDER BY id").fetchall()
        rows = list(whole)
        for name, place in edits:
            EDITS[name](rows, place % len(rows))
        try:
            put(file, rows)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(evidence, "BATCH", size)
                patch.setattr(evidence, "QUERY", 3 * size)
                with closing(read_(url)) as reader:
                    assert said(walk_chain(reader, "bot")) == said(carefully(reader))
        finally:
            put(file, whole)


def put(file: sqlite3.Connection, rows: list[Row]) -> None:
    file.execute("BEGIN")
    file.execute("DELETE FROM events")
    file.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    file.execute("COMMIT")


DAMAGE = {
    "nothing": "SELECT 1",
    "payload": "UPDATE events SET payload = replace(payload, '2026', '2027') WHERE seq = 12",
    "seq": "UPDATE events SET seq = 99 WHERE seq = 12",
    "bot": "UPDATE events SET bot = 'other' WHERE seq = 12",
    "a gap": "DELETE FROM events WHERE seq BETWEEN 12 AND 15",
}


@pytest.mark.parametrize("name", DAMAGE)
def test_it_does_so_on_every_database(attacker: Attacker, url: str, read_: Read, name: str) -> None:
    attacker.run(DAMAGE[name])
    walk = walk_chain(read_(url), "bot")
    assert said(walk) == said(carefully(read_(url)))
    assert walk.broken == (None if name == "nothing" else 12)


def test_the_quick_look_is_enough_where_all_is_well(
    attacker: Attacker, url: str, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL too: that the careful one comes to the same result would hide it."""
    monkeypatch.delattr(Walk, "feed")
    assert walk_chain(read_(url), "bot").count == RECORDS
