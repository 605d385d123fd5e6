"""A copy of a SQLite ledger, kept beside it before its schema is changed."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import Connection

from riskplugin.ports import LedgerError


def keep(connection: Connection, revision: str) -> Path:
    """Copy the file behind ``connection`` to FILE.before-``revision``, with a number behind it if
    there is one already; where it lies.

    The caller holds the lock for writing, so that nobody else copies, and nothing is written
    meanwhile. Raises LedgerError when the copy is not on disk, whole; then nothing is left of it.
    """
    source = Path(connection.exec_driver_sql("PRAGMA database_list").all()[0][2])
    part = source.with_name(f"{source.name}.before-{revision}.part")
    try:
        _copy(source, part)
        return _named(part, source, revision)
    except (OSError, sqlite3.Error) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise LedgerError(
            f"the ledger has to be upgraded to revision {revision}, and no copy of it can be made "
            f"first: {error}. Nothing was changed: make room and the folder writable beside "
            f"{source}, then start again"
        ) from error


def _copy(source: Path, part: Path) -> None:
    """Through SQLite, which sees what still lies in the WAL; on disk when this returns."""
    part.unlink(missing_ok=True)  # left by a copy that was interrupted
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    read_only = f"file:{quote(str(source))}?mode=ro"
    with (
        closing(sqlite3.connect(read_only, uri=True)) as old,
        closing(sqlite3.connect(part)) as new,
    ):
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")  # one file: no WAL to forget beside it
        (said,) = new.execute("PRAGMA quick_check(1)").fetchone()
    if said != "ok":
        raise OSError(f"the copy is damaged, and so is the ledger: {said}")
    part.chmod(source.stat().st_mode & 0o777)
    _sync(part)


def _named(part: Path, source: Path, revision: str) -> Path:
    """Give the copy a name that nothing has yet."""
    for number in count(1):
        ending = "" if number == 1 else f".{number}"
        kept = source.with_name(f"{source.name}.before-{revision}{ending}")
        with suppress(FileExistsError):
            os.close(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            part.replace(kept)
            _sync(source.parent)
            return kept
    raise AssertionError("count never ends")


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
