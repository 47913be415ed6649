"""Writing a statement and its sealed disclosures, and opening them again.

Everything here runs inside the caller's transaction: a statement exists when the caller's rows do, or not at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from ledger.canonical import JsonValue, canonical_bytes, parse_json, render_time
from ledger.disclosure import SALT_SIZE, Disclosure, make_disclosure, parse_disclosure
from ledger.errors import Conflict, Malformed
from ledger.keys import KEY_SIZE, Random, open_sealed, seal, unwrap_key, wrap_key
from ledger.record_number import record_number
from ledger.statement import Statement, commitment, parse_statement, render_statement
from ledger.store.tables import Record, StatementRow, Stream

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Mapped
    from sqlmodel.sql.expression import SelectOfScalar

MAX_DISCLOSURES_BYTES = 4 << 20
"""All disclosures of one statement: far above the largest form, far below what a page may hold in memory."""
MAX_SUBJECT_DRAWS = 8
"""Record numbers have 60 bits: even a second draw is not expected in the life of an installation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a caller wants recorded. `values` has every name of the record's declaration, absent ones as None."""

    stream: str
    subject: str
    type: str
    institution: str
    values: Mapping[str, JsonValue]
    required: frozenset[str]


def open_stream(
    session: Session, *, kind: str, institution: str, wrapping_key: bytes, now: datetime, random: Random
) -> Stream:
    """Begin a stream with a data key of its own, wrapped before it reaches the database."""
    stream_id = _new_uuid(random)
    wrapped = wrap_key(wrapping_key, random(KEY_SIZE), stream_id.encode(), random=random)
    stream = Stream(id=stream_id, kind=kind, institution=institution, wrapped_key=wrapped, opened_at=render_time(now))
    session.add(stream)
    session.flush()
    return stream


def reserve_record(session: Session, *, stream: str, random: Random) -> Record:
    """Draw a subject whose record number is free, so that the number can be printed before anything is filed."""
    for _ in range(MAX_SUBJECT_DRAWS):
        subject = _new_uuid(random)
        number = record_number(subject)
        if session.exec(select(Record).where(Record.record_no == number)).first() is None:
            record = Record(subject=subject, record_no=number, stream=stream)
            session.add(record)
            session.flush()
            return record
    raise Conflict("record number", f"{MAX_SUBJECT_DRAWS} draws in a row were taken; the random source is broken")


def data_key(stream: Stream, wrapping_key: bytes) -> bytes:
    """Unwrap the stream's 32-byte data key; raises Malformed when the wrapping key is another one."""
    return unwrap_key(wrapping_key, stream.wrapped_key, stream.id.encode())


def append_statement(
    session: Session, draft: Draft, *, wrapping_key: bytes, now: datetime, random: Random
) -> StatementRow:
    """Record `draft` as the next statement of its stream and the next version of its subject.

    The stream's row is locked first, so that two writers of one case file are numbered one after the other
    (PostgreSQL; on SQLite the write session already holds the only write lock).
    """
    stream = session.exec(select(Stream).where(Stream.id == draft.stream).with_for_update()).one()
    disclosures = [
        make_disclosure(name=name, value=draft.values[name], salt=random(SALT_SIZE)) for name in sorted(draft.values)
    ]
    if missing := draft.required - draft.values.keys():
        raise Malformed("statement", f"required names without a value: {', '.join(sorted(missing))}")
    rows = select(StatementRow)
    before_in_stream = _newest(session, rows.where(StatementRow.stream == draft.stream), col(StatementRow.stream_seq))
    before = _newest(session, rows.where(StatementRow.subject == draft.subject), col(StatementRow.version))
    statement = Statement(
        sd=tuple(sorted(disclosure.digest for disclosure in disclosures)),
        required=tuple(sorted(item.digest for item in disclosures if item.name in draft.required)),
        id=_new_uuid(random),
        institution=draft.institution,
        type=draft.type,
        subject=draft.subject,
        version=before.version + 1 if before else 1,
        previous=before.commitment if before else None,
        stream=draft.stream,
        stream_seq=before_in_stream.stream_seq + 1 if before_in_stream else 1,
        stream_previous=before_in_stream.commitment if before_in_stream else None,
        recorded_at=render_time(now),
    )
    row = _row(statement, disclosures, data_key(stream, wrapping_key), random)
    session.add(row)
    session.flush()
    return row


def open_disclosures(row: StatementRow, stream: Stream, wrapping_key: bytes) -> tuple[Disclosure, ...]:
    """Unseal a statement's disclosures, in the order of their names; raises Malformed when the seal is broken."""
    plain = open_sealed(data_key(stream, wrapping_key), row.disclosures, row.id.encode())
    listed = parse_json(plain, max_bytes=MAX_DISCLOSURES_BYTES)
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise Malformed("disclosures", "not a list of strings")
    return tuple(parse_disclosure(item) for item in listed if isinstance(item, str))


def parse_row(row: StatementRow) -> Statement:
    """The statement that a row's `body` holds; raises Malformed when it is not one."""
    return parse_statement(row.body.encode())


def _row(statement: Statement, disclosures: list[Disclosure], key: bytes, random: Random) -> StatementRow:
    body = render_statement(statement)
    sealed = seal(key, canonical_bytes([item.encoded for item in disclosures]), statement.id.encode(), random=random)
    return StatementRow(
        id=statement.id,
        stream=statement.stream,
        stream_seq=statement.stream_seq,
        subject=statement.subject,
        version=statement.version,
        type=statement.type,
        institution=statement.institution,
        recorded_at=statement.recorded_at,
        body=body.decode(),
        commitment=commitment(body).hex(),
        disclosures=sealed,
    )


def _newest(session: Session, query: SelectOfScalar[StatementRow], number: Mapped[int]) -> StatementRow | None:
    return session.exec(query.order_by(number.desc()).limit(1)).first()


def _new_uuid(random: Random) -> str:
    return str(uuid.UUID(bytes=random(16), version=4))
