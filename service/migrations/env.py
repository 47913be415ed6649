"""Alembic's entry: runs on the connection that `service.migrations.upgrade` opened, inside its transaction."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import ledger.store.tables  # noqa: F401 - the import fills the metadata
import service.tables  # noqa: F401 - the import fills the metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=SQLModel.metadata)
context.run_migrations()
