"""A ledger of an earlier schema is copied before it is upgraded, and goes on as it was."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ledger.form.codec import encode, encode_state
from riskplugin.ledger.proof.chain import genesis, link
from riskplugin.ledger.store import migrations, tables
from riskplugin.ledger.store.tables import REVISIONS, event_id
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import NOW, busy_state, decided, peak
from tests.ledger.test_failures import as_nobody, file_of
from tests.ledger.test_ledger import intact

pytestmark = pytest.mark.spec("CB-7", "RE-1")


def first_schema(url: str, revision: str = "0001") -> None:
    """Build the tables as an earlier schema has them."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    config.set_main_option("path_separator", "os")
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


@pytest.fixture
def old(url: str, open_: Open) -> str:
    """A ledger of the first schema with two events and a state, as its bot left it."""
    donor = f"sqlite:///{tempfile.mkdtemp()}/donor.sqlite"
    ledger = open_(donor)
    ledger.append([peak(1.0), peak(2.0)], busy_state())
    ledger.close()
    first_schema(url)
    tables = ("bots", "events", "states")
    source, target = create_engine(donor), create_engine(url)
    with source.connect() as reading, target.begin() as writing:
        for table in tables:
            for row in reading.exec_driver_sql(f"SELECT * FROM {table}").mappings():
                marks = ", ".join(["?" if writing.dialect.name == "sqlite" else "%s"] * len(row))
                names = ", ".join(row.keys())
                text = f"INSERT INTO {table} ({names}) VALUES ({marks})"
                writing.exec_driver_sql(text, tuple(row.values()))
    source.dispose()
    target.dispose()
    shutil.rmtree(file_of(donor).parent)
    return url


def copies(url: str) -> list[str]:
    return sorted(path.name for path in file_of(url).parent.glob("risk.sqlite.before*"))


def version(file: Path) -> str:
    with closing(sqlite3.connect(file)) as connection:
        return str(connection.execute("SELECT version_num FROM riskplugin_version").fetchone()[0])


def test_a_ledger_of_the_first_schema_goes_on(old: str, open_: Open, read_: Read) -> None:
    ledger = open_(old)
    assert ledger.load() == busy_state()
    ledger.append([peak(3.0)], RiskState())
    assert read_(old).events("bot") == [peak(1.0), peak(2.0), peak(3.0)]
    assert intact(read_(old))


def test_a_file_is_copied_first_and_the_copy_is_whole(
    old: str, open_: Open, caplog: pytest.LogCaptureFixture
) -> None:
    if not old.startswith("sqlite"):
        pytest.skip("a server has backups of its own")
    with caplog.at_level("INFO", "riskplugin"):
        open_(old).close()
        open_(old).close()
    (told,) = [text for text in caplog.messages if "upgraded" in text]
    assert told.endswith(copies(old)[0]), "where the copy lies is said, once"
    assert copies(old) == [f"risk.sqlite.before-{REVISIONS[-1]}"]
    kept = file_of(old).with_name(copies(old)[0])
    assert (version(kept), version(file_of(old))) == ("0001", REVISIONS[-1])
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (2,)


def test_an_earlier_copy_is_never_written_over(old: str, open_: Open) -> None:
    if not old.startswith("sqlite"):
        pytest.skip("a server has backups of its own")
    name = f"risk.sqlite.before-{REVISIONS[-1]}"
    earlier = file_of(old).with_name(name)
    earlier.write_text("an earlier one")
    open_(old).close()
    assert copies(old) == [name, f"{name}.2"]
    assert earlier.read_text() == "an earlier one"


def test_what_still_lies_in_the_wal_is_in_the_copy(sqlite_url: str, open_: Open) -> None:
    first_schema(sqlite_url)
    with closing(sqlite3.connect(file_of(sqlite_url))) as other:
        other.execute("PRAGMA journal_mode = WAL")
        with other:
            other.execute("INSERT INTO controls VALUES (7, 'bot', 'trip', 'anna', '', 0, 0, '')")
        open_(sqlite_url).close()
    kept = file_of(sqlite_url).with_name(copies(sqlite_url)[0])
    with closing(sqlite3.connect(kept)) as connection:
        assert connection.execute("SELECT id FROM controls").fetchall() == [(7,)]


