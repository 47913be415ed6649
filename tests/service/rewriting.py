"""An operator who rewrites history with every key of the house, consistently, from one statement on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, delete, select

from ledger.canonical import JsonValue, canonical_bytes
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import SALT_SIZE, Disclosure, make_disclosure
from ledger.keys import seal
from ledger.log import AppendResult, append
from ledger.note import NoteSigner
from ledger.statement import Commitment, Statement, commitment, render_statement
from ledger.store.logstore import SqlLogStore
from ledger.store.statements import data_key, open_disclosures, parse_row
from ledger.store.tables import CheckpointRow, StatementRow, Stream, Tile


def rewrite(
    session: Session, *, statement_id: str, name: str, value: JsonValue, wrapping_key: bytes, signer: NoteSigner
) -> AppendResult:
    """Change one disclosed value of an old statement and everything that follows from it: the later statements' links,
    commitments, tiles, roots and notes. The database agrees with itself afterwards; returns its new head."""
    rows = session.exec(
        select(StatementRow).where(col(StatementRow.leaf_index).is_not(None)).order_by(col(StatementRow.leaf_index))
    ).all()
    newest_in_stream: dict[str, str] = {}
    newest_of_subject: dict[str, str] = {}
    for row in rows:
        statement = parse_row(row)
        if row.id == statement_id:
            statement = _forge(session, row, {name: value}, wrapping_key)
        body = render_statement(
            replace(
                statement,
                previous=newest_of_subject.get(row.subject),
                stream_previous=newest_in_stream.get(row.stream),
            )
        )
        row.body, row.commitment = body.decode(), commitment(body).hex()
        newest_in_stream[row.stream] = newest_of_subject[row.subject] = row.commitment
    session.flush()
    return _rebuild(session, rows, signer)


def _forge(session: Session, row: StatementRow, lies: dict[str, JsonValue], wrapping_key: bytes) -> Statement:
    statement = parse_row(row)
    stream = session.get_one(Stream, row.stream)
    opened = open_disclosures(row, stream, wrapping_key)
    required = {item.name for item in opened if item.digest in statement.required}
    forged = [
        make_disclosure(name=item.name, value=lies[item.name], salt=os.urandom(SALT_SIZE))
        if item.name in lies
        else item
        for item in opened
    ]
    assert forged != list(opened)
    encoded = canonical_bytes([item.encoded for item in forged])
    row.disclosures = seal(data_key(stream, wrapping_key), encoded, row.id.encode())
    return replace(
        statement,
        sd=_digests(forged),
        required=_digests([item for item in forged if item.name in required]),
    )


def _digests(disclosures: list[Disclosure]) -> tuple[str, ...]:
    return tuple(sorted(item.digest for item in disclosures))


def _rebuild(session: Session, rows: Sequence[StatementRow], signer: NoteSigner) -> AppendResult:
    commitments = [Commitment(bytes.fromhex(row.commitment)) for row in rows]
    session.exec(delete(Tile))
    store, grown = SqlLogStore(session), AppendResult(size=0, root=None)  # type: ignore[arg-type]  # the empty log
    for checkpoint in session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size))).all():
        grown = append(store, grown.size, commitments[grown.size : checkpoint.size])
        session.flush()
        noted = Checkpoint(origin=signer.vkey.name, size=grown.size, root=grown.root)
        checkpoint.root, checkpoint.note = grown.root.hex(), sign_checkpoint(noted, signer)
    return grown
