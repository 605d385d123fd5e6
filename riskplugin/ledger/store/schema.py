"""Brings a database to the schema that this code works with, or says why it cannot.

The usual case, nothing to do, costs one SELECT and does not import alembic.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect

from riskplugin.calm import calm_logger
from riskplugin.ledger.store import backup
from riskplugin.ledger.store.tables import REVISIONS, VERSION_TABLE, metadata
from riskplugin.ports import LedgerError

logger = calm_logger(__name__)

_LOCKS = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", "SELECT pg_advisory_xact_lock(7236452119)"),
}

_REVISION = f"SELECT version_num FROM {VERSION_TABLE}"  # noqa: S608  # our own constant


def upgrade(connection: Connection) -> None:
    """Create or upgrade the tables; nothing when they are up to date.

    Of a SQLite file that has to be upgraded a copy is kept beside it. Raises LedgerError for a
    database of a newer riskplugin or of another program, and when there can be no copy. The
    connection is in autocommit mode; the upgrade happens in one transaction of its own.
    """
    if _is_current(connection):
        return
    kept = None
    try:
        for statement in _LOCKS[connection.dialect.name]:
            connection.exec_driver_sql(statement)
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
