"""Agreements, their payments, and reports of non-performance as they are disclosed."""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from ledger.canonical import JsonValue
from service.declarations.shape import (
    Declaration,
    Disclosed,
    Later,
    Recorded,
    Written,
    columns_of,
    json_of,
    members,
    text_of,
)
from service.tables import Agreement, Instalment, Nonperformance, Party, Signature

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
_ENDED = ("ended_on", "set_aside_by", "set_aside_number", "ending_document_id")
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
        "ending": {name: getattr(agreement, name) for name in _ENDED}
        | {"rescinded_by": json_of(agreement.rescinded_by) if agreement.rescinded_by is not None else None},
    }


def _write_agreement(record: Recorded) -> Written:
    case, terms, private = record.values["case"], record.values["terms"], record.values["private"]
    ending, places = record.values["ending"], record.places
    yield Agreement(
        id=record.subject,
        version=record.version,
        case_id=case,
        parties=text_of(terms["parties"]),
        waivers=text_of(terms["waivers"]),
        party_details=text_of(private["parties"]),
        rescinded_by=None if ending["rescinded_by"] is None else text_of(ending["rescinded_by"]),
        **members(terms, _TERMS),
        **members(private, _ACCOUNT),
        **members(ending, _ENDED),
        **record.pick(("state", "effective_on")),
    )
    for item in terms["instalments"]:
        row_id = places.instalment(record.subject, item["position"])
        yield Instalment(id=row_id, agreement_id=record.subject, version=0, **members(item, _PROMISE))
    for item in terms["signatures"]:
        yield Signature(
            id=places.row("signature", record.subject, item["position"]),
            agreement_id=record.subject,
            party_id=None if item["party"] is None else places.party(case, item["party"]),
            **members(item, _SIGNED),
        )


AGREEMENT = Declaration(
    kind="agreement",
    table=Agreement,
    read=_read_agreement,
    write=_write_agreement,
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
        Disclosed(name="ending", columns=columns_of("agreement", *_ENDED, "rescinded_by"), required=True),
    ),
)


_PAYMENT = ("amount_fen", "due_on", "paid_on", "paid_fen", "paid_by")


def _read_instalment(session: Session, subject: str) -> dict[str, JsonValue]:
    instalment = session.get_one(Instalment, subject)
    return {"agreement": instalment.agreement_id, **{name: getattr(instalment, name) for name in _PAYMENT}}


def _write_instalment(record: Recorded) -> Written:
    """What was paid; the row is its agreement's."""
    paid = record.pick(("paid_on", "paid_fen", "paid_by"))
    yield Later(table=Instalment, id=record.subject, values={"version": record.version, **paid})


INSTALMENT = Declaration(
    kind="instalment",
    table=Instalment,
    read=_read_instalment,
    write=_write_instalment,
    names=(
        Disclosed(name="agreement", columns=columns_of("instalment", "agreement_id"), required=True),
        *(
            Disclosed(name=name, columns=columns_of("instalment", name), required=name != "paid_by")
            for name in _PAYMENT
        ),
    ),
)


_REPORT = ("position", "instalment", "reported_on", "detail", "answered_on", "answer")
_REPORTERS = ("reported_by", "answered_by")


def _read_nonperformance(session: Session, subject: str) -> dict[str, JsonValue]:
    report = session.get_one(Nonperformance, subject)
    agreement = session.get(Agreement, report.agreement_id)
    parties = session.exec(select(Party).where(Party.case_id == (agreement.case_id if agreement else None))).all()
    place: dict[str | None, int] = {party.id: party.position for party in parties}
    return {
        "agreement": report.agreement_id,
        **{name: getattr(report, name) for name in _REPORT},
        **{name: place.get(getattr(report, name), getattr(report, name)) for name in _REPORTERS},
    }


def _write_nonperformance(record: Recorded) -> Written:
    case = record.places.case_of(record.values["agreement"])
    people = {
        name: None if place is None else record.places.party(case, place)
        for name, place in record.pick(_REPORTERS).items()
    }
    written: dict[str, Any] = record.pick(_REPORT) | people
    yield Nonperformance(
        id=record.subject,
        version=record.version,
        agreement_id=record.values["agreement"],
        **written,
    )


NONPERFORMANCE = Declaration(
    kind="nonperformance",
    table=Nonperformance,
    read=_read_nonperformance,
    write=_write_nonperformance,
    names=(
        Disclosed(name="agreement", columns=columns_of("nonperformance", "agreement_id"), required=True),
        *(
            Disclosed(name=name, columns=columns_of("nonperformance", name), required=True)
            for name in (*_REPORT, *_REPORTERS)
        ),
    ),
)
