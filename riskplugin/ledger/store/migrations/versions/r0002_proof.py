"""Signed checkpoints, wrapped data keys, rolled-up metrics; events append-only by trigger.

Written out, not taken from ``tables``: a revision must build the same schema for ever.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, Text

revision = "0002"
down_revision = "0001"

#: What is written once: no row of these is ever changed or taken away.
_WRITTEN_ONCE = ("bots", "events", "checkpoints")


def upgrade() -> None:
    """Add what proves and shortens; nothing that exists is touched."""
    op.create_table(
        "checkpoints",
        Column("bot", Text, primary_key=True),
        Column("seq", BigInteger, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Column("key", Text, nullable=False),
        Column("signature", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "data_keys",
        Column("bot", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("wrapped", Text, nullable=False),
        sqlite_with_rowid=False,
    )
    _rollups()
    refuse = _REFUSE[op.get_bind().dialect.name]
    for statement in refuse():
        op.execute(statement)


def _rollups() -> None:
    figures = ("equity", "equity_low", "equity_high", "equity_change", "gross_exposure")
    more = ("net_exposure", "unrealised", "drawdown", "daily_result")
    ratios = ("concentration", "leverage", "risk_score", "volatility")
    op.create_table(
        "rollups",
        Column("bot", Text, primary_key=True),
        Column("grain", Integer, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        Column("samples", Integer, nullable=False),
        *(Column(name, Float(53)) for name in (*figures, *more)),
        Column("positions", Integer, nullable=False),
        *(Column(name, Float(53)) for name in ratios),
        Column("level", Text, nullable=False),
        Column("breaker", Text, nullable=False),
        Column("emergency", Boolean, nullable=False),
        Column("trusted", Boolean, nullable=False),
        sqlite_with_rowid=False,
    )


#: INSERT OR REPLACE takes a row away without any DELETE. A bot is entered again and again: that is
#: passed over in silence; all else is refused.
_REPLACES = {
    "bots": ("number = NEW.number OR name = NEW.name", "IGNORE"),
    "events": ("id = NEW.id", "ABORT, 'events are written once'"),
    "checkpoints": ("bot = NEW.bot AND seq = NEW.seq", "ABORT, 'checkpoints are written once'"),
}


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608  # our own names
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) BEGIN SELECT RAISE({answer}); END"
        for table, (same, answer) in _REPLACES.items()
    ] + [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} are written once'); END"
        for table in _WRITTEN_ONCE
        for act in ("UPDATE", "DELETE")
    ]


def _postgresql() -> list[str]:
    function = (
        "CREATE FUNCTION riskplugin_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% are written once', TG_TABLE_NAME; END $$"
    )
    return [function] + [
        f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION riskplugin_written_once()"
        for table in _WRITTEN_ONCE
    ]


_REFUSE = {"sqlite": _sqlite, "postgresql": _postgresql}
