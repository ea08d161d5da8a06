"""Alembic's entry: runs the migrations on the connection that `server.models.upgrade` hands over."""

from alembic import context

import server.models
from server.database.base import Base
from server.models.library_triggers import is_a_models

assert server.models  # imported for its tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
    include_object=is_a_models,
)
with context.begin_transaction():
    context.run_migrations()
connection.commit()
