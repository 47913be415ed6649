"""What an office lets a party see, as it is disclosed: links to a case, and papers that are released."""

from __future__ import annotations

from sqlmodel import Session

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, Recorded, Written, columns_of
from service.tables import PartyLink, Release

_LINK = ("party_kind", "party_name", "code_sha256", "expires_on", "revoked_on")


def _read_link(session: Session, subject: str) -> dict[str, JsonValue]:
    link = session.get_one(PartyLink, subject)
    return {"case": link.case_id, "party": link.party_id, **{name: getattr(link, name) for name in _LINK}}


def _write_link(record: Recorded) -> Written:
    yield PartyLink(
        id=record.subject,
        version=record.version,
        case_id=record.values["case"],
        party_id=record.values["party"],
        **record.pick(_LINK),
    )


PARTY_LINK = Declaration(
    kind="party_link",
    table=PartyLink,
    read=_read_link,
    write=_write_link,
    names=(
        Disclosed(name="case", columns=columns_of("party_link", "case_id"), required=True),
        Disclosed(name="party", columns=columns_of("party_link", "party_id"), required=True),
        *(
            Disclosed(name=name, columns=columns_of("party_link", name), required=name in {"expires_on", "revoked_on"})
            for name in _LINK
        ),
    ),
)

_RELEASE = ("document_version", "party_name", "released_on", "withdrawn_on")


def _read_release(session: Session, subject: str) -> dict[str, JsonValue]:
    release = session.get_one(Release, subject)
    return {
        "document": release.document_id,
        "party": release.party_id,
        **{name: getattr(release, name) for name in _RELEASE},
    }


def _write_release(record: Recorded) -> Written:
    yield Release(
        id=record.subject,
        version=record.version,
        document_id=record.values["document"],
        party_id=record.values["party"],
        **record.pick(_RELEASE),
    )


RELEASE = Declaration(
    kind="release",
    table=Release,
    read=_read_release,
    write=_write_release,
    names=(
        Disclosed(name="document", columns=columns_of("paper_release", "document_id"), required=True),
        Disclosed(name="party", columns=columns_of("paper_release", "party_id"), required=True),
        *(
            Disclosed(name=name, columns=columns_of("paper_release", name), required=name != "party_name")
            for name in _RELEASE
        ),
    ),
)
