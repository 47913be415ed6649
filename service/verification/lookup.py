"""Verifying by file, by number or by receipt: find what is meant, then run the one rule on its receipt.

What the database is asked and what the chain is asked are two steps, so that no transaction is held open while a node
is slow. Both are public: an answer holds no name and no text of a record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlmodel import col, select

from ledger.anchor import AnchorReader
from ledger.canonical import canonical_bytes
from ledger.errors import Malformed
from ledger.receipt import parse_receipt, render_receipt, verify_receipt
from ledger.record_number import RecordNumber, parse_paper_code, parse_record_number
from ledger.store.tables import Record, StatementRow
from ledger.trust import Trust
from ledger.verdict import Fact, Report, Verdict, lookup_report
from service.inputs import Refused, VerificationInput, refuse
from service.law import REVOKING
from service.recording import Recorder
from service.statements import view_statements
from service.tables import DocumentVersion
from service.verification.receipts import build_receipt

if TYPE_CHECKING:
    from sqlmodel import Session

TAKING_BACK = frozenset(REVOKING) - {"document.replaced"}
"""Types of statements that take their record back instead of giving it a new version."""
TAKEN_BACK_AT_MOST = 4
"""Versions looked at for one that is not taken back; a record is taken back once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A receipt to check, with what is known beside it; without one, the verdict of the look-up and its facts."""

    receipt: bytes | None = None
    file_sha256: str | None = None
    newer: bool | None = None
    verdict: Verdict = Verdict.NOT_FOUND
    facts: dict[str, Fact] | None = None


def find_question(session: Session, recorder: Recorder, asked: VerificationInput) -> Question:
    """Find what is to be checked; raises InvalidInput for a record number that is none."""
    if asked.receipt is not None:
        data = receipt_bytes(asked.receipt)
        return Question(receipt=data, file_sha256=asked.sha256, newer=_newer_than_receipt(session, data))
    if asked.record_no is None:
        row = _by_digest(session, asked.sha256 or "")
    else:
        row = statement_by_number(session, parse_number(asked.record_no), asked.sha256)
    if row is None:
        return Question()
    if not row.disclosures:
        return Question(verdict=Verdict.ERASED, facts=_facts(session, row))
    try:
        receipt = build_receipt(session, row, recorder)
    except Refused:
        return Question(verdict=Verdict.PENDING, facts=_facts(session, row))
    return Question(receipt=render_receipt(receipt), file_sha256=asked.sha256, newer=_newer(session, row))


def answer(question: Question, *, trust: Trust, reader: AnchorReader | None, test_network: bool) -> Report:
    """Check what was found; asks the chain."""
    if question.receipt is None:
        return lookup_report(question.verdict, test_network=test_network, facts=question.facts)
    return verify_receipt(
        question.receipt, trust=trust, reader=reader, file_sha256=question.file_sha256, newer=question.newer
    )


def receipt_bytes(receipt: dict[str, Any] | str) -> bytes:
    """The file behind a receipt that came inside JSON; what cannot be one becomes bytes that no reader takes."""
    if isinstance(receipt, str):
        return receipt.encode()
    try:
        return canonical_bytes(receipt) + b"\n"
    except Malformed:
        return b""


def statement_by_number(session: Session, number: RecordNumber, sha256: str | None = None) -> StatementRow | None:
    """The version that the number names; without one, the version with this file, or else the newest.

    Of a record that was taken back since, the newest is the last version before that: the one that papers show, and
    that the contract revokes.
    """
    query = (
        select(StatementRow)
        .join(Record, col(Record.subject) == col(StatementRow.subject))
        .where(Record.record_no == number.printed)
        .order_by(col(StatementRow.version).desc())
    )
    if number.version is not None:
        return session.exec(query.where(StatementRow.version == number.version)).first()
    if sha256 is not None:
        with_file = query.join(
            DocumentVersion,
            (col(DocumentVersion.document_id) == col(StatementRow.subject))
            & (col(DocumentVersion.version) == col(StatementRow.version)),
        ).where(DocumentVersion.sha256 == sha256)
        if (row := session.exec(with_file.limit(1)).first()) is not None:
            return row
    newest = session.exec(query.limit(TAKEN_BACK_AT_MOST)).all()
    return next((row for row in newest if row.type not in TAKING_BACK), newest[0] if newest else None)


def parse_number(text: str) -> RecordNumber:
    """A record number as people type it; raises InvalidInput."""
    try:
        return parse_record_number(text)
    except Malformed as error:
        raise refuse("/record_no", "record_no_form", reason=error.reason) from error


def parse_code(text: str) -> str:
    """A paper code as people type it, in printed form; raises InvalidInput."""
    try:
        return parse_paper_code(text)
    except Malformed as error:
        raise refuse("/paper_code", "paper_code_form", reason=error.reason) from error


def _by_digest(session: Session, sha256: str) -> StatementRow | None:
    """The newest statement that registered a file with this digest."""
    query = (
        select(StatementRow)
        .join(
            DocumentVersion,
            (col(DocumentVersion.document_id) == col(StatementRow.subject))
            & (col(DocumentVersion.version) == col(StatementRow.version)),
        )
        .where(DocumentVersion.sha256 == sha256)
        .order_by(col(StatementRow.ordinal).desc())
    )
    return session.exec(query.limit(1)).first()


def _newer(session: Session, row: StatementRow) -> bool:
    query = select(StatementRow.id).where(StatementRow.subject == row.subject).where(StatementRow.version > row.version)
    return session.exec(query.limit(1)).first() is not None


def _newer_than_receipt(session: Session, data: bytes) -> bool | None:
    """Whether this ledger knows a later version of the record in a receipt; None when it does not know the record."""
    try:
        record = parse_receipt(data).record
    except Malformed:
        return None
    row = session.exec(
        select(StatementRow).where(StatementRow.subject == record.subject).where(StatementRow.version == record.version)
    ).first()
    return None if row is None else _newer(session, row)


def _facts(session: Session, row: StatementRow) -> dict[str, Fact]:
    view = view_statements(session, [row])[0]
    return {
        "record_no": view.record_no,
        "statement_id": view.id,
        "institution": view.institution,
        "type": view.type,
        "version": view.version,
        "recorded_at": view.recorded_at,
        "state": view.state.value,
    }
