"""The embedded chain's state: py-evm's keys and values in one SQLite file, all keys of a block in one transaction.

py-evm writes key by key and knows no commit of a whole block. Here every write stays in memory until `commit`; a crash
before it leaves the tip as it was, a crash after it leaves the new one, and there is nothing between.

Keys are never deleted and never change their value, but for the name of the head: a reader beside the writer therefore
sees one chain, a block old at worst.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

from eth.db.atomic import AtomicDB

from ledger.durable import sync_folder
from ledger.errors import Conflict, Malformed, Unavailable

APPLICATION_ID: Final = 0x4C4C4331
"""SQLite's header field (`LLC1`): tells our file from any other."""

BUSY_TIMEOUT_MS: Final = 5_000
"""A reader that copies the write-ahead log can hold the file for a moment."""

_SCHEMA: Final = "CREATE TABLE IF NOT EXISTS state (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"


class WriterLock:
    """An exclusive lock of the operating system: one writer of a chain, of whatever process.

    It is gone when its process is gone, however that ended.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise Conflict("embedded chain", "another process writes to it; ask that one over /rpc") from error

    def release(self) -> None:
        """Let the next writer in."""
        os.close(self._descriptor)


class SqliteState:
    """Reads and writes of one state file. Not for several threads at once: its owner holds a lock."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def create(cls, path: Path, *, durable: bool) -> Self:
        """Open a state file for writing, and make an empty one where none is; raises as `open` does."""
        if not path.exists() or path.stat().st_size == 0:
            connection = _connect(path, "rwc")
            # The mark comes first: whatever a crash leaves here is known as ours, and finished by the next call.
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.close()
            sync_folder(path.parent)
        opened = cls.open(path, durable=durable)
        opened.prepare()
        return opened

    @classmethod
    def open(cls, path: Path, *, durable: bool, read_only: bool = False) -> Self:
        """Open a state file; raises Unavailable when it is missing or unreadable, Malformed when it is another file.

        Without `durable` nothing waits for the disk: for a chain that can be made again, such as a replay.
        """
        if not path.exists():
            raise Unavailable("embedded chain", f"its state {path.name} is missing")
        try:
            connection = _connect(path, _read_mode(path) if read_only else "rw")
            (application_id,) = connection.execute("PRAGMA application_id").fetchone()
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
        except sqlite3.DatabaseError as error:
            raise Unavailable("embedded chain", f"its state {path.name} cannot be read: {error}") from error
        if application_id != APPLICATION_ID:
            connection.close()
            raise Malformed(path.name, "not the state of an embedded chain")
        return cls(connection)

    def prepare(self) -> None:
        """Make the table where it is missing."""
        self._connection.execute(_SCHEMA)

    def read(self, key: bytes) -> bytes | None:
        """The value of a key, or None."""
        row = self._connection.execute("SELECT value FROM state WHERE key = ?", (key,)).fetchone()
        return None if row is None else bytes(row[0])

    def write(self, items: Mapping[bytes, bytes]) -> None:
        """Put all items on the disk, or none of them."""
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", items.items())

    def close(self) -> None:
        """Close the file; what was written stays."""
        self._connection.close()


class BlockState(AtomicDB):
    """What py-evm takes for its database: reads from the file, writes held back until the block is whole."""

    def __init__(self, state: SqliteState) -> None:
        self._state = state
        self._pending: dict[bytes, bytes] = {}
        super().__init__()

    def commit(self) -> None:
        """Make everything written since the last commit durable in one transaction."""
        self._state.write(self._pending)
        self._pending.clear()

    def discard(self) -> None:
        """Forget everything written since the last commit."""
        self._pending.clear()

    def __getitem__(self, key: bytes) -> bytes:
        value = self._pending.get(key)
        if value is None:
            value = self._state.read(key)
        if value is None:
            raise KeyError(key)
        return value

    def __setitem__(self, key: bytes, value: bytes) -> None:
        self._pending[key] = value

    def __delitem__(self, key: bytes) -> None:
        # py-evm deletes nothing but what a reorganisation orphans, and this chain has none.
        del self._pending[key]

    def _exists(self, key: bytes) -> bool:
        return key in self._pending or self._state.read(key) is not None


def _read_mode(path: Path) -> str:
    # Media that cannot be written hold a closed chain: no log beside it, and SQLite could not make one.
    closed = not path.with_name(f"{path.name}-wal").exists()
    return "ro&immutable=1" if closed and not os.access(path.parent, os.W_OK) else "ro"


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    # Any thread may call; the owner's lock lets one in at a time. Transactions begin where `write` says.
    options: dict[str, Any] = {"uri": True, "isolation_level": None, "check_same_thread": False}
    connection: sqlite3.Connection = sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode={mode}", **options)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    return connection
