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
        Column("digest", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("password", Text, nullable=False),
        Column("totp", Text),
        Column("at", BigInteger, nullable=False),
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
        Column("who", Text, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("at", BigInteger, nullable=False),
        Column("locked_until", BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
