"""Documents, agreements, payments, paper codes, offices and accounts as they are disclosed."""

from __future__ import annotations

from sqlmodel import Session, col, select

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, columns_of, json_of
from service.tables import (
    AccessRecord,
    Agreement,
    Document,
    DocumentVersion,
    Instalment,
    Institution,
    PaperCode,
    Party,
    Signature,
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


_TERMS = (
    "number",
    "form",
    "dispute_type",
    "facts",
    "total_fen",
    "place",
    "employment_ends_on",
    "closure",
    "late_terms",
    "mediator",
    "organisation",
    "agreed_on",
)
_ACCOUNT = ("payee", "payee_bank", "payee_account")
_PROMISE = ("position", "amount_fen", "due_on", "method")
_SIGNED = ("position", "signer", "name", "method", "signed_at")


def _read_agreement(session: Session, subject: str) -> dict[str, JsonValue]:
    agreement = session.get_one(Agreement, subject)
    instalments = session.exec(
        select(Instalment).where(Instalment.agreement_id == subject).order_by(col(Instalment.position))
    ).all()
    signatures = session.exec(
        select(Signature).where(Signature.agreement_id == subject).order_by(col(Signature.position))
    ).all()
    parties = session.exec(select(Party).where(Party.case_id == agreement.case_id)).all()
    place: dict[str | None, int] = {party.id: party.position for party in parties}
    terms: dict[str, JsonValue] = {name: getattr(agreement, name) for name in _TERMS}
    terms |= {
        "parties": json_of(agreement.parties),
        "waivers": json_of(agreement.waivers),
        "instalments": [{name: getattr(item, name) for name in _PROMISE} for item in instalments],
        "signatures": [
            {"party": place.get(item.party_id), **{name: getattr(item, name) for name in _SIGNED}}
            for item in signatures
        ],
    }
    details: dict[str, JsonValue] = {name: getattr(agreement, name) for name in _ACCOUNT}
    return {
        "case": agreement.case_id,
        "terms": terms,
        "private": details | {"parties": json_of(agreement.party_details)},
        "state": agreement.state,
        "effective_on": agreement.effective_on,
    }


AGREEMENT = Declaration(
    kind="agreement",
    table=Agreement,
    read=_read_agreement,
    names=(
        Disclosed(name="case", columns=columns_of("agreement", "case_id")),
        Disclosed(
            name="terms",
            columns=(
                *columns_of("agreement", *_TERMS, "parties", "waivers"),
                *columns_of("instalment", *_PROMISE),
                *columns_of("signature", "party_id", *_SIGNED),
            ),
            required=True,
        ),
        Disclosed(name="private", columns=columns_of("agreement", *_ACCOUNT, "party_details")),
        Disclosed(name="state", columns=columns_of("agreement", "state"), required=True),
        Disclosed(name="effective_on", columns=columns_of("agreement", "effective_on"), required=True),
    ),
)


_PAYMENT = ("amount_fen", "due_on", "paid_on", "paid_fen", "paid_by")


def _read_instalment(session: Session, subject: str) -> dict[str, JsonValue]:
    instalment = session.get_one(Instalment, subject)
    return {"agreement": instalment.agreement_id, **{name: getattr(instalment, name) for name in _PAYMENT}}


INSTALMENT = Declaration(
    kind="instalment",
    table=Instalment,
    read=_read_instalment,
    names=(
        Disclosed(name="agreement", columns=columns_of("instalment", "agreement_id"), required=True),
        *(
            Disclosed(name=name, columns=columns_of("instalment", name), required=name != "paid_by")
            for name in _PAYMENT
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
