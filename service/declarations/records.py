"""Documents, paper codes, looks, offices and accounts as they are disclosed."""

from __future__ import annotations

from sqlmodel import Session

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, Later, Recorded, Written, columns_of
from service.tables import (
    AccessRecord,
    Document,
    DocumentVersion,
    Institution,
    PaperCode,
    User,
)

NO_PASSWORD = "!"  # noqa: S105 - the mark that there is none
"""In the place of a password's hash: no hash of any password, so that nobody signs in until one is set."""

_FILE = (
    "doc_type",
    "title",
    "file_name",
    "media_type",
    "size",
    "sha256",
    "sm3",
    "source",
    "original_compared",
    "captured_by",
    "blob",
    "sealed_sha256",
    "sealed_size",
)


def read_document_version(session: Session, subject: str, version: int) -> dict[str, JsonValue]:
    """The values of one version of a document: every version keeps its row, and its statement."""
    document = session.get(Document, subject)
    file = session.get_one(DocumentVersion, (subject, version))
    return {"case": document.case_id if document else None, **{name: getattr(file, name) for name in _FILE}}


def _read_document(session: Session, subject: str) -> dict[str, JsonValue]:
    return read_document_version(session, subject, session.get_one(Document, subject).version)


def _write_document(record: Recorded) -> Written:
    """One version; the document itself comes with the first, and names the newest in the end."""
    if record.version == 1:
        yield Document(id=record.subject, case_id=record.values["case"], version=1)
    else:
        yield Later(table=Document, id=record.subject, values={"version": record.version})
    yield DocumentVersion(document_id=record.subject, version=record.version, **record.pick(_FILE))


DOCUMENT = Declaration(
    kind="document",
    table=Document,
    read=_read_document,
    write=_write_document,
    names=(
        Disclosed(name="case", columns=columns_of("document", "case_id")),
        *(
            Disclosed(
                name=name,
                columns=columns_of("document_version", name),
                required=name in {"doc_type", "sha256"},
                receipt=name in {"title", "size", "sm3"},
            )
            for name in _FILE
        ),
    ),
)


def _read_paper_code(session: Session, subject: str) -> dict[str, JsonValue]:
    code = session.get_one(PaperCode, subject)
    return {"of": code.subject, "sealed": code.sealed}


def _write_paper_code(record: Recorded) -> Written:
    yield PaperCode(
        id=record.subject, version=record.version, subject=record.values["of"], sealed=record.values["sealed"]
    )


PAPER_CODE = Declaration(
    kind="paper_code",
    table=PaperCode,
    read=_read_paper_code,
    write=_write_paper_code,
    names=(
        Disclosed(name="of", columns=columns_of("paper_code", "subject"), required=True),
        Disclosed(name="sealed", columns=columns_of("paper_code", "sealed")),
    ),
)


_ACCESS = ("way", "hour")


def _read_access(session: Session, subject: str) -> dict[str, JsonValue]:
    access = session.get_one(AccessRecord, subject)
    return {"of": access.subject, **{name: getattr(access, name) for name in _ACCESS}}


def _write_access(record: Recorded) -> Written:
    yield AccessRecord(id=record.subject, version=record.version, subject=record.values["of"], **record.pick(_ACCESS))


ACCESS = Declaration(
    kind="access",
    table=AccessRecord,
    read=_read_access,
    write=_write_access,
    names=(
        Disclosed(name="of", columns=columns_of("access_record", "subject"), required=True),
        *(Disclosed(name=name, columns=columns_of("access_record", name), required=True) for name in _ACCESS),
    ),
)


def _read_institution(session: Session, subject: str) -> dict[str, JsonValue]:
    institution = session.get_one(Institution, subject)
    return {
        "code": institution.code,
        "name": institution.name,
        "institution_kind": institution.kind,
        "phone": institution.phone,
        "access_stream": institution.access_stream,
        "administration_stream": institution.administration_stream,
    }


def _write_institution(record: Recorded) -> Written:
    yield Institution(
        id=record.subject,
        version=record.version,
        created_at=record.recorded_at,
        kind=record.values["institution_kind"],
        **record.pick(("code", "name", "phone", "access_stream", "administration_stream")),
    )


INSTITUTION = Declaration(
    kind="institution",
    table=Institution,
    read=_read_institution,
    write=_write_institution,
    names=(
        Disclosed(name="code", columns=columns_of("institution", "code"), required=True),
        Disclosed(name="name", columns=columns_of("institution", "name"), required=True),
        Disclosed(name="institution_kind", columns=columns_of("institution", "kind"), required=True),
        Disclosed(name="phone", columns=columns_of("institution", "phone")),
        Disclosed(name="access_stream", columns=columns_of("institution", "access_stream")),
        Disclosed(name="administration_stream", columns=columns_of("institution", "administration_stream")),
    ),
)


def _read_user(session: Session, subject: str) -> dict[str, JsonValue]:
    user = session.get_one(User, subject)
    return {
        "username": user.username,
        "display_name": user.display_name,
        "role": user.role,
        "institution": user.institution_id,
        "active": user.active,
    }


def _write_user(record: Recorded) -> Written:
    yield User(
        id=record.subject,
        version=record.version,
        created_at=record.recorded_at,
        institution_id=record.values["institution"],
        password_hash=NO_PASSWORD,
        **record.pick(("username", "display_name", "role", "active")),
    )


USER = Declaration(
    kind="user",
    table=User,
    read=_read_user,
    write=_write_user,
    names=(
        Disclosed(name="username", columns=columns_of("user_account", "username")),
        Disclosed(name="display_name", columns=columns_of("user_account", "display_name")),
        Disclosed(name="role", columns=columns_of("user_account", "role"), required=True),
        Disclosed(name="institution", columns=columns_of("user_account", "institution_id"), required=True),
        Disclosed(name="active", columns=columns_of("user_account", "active"), required=True),
    ),
)