def test_a_new_ledger_needs_no_copy(sqlite_url: str, open_: Open) -> None:
    open_(sqlite_url).close()
    open_(sqlite_url).close()
    assert copies(sqlite_url) == []


def test_without_a_copy_nothing_is_upgraded() -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    url = f"sqlite:///{folder}/risk.sqlite"

    def work() -> str:
        try:
            open_ledger(url, bot="bot", base_dir=folder)
        except LedgerError as error:
            return str(error)
        return "upgraded"

    try:
        first_schema(url)
        file_of(url).chmod(0o666)
        folder.chmod(0o777)
        (folder / f"risk.sqlite.before-{REVISIONS[-1]}.part").mkdir()
        said = as_nobody(work)
        assert "no copy of it can be made first" in said
        assert "Nothing was changed" in said
        assert version(file_of(url)) == "0001"
    finally:
        shutil.rmtree(folder)


def test_a_copy_that_was_interrupted_is_made_anew(sqlite_url: str, open_: Open) -> None:
    first_schema(sqlite_url)
    name = f"risk.sqlite.before-{REVISIONS[-1]}"
    file_of(sqlite_url).with_name(f"{name}.part").write_bytes(os.urandom(9000))
    open_(sqlite_url).append([peak(1.0, NOW)], RiskState())
    assert copies(sqlite_url) == [name]
    assert version(file_of(sqlite_url).with_name(name)) == "0001"


@pytest.fixture
def third(url: str, open_: Open) -> str:
    """A ledger of the third schema: record 1 changed the state, record 2 to 400 did not."""
    first_schema(url, "0003")
    saved, head = encode_state(busy_state()), genesis("bot")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(tables.bots.insert(), {"number": 1, "name": "bot"})
        for seq in range(1, 401):
            payload = encode(decided(stake=float(seq)))
            head = link(head, payload)
            row = {"id": event_id(1, seq), "bot": "bot", "seq": seq, "at": 0}
            row |= {"kind": "EntryDecided", "payload": payload.decode(), "hash": head}
            connection.execute(tables.events.insert(), row)
            if seq == 1:
                row = {"bot": "bot", "seq": 1, "payload": saved.decode(), "updated_at": 0}
                connection.execute(tables.states.insert(), row | {"hash": link(head, saved)})
    engine.dispose()
    return url


def test_a_state_that_was_the_latest_stays_it(third: str, open_: Open, read_: Read) -> None:
    ledger = open_(third)
    state = ledger.load()
    assert state == busy_state()
    ledger.append([peak(3.0)], state)
    state.observe(peak(4.0))
    ledger.append([peak(4.0)], state)
    state.observe(peak(5.0))
    ledger.append([peak(5.0)], state)
    assert read_(third).state("bot") == state
    assert open_(third).load() == state


def test_a_state_kept_before_any_record_stays_it(url: str, open_: Open) -> None:
    first_schema(url, "0003")
    saved = encode_state(busy_state())
    row = {"bot": "bot", "seq": 0, "payload": saved.decode(), "updated_at": 0}
    engine = create_engine(url)
    with engine.begin() as connection:
        row |= {"hash": link(genesis("bot"), saved)}
        connection.execute(tables.states.insert(), row)
    engine.dispose()
    assert open_(url).load() == busy_state()


def test_a_state_whose_record_is_gone_is_not_made_sound(third: str, open_: Open) -> None:
    engine = create_engine(third)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE states SET seq = 401")
    engine.dispose()
    with pytest.raises(LedgerError, match="event 401, which it was saved with, is gone"):
        open_(third).load()


def test_an_older_riskplugin_does_not_take_the_saved_state_for_the_latest(
    url: str, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_(url).close()
    monkeypatch.setattr("riskplugin.ledger.store.schema.REVISIONS", REVISIONS[:3])
    with pytest.raises(LedgerError, match="newer than this riskplugin knows"):
        open_(url)
