"""What of each table is recorded: one declaration per kind of record, which recording, receipts and audit all read.

A declaration lists the disclosed names of its statements, the columns behind each, and how the value is read from the
rows. A name stands in every statement of its kind, absent values as null, so that the number of digests tells nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlmodel import Session, SQLModel, col, select

from ledger.canonical import JsonValue
from service.tables import (
    AccessRecord,
    Agent,
    Agreement,
    Case,
    Claim,
    Document,
    DocumentVersion,
    Instalment,
    Institution,
    PaperCode,
    Party,
    Signature,
    User,
)

EVENT_NAMES = ("occurred_on", "entered_by", "reason")
"""Disclosed in every statement and kept nowhere else: the day it happened, who entered it, and why it was changed."""

RECORD_NAME = "record"
"""Disclosed in every statement: the kind of record, so that an audit finds the declaration when the row is gone."""

PARTY_PRINTED = ("role", "kind", "name", "representative", "category")
PARTY_PRIVATE = ("gender", "birth_date", "id_number", "credit_code", "phone", "address")


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One disclosed name: the `table.column`s behind it, and whether a receipt may leave it out."""

    name: str
    columns: tuple[str, ...]
    required: bool = False
    receipt: bool = False
    """Shown in a receipt by default (a required one always is)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """How one kind of record is disclosed. `read` returns a value for each name, from rows already flushed."""

    kind: str
    table: type[SQLModel]
    names: tuple[Disclosed, ...]
    read: Callable[[Session, str], Mapping[str, JsonValue]]

    @property
    def required(self) -> frozenset[str]:
        """The names that every receipt of this kind shows."""
        return frozenset(item.name for item in self.names if item.required)

    @property
    def receipt_names(self) -> frozenset[str]:
        """The names that a receipt shows unless its holder asks for fewer."""
        return frozenset(item.name for item in self.names if item.required or item.receipt)


def _columns(table: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names)


def _json(text: str) -> JsonValue:
    """The value of a JSON column; text that no longer is JSON comes back as it stands, and so never equals a record."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def _read_case(session: Session, subject: str) -> dict[str, JsonValue]:
    case = session.get_one(Case, subject)
    parties = session.exec(select(Party).where(Party.case_id == subject).order_by(col(Party.position))).all()
    agents = session.exec(
        select(Agent).where(Agent.case_id == subject).order_by(col(Agent.party_id), col(Agent.position))
    ).all()
    claims = session.exec(select(Claim).where(Claim.case_id == subject).order_by(col(Claim.position))).all()
    place = {party.id: party.position for party in parties}
    return {
        "case_no": case.case_no,
        "year": case.year,
        "serial": case.serial,
        "institution": case.institution_id,
        "dispute": case.dispute_id,
        "case_kind": case.kind,
        "dispute_type": case.dispute_type,
        "channel": case.channel,
        "received_on": case.received_on,
        "facts": case.facts,
        "stage": case.stage,
        "handler": case.handler_id,
        "parties": [{"position": p.position, **{n: getattr(p, n) for n in PARTY_PRINTED}} for p in parties],
        "party_details": [{"position": p.position, **{n: getattr(p, n) for n in PARTY_PRIVATE}} for p in parties],
        "agents": [
            {
                "party": place.get(a.party_id),
                "position": a.position,
                "name": a.name,
                "organisation": a.organisation,
                "authority": a.authority,
                "phone": a.phone,
            }
            for a in agents
        ],
        "claims": [
            {
                "party": place.get(c.party_id),
                "position": c.position,
                "kind": c.kind,
                "amount_fen": c.amount_fen,
                "detail": c.detail,
            }
            for c in claims
        ],
    }


