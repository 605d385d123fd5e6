"""Tokens of people who signed in: signed with a key of this machine, and of no use elsewhere."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from riskplugin.control.directory import Entry
from riskplugin.control.person import Denied
from riskplugin.control.tables import Tables
from riskplugin.ledger.store.tables import micros, revoked
from riskplugin.ports import LedgerError

#: The environment variable that holds the key; it goes before the file.
VARIABLE = "RISKPLUGIN_TOKEN_KEY"
ALGORITHM = "HS256"
SHORTEST_KEY = 32

_CLAIMS = ("sub", "role", "gen", "jti", "iat", "exp", "aud")
_OVER = "the sign-in is over: sign in again"


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says, once its signature was found right."""

    name: str
    role: str
    generation: int
    id: str
    until: datetime


class Tokens:
    """Makes and reads tokens. Raises Denied (401), and LedgerError where the key is unusable."""

    def __init__(
        self,
        key_file: Path,
        life: timedelta,
        tables: Tables,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._key_file = key_file
        self._life = life
        self._tables = tables
        self._environ = environ

    def issue(self, entry: Entry, ledger_id: str, at: datetime) -> str:
        """A token for the person of ``entry``."""
        import jwt

        begins = int(at.timestamp())
        claims = {
            "sub": entry.name,
            "role": entry.role.value,
            "gen": entry.generation,
            "jti": secrets.token_hex(16),
            "iat": begins,
            "exp": begins + int(self._life.total_seconds()),
            "aud": ledger_id,
        }
        return jwt.encode(claims, self._key(), algorithm=ALGORITHM)

    def read(self, token: str, ledger_id: str, at: datetime) -> Claims:
        """What ``token`` says, if it is ours, and not over or signed out."""
        import jwt

        checks: Any = {"require": list(_CLAIMS), "verify_exp": False, "verify_iat": False}
        try:
            told = jwt.decode(
                token, self._key(), algorithms=[ALGORITHM], audience=ledger_id, options=checks
            )
            begins, ends = int(told["iat"]), int(told["exp"])
            claims = Claims(
                name=str(told["sub"]),
                role=str(told["role"]),
                generation=int(told["gen"]),
                id=str(told["jti"]),
                until=at + timedelta(seconds=ends - at.timestamp()),
            )
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise Denied(401, _OVER) from None
        ends = min(ends, begins + int(self._life.total_seconds()))
        if not begins <= at.timestamp() < ends or self._is_spent(claims.id):
            raise Denied(401, _OVER)
        return claims

    def revoke(self, claims: Claims, at: datetime) -> None:
        """End this one token."""
        self.spend(claims.id, claims.until, at)

    def spend(self, id_: str, until: datetime, at: datetime) -> bool:
        """Mark what may be used once; False when it was used already. Forgets what is over."""
        try:
            with self._tables.transaction("revoking") as connection:
                connection.execute(
                    delete(revoked).where(revoked.c.until < micros(at - timedelta(days=1)))
                )
                connection.execute(insert(revoked), {"token": id_, "until": micros(until)})
        except LedgerError as error:
            if isinstance(error.__cause__, IntegrityError):
                return False
            raise
        return True

    def _is_spent(self, id_: str) -> bool:
        query = select(revoked.c.token).where(revoked.c.token == id_)
        with self._tables.reading("reading what was revoked") as connection:
            return connection.execute(query).first() is not None

    def _key(self) -> str:
        text = self._environ.get(VARIABLE, "").strip() or _from_file(self._key_file)
        if len(text) < SHORTEST_KEY:
            raise LedgerError(
                f"the key of tokens has to have {SHORTEST_KEY} characters or more: take it out of "
                f"{VARIABLE}, or remove {self._key_file}, and one is made"
            )
        return text


def _from_file(path: Path) -> str:
    """The key in the file, made if there is none; refuses one that others may read."""
    try:
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise LedgerError(f"others may read {path}: chmod 600 {path}, or remove it")
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _made(path)
    except (OSError, ValueError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LedgerError(f"the key of tokens {path} cannot be read: {told}") from None


def _made(path: Path) -> str:
    """A new key; where two processes make one at once, both use the first."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise LedgerError(f"the key of tokens {path} cannot be made: {error.strerror}") from None
