"""The database itself refuses to change or remove what is written once, whoever asks."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from riskplugin.core.state import RiskState
from riskplugin.ledger import CheckpointPlan, open_ledger
from riskplugin.ledger.proof.signing import generate
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import metrics, peak
from tests.ledger.test_ledger import intact

pytestmark = pytest.mark.spec("AU-1", "AU-2")

REFUSED = {
    "an edited event": "UPDATE events SET payload = 'x' WHERE seq = 2",
    "an event given to another bot": "UPDATE events SET bot = 'other'",
    "a removed event": "DELETE FROM events WHERE seq = 3",
    "all events": "DELETE FROM events",
    "a renamed bot": "UPDATE bots SET name = 'other'",
    "a removed bot": "DELETE FROM bots",
    "an edited checkpoint": "UPDATE checkpoints SET seq = 9",
    "a removed checkpoint": "DELETE FROM checkpoints",
}


@pytest.fixture
def ledger(url: str, tmp_path: Path) -> str:
    """Three events and a checkpoint."""
    generate(tmp_path / "key")
    made = open_ledger(
        url, bot="bot", base_dir=tmp_path, checkpoints=CheckpointPlan(tmp_path / "key")
    )
    made.append([peak(1.0), peak(2.0), peak(3.0)], RiskState())
    made.sample(metrics(), {})
    made.close()
    return url


def attempt(url: str, statement: str) -> str:
    """What the database says to it."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        engine.dispose()
    return "done"


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_a_change_is_refused_and_nothing_is_changed(
    ledger: str, read_: Read, statement: str
) -> None:
    assert "are written once" in attempt(ledger, statement)
    assert read_(ledger).events("bot") == [peak(1.0), peak(2.0), peak(3.0)]
    assert intact(read_(ledger))


@pytest.mark.parametrize("table", ["bots", "events", "checkpoints"])
def test_a_table_of_postgresql_cannot_be_emptied_at_once(ledger: str, table: str) -> None:
    statement = f"TRUNCATE {table}" if ledger.startswith("postgresql") else f"DELETE FROM {table}"
    assert "are written once" in attempt(ledger, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT OR REPLACE INTO events SELECT id, bot, seq, at, kind, 'x', hash FROM events",
        "REPLACE INTO events SELECT id, bot, seq, at, 'x', payload, hash FROM events WHERE seq = 2",
        "REPLACE INTO checkpoints SELECT bot, seq, 0, hash, key, signature FROM checkpoints",
    ],
)
def test_a_row_is_not_replaced_by_an_insert(
    sqlite_url: str, tmp_path: Path, read_: Read, statement: str
) -> None:
    """SQLite runs no trigger for the row that REPLACE removes, unless it is told to."""
    generate(tmp_path / "key")
    made = open_ledger(
        sqlite_url, bot="bot", base_dir=tmp_path, checkpoints=CheckpointPlan(tmp_path / "key")
    )
    made.append([peak(1.0), peak(2.0)], RiskState())
    made.close()
    assert "are written once" in attempt(sqlite_url, statement)
    assert intact(read_(sqlite_url))


def test_writing_goes_on(ledger: str, open_: Open, read_: Read) -> None:
    again = open_(ledger)
    again.load()
    again.append([peak(4.0)], RiskState(trips=1))
    assert len(read_(ledger).events("bot")) == 4
