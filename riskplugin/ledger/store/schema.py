"""Brings a database to the schema that this code works with, or says why it cannot.

The usual case, nothing to do, costs one SELECT and does not import alembic.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import OperationalError

from riskplugin.calm import calm_logger
from riskplugin.ledger.store import backup
from riskplugin.ledger.store.tables import REVISIONS, VERSION_TABLE, metadata
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

#: How long a bot that starts waits while another one upgrades the tables, in seconds: of a large
#: ledger a copy is made first.
PATIENCE = 300.0

#: Somebody else has the lock: SQLite's number, PostgreSQL's lock_timeout and statement_timeout.
_HELD = (sqlite3.SQLITE_BUSY, "55P03", "57014")

_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608  # our own constant


def upgrade(connection: Connection, *, patience: float = PATIENCE) -> None:
    """Create or upgrade the tables; nothing when they are up to date.

    Of a SQLite file that has to be upgraded a copy is kept beside it. Raises LedgerError for a
    database of a newer riskplugin or of another program, and when there can be no copy.
    ``patience`` is how many seconds to wait for a bot that is at it already. The connection is in
    autocommit mode; the upgrade happens in one transaction of its own.
    """
    if _is_current(connection):
        return
    kept = None
    try:
        _lock(connection, patience)
        if not _is_current(connection):  # another bot may have been quicker
            _refuse_foreign(connection)
            if connection.dialect.name == "sqlite" and revision(connection) is not None:
                kept = backup.keep(connection, REVISIONS[-1])
            _migrate(connection)
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        _roll_back(connection)
        raise
    if kept is not None:
        logger.info(
            "riskplugin: the ledger was upgraded to revision %s; as it was before it lies in %s",
            REVISIONS[-1],
            kept,
        )


def check(connection: Connection) -> None:
    """Raise LedgerError unless the tables are those that this code works with."""
    if _is_current(connection):
        return
    found = revision(connection)
    if found is None:
        raise LedgerError("it holds no risk ledger: start the bot once, or correct the URL")
    raise LedgerError(f"its schema is of revision {found}: start the bot once to upgrade it")


def revision(connection: Connection) -> str | None:
    """The schema's revision, None when there is none."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    row = connection.exec_driver_sql(_REVISION).first()
    return None if row is None else str(row[0])


def _is_current(connection: Connection) -> bool:
    found = revision(connection)
    if found is not None and found not in REVISIONS:
        raise LedgerError(
            f"its schema is of revision {found}, newer than this riskplugin knows "
            f"({REVISIONS[-1]}): upgrade riskplugin, or restore the ledger that was kept "
            "from before the upgrade"
        )
    return found == REVISIONS[-1]


def _lock(connection: Connection, patience: float) -> None:
    """Begin the upgrade's transaction, alone in the database."""
    try:
        _begin(connection)
    except OperationalError as error:
        if not patience or _reason(error) not in _HELD:
            raise
        if connection.dialect.name == "postgresql":  # in SQLite nothing began
            connection.exec_driver_sql("ROLLBACK")
        logger.warning(
            "riskplugin: another bot seems to build or upgrade the ledger; waiting for it, "
            "%.0f s at most",
            patience,
        )
        _begin(connection, patience)


def _begin(connection: Connection, patience: float | None = None) -> None:
    """Without ``patience`` it waits for the lock as long as the connection does for any."""
    milliseconds = None if patience is None else int(patience * 1000)
    if connection.dialect.name == "sqlite":
        usual = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
        if milliseconds is not None:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {milliseconds}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {usual}")
        return
    connection.exec_driver_sql("BEGIN")
    if milliseconds is not None:
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7236452119)")
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a large table takes its time


def _reason(error: OperationalError) -> object:
    """The database's own number for what went wrong."""
    return getattr(error.orig, "sqlite_errorcode", getattr(error.orig, "sqlstate", None))


def _refuse_foreign(connection: Connection) -> None:
    """A database with tables of others: a SQLite file never is ours, a PostgreSQL may be shared."""
    if revision(connection) is not None:
        return
    tables = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        tables &= set(metadata.tables)
    if tables:
        raise LedgerError(
            f"it belongs to another program (table {min(tables)!r}): "
            "give the ledger a database of its own"
        )


def _migrate(connection: Connection) -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)  # its steps are nobody's news
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except Exception:  # noqa: BLE001  # the first error is the one to tell
        connection.invalidate()
