"""What people sign in with: a row per password and second factor, known by its own digest.

The chain of people names the digest that counts. A row is written before the chain names it, so
that a crash between the two leaves the old one in force; a row that was changed in the database
fits no digest any more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import delete, insert, select

from riskplugin.control.tables import Tables
from riskplugin.ledger.store.tables import credentials, micros

#: How long a second factor waits for its first code.
PENDING = timedelta(minutes=15)
#: Rows that no record names go when they are so old: a younger one may be about to be named.
LEFTOVER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Credential:
    """A row as it is kept: the password's hash, and the second factor's secret."""

    name: str
    password: str
    totp: str | None = None

    @property
    def digest(self) -> str:
        """What tells this row from any other, and from itself once changed."""
        told = orjson.dumps([self.name, self.password, self.totp])
        return hashlib.sha256(told).hexdigest()


class Credentials:
    """Rows of the table of that name."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def find(self, name: str, digest: str) -> Credential | None:
        """The row of that digest; None when it is gone, another's, or does not fit its digest."""
        query = select(credentials).where(credentials.c.digest == digest)
        with self._tables.reading("reading credentials") as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        found = Credential(str(row.name), str(row.password), row.totp)
        return found if found.name == name and found.digest == digest else None

    def keep(self, credential: Credential, at: datetime) -> str:
        """Write a row, or that it is wanted again; its digest."""
        with self._tables.transaction("keeping credentials") as connection:
            values = {
                "digest": credential.digest,
                "name": credential.name,
                "password": credential.password,
                "totp": credential.totp,
                "at": micros(at),
            }
            same = delete(credentials).where(credentials.c.digest == credential.digest)
            connection.execute(same)
            connection.execute(insert(credentials), values)
        return credential.digest

    def pending(self, current: Credential, at: datetime) -> list[Credential]:
        """Rows with the same password and a second factor that waits for its first code."""
        columns = credentials.c
        query = select(credentials).where(
            columns.name == current.name,
            columns.password == current.password,
            columns.digest != current.digest,
            columns.at >= micros(at - PENDING),
        )
        with self._tables.reading("reading credentials") as connection:
            rows = connection.execute(query).all()
        found = [(str(r.digest), Credential(str(r.name), str(r.password), r.totp)) for r in rows]
        return [each for digest, each in found if each.totp and each.digest == digest]

    def tidy(self, name: str, digest: str, at: datetime) -> None:
        """Take out what is left of earlier credentials."""
        columns = credentials.c
        old = delete(credentials).where(
            columns.name == name,
            columns.digest != digest,
            columns.at < micros(at - LEFTOVER),
        )
        with self._tables.transaction("tidying credentials") as connection:
            connection.execute(old)
