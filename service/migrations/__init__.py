"""The schema, one numbered step after the other. A database of an unknown step is refused, never guessed at."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from ledger.errors import NeedsAttention

if TYPE_CHECKING:
    from ledger.store.database import Database


def upgrade(database: Database) -> None:
    """Bring the schema to the newest step, in one transaction; raises NeedsAttention for a step of a newer program."""
    config = _config()
    with database.engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise NeedsAttention(
                "schema_unknown",
                f"the database is at step {MigrationContext.configure(connection).get_current_revision()}",
                "it was written by a newer version of this program: install that version",
            ) from error


def is_current(database: Database) -> bool:
    """Whether the schema is at the newest step that this program knows."""
    with database.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
