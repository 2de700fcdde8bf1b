"""Alembic's entry: runs in the transaction of the connection it is given by storage/migrating.py."""

from alembic import context

from risk_screen.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,
)
context.run_migrations()
