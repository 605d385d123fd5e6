"""The database itself: connection, schema, migrations, SQL text. Knows nothing of risk."""
