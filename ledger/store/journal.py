"""The anchorer's journal in SQL, and the marks that are kept beside the database."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from ledger.anchor import AnchorState, SignedTransaction
from ledger.anchorer import Attempt, BatchMaker, DueRevocation, Position, SealedBatch
from ledger.canonical import render_time
from ledger.durable import replace_file
from ledger.errors import Malformed, NeedsAttention
from ledger.merkle import EMPTY_ROOT, RootHash
from ledger.statement import Commitment
from ledger.store.logstore import SqlLogStore
from ledger.store.tables import ChainTransaction, CheckpointRow, RevocationRow, StatementRow

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.store.database import Database

APPEND = "append"
"""The purpose of a transaction that brings a checkpoint to the contract."""
REVOKE = "revoke"
"""The purpose of a transaction that revokes a commitment."""


class SqlAnchorJournal:
    """The `Journal` of `ledger.anchorer` over the tables of the log."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def unfinished(self) -> Sequence[Attempt]:
        """See `Journal.unfinished`."""
        query = (
            select(ChainTransaction, CheckpointRow, RevocationRow)
            .outerjoin(CheckpointRow, col(ChainTransaction.checkpoint_size) == col(CheckpointRow.size))
            .outerjoin(RevocationRow, col(RevocationRow.transaction_hash) == col(ChainTransaction.hash))
            .where(col(ChainTransaction.purpose).in_([APPEND, REVOKE]))
            .where(col(ChainTransaction.state).not_in([AnchorState.FINAL, AnchorState.REPLACED]))
            .order_by(col(ChainTransaction.nonce))
        )
        with self._database.read() as session:
            return [
                attempt_of(row, due_of(revocation) if row.purpose == REVOKE else position_of(checkpoint))
                for row, checkpoint, revocation in session.exec(query)
            ]

    def save(self, attempt: Attempt) -> None:
        """See `Journal.save`."""
        with self._database.write() as session:
            row = session.get_one(ChainTransaction, attempt.transaction.hash)
            row.state, row.cause = attempt.state, attempt.cause
            row.block_number, row.block_hash = attempt.block_number, attempt.block_hash

    def sealed(self) -> Position:
        """See `Journal.sealed`."""
        with self._database.read() as session:
            return newest_checkpoint(session)

    def last_nonce(self, sender: str) -> int | None:
        """See `Journal.last_nonce`."""
        with self._database.read() as session:
            return session.exec(select(func.max(ChainTransaction.nonce)).where(ChainTransaction.sender == sender)).one()

    def seal(self, limit: int, make: BatchMaker) -> Attempt | None:
        """See `Journal.seal`."""
        waiting = (
            select(StatementRow)
            .where(col(StatementRow.leaf_index).is_(None))
            .order_by(col(StatementRow.ordinal))
            .limit(limit)
        )
        with self._database.read() as session:
            if session.exec(waiting.limit(1)).first() is None:
                return None
        with self._database.write() as session:
            before = newest_checkpoint(session)
            rows = session.exec(waiting).all()
            for leaf_index, row in enumerate(rows, start=before.size):
                row.leaf_index = leaf_index
            batch = make(SqlLogStore(session), before, [Commitment(bytes.fromhex(row.commitment)) for row in rows])
            return self._store(session, batch)

    def _store(self, session: Session, batch: SealedBatch) -> Attempt:
        signed_at = render_time(self._clock())
        sealed = batch.checkpoint
        checkpoint = CheckpointRow(size=sealed.size, root=sealed.root.hex(), note=batch.note, signed_at=signed_at)
        session.add(checkpoint)
        session.flush()
        row = store_transaction(
            session, batch.transaction, purpose=APPEND, checkpoint_size=sealed.size, signed_at=signed_at
        )
        return attempt_of(row, position_of(checkpoint))


def store_transaction(
    session: Session,
    transaction: SignedTransaction,
    *,
    purpose: str,
    signed_at: str,
    checkpoint_size: int | None = None,
    state: AnchorState = AnchorState.SIGNED,
) -> ChainTransaction:
    """Keep a signed transaction before it is sent."""
    newest: int | None = session.exec(select(func.max(ChainTransaction.ordinal))).one()
    row = ChainTransaction(
        hash=transaction.hash,
        ordinal=0 if newest is None else newest + 1,
        purpose=purpose,
        sender=transaction.sender,
        nonce=transaction.nonce,
        raw=transaction.raw,
        checkpoint_size=checkpoint_size,
        state=state,
        signed_at=signed_at,
    )
    session.add(row)
    session.flush()
    return row


def newest_checkpoint(session: Session) -> Position:
    """The newest signed checkpoint; size 0 and the root of the empty tree before the first."""
    row = session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size).desc()).limit(1)).first()
    return position_of(row) if row else Position(size=0, root=EMPTY_ROOT)


def anchored_sizes(session: Session) -> tuple[int, int]:
    """The largest log sizes that are (mined, final) in the contract, as last seen by the anchorer."""
    query = select(func.max(ChainTransaction.checkpoint_size)).where(ChainTransaction.purpose == APPEND)
    final = session.exec(query.where(ChainTransaction.state == AnchorState.FINAL)).one() or 0
    mined = session.exec(query.where(ChainTransaction.state == AnchorState.MINED)).one() or 0
    return max(mined, final), final


class FileHighWater:
    """The `HighWater` of `ledger.anchorer` in a small file, replaced whole and synced."""

    def __init__(self, path: Path, *, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock

    def load(self) -> Position | None:
        """See `HighWater.load`; a file that cannot be read needs a person, since its loss hides a roll-back."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            return Position(size=int(kept["size"]), root=RootHash(bytes.fromhex(kept["root"])))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise NeedsAttention(
                "high_water_unreadable",
                f"{self._path.name} cannot be read",
                "restore it from a backup, or from the newest printed certificate or report",
            ) from error

    def keep(self, position: Position) -> None:
        """See `HighWater.keep`."""
        if position.size < 1:
            raise Malformed("high-water mark", "an empty log has none")
        content = {"size": position.size, "root": position.root.hex(), "time": render_time(self._clock())}
        replace_file(self._path, json.dumps(content).encode())


def position_of(row: CheckpointRow) -> Position:
    """The position that a checkpoint's row holds."""
    return Position(size=row.size, root=RootHash(bytes.fromhex(row.root)))


def due_of(row: RevocationRow) -> DueRevocation:
    """The revocation that a row asks for."""
    return DueRevocation(commitment=Commitment(bytes.fromhex(row.commitment)), reason=row.reason)


def attempt_of(row: ChainTransaction, goal: Position | DueRevocation) -> Attempt:
    """The attempt that a transaction's row holds."""
    return Attempt(
        goal=goal,
        transaction=SignedTransaction(raw=row.raw, hash=row.hash, sender=row.sender, nonce=row.nonce),
        state=AnchorState(row.state),
        cause=row.cause,
        block_number=row.block_number,
        block_hash=row.block_hash,
    )
