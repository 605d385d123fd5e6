"""What somebody can do who may write the database's file: triggers stop a slip, not an attacker."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, create_engine, text

from riskplugin.ledger.proof.chain import genesis
from riskplugin.ledger.store.tables import event_id
from riskplugin.ledger.store.triggers import WRITTEN_ONCE


def unlocked(connection: Connection) -> None:
    """Take away what refuses to change what was written once."""
    if connection.dialect.name == "sqlite":
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (name,) in names.all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
    else:
        for table in WRITTEN_ONCE:
            connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


class Attacker:
    """Writes to one ledger as it pleases; every call is one transaction."""

    def __init__(self, url: str, bot: str = "bot") -> None:
        self.bot = bot
        self._engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with self._engine.begin() as connection:
            unlocked(connection)

    def run(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """Execute a statement with ``:names``; its rows, if it has any."""
        with self._engine.begin() as connection:
            done = connection.execute(text(statement), values)
            return [tuple(row) for row in done] if done.returns_rows else []

    @property
    def base(self) -> int:
        """The id of the place before the bot's first record."""
        ((number,),) = self.run("SELECT number FROM bots WHERE name = :bot", bot=self.bot)
        return event_id(number, 0)

    def rows(self) -> list[dict[str, Any]]:
        """The bot's records in order."""
        names = ("id", "bot", "seq", "at", "kind", "payload", "hash")
        found = self.run(
            "SELECT id, bot, seq, at, kind, payload, hash FROM events WHERE bot = :bot ORDER BY id",
            bot=self.bot,
        )
        return [dict(zip(names, row, strict=True)) for row in found]

    def put(self, rows: Sequence[dict[str, Any]]) -> None:
        """Replace the bot's records by ``rows``, numbered anew from 1."""
        base = self.base
        self.run("DELETE FROM events WHERE bot = :bot", bot=self.bot)
        for place, row in enumerate(rows, 1):
            self.run(
                "INSERT INTO events VALUES (:id, :bot, :seq, :at, :kind, :payload, :hash)",
                **{**row, "id": base + place, "seq": place},
            )

    def change(self, seq: int, **columns: Any) -> None:
        """Change columns of one record."""
        names = ", ".join(f"{name} = :{name}" for name in columns)
        self.run(f"UPDATE events SET {names} WHERE id = :row", row=self.base + seq, **columns)

    def remove(self, first: int, last: int) -> None:
        """Take records out."""
        self.run(
            "DELETE FROM events WHERE id BETWEEN :first AND :last",
            first=self.base + first,
            last=self.base + last,
        )

    def chain_anew(self, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """``rows`` with hashes that fit: no key is needed for that."""
        head, made = genesis(self.bot), []
        for row in rows:
            head = sha256(head + row["payload"].encode()).digest()
            made.append({**row, "hash": head})
        return made

    def fit_state(self, *, payload: str | None = None) -> None:
        """Tie the saved state (or ``payload``) to the last record, as the bot would."""
        last = self.rows()[-1]
        if payload is None:
            ((payload,),) = self.run("SELECT payload FROM states WHERE bot = :bot", bot=self.bot)
        assert payload is not None
        self.run(
            "UPDATE states SET seq = :seq, payload = :payload, hash = :hash WHERE bot = :bot",
            seq=last["seq"],
            payload=payload,
            hash=sha256(last["hash"] + payload.encode()).digest(),
            bot=self.bot,
        )
        self.run(
            "UPDATE reached SET since = :seq, seq = :seq, hash = :hash WHERE bot = :bot",
            seq=last["seq"],
            hash=last["hash"],
            bot=self.bot,
        )

    def close(self) -> None:
        """Release the database."""
        self._engine.dispose()
