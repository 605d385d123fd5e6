"""A database that is locked, full, read-only, damaged or too new: nothing is lost or mixed up."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store import database
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import busy_state, peak
from tests.ledger.tampering import Attacker
from tests.ledger.test_ledger import intact


def execute(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    engine.dispose()


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


@pytest.mark.spec("RE-1")
def test_a_locked_database_is_an_error_and_the_next_append_works(
    sqlite_url: str, open_: Open, read_: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    ledger = open_(sqlite_url)
    ledger.append([peak(1.0)], RiskState())
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(3):
            with pytest.raises(LedgerError, match=r"locked.*close it"):
                ledger.append([peak(2.0)], busy_state())
        other.execute("ROLLBACK")
        ledger.append([peak(2.0)], busy_state())
    assert read_(sqlite_url).events("bot") == [peak(1.0), peak(2.0)]
    assert read_(sqlite_url).state("bot") == busy_state()
    assert intact(read_(sqlite_url))


@pytest.mark.spec("RE-1")
def test_a_database_held_exclusively_cannot_be_loaded_and_later_can(
    sqlite_url: str, open_: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    first = open_(sqlite_url)
    first.append([peak(1.0)], busy_state())
    first.close()
    execute(sqlite_url, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(file_of(sqlite_url), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LedgerError, match="locked"):
            open_(sqlite_url)
        other.execute("ROLLBACK")
    ledger = open_(sqlite_url)
    assert ledger.load() == busy_state()


@pytest.mark.spec("RE-1")
def test_a_full_disk_is_an_error_and_the_next_append_works(
    sqlite_url: str, open_: Open, read_: Read
) -> None:
    ledger = open_(sqlite_url)
    ledger.append([peak(1.0)], RiskState())
    cursor = ledger._database.cursor()
    (pages,) = cursor.execute("PRAGMA page_count").fetchone()
    cursor.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(LedgerError, match=r"is full.*free some disk space"):
        ledger.append([peak(n) for n in range(500)], busy_state())
    ledger.append([peak(2.0)], busy_state())  # a new connection knows no limit: the disk has space
    assert read_(sqlite_url).events("bot") == [peak(1.0), peak(2.0)]
    assert intact(read_(sqlite_url))


def as_nobody(work: Callable[[], str]) -> str:
    """What ``work`` says in a child process that no root's rights help."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(65534)
            said = work()
        except BaseException as error:  # noqa: BLE001 - handed to the parent
            said = repr(error)
        os.write(writing, said.encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said


@pytest.mark.spec("RE-1")
def test_a_read_only_file_can_be_loaded_but_not_written() -> None:
    folder = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    folder.chmod(0o777)
    url = f"sqlite:///{folder}/risk.sqlite"

    def work() -> str:
        ledger = open_ledger(url, bot="bot", base_dir=folder)
        assert ledger.load() == busy_state()
        try:
            ledger.append([peak(2.0)], RiskState())
        except LedgerError as error:
            return str(error)
        return "written"

    try:
        writer = open_ledger(url, bot="bot", base_dir=folder)
        writer.append([peak(1.0)], busy_state())
        writer.close()
        file_of(url).chmod(0o444)
        assert "make the file and its folder writable" in as_nobody(work)
    finally:
        shutil.rmtree(folder)


def losing(ledger: SqlLedger, *, committed: bool) -> None:
    """Lose the connection in the middle of the next commit."""
    write = ledger._database.write

    def lost(*args: object, **kwargs: object) -> None:
        ledger._database.write = write  # type: ignore[method-assign]
        if committed:
            write(*args, **kwargs)  # type: ignore[arg-type]
        ledger._database.drop()
        raise OSError("connection lost")

    ledger._database.write = lost  # type: ignore[method-assign]


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize("committed", [True, False])
def test_events_given_again_after_a_lost_connection_are_recorded_once(
    url: str, open_: Open, read_: Read, committed: bool
) -> None:
    ledger = open_(url)
    ledger.append([peak(1.0)], RiskState())
    losing(ledger, committed=committed)
    with pytest.raises(LedgerError, match="connection lost"):
        ledger.append([peak(2.0)], busy_state())
    ledger.append([peak(2.0), peak(3.0)], busy_state())
    assert read_(url).events("bot") == [peak(1.0), peak(2.0), peak(3.0)]
    assert intact(read_(url))


@pytest.mark.spec("RE-1")
def test_other_events_after_a_commit_in_doubt_are_all_recorded(
    url: str, open_: Open, read_: Read
) -> None:
    ledger = open_(url)
    ledger.append([peak(1.0)], RiskState())
    losing(ledger, committed=True)
    with pytest.raises(LedgerError, match="connection lost"):
        ledger.append([peak(2.0)], RiskState())
    ledger.append([peak(3.0)], RiskState())
    assert read_(url).events("bot") == [peak(1.0), peak(2.0), peak(3.0)]


@pytest.mark.spec("RE-1")
def test_another_writer_during_a_lost_connection_is_noticed(url: str, open_: Open) -> None:
    ledger = open_(url)
    ledger.append([peak(1.0)], RiskState())
    losing(ledger, committed=False)
    with pytest.raises(LedgerError, match="connection lost"):
        ledger.append([peak(2.0)], RiskState())
    other = open_(url)
    other.load()
    other.append([peak(9.0)], RiskState())
    with pytest.raises(LedgerError, match="same name"):
        ledger.append([peak(2.0)], RiskState())


@pytest.mark.spec("RE-1", "AU-2")
def test_a_database_that_lost_what_it_had_acknowledged_is_named_for_that(
    url: str, open_: Open
) -> None:
    """A server that crashed with durability normal, or an older copy: nobody else wrote."""
    ledger = open_(url)
    ledger.append([peak(1.0)], RiskState())
    ledger.append([peak(2.0), peak(3.0)], RiskState())
    losing(ledger, committed=False)
    with pytest.raises(LedgerError, match="connection lost"):
        ledger.append([peak(4.0)], RiskState())
    attacker = Attacker(url)
    attacker.run("DELETE FROM events WHERE seq > 1")
    attacker.close()
    for _ in range(2):
        with pytest.raises(LedgerError, match="holds records up to 1, and had acknowledged 3"):
            ledger.append([peak(4.0)], RiskState())


@pytest.mark.spec("RE-1")
def test_a_postgresql_that_drops_its_connections_is_reached_again(
    url: str, open_: Open, read_: Read
) -> None:
    if url.startswith("sqlite"):
        pytest.skip("a file has no connections to drop")
    ledger = open_(url)
    ledger.append([peak(1.0)], RiskState())
    execute(
        url,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    with pytest.raises(LedgerError):
        ledger.append([peak(2.0)], busy_state())
    ledger.append([peak(2.0)], busy_state())
    assert read_(url).events("bot") == [peak(1.0), peak(2.0)]


DAMAGE = {
    "not JSON": "UPDATE states SET payload = 'x'",
    "a figure changed by hand": "UPDATE states SET payload = replace(payload, '1120.25', '9.25')",
    "another bot's hash": "UPDATE states SET hash = (SELECT hash FROM events LIMIT 1)",
    "set back to an older event": "UPDATE states SET seq = 1",
    "events removed": "DELETE FROM events",
    "state removed": "DELETE FROM states",
}


@pytest.mark.spec("CB-7", "RE-1")
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_state_is_refused_and_left_alone(url: str, open_: Open, damage: str) -> None:
    first = open_(url)
    first.append([peak(1.0), peak(2.0)], busy_state())
    first.close()
    attacker = Attacker(url)
    attacker.run(damage)
    attacker.close()
    second = open_(url)
    with pytest.raises(LedgerError, match=r"(damaged|is gone).*restore a backup"):
        second.load()
    with pytest.raises(LedgerError, match="restore a backup"):
        second.append([peak(3.0)], RiskState())


@pytest.mark.spec("RE-1")
@pytest.mark.parametrize(
    "content", [b"not a database" * 100, b"SQLite format 3\0" + b"\xff" * 4096]
)
def test_a_file_of_rubbish_is_refused_and_left_alone(
    sqlite_url: str, open_: Open, read_: Read, content: bytes
) -> None:
    file_of(sqlite_url).write_bytes(content)
    for attempt in (open_, read_):
        with pytest.raises(LedgerError, match=str(file_of(sqlite_url))):
            attempt(sqlite_url)
    assert file_of(sqlite_url).read_bytes() == content


@pytest.mark.spec("RE-1")
def test_a_damaged_page_is_refused_at_load(sqlite_url: str, open_: Open) -> None:
    first = open_(sqlite_url)
    first.append([peak(n) for n in range(200)], busy_state())
    first.close()
    content = bytearray(file_of(sqlite_url).read_bytes())
    content[4096:] = b"\xee" * (len(content) - 4096)
    file_of(sqlite_url).write_bytes(content)
    with pytest.raises(LedgerError, match=r"malformed.*restore a backup"):
        open_(sqlite_url).load()


Attempt = Callable[[str], object]


@pytest.mark.spec("CB-7")
def test_a_ledger_of_a_newer_riskplugin_is_refused(url: str, open_: Open, read_: Read) -> None:
    open_(url).close()
    execute(url, "UPDATE riskplugin_version SET version_num = '9999'")
    attempts: list[Attempt] = [open_, read_]
    for attempt in attempts:
        with pytest.raises(LedgerError, match=r"revision 9999, newer.*upgrade riskplugin"):
            attempt(url)


def test_a_database_of_another_program_is_left_alone(url: str, open_: Open) -> None:
    execute(url, "CREATE TABLE events (id INTEGER)")
    with pytest.raises(LedgerError, match="belongs to another program"):
        open_(url)


def test_freqtrades_own_file_is_no_place_for_the_ledger(sqlite_url: str, open_: Open) -> None:
    execute(sqlite_url, "CREATE TABLE trades (id INTEGER)")
    with pytest.raises(LedgerError, match=r"trades.*database of its own"):
        open_(sqlite_url)
    with closing(sqlite3.connect(file_of(sqlite_url))) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("trades",)]
