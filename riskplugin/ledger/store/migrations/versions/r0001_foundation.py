"""Bots, events, marks, states, metrics, status and controls.

Written out, not taken from ``tables``: a revision must build the same schema for ever.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, Text, text

revision = "0001"
down_revision = None

_COUNTER = BigInteger().with_variant(Integer(), "sqlite")
_RARE = text("kind <> 'EntryDecided'")
_WAITING = text("handled_at IS NULL")


def upgrade() -> None:
    """Build the first schema."""
    _events()
    _now()
    _metrics()
    _controls()


def _events() -> None:
    op.create_table(
        "bots",
        Column("number", _COUNTER, primary_key=True),
        Column("name", Text, nullable=False, unique=True),
    )
    op.create_table(
        "events",
        Column("id", _COUNTER, primary_key=True, autoincrement=False),
        Column("bot", Text, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("kind", Text, nullable=False),
        Column("payload", Text, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    )
    op.create_index(
        "events_rare", "events", ["bot", "kind", "id"], sqlite_where=_RARE, postgresql_where=_RARE
    )
    op.create_table(
        "marks",
        Column("bot", Text, primary_key=True),
        Column("peak", BigInteger, primary_key=True),
        Column("seq", BigInteger, primary_key=True),
        sqlite_with_rowid=False,
    )


def _now() -> None:
    op.create_table(
        "states",
        Column("bot", Text, primary_key=True),
        Column("seq", BigInteger, nullable=False),
        Column("payload", Text, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Column("updated_at", BigInteger, nullable=False),
    )
    op.create_table(
        "status",
        Column("bot", Text, primary_key=True),
        Column("at", BigInteger, nullable=False),
        Column("payload", Text, nullable=False),
    )


def _metrics() -> None:
    figures = ("equity", "equity_change", "gross_exposure", "net_exposure", "unrealised")
    ratios = ("concentration", "leverage", "risk_score", "volatility")
    op.create_table(
        "metrics",
        Column("bot", Text, primary_key=True),
        Column("at", BigInteger, primary_key=True),
        *(Column(name, Float(53)) for name in (*figures, "drawdown", "daily_result")),
        Column("positions", Integer, nullable=False),
        *(Column(name, Float(53)) for name in ratios),
        Column("level", Text, nullable=False),
        Column("breaker", Text, nullable=False),
        Column("emergency", Boolean, nullable=False),
        Column("trusted", Boolean, nullable=False),
        sqlite_with_rowid=False,
    )


def _controls() -> None:
    op.create_table(
        "controls",
        Column("id", _COUNTER, primary_key=True),
        Column("bot", Text, nullable=False),
        Column("command", Text, nullable=False),
        Column("by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("handled_at", BigInteger),
        Column("outcome", Text),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "controls_waiting",
        "controls",
        ["bot", "id"],
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
