"""The saved state may be older than the last records: what tells how far they have changed it.

Written out, not taken from ``tables``: a revision must build the same schema for ever. It also
keeps an older riskplugin, which would take the saved state for the latest one, from starting.
"""

from __future__ import annotations

from hashlib import sha256

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, Text, text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Every state that is saved so far is the latest; one whose record is gone stays damaged."""
    reached = op.create_table(
        "reached",
        Column("bot", Text, primary_key=True),
        Column("since", BigInteger, nullable=False),
        Column("seq", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    bind = op.get_bind()
    saved = text(
        "SELECT s.bot, s.seq, e.hash FROM states s LEFT JOIN bots b ON b.name = s.bot "
        "LEFT JOIN events e ON e.id = b.number * 1099511627776 + s.seq"
    )
    for bot, seq, hash_ in bind.execute(saved).all():
        found = _genesis(bot) if seq == 0 else hash_
        if found is not None:
            row = {"bot": bot, "since": seq, "seq": seq, "hash": bytes(found)}
            bind.execute(reached.insert(), row)


def _genesis(bot: str) -> bytes:
    return sha256(b"riskplugin ledger of " + bot.encode("utf-8", "surrogatepass")).digest()
