"""Who looked: statements of the office's access stream (个人信息保护法 第五十一条), without a word on the person.

One statement stands for every time that the same record was read in the same way within one hour, so that a paper that
is read over and over, or a machine that has its code, adds at most twenty-four statements a day to the log.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import select

from ledger.store.tables import Record, Stream
from service.declarations import ACCESS
from service.inputs import CHINA
from service.recording import Event, Recorder
from service.tables import AccessRecord, Institution

if TYPE_CHECKING:
    from sqlmodel import Session

BY_PAPER_CODE = "paper_code"
"""Read by somebody who typed the code on the paper, or scanned it."""
BY_PARTY_LINK = "party_link"
"""A party opened its case by its link; with a suffix where it took something along."""
NOBODY_KNOWN = "public"
"""Entered by a reader without an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Something that was read: the record with this subject, in this way."""

    subject: str
    way: str


def is_noted(session: Session, recorder: Recorder, access: Access) -> bool:
    """Whether this hour has the statement already."""
    return _row(session, access, _hour(recorder.clock())) is not None


def note_access(session: Session, recorder: Recorder, access: Access) -> None:
    """Record that `access` happened in this hour, unless that is recorded."""
    now = recorder.clock()
    if _row(session, access, _hour(now)) is not None:
        return
    office = session.exec(
        select(Institution)
        .join(Stream, Stream.institution == Institution.code)  # type: ignore[arg-type]
        .join(Record, Record.stream == Stream.id)  # type: ignore[arg-type]
        .where(Record.subject == access.subject)
    ).one()
    row = AccessRecord(
        id=recorder.reserve(session, office.access_stream),
        subject=access.subject,
        way=access.way,
        hour=_hour(now),
        version=0,
    )
    session.add(row)
    session.flush()
    event = Event(type="access.recorded", occurred_on=now.astimezone(CHINA).date(), entered_by=NOBODY_KNOWN)
    recorder.record(session, ACCESS, row.id, event, stream=office.access_stream, institution=office.code)


def _row(session: Session, access: Access, hour: str) -> AccessRecord | None:
    query = (
        select(AccessRecord)
        .where(AccessRecord.subject == access.subject)
        .where(AccessRecord.way == access.way)
        .where(AccessRecord.hour == hour)
    )
    return session.exec(query).first()


def _hour(moment: datetime) -> str:
    """`2026-07-20T01Z`."""
    return moment.strftime("%Y-%m-%dT%HZ")
