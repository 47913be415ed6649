"""What is recorded of the days noted for legal clocks."""

from __future__ import annotations

from sqlmodel import Session

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, Recorded, Written, columns_of
from service.tables import KeyDate


def _read(session: Session, subject: str) -> dict[str, JsonValue]:
    noted = session.get_one(KeyDate, subject)
    return {
        "case": noted.case_id,
        "code": noted.code,
        "day": noted.day,
        "note": noted.note,
        "withdrawn": noted.withdrawn,
    }


def _write(record: Recorded) -> Written:
    yield KeyDate(
        id=record.subject,
        version=record.version,
        case_id=record.values["case"],
        **record.pick(("code", "day", "note", "withdrawn")),
    )


KEY_DATE = Declaration(
    kind="key_date",
    table=KeyDate,
    read=_read,
    write=_write,
    names=(
        Disclosed(name="case", columns=columns_of("key_date", "case_id")),
        *(Disclosed(name=name, columns=columns_of("key_date", name), required=True) for name in ("code", "day")),
        Disclosed(name="note", columns=columns_of("key_date", "note")),
        Disclosed(name="withdrawn", columns=columns_of("key_date", "withdrawn"), required=True),
    ),
)
