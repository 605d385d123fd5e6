"""Alembic's entry point: runs the revisions on the connection that the ledger hands over.

The ledger holds the transaction around it, so that two bots starting at once upgrade only once.
"""

from __future__ import annotations

from alembic import context

from riskplugin.ledger.store.tables import VERSION_TABLE, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    transactional_ddl=False,
    render_as_batch=True,
)
context.run_migrations()
