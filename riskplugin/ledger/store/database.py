"""One database by URL: connecting to it, and its errors in plain words.

Knows SQLite and PostgreSQL, and nothing of what is written.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Literal
from urllib.parse import quote

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from riskplugin.ports import LedgerError
from riskplugin.redaction import Redactor, hushed

Durability = Literal["full", "normal"]

#: How long a statement waits for a lock, in seconds.
PATIENCE = 5

_FAILURES = (
    LedgerError,
    SQLAlchemyError,
    sqlite3.Error,
    OSError,
    TypeError,
    ValueError,
    ArithmeticError,
)

_ADVICE = {
    "locked": "another program holds the database; close it, or wait until it is done",
    "readonly": "make the file and its folder writable for the bot",
    "unable to open": "check that the folder exists and that the bot may write there",
    "is full": "free some disk space",
    "No space left": "free some disk space",
    "malformed": "restore a backup, or move the file away to begin anew (and re-arm the breaker)",
    "not a database": "restore a backup, or move the file away to begin anew",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A database that a URL names. ``path`` is the file of a SQLite database, else None."""

    url: URL
    path: Path | None

    def __str__(self) -> str:
        return str(self.path) if self.path else self.url.render_as_string(hide_password=True)


def target(url: str, base_dir: Path) -> Target:
    """Read a URL; a relative SQLite path counts from ``base_dir``.

    Raises LedgerError for a URL that is none, a database in memory, or one of another make.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:  # its text would repeat a password
        raise LedgerError("ledger.url is no database URL; sqlite:///risk.sqlite is one") from None
    make = parsed.get_backend_name()
    if make == "postgresql":
        return Target(parsed.set(drivername="postgresql+psycopg"), None)
    if make != "sqlite":
        raise LedgerError(f"the ledger works on sqlite and postgresql, not on {make}")
    if parsed.database in (None, "", ":memory:"):
        raise LedgerError("a ledger in memory forgets its limits: give ledger.url a file")
    return Target(parsed, base_dir / Path(str(parsed.database)).expanduser())


def engine_for(
    to: Target,
    *,
    create: bool,
    durability: Durability,
    held: bool,
    patience: Callable[[], float] = lambda: PATIENCE,
) -> Engine:
    """An engine whose connections commit each statement unless told ``BEGIN``.

    ``patience`` says how many seconds a new connection to SQLite waits for a lock.
    ``held`` engines open one connection that several threads share in turn.
    Raises LedgerError when the file is missing and ``create`` is not set, or no driver is there.
    """
    pool = NullPool if held else QueuePool
    if to.path is None:
        return _postgresql(to.url, durability, pool)
    if create:
        _make_folder(to.path.parent)
    elif not to.path.exists():
        raise LedgerError(f"there is no ledger at {to}: has the bot run with this configuration?")
    mode = "rwc" if create else "ro&immutable=1" if _is_evidence(to.path) else "rw"
    connect = _sqlite_connector(to.path, mode, durability, patience)
    return create_engine("sqlite://", creator=connect, poolclass=pool, paramstyle="named")


def _is_evidence(path: Path) -> bool:
    """A copy that may not be written, and that nobody writes: without a WAL there is all of it."""
    writable = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    return not writable and not path.with_name(f"{path.name}-wal").exists()


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"the ledger's folder cannot be made: {error}") from error


def _sqlite_connector(
    path: Path, mode: str, durability: Durability, patience: Callable[[], float]
) -> Callable[[], sqlite3.Connection]:
    """WAL keeps readers out of the writer's way; it stays set in the file."""
    uri = f"file:{quote(str(path.absolute()))}?mode={mode}"

    def connect() -> sqlite3.Connection:
        waits = patience()
        connection = sqlite3.connect(
            uri, uri=True, timeout=waits, isolation_level=None, check_same_thread=False
        )
        try:
            if mode == "rwc":
                _keep_a_wal(connection, waits)
            connection.execute(f"PRAGMA synchronous = {durability}")
        except BaseException:
            connection.close()
            raise
        return connection

    return connect


def _keep_a_wal(connection: sqlite3.Connection, patience: float) -> None:
    """Where two begin a WAL at once SQLite refuses one of them without waiting."""
    end = monotonic() + patience
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or monotonic() > end:
                raise
            sleep(0.01)
        else:
            return


def _postgresql(url: URL, durability: Durability, pool: type[NullPool] | type[QueuePool]) -> Engine:
    commit = "on" if durability == "full" else "off"
    waits = f"-c statement_timeout={PATIENCE}s -c lock_timeout={PATIENCE}s"
    arguments = {
        "autocommit": True,
        "connect_timeout": PATIENCE,
        "tcp_user_timeout": PATIENCE * 1000,
        "options": f"{waits} -c synchronous_commit={commit}",
    }
    try:
        return create_engine(url, connect_args=arguments, poolclass=pool)
    except ImportError as error:
        raise LedgerError(
            "the ledger needs a driver for PostgreSQL: pip install 'freqtrade-riskplugin[postgres]'"
        ) from error


def failure(doing: str, to: Target, error: BaseException | None) -> LedgerError:
    """What went wrong with which database, and what to do about it."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    text = hushed(" ".join(str(cause).split()))
    if to.url.password:
        text = Redactor([str(to.url.password)]).clean(text)
    advice = next((a for sign, a in _ADVICE.items() if sign in text), None)
    return LedgerError(f"{doing} failed on {to}: {text}" + (f" — {advice}" if advice else ""))


@contextmanager
def spoken(doing: str, to: Target) -> Iterator[None]:
    """Turn every error of database and disk into a LedgerError that says what was being done."""
    try:
        yield
    except _FAILURES as error:
        raise failure(doing, to, error) from error
