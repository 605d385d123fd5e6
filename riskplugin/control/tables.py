"""The three small tables of people: one connection a transaction, errors in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from riskplugin.control.people_chain import Place
from riskplugin.core.events import PEOPLE_CHAIN
from riskplugin.ledger.form.odd import SEALED
from riskplugin.ledger.privacy import data_keys as keys
from riskplugin.ledger.privacy.confidential import Opener
from riskplugin.ledger.store.database import engine_for, spoken, target
from riskplugin.ledger.store.tables import data_keys
from riskplugin.ports import LedgerError

#: One transaction at a time: SQLite by its own lock, PostgreSQL by one that we agree on.
_BEGIN = {
    "sqlite": ("BEGIN IMMEDIATE",),
    "postgresql": ("BEGIN", "SELECT pg_advisory_xact_lock(7236452120)"),
}


class Tables:
    """Transactions on the ledger of ``place``. Raises LedgerError."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._target = target(place.url, place.base_dir)
        self._engine: Engine | None = None
        self._opener = Opener(self._data_keys)

    @contextmanager
    def transaction(self, doing: str) -> Iterator[Connection]:
        """All or nothing of what is done in the block."""
        with spoken(doing, self._target), self._opened().connect() as connection:
            for statement in _BEGIN[connection.dialect.name]:
                connection.exec_driver_sql(statement)
            try:
                yield connection
                connection.exec_driver_sql("COMMIT")
            except BaseException:
                _roll_back(connection)
                raise

    @contextmanager
    def reading(self, doing: str) -> Iterator[Connection]:
        """A connection to look with."""
        with spoken(doing, self._target), self._opened().connect() as connection:
            yield connection

    def sealed(self, secret: str) -> str:
        """``secret`` as it is kept: encrypted where the ledger is. Raises LedgerError."""
        if not self._place.encrypt:
            return secret
        keys.needed(keys.master())
        kept = self._opener.column(PEOPLE_CHAIN, secret)
        if kept == secret:
            raise LedgerError(f"no key of the ledger can be opened with that in {keys.VARIABLE}")
        return kept

    def opened(self, kept: str) -> str:
        """The secret behind ``kept``. Raises LedgerError when there is no key for it."""
        secret = self._opener.read_column(kept)
        if secret == SEALED:
            raise LedgerError(
                f"the second factor is encrypted, and {keys.VARIABLE} does not hold its key"
            )
        return secret

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = engine_for(self._target, create=False, durability="full", held=True)
        return self._engine

    def _data_keys(self) -> list[tuple[str, str, str]]:
        columns = data_keys.c
        query = select(columns.bot, columns.id, columns.wrapped)
        with self.reading("reading the keys") as connection:
            rows = connection.execute(query.order_by(columns.at, columns.id))
            return [(str(bot), str(id_), str(kept)) for bot, id_, kept in rows]


def _roll_back(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("ROLLBACK")
    except SQLAlchemyError:
        connection.invalidate()
