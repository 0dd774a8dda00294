"""Runs steps on the connection that `server_stub.migrations.steps` hands over."""

from __future__ import annotations

from alembic import context

from server_stub.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
