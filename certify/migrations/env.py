"""Alembic's entry: runs on the connection that `certify.register.schema` hands over."""

from alembic import context

from certify.register.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
