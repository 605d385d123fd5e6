"""People: what they sign in with; commands say where they were given and what they need besides.

Written out, not taken from ``tables``: a revision must build the same schema for ever.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add tables and two columns; nothing that exists is touched."""
    op.add_column("controls", Column("args", Text))
    op.add_column("controls", Column("via", Text))
    op.create_table(
        "credentials",
        Column("name", Text, primary_key=True),
        Column("password", Text, nullable=False),
        Column("totp", Text),
        Column("generation", Integer, nullable=False),
        Column("failures", Integer, nullable=False),
        Column("locked_until", BigInteger),
        Column("totp_step", BigInteger),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "revoked",
        Column("token", Text, primary_key=True),
        Column("until", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "attempts",
        Column("address", Text, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("locked_until", BigInteger),
        sqlite_with_rowid=False,
    )
