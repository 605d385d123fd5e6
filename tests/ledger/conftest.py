"""A fresh database for each test: SQLite always, PostgreSQL where its wheel is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from riskplugin.ledger import open_ledger, open_reader
from riskplugin.ledger.reader import LedgerReader
from riskplugin.ledger.sql import SqlLedger
from tests.databases import postgresql_server

Open = Callable[..., SqlLedger]
Read = Callable[..., LedgerReader]
NAMES = count()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as server:
        yield server.get_uri()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/risk.sqlite"
    server: str = request.getfixturevalue("postgresql")
    name = f"ledger{next(NAMES)}"
    parsed = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return parsed.set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/risk.sqlite"


@pytest.fixture
def open_(tmp_path: Path) -> Iterator[Open]:
    """Open ledgers that are closed after the test."""
    opened: list[SqlLedger] = []

    def open_one(url: str, bot: str = "bot") -> SqlLedger:
        opened.append(open_ledger(url, bot=bot, base_dir=tmp_path))
        return opened[-1]

    yield open_one
    for ledger in opened:
        ledger.close()


@pytest.fixture
def read_(tmp_path: Path) -> Iterator[Read]:
    """Open readers that are closed after the test."""
    opened: list[LedgerReader] = []

    def open_one(url: str, *, create: bool = False) -> LedgerReader:
        opened.append(open_reader(url, base_dir=tmp_path, create=create))
        return opened[-1]

    yield open_one
    for reader in opened:
        reader.close()
