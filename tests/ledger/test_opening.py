"""URLs, files and schemas: what opening a ledger creates, and what it refuses."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from riskplugin.core.state import RiskState
from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.sql import SqlLedger
from riskplugin.ledger.store import database
from riskplugin.ledger.store.schema import revision
from riskplugin.ledger.store.tables import REVISIONS, VERSION_TABLE, metadata
from riskplugin.ledger.store.texts import Texts
from riskplugin.ports import LedgerError
from tests.ledger.conftest import Open, Read
from tests.ledger.samples import peak


def test_a_relative_path_counts_from_the_base_and_folders_are_made(tmp_path: Path) -> None:
    ledger = open_ledger("sqlite:///a/b c/risk?.sqlite", bot="bot", base_dir=tmp_path)
    ledger.append([peak(1.0)], RiskState())
    ledger.close()
    assert (tmp_path / "a" / "b c").is_dir()
    assert list((tmp_path / "a" / "b c").iterdir())


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite://", "give ledger.url a file"),
        ("sqlite:///:memory:", "give ledger.url a file"),
        ("mysql://u:secret@host/db", "not on mysql"),
        ("risk.sqlite", "no database URL"),
        ("postgresql://u:secret@127.0.0.1:1/db", "opening failed on postgresql"),
    ],
)
def test_a_url_that_cannot_serve_is_refused_with_the_reason(
    tmp_path: Path, url: str, message: str
) -> None:
    with pytest.raises(LedgerError, match=message) as caught:
        open_ledger(url, bot="bot", base_dir=tmp_path)
    assert "secret" not in str(caught.value)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match="folder cannot be made"):
        open_ledger("sqlite:///file/risk.sqlite", bot="bot", base_dir=tmp_path)


def test_reading_a_ledger_that_does_not_exist_creates_nothing(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"no ledger at .*has the bot run"):
        open_reader("sqlite:///risk.sqlite", base_dir=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_reading_a_database_without_a_ledger_is_refused(url: str, read_: Read) -> None:
    engine = create_engine(url)
    engine.connect().close()
    engine.dispose()
    with pytest.raises(LedgerError, match="no risk ledger"):
        read_(url)


@pytest.mark.spec("EM-2")
def test_a_command_can_be_left_before_the_bot_first_starts(
    url: str, open_: Open, read_: Read
) -> None:
    read_(url, create=True).post_control("bot", "trip", "anna", "stay out")
    ledger = open_(url)
    assert ledger.load() == RiskState()
    assert [c.command for c in ledger.controls()] == ["trip"]
    assert read_(url).bots() == ["bot"]


def test_the_migrations_build_the_tables_that_the_code_knows(url: str, open_: Open) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    open_(url).close()
    engine = create_engine(url)
    with engine.connect() as connection:
        options = {"version_table": VERSION_TABLE, "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == {*metadata.tables, VERSION_TABLE}
        assert revision(connection) == REVISIONS[-1]
    engine.dispose()


def test_the_known_revisions_are_those_of_the_migrations() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from riskplugin.ledger.store import migrations

    config = Config()
    config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
    config.set_main_option("path_separator", "os")
    walked = ScriptDirectory.from_config(config).walk_revisions()
    assert tuple(reversed([script.revision for script in walked])) == REVISIONS


@pytest.mark.spec("RE-1")
def test_bots_that_open_a_new_database_at_once_build_it_once(url: str, open_: Open) -> None:
    failures: list[BaseException] = []

    def start(bot: str) -> None:
        try:
            open_(url, bot).append([peak(1.0)], RiskState())
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=start, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.spec("RE-1")
def test_a_bot_that_starts_waits_for_one_that_builds_the_tables(
    url: str, open_: Open, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    started: list[SqlLedger] = []
    with engine.connect() as other:
        if other.dialect.name == "sqlite":
            other.exec_driver_sql("PRAGMA journal_mode = WAL")
            other.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            other.exec_driver_sql("SELECT pg_advisory_lock(7236452119)")
        bot = threading.Thread(target=lambda: started.append(open_(url)))
        bot.start()
        bot.join(0.5)
        assert bot.is_alive()
        if other.dialect.name == "sqlite":
            other.exec_driver_sql("ROLLBACK")
        else:
            other.exec_driver_sql("SELECT pg_advisory_unlock(7236452119)")
        bot.join(20)
    engine.dispose()
    assert "another bot seems to build or upgrade the ledger" in caplog.text
    started[0].append([peak(1.0)], RiskState())
    assert started[0].load() == RiskState()


@pytest.mark.spec("RE-1")
def test_a_file_opened_by_many_at_once_keeps_a_wal_for_each(tmp_path: Path) -> None:
    to = database.target("sqlite:///new.sqlite", tmp_path)
    failures: list[BaseException] = []

    def connect() -> None:
        engine = database.engine_for(to, create=True, durability="full", held=True)
        try:
            engine.connect().close()
        except BaseException as error:  # noqa: BLE001 - told below
            failures.append(error)

    for _ in range(20):
        threads = [threading.Thread(target=connect) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for file in tmp_path.iterdir():
            file.unlink()
    assert failures == []


@pytest.mark.slow
def test_alembic_is_imported_only_to_build_or_upgrade(sqlite_url: str, open_: Open) -> None:
    open_(sqlite_url).close()
    code = (
        "import sys; from riskplugin.ledger import open_ledger; "
        f"open_ledger({sqlite_url!r}, bot='bot', base_dir='.').load(); "
        "sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_only_the_first_ledger_of_a_process_has_its_statements_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("written again")

    open_ledger("sqlite:///first.sqlite", bot="bot", base_dir=tmp_path).close()
    monkeypatch.setattr(Texts, "sql", refuse)
    ledger = open_ledger("sqlite:///second.sqlite", bot="bot", base_dir=tmp_path)
    ledger.append([peak(1.0)], RiskState())
    ledger.close()