CASE = Declaration(
    kind="case",
    table=Case,
    read=_read_case,
    names=(
        Disclosed(name="case_no", columns=_columns("legal_case", "case_no"), receipt=True),
        Disclosed(name="year", columns=_columns("legal_case", "year")),
        Disclosed(name="serial", columns=_columns("legal_case", "serial")),
        Disclosed(name="institution", columns=_columns("legal_case", "institution_id")),
        Disclosed(name="dispute", columns=_columns("legal_case", "dispute_id")),
        Disclosed(name="case_kind", columns=_columns("legal_case", "kind"), required=True),
        Disclosed(name="dispute_type", columns=_columns("legal_case", "dispute_type"), required=True),
        Disclosed(name="channel", columns=_columns("legal_case", "channel")),
        Disclosed(name="received_on", columns=_columns("legal_case", "received_on"), required=True),
        Disclosed(name="facts", columns=_columns("legal_case", "facts")),
        Disclosed(name="stage", columns=_columns("legal_case", "stage"), required=True),
        Disclosed(name="handler", columns=_columns("legal_case", "handler_id")),
        Disclosed(name="parties", columns=_columns("party", "position", *PARTY_PRINTED), receipt=True),
        Disclosed(name="party_details", columns=_columns("party", "position", *PARTY_PRIVATE)),
        Disclosed(
            name="agents",
            columns=_columns("agent", "party_id", "position", "name", "organisation", "authority", "phone"),
        ),
        Disclosed(
            name="claims",
            columns=_columns("claim", "party_id", "position", "kind", "amount_fen", "detail"),
            receipt=True,
        ),
    ),
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
        Disclosed(name="case", columns=_columns("document", "case_id")),
        *(
            Disclosed(
                name=name,
                columns=_columns("document_version", name),
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
        "parties": _json(agreement.parties),
        "waivers": _json(agreement.waivers),
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
        "private": details | {"parties": _json(agreement.party_details)},
        "state": agreement.state,
        "effective_on": agreement.effective_on,
    }


AGREEMENT = Declaration(
    kind="agreement",
    table=Agreement,
    read=_read_agreement,
    names=(
        Disclosed(name="case", columns=_columns("agreement", "case_id")),
        Disclosed(
            name="terms",
            columns=(
                *_columns("agreement", *_TERMS, "parties", "waivers"),
                *_columns("instalment", *_PROMISE),
                *_columns("signature", "party_id", *_SIGNED),
            ),
            required=True,
        ),
        Disclosed(name="private", columns=_columns("agreement", *_ACCOUNT, "party_details")),
        Disclosed(name="state", columns=_columns("agreement", "state"), required=True),
        Disclosed(name="effective_on", columns=_columns("agreement", "effective_on"), required=True),
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
        Disclosed(name="agreement", columns=_columns("instalment", "agreement_id"), required=True),
        *(Disclosed(name=name, columns=_columns("instalment", name), required=name != "paid_by") for name in _PAYMENT),
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
        Disclosed(name="of", columns=_columns("paper_code", "subject"), required=True),
        Disclosed(name="sealed", columns=_columns("paper_code", "sealed")),
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
        Disclosed(name="of", columns=_columns("access_record", "subject"), required=True),
        *(Disclosed(name=name, columns=_columns("access_record", name), required=True) for name in _ACCESS),
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
        Disclosed(name="code", columns=_columns("institution", "code"), required=True),
        Disclosed(name="name", columns=_columns("institution", "name"), required=True),
        Disclosed(name="institution_kind", columns=_columns("institution", "kind"), required=True),
        Disclosed(name="phone", columns=_columns("institution", "phone")),
        Disclosed(name="access_stream", columns=_columns("institution", "access_stream")),
        Disclosed(name="administration_stream", columns=_columns("institution", "administration_stream")),
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
        Disclosed(name="username", columns=_columns("user_account", "username")),
        Disclosed(name="display_name", columns=_columns("user_account", "display_name")),
        Disclosed(name="role", columns=_columns("user_account", "role"), required=True),
        Disclosed(name="institution", columns=_columns("user_account", "institution_id"), required=True),
        Disclosed(name="active", columns=_columns("user_account", "active"), required=True),
    ),
)

DECLARATIONS: Mapping[str, Declaration] = {
    item.kind: item for item in (CASE, DOCUMENT, AGREEMENT, INSTALMENT, PAPER_CODE, ACCESS, INSTITUTION, USER)
}
"""Every kind of record, by the value of its `record` disclosure."""
