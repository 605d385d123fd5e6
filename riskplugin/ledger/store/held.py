"""The one connection that a bot's ledger keeps open, and transactions on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from os import stat
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from riskplugin.ledger.store import database, schema
from riskplugin.ledger.store.database import Durability, Target, engine_for
from riskplugin.ports import LedgerError

#: Statements with their parameters: by name, or for Texts.insert by position.
Rows = list[tuple[str, dict[str, Any] | tuple[Any, ...]]]


_RELAX, _WAIT = "PRAGMA synchronous = NORMAL", "PRAGMA synchronous = FULL"

#: Seconds that SQLite waits for a lock once it has waited in vain.
IMPATIENCE = 0.05
#: A server that lets a try fail after more seconds than SLOW is not tried for REST times as long.
SLOW, REST = 1.0, 3


class Held:
    """One connection, kept open and used in turn; after any error it is opened afresh.

    Statements run on the driver's own cursor; their text is :mod:`texts`'.
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
    def make(self) -> str:
        """The make of the database: sqlite or postgresql."""
        return self._engine.dialect.name

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite, False for PostgreSQL."""
        return self.make == "sqlite"

    @property
    def is_open(self) -> bool:
        """There is a connection, and no error since it was made."""
        return self._cursor is not None

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
