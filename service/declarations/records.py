"""Documents, paper codes, looks, offices and accounts as they are disclosed."""

from __future__ import annotations

from sqlmodel import Session

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, columns_of
from service.tables import (
    AccessRecord,
    Document,
    DocumentVersion,
    Institution,
    PaperCode,
    User,
)

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


DOCUMENT = Declaration(
    kind="document",
    table=Document,
    read=_read_document,
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


PAPER_CODE = Declaration(
    kind="paper_code",
    table=PaperCode,
    read=_read_paper_code,
    names=(
        Disclosed(name="of", columns=columns_of("paper_code", "subject"), required=True),
        Disclosed(name="sealed", columns=columns_of("paper_code", "sealed")),
    ),
)


_ACCESS = ("way", "hour")


def _read_access(session: Session, subject: str) -> dict[str, JsonValue]:
    access = session.get_one(AccessRecord, subject)
    return {"of": access.subject, **{name: getattr(access, name) for name in _ACCESS}}


ACCESS = Declaration(
    kind="access",
    table=AccessRecord,
    read=_read_access,
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


INSTITUTION = Declaration(
    kind="institution",
    table=Institution,
    read=_read_institution,
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


USER = Declaration(
    kind="user",
    table=User,
    read=_read_user,
    names=(
        Disclosed(name="username", columns=columns_of("user_account", "username")),
        Disclosed(name="display_name", columns=columns_of("user_account", "display_name")),
        Disclosed(name="role", columns=columns_of("user_account", "role"), required=True),
        Disclosed(name="institution", columns=columns_of("user_account", "institution_id"), required=True),
        Disclosed(name="active", columns=columns_of("user_account", "active"), required=True),
    ),
)
