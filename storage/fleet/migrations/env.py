"""Run inside the transaction that ``database.prepare`` opened."""

from __future__ import annotations

from alembic import context

from storage.fleet.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
