"""The text of SQL statements: SQLAlchemy writes it once for each make of database in a process.

Statements run on the driver's own cursor (:class:`~riskplugin.ledger.store.held.Held`), because
SQLAlchemy's execution costs more than a commit does. To write the texts of a ledger takes it two
thirds of what opening one does.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Dialect, Executable, Table, bindparam
from sqlalchemy.dialects import sqlite


class Texts:
    """Writes statements as one make of database wants them."""

    def __init__(self, make: str) -> None:
        """``make`` is sqlite or postgresql."""
        self._make = make
        self._dialect = _dialect(make)

    def sql(self, statement: Executable) -> str:
        """The text of a Core statement; parameters are named."""
        return str(statement.compile(dialect=self._dialect))  # type: ignore[attr-defined]

    def insert(self, table: Table) -> str:
        """The text that inserts a whole row given as a tuple, which costs less than by name."""
        mark = "?" if self._make == "sqlite" else "%s"
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
        if self._make == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # 25 modules: only where it is used

        return postgresql.insert(table)


@cache
def texts_of(make: str) -> Texts:
    """The one that writes for ``make``: sqlite or postgresql."""
    return Texts(make)


def _dialect(make: str) -> Dialect:
    """As the engines of :func:`~riskplugin.ledger.store.database.engine_for` have it."""
    if make == "sqlite":
        return sqlite.dialect(paramstyle="named")
    from sqlalchemy.dialects.postgresql import psycopg

    return psycopg.dialect()  # type: ignore[no-untyped-call]
