"""The schema: what the steps make is what the tables say, and a step that is not known is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable
from sqlmodel import SQLModel

import ledger.store.tables
import service.tables
from ledger.errors import NeedsAttention
from ledger.store.database import Database
from service.migrations import is_current, upgrade

TABLE_MODULES = (ledger.store.tables, service.tables)
"""Imported for what they declare."""


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path}/ledger.db")
    yield opened
    opened.close()


def test_steps_make_exactly_the_declared_tables(database: Database) -> None:
    upgrade(database)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_steps_make_the_declared_checks(database: Database) -> None:
    upgrade(database)

    declared = {
        (table.name, str(constraint.sqltext))
        for table in SQLModel.metadata.sorted_tables
        for constraint in table.constraints
        if hasattr(constraint, "sqltext")
    }
    inspector = inspect(database.engine)
    made = {
        (name, check["sqltext"])
        for name in inspector.get_table_names()
        for check in inspector.get_check_constraints(name)
    }
    assert made == declared
    assert declared


def test_upgrading_again_changes_nothing(database: Database) -> None:
    upgrade(database)
    upgrade(database)

    assert is_current(database)


def test_empty_database_is_not_current(database: Database) -> None:
    assert not is_current(database)


def test_step_of_a_newer_program_is_refused_and_left_alone(database: Database) -> None:
    upgrade(database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NeedsAttention) as caught:
        upgrade(database)

    assert caught.value.cause == "schema_unknown"
    assert not is_current(database)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == "9999"


@pytest.mark.parametrize("table", SQLModel.metadata.sorted_tables, ids=lambda table: table.name)
def test_postgresql_takes_the_table(table: object) -> None:
    rendered = str(CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[arg-type, no-untyped-call]

    assert "AUTOINCREMENT" not in rendered
    assert "BLOB" not in rendered
