"""Schema revisions of the ledger, run by alembic when a bot opens its database."""
