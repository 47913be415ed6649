"""Paper codes: who holds a paper with record number and code may read what was registered, and nobody else.

A code is 35 random bits and a check symbol, so it is worth something only where guesses are counted (`edge.limits`).
Codes are stored sealed under the data key of the record's stream: a stolen database gives none away, the office can
print one again, and with the stream's key the codes are erased as well. A replaced code is kept, so that its paper can
be told why it opens nothing any more. When the keys are lost, so are the codes: papers get new ones. Issuing and
replacing are statements of the office's administration stream.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import select

from ledger.canonical import canonical_bytes, decode_base64url, encode_base64url, parse_json
from ledger.errors import Malformed, Mismatch
from ledger.keys import open_sealed, seal
from ledger.record_number import PAPER_CODE_BITS, new_paper_code
from ledger.store.statements import data_key
from ledger.store.tables import Record, Stream
from service.access import Action, Actor, Forbidden, NotFound, visible_cases
from service.declarations import PAPER_CODE
from service.inputs import CHINA
from service.recording import Event, Recorder
from service.tables import Case, Institution, PaperCode

if TYPE_CHECKING:
    from sqlmodel import Session

KEPT_CODES = 50
"""Codes of one paper that are kept; a paper with a still older one is told no more than that its code is wrong."""
MAX_SEALED_BYTES = 4096
"""Fifty codes are 600 bytes."""


class NoPaperCode(NotFound):
    """The record has no code, or none that opens."""

    def __init__(self) -> None:
        super().__init__("paper code")


class Standing(StrEnum):
    """What a code is to a record."""

    CURRENT = "current"
    REPLACED = "replaced"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCodeView:
    """The code that a paper shows now. `id` is the record's subject; `number` counts its codes from 1."""

    id: str
    record_no: str
    paper_code: str
    number: int


def issue_paper_code(
    session: Session, recorder: Recorder, subject: str, *, office: Institution, entered_by: str
) -> PaperCodeView:
    """Give the record with this subject its first code; one that has a code keeps it."""
    row = _row(session, subject)
    if row is None:
        row = PaperCode(
            id=recorder.reserve(session, office.administration_stream),
            subject=subject,
            sealed=_seal(session, recorder, subject, [_draw(recorder)]),
            version=0,
        )
        session.add(row)
        session.flush()
        _record(session, recorder, row, office, entered_by=entered_by, reason="paper code issued")
    return _view(session, recorder, row)


def read_paper_code(session: Session, actor: Actor, recorder: Recorder, subject: str) -> PaperCodeView:
    """The code to print on the paper of a record within reach; raises NotFound, NoPaperCode where none opens."""
    _find_office(session, actor, subject)
    row = _row(session, subject)
    if row is None or not _open(session, recorder, row):
        raise NoPaperCode
    return _view(session, recorder, row)


def find_paper_code(session: Session, actor: Actor, recorder: Recorder, subject: str) -> PaperCodeView | None:
    """The same; None for whoever may not print papers, and for a record that has no code."""
    try:
        return read_paper_code(session, actor, recorder, subject)
    except (Forbidden, NotFound):
        return None


def replace_paper_code(
    session: Session, actor: Actor, recorder: Recorder, subject: str, *, reason: str
) -> PaperCodeView:
    """Draw a new code for a record within reach: papers with the old one open nothing any more. Raises NotFound.

    A record without a code, from before there were any, gets its first.
    """
    office = _find_office(session, actor, subject)
    row = _row(session, subject, lock=True)
    if row is None:
        return issue_paper_code(session, recorder, subject, office=office, entered_by=actor.username)
    codes = [*_open(session, recorder, row), _draw(recorder)]
    row.sealed = _seal(session, recorder, subject, codes[-KEPT_CODES:])
    _record(session, recorder, row, office, entered_by=actor.username, reason=reason)
    return _view(session, recorder, row)


def check_paper_code(session: Session, recorder: Recorder, subject: str, code: str) -> Standing:
    """What `code`, in printed form, is to a record. How long that takes does not depend on how much of it is right."""
    row = _row(session, subject)
    if row is None:
        return Standing.WRONG
    right = [hmac.compare_digest(known.encode(), code.encode()) for known in _open(session, recorder, row)]
    if right and right[-1]:
        return Standing.CURRENT
    return Standing.REPLACED if any(right) else Standing.WRONG


def paper_path(record_no: str, code: str) -> str:
    """What a paper's QR code leads to, below the service's address. Browsers keep the part after # to themselves."""
    return f"/v/{record_no}#{code}"


def _find_office(session: Session, actor: Actor, subject: str) -> Institution:
    """The office whose case file holds the record, within reach of whoever prints papers."""
    query = (
        select(Institution)
        .join(Case)
        .join(Record, Record.stream == Case.stream)  # type: ignore[arg-type]
        .where(Record.subject == subject)
        .where(visible_cases(actor, Action.PAPER_CODE))
    )
    office = session.exec(query).first()
    if office is None:
        raise NotFound("record")
    return office


def _row(session: Session, subject: str, *, lock: bool = False) -> PaperCode | None:
    query = select(PaperCode).where(PaperCode.subject == subject)
    return session.exec(query.with_for_update() if lock else query).first()


def _record(
    session: Session, recorder: Recorder, row: PaperCode, office: Institution, *, entered_by: str, reason: str
) -> None:
    today = recorder.clock().astimezone(CHINA).date()
    event = Event(type="administration.recorded", occurred_on=today, entered_by=entered_by, reason=reason)
    recorder.record(session, PAPER_CODE, row.id, event, stream=office.administration_stream, institution=office.code)


def _draw(recorder: Recorder) -> str:
    return new_paper_code(int.from_bytes(recorder.random(8)) % (1 << PAPER_CODE_BITS))


def _seal(session: Session, recorder: Recorder, subject: str, codes: Sequence[str]) -> str:
    key = _key(session, recorder, subject)
    return encode_base64url(seal(key, canonical_bytes(list(codes)), _context(subject), random=recorder.random))


def _open(session: Session, recorder: Recorder, row: PaperCode) -> list[str]:
    """Every code the paper had; none when they were sealed under a key that is gone (a restored ledger has others)."""
    key = _key(session, recorder, row.subject)
    try:
        codes = parse_json(
            open_sealed(key, decode_base64url(row.sealed), _context(row.subject)), max_bytes=MAX_SEALED_BYTES
        )
    except (Malformed, Mismatch):
        return []
    return [str(code) for code in codes] if isinstance(codes, list) else []


def _key(session: Session, recorder: Recorder, subject: str) -> bytes:
    stream = session.exec(select(Stream).join(Record).where(Record.subject == subject)).one()
    return data_key(stream, recorder.wrapping_key)


def _context(subject: str) -> bytes:
    return b"paper-code/" + subject.encode()


def _view(session: Session, recorder: Recorder, row: PaperCode) -> PaperCodeView:
    return PaperCodeView(
        id=row.subject,
        record_no=session.get_one(Record, row.subject).record_no,
        paper_code=_open(session, recorder, row)[-1],
        number=row.version,
    )
