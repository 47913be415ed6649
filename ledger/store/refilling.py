"""Filling the tables of a log again from what was exported: each statement under its leaf, with data keys that are new.

Everything here runs inside the caller's transaction. Statements come in the order of their leaves, then those that
wait; what a caller brings was audited before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlmodel import Session, col, insert, select

from ledger.anchor import AnchorState
from ledger.canonical import canonical_bytes
from ledger.checkpoint import parse_checkpoint
from ledger.keys import KEY_SIZE, Random, seal, wrap_key
from ledger.log import append
from ledger.merkle import EMPTY_ROOT, RootHash
from ledger.note import parse_note
from ledger.record_number import record_number
from ledger.statement import Commitment, commitment, parse_statement
from ledger.store.logstore import SqlLogStore
from ledger.store.revocations import order_revocation
from ledger.store.tables import ChainTransaction, CheckpointRow, Record, RevocationRow, StatementRow, Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ledger.statement import Statement

BATCH: Final = 500
"""Statements whose rows are written at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A statement as exported, with its disclosures. `leaf_index` is None while it waits for the log."""

    body: bytes
    disclosures: tuple[str, ...]
    leaf_index: int | None


class LogFiller:
    """Writes streams, records, statements and tiles. `kind_of` names the kind of a stream by its id."""

    def __init__(self, session: Session, *, wrapping_key: bytes, kind_of: Callable[[str], str], random: Random) -> None:
        self._session = session
        self._wrapping_key = wrapping_key
        self._kind_of = kind_of
        self._random = random
        self._keys: dict[str, bytes] = {}
        self.size = 0
        self.root: RootHash = EMPTY_ROOT

    def open_stream(self, stream: str, *, institution: str, opened_at: str) -> bytes:
        """Begin a stream unless it is there; return its data key, drawn here."""
        if stream not in self._keys:
            key = self._keys[stream] = self._random(KEY_SIZE)
            wrapped = wrap_key(self._wrapping_key, key, stream.encode(), random=self._random)
            self._session.add(
                Stream(
                    id=stream,
                    kind=self._kind_of(stream),
                    institution=institution,
                    wrapped_key=wrapped,
                    opened_at=opened_at,
                )
            )
            self._session.flush()
        return self._keys[stream]

    def add(self, batch: Sequence[Held]) -> None:
        """Write statements with their streams and records, and their leaves into the tree."""
        rows, leaves = [], list[Commitment]()
        for held in batch:
            statement, committed = parse_statement(held.body), commitment(held.body)
            key = self.open_stream(statement.stream, institution=statement.institution, opened_at=statement.recorded_at)
            if statement.version == 1:
                self._session.add(register(statement.subject, stream=statement.stream))
            rows.append(self._row(held, statement, committed, key))
            if held.leaf_index is not None:
                leaves.append(committed)
        self._session.flush()
        self._session.exec(insert(StatementRow), params=rows)
        grown = append(SqlLogStore(self._session), self.size, leaves)
        self.size, self.root = grown.size, grown.root if leaves else self.root
        self._session.flush()
        self._session.expunge_all()

    def _row(self, held: Held, statement: Statement, committed: Commitment, key: bytes) -> Mapping[str, object]:
        sealed = b""
        if held.disclosures:
            sealed = seal(key, canonical_bytes(list(held.disclosures)), statement.id.encode(), random=self._random)
        return {
            "id": statement.id,
            "stream": statement.stream,
            "stream_seq": statement.stream_seq,
            "subject": statement.subject,
            "version": statement.version,
            "type": statement.type,
            "institution": statement.institution,
            "recorded_at": statement.recorded_at,
            "body": held.body.decode(),
            "commitment": committed.hex(),
            "disclosures": sealed,
            "leaf_index": held.leaf_index,
        }


def register(subject: str, *, stream: str) -> Record:
    """The entry of a subject in the register of records."""
    return Record(subject=subject, record_no=record_number(subject), stream=stream)


def add_checkpoint(session: Session, note: str, *, signed_at: str) -> None:
    """Keep a signed checkpoint."""
    checkpoint = parse_checkpoint(parse_note(note).text)
    session.add(CheckpointRow(size=checkpoint.size, root=checkpoint.root.hex(), note=note, signed_at=signed_at))
    session.flush()


def order_revocations(session: Session, reasons: Mapping[str, int], done: Mapping[str, str]) -> None:
    """Order what the statements of the types in `reasons` take back; `done` has the transactions by commitment."""
    query = select(StatementRow).where(col(StatementRow.type).in_(reasons)).order_by(col(StatementRow.ordinal))
    for ground in session.exec(query).all():
        order_revocation(session, ground, reason=reasons[ground.type])
    for row in session.exec(select(RevocationRow)).all():
        row.transaction_hash = done.get(row.commitment)
    session.flush()


def add_transaction(session: Session, row: ChainTransaction) -> None:
    """Keep a transaction that is in a block, or that another one replaced."""
    if row.state not in {AnchorState.MINED, AnchorState.FINAL, AnchorState.REPLACED}:
        raise ValueError(f"{row.hash} is in no block")
    session.add(row)
    session.flush()
