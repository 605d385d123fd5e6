"""Which of the triggers that refuse to change what was written once are in their places."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, text

#: Tables whose rows are never changed nor taken away (revision 0002).
WRITTEN_ONCE = ("bots", "events", "checkpoints")

_NAMES = {
    "sqlite": [f"{t}_no_{act}" for t in WRITTEN_ONCE for act in ("replace", "update", "delete")],
    "postgresql": [f"{table}_written_once" for table in WRITTEN_ONCE],
}
_STANDING = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name IN :names",
    "postgresql": (
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE tgenabled <> 'D' AND pg_table_is_visible(pg_class.oid) AND tgname IN :names"
    ),
}


def missing(connection: Connection) -> list[str]:
    """The names of those that are gone or switched off, in order."""
    dialect = connection.dialect.name
    wanted = _NAMES[dialect]
    query = text(_STANDING[dialect]).bindparams(bindparam("names", expanding=True))
    standing = set(connection.scalars(query, {"names": wanted}))
    return [name for name in wanted if name not in standing]
