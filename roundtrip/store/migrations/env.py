"""Runs the steps on the connection `database.py` opened, inside its transaction."""

from __future__ import annotations

from alembic import context

from roundtrip.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite can roll back a half-made schema, too; Alembic does not assume so.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
