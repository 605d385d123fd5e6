"""The keys that encrypt a ledger's texts: one or more per bot, kept in the ledger, wrapped.

What wraps them is the master key from the environment, which is never written anywhere. To change
it, only these few rows are written again; the records, and with them the chain, stay as they are.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from riskplugin.ledger.store.tables import data_keys, now
from riskplugin.ports import LedgerError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

#: One or more Fernet keys with commas between them: the first wraps, all of them open.
VARIABLE = "RISKPLUGIN_ENCRYPTION_KEY"

_HOW = f"make one with 'riskplugin audit keygen --encryption' and give it to the bot in {VARIABLE}"


def new_key() -> str:
    """A fresh master key as text: 32 random bytes in URL-safe base64."""
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def master(environ: Mapping[str, str] | None = None) -> MultiFernet | None:
    """The master keys of the environment, None when there are none.

    Raises LedgerError for what is no key; the text never repeats it.
    """
    from cryptography.fernet import Fernet, MultiFernet

    written = (os.environ if environ is None else environ).get(VARIABLE, "")
    keys = [part.strip() for part in written.split(",") if part.strip()]
    try:
        return MultiFernet([Fernet(key) for key in keys]) if keys else None
    except ValueError:
        raise LedgerError(f"{VARIABLE} holds something that is no Fernet key: {_HOW}") from None


def needed(key: MultiFernet | None) -> MultiFernet:
    """``key``; raises LedgerError that says how to come by one."""
    if key is None:
        raise LedgerError(f"the ledger is to be encrypted and there is no key: {_HOW}")
    return key


def wrapped(key: MultiFernet) -> tuple[str, str, Fernet]:
    """A fresh data key: its id, its form in the ledger, and itself."""
    from cryptography.fernet import Fernet

    plain = Fernet.generate_key()
    return secrets.token_hex(8), key.encrypt(plain).decode(), Fernet(plain)


def opened(rows: Iterable[tuple[str, str]], key: MultiFernet) -> dict[str, Fernet]:
    """The data keys of ``rows`` (id, wrapped) that ``key`` opens, in the same order."""
    from cryptography.fernet import Fernet, InvalidToken

    found = {}
    for id_, kept in rows:
        try:
            found[id_] = Fernet(key.decrypt(kept.encode()))
        except (InvalidToken, ValueError):
            continue
    return found


def rotate(
    url: str, *, base_dir: Path | str, environ: Mapping[str, str] | None = None
) -> dict[str, int]:
    """Wrap every data key with the first master key, and begin a new one per bot.

    Answers how many were wrapped again, by bot. Afterwards the master keys behind the first are
    not needed any more; running bots take the new data key at their next start. The records are
    not touched. Raises LedgerError when one cannot be opened, and changes nothing then.
    """
    from cryptography.fernet import InvalidToken

    from riskplugin.ledger.store.database import engine_for, spoken, target
    from riskplugin.ledger.store.schema import check

    to, key = target(url, Path(base_dir)), needed(master(environ))
    engine = engine_for(to, create=False, durability="full", held=False)
    columns = data_keys.c
    try:
        with spoken("rotating the keys", to), engine.connect() as connection:
            check(connection)
            connection.exec_driver_sql("BEGIN")
            rows = connection.execute(select(columns.bot, columns.id, columns.wrapped)).all()
            counts: dict[str, int] = {}
            for bot, id_, kept in rows:
                again = key.rotate(kept.encode()).decode()
                row = update(data_keys).where(columns.bot == bot, columns.id == id_)
                connection.execute(row.values(wrapped=again))
                counts[bot] = counts.get(bot, 0) + 1
            for bot in counts:
                id_, kept, _ = wrapped(key)
                fresh = {"bot": bot, "id": id_, "at": now(), "wrapped": kept}
                connection.execute(insert(data_keys), fresh)
            connection.exec_driver_sql("COMMIT")
    except InvalidToken:
        raise LedgerError(
            f"a key in {to} was wrapped with a master key that is not in {VARIABLE}: put the new "
            "key first and the old ones behind it, with commas between them"
        ) from None
    finally:
        engine.dispose()
    return counts
