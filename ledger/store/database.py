"""One database, opened so that what it acknowledged survives: SQLite in WAL with full sync, or PostgreSQL."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from ledger.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Engine

BUSY_TIMEOUT_MS = 10_000
"""Milliseconds a SQLite writer waits for another before the request is answered with 503."""


class Database:
    """Hands out sessions. `read` never writes; `write` commits once at its end, or nothing at all.

    On SQLite a write session takes the write lock at once (BEGIN IMMEDIATE), so two writers never deadlock half-way.
    """

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        self.engine: Engine = create_engine(parsed, pool_pre_ping=not self.is_sqlite)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _configure_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._writer = self.engine.execution_options(sqlite_begin="IMMEDIATE")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for queries; whatever was changed in it is rolled back."""
        with _unavailable_when_broken(), Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit of work: committed when the block ends, rolled back when it raises."""
        with (
            _unavailable_when_broken(),
            Session(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            session.connection()  # take the lock now, not at the first query
            yield session

    def close(self) -> None:
        """Close every connection. Open sessions keep theirs until they end."""
        self.engine.dispose()


@contextmanager
def _unavailable_when_broken() -> Iterator[None]:
    """Turn "locked", "disk full" and "connection lost" into Unavailable; a broken constraint stays what it is."""
    try:
        yield
    except OperationalError as error:
        raise Unavailable("database", str(error.orig)) from error
    except DatabaseError as error:
        if error.connection_invalidated:
            raise Unavailable("database", "connection lost") from error
        raise


def _configure_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver must not open transactions of its own: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('sqlite_begin', 'DEFERRED')}")
