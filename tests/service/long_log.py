"""A home whose log has as many leaves as a test of `/log` needs, with checkpoints of the sizes that it asks for."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.keys import load_note_signer
from ledger.log import append
from ledger.statement import Commitment
from ledger.store.database import Database
from ledger.store.logstore import SqlLogStore
from ledger.store.tables import CheckpointRow
from service.home.layout import Layout, require_home
from service.home.setup import database_url
from tests.service.conftest import settings_of

WHEN = "2026-07-20T01:30:00.000Z"


def entry(index: int) -> bytes:
    """The commitment at a leaf."""
    return hashlib.sha256(f"leaf {index}".encode()).digest()


def grow_log(home: Path, sizes: Sequence[int]) -> None:
    """Replace the log of a home by one of `sizes[-1]` leaves with a checkpoint at each of the ascending `sizes`.

    Tiles and notes are made as the anchorer makes them; of the statements there is only what `/log` serves.
    """
    layout = Layout(root=home)
    origin = require_home(layout).origin
    _insert_statements(layout.database, sizes[-1])
    signer = load_note_signer(layout.keys / "note.key", name=origin)
    database = Database(database_url(settings_of(home), layout))
    try:
        with database.write() as session:
            store, before = SqlLogStore(session), 0
            for size in sizes:
                grown = append(store, before, [Commitment(entry(index)) for index in range(before, size)])
                note = sign_checkpoint(Checkpoint(origin=origin, size=size, root=grown.root), signer)
                session.add(CheckpointRow(size=size, root=grown.root.hex(), note=note, signed_at=WHEN))
                before = size
    finally:
        database.close()


def _insert_statements(path: Path, count: int) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys = OFF")
    with connection:
        for table in ("chain_transaction", "checkpoint", "tile", "statement"):
            connection.execute(f"DELETE FROM {table}")
        connection.executemany(
            "INSERT INTO statement (id, stream, stream_seq, subject, version, type, institution, recorded_at, body,"
            " commitment, disclosures, leaf_index) VALUES (?, 's', ?, ?, 1, 't', 'i', ?, '', ?, x'', ?)",
            ((str(UUID(int=at)), at + 1, str(UUID(int=at)), WHEN, entry(at).hex(), at) for at in range(count)),
        )
    connection.close()
