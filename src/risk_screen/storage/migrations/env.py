"""Alembic's entry: runs on the connection it is given by storage/database.py."""

from alembic import context

from risk_screen.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
