"""The one connection that a bot's ledger keeps open, and transactions on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import stat
from time import monotonic
from typing import Any

from sqlalchemy import Connection, Executable, Table, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import SQLAlchemyError

from riskplugin.ledger.store import database, schema
from riskplugin.ledger.store.database import Durability, Target, engine_for
from riskplugin.ports import LedgerError

#: Statements with their parameters: by name, or for Held.insert by position.
Rows = list[tuple[str, dict[str, Any] | tuple[Any, ...]]]


_RELAX, _WAIT = "PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"

#: Seconds that SQLite waits for a lock once it has waited in vain.
IMPATIENCE = 0.05
#: A server that lets a try fail after more seconds than SLOW is not tried for REST times as long.
SLOW, REST = 1.0, 3


class Held:
    """One connection, kept open and used in turn; after any error it is opened afresh.

    Statements run on the driver's own cursor: SQLAlchemy writes their text once (:meth:`sql`),
    because its execution costs more than a commit does.
    """

    def __init__(self, to: Target, durability: Durability) -> None:
        self.target = to
        self._rest_until = 0.0
        self._trouble = ""
        self._engine = engine_for(
            to, create=True, durability=durability, held=True, patience=self._patience
        )
        self._begin = "BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN"
        self._relaxes = self.is_sqlite and durability == "full"
        self._connection: Connection | None = None
        self._cursor: Any = None
        self._closed = False
        self._path = None if to.path is None else str(to.path)
        self._file: tuple[int, int] | None = None
        self.errors: tuple[type[BaseException], ...] = (
            self._engine.dialect.loaded_dbapi.Error,
            SQLAlchemyError,
            OSError,
        )
        self.conflict: type[BaseException] = self._engine.dialect.loaded_dbapi.IntegrityError

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite, False for PostgreSQL."""
        return self._engine.dialect.name == "sqlite"

    @property
    def is_open(self) -> bool:
        """There is a connection, and no error since it was made."""
        return self._cursor is not None

    def sql(self, statement: Executable) -> str:
        """The text of a Core statement for :meth:`execute`; parameters are named."""
        return str(statement.compile(dialect=self._engine.dialect))  # type: ignore[attr-defined]

    def insert(self, table: Table) -> str:
        """The text that inserts a whole row given as a tuple, which costs less than by name."""
        mark = "?" if self.is_sqlite else "%s"
        names = ", ".join(column.name for column in table.columns)
        marks = ", ".join(mark for _ in table.columns)
        return f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608  # our own names

    def keep(self, table: Table, key: str) -> str:
        """As :meth:`insert`, and it replaces the row with the same ``key``."""
        rest = [f"{c.name} = excluded.{c.name}" for c in table.columns if c.name != key]
        return f"{self.insert(table)} ON CONFLICT ({key}) DO UPDATE SET {', '.join(rest)}"

    def upsert(self, table: Any, keys: tuple[str, ...]) -> str:
        """The text that inserts a whole row or replaces the one with the same ``keys``."""
        statement = self._insert_into(table)
        rest = {c.name: statement.excluded[c.name] for c in table.columns if c.name not in keys}
        return self.sql(statement.on_conflict_do_update(index_elements=keys, set_=rest))

    def enter(self, table: Any, key: str) -> str:
        """The text that inserts a row with this ``key`` alone, unless there is one."""
        statement = self._insert_into(table).values({key: bindparam(key)})
        return self.sql(statement.on_conflict_do_nothing(index_elements=[key]))

    def _insert_into(self, table: Any) -> Any:
        if self.is_sqlite:
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # 25 modules: only where it is used

        return postgresql.insert(table)

    def cursor(self) -> Any:
        """The driver's cursor, connecting (and upgrading the schema) if need be."""
        if self._cursor is None:
            began = self._ready()
            try:
                self._connect()
            except BaseException as error:
                self._failed(began, error)
                raise
        elif self._path is not None and self._moved(self._path):
            raise LedgerError(
                f"the ledger {self.target} was removed or replaced while the bot runs: what is "
                "written now would be lost. Put it back, or restart the bot"
            )
        return self._cursor

    def _moved(self, path: str) -> bool:
        """Another file has the name of the open one, or none."""
        try:
            found = stat(path)  # noqa: PTH116  # at every append: Path costs as much again
        except FileNotFoundError:
            return self._file is not None
        return self._file is not None and (found.st_ino, found.st_dev) != self._file

    def write(self, statements: Rows, *, relaxed: bool = False) -> None:
        """Run the statements in one transaction; ``relaxed`` ones may be lost in a power cut."""
        cursor, began = self.cursor(), monotonic()
        relax = relaxed and self._relaxes
        try:
            if relax:
                cursor.execute(_RELAX)
            if len(statements) == 1:  # commits by itself: on PostgreSQL two ways less
                cursor.execute(*statements[0])
            else:
                cursor.execute(self._begin)
                for text, parameters in statements:
                    cursor.execute(text, parameters)
                cursor.execute("COMMIT")
            if relax:
                cursor.execute(_WAIT)
        except BaseException as error:
            self._failed(began, error)
            raise
        if self._trouble:
            self._recovered()

    @contextmanager
    def transaction(self, *, relaxed: bool = False) -> Iterator[Any]:
        """The cursor in one transaction, for statements that follow from what others found.

        As :meth:`write`, which is quicker. Nothing is written when the block raises.
        """
        cursor, began = self.cursor(), monotonic()
        relax = relaxed and self._relaxes
        try:
            if relax:
                cursor.execute(_RELAX)
            cursor.execute(self._begin)
            yield cursor
            cursor.execute("COMMIT")
            if relax:
                cursor.execute(_WAIT)
        except BaseException as error:
            self._failed(began, error)
            raise
        if self._trouble:
            self._recovered()

    def read(self, text: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        cursor, began = self.cursor(), monotonic()
        try:
            rows: list[tuple[Any, ...]] = cursor.execute(text, parameters).fetchall()
        except BaseException as error:
            self._failed(began, error)
            raise
        return rows

    def drop(self) -> None:
        """Forget the connection, and with it a transaction that may be open."""
        connection, cursor = self._connection, self._cursor
        self._connection = self._cursor = None
        _shut(cursor)
        if connection is not None:
            connection.invalidate()
            connection.close()

    def close(self) -> None:
        """Release everything; later calls raise LedgerError."""
        self._closed = True
        connection, cursor = self._connection, self._cursor
        self._connection = self._cursor = None
        _shut(cursor)
        if connection is not None:
            connection.close()
        self._engine.dispose()

    def _ready(self) -> float:
        """The time. Raises LedgerError at once after a slow failure: exits wait for us."""
        now = monotonic()
        if now < self._rest_until:
            raise LedgerError(self._trouble)
        return now

    def _failed(self, began: float, error: BaseException) -> None:
        """After a slow failure rest for a while: waiting takes a quarter of the time at most."""
        self.drop()
        took = monotonic() - began
        if took > SLOW and not self.is_sqlite:
            self._rest_until = monotonic() + REST * took
        self._trouble = str(error) or type(error).__name__

    def _recovered(self) -> None:
        """A write went through: wait for locks again as long as others may need."""
        self._trouble = ""
        if self.is_sqlite and self._cursor is not None:
            self._cursor.execute(f"PRAGMA busy_timeout = {int(database.PATIENCE * 1000)}")

    def _patience(self) -> float:
        return IMPATIENCE if self._trouble else database.PATIENCE

    def _connect(self) -> None:
        if self._closed:
            raise LedgerError("the ledger is closed")
        connection = self._engine.connect()
        try:
            schema.upgrade(connection, patience=0.0 if self._trouble else schema.PATIENCE)
            self._cursor = connection.connection.cursor()
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        self._file = _identity(self._path)


def _shut(cursor: Any) -> None:
    """A statement that a cursor still holds would keep its lock on a file that was given up."""
    with suppress(Exception):
        cursor.close()


def _identity(path: str | None) -> tuple[int, int] | None:
    """Inode and device of a file, None for no file: an open file outlives its name."""
    if path is None:
        return None
    try:
        found = stat(path)  # noqa: PTH116  # at every append: Path costs as much again
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_dev
