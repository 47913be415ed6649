"""A case with its parties, agents and claims: one record, because they are entered, corrected and printed together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, SQLModel, col, select

from ledger.canonical import JsonValue
from service.declarations.shape import Declaration, Disclosed, Later, Recorded, Written, columns_of, members
from service.declarations.workflow import (
    SHARE,
    STEP_DETAILS,
    STEP_PRINTED,
    case_share_rows,
    case_step_rows,
    write_case_steps,
)
from service.tables import Agent, AidRequest, Case, Claim, Consultation, Dispute, Party

PARTY_PRINTED = (
    "role",
    "kind",
    "name",
    "representative",
    "representative_post",
    "chosen",
    "stands_for",
    "relation",
)
"""What every party of a case may know of the others."""
PARTY_PRIVATE = (
    "category",
    "gender",
    "birth_date",
    "id_number",
    "credit_code",
    "phone",
    "address",
    "occupation",
)
_AID = ("provider", "form", "hardship", "urgency")
_CONSULTED = ("caller_kind", "caller_name", "caller_phone", "advice", "outcome", "follow_up_on", "follow_up")


def _read_case(session: Session, subject: str) -> dict[str, JsonValue]:
    case = session.get_one(Case, subject)
    parties = session.exec(select(Party).where(Party.case_id == subject).order_by(col(Party.position))).all()
    agents = session.exec(
        select(Agent).where(Agent.case_id == subject).order_by(col(Agent.party_id), col(Agent.position))
    ).all()
    claims = session.exec(select(Claim).where(Claim.case_id == subject).order_by(col(Claim.position))).all()
    steps = case_step_rows(session, subject)
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
        "referral": case.referral,
        "referred_by": case.referred_by,
        "received_on": case.received_on,
        "facts": case.facts,
        "stage": case.stage,
        "steps": [{name: getattr(row, name) for name in STEP_PRINTED} for row in steps],
        "step_details": [{name: getattr(row, name) for name in STEP_DETAILS} for row in steps],
        "shares": [{name: getattr(row, name) for name in SHARE} for row in case_share_rows(session, subject)],
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
        "separate_reason": case.separate_reason,
        "converted_from": case.converted_from,
        "aid": _beside(session.get(AidRequest, subject), _AID),
        "consultation": _beside(session.get(Consultation, subject), _CONSULTED),
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


def _beside(row: SQLModel | None, names: Sequence[str]) -> JsonValue:
    """What a case of one kind has beside it; null for every other case."""
    return None if row is None else {name: getattr(row, name) for name in names}


_PLAIN = (
    *("case_no", "year", "serial", "dispute_type", "channel", "referral", "referred_by", "received_on", "facts"),
    *("stage", "separate_reason"),
)
_AGENT = ("position", "name", "organisation", "authority", "phone")
_CLAIM = ("position", "kind", "amount_fen", "detail")


def _write_case(record: Recorded) -> Written:
    values = record.values
    yield Dispute(id=values["dispute"], opened_at=record.recorded_at)
    yield Case(
        id=record.subject,
        version=record.version,
        created_at=record.recorded_at,
        stream=record.stream,
        dispute_id=values["dispute"],
        institution_id=values["institution"],
        kind=values["case_kind"],
        handler_id=values["handler"],
        **record.pick(_PLAIN),
    )
    if values["converted_from"] is not None:
        yield Later(table=Case, id=record.subject, values={"converted_from": values["converted_from"]})
    yield from _write_people(record)
    yield from write_case_steps(record)
    if values["aid"] is not None:
        yield AidRequest(case_id=record.subject, **members(values["aid"], _AID))
    if values["consultation"] is not None:
        yield Consultation(case_id=record.subject, **members(values["consultation"], _CONSULTED))


def _write_people(record: Recorded) -> Written:
    """The parties, their agents and what they claim."""
    case, places = record.subject, record.places
    for printed, details in zip(record.values["parties"], record.values["party_details"], strict=True):
        known = members(printed, ("position", *PARTY_PRINTED)) | members(details, PARTY_PRIVATE)
        yield Party(id=places.party(case, known["position"]), case_id=case, **known)
    for table, name, names in ((Agent, "agents", _AGENT), (Claim, "claims", _CLAIM)):
        for item in record.values[name]:
            yield table(
                id=places.row(name, case, item["party"], item["position"]),
                case_id=case,
                party_id=places.party(case, item["party"]),
                **members(item, names),
            )


CASE = Declaration(
    kind="case",
    table=Case,
    read=_read_case,
    write=_write_case,
    names=(
        Disclosed(name="case_no", columns=columns_of("legal_case", "case_no"), receipt=True),
        Disclosed(name="year", columns=columns_of("legal_case", "year")),
        Disclosed(name="serial", columns=columns_of("legal_case", "serial")),
        Disclosed(name="institution", columns=columns_of("legal_case", "institution_id")),
        Disclosed(name="dispute", columns=columns_of("legal_case", "dispute_id")),
        Disclosed(name="case_kind", columns=columns_of("legal_case", "kind"), required=True),
        Disclosed(name="dispute_type", columns=columns_of("legal_case", "dispute_type"), required=True),
        Disclosed(name="channel", columns=columns_of("legal_case", "channel")),
        Disclosed(name="referral", columns=columns_of("legal_case", "referral")),
        Disclosed(name="referred_by", columns=columns_of("legal_case", "referred_by")),
        Disclosed(name="received_on", columns=columns_of("legal_case", "received_on"), required=True),
        Disclosed(name="facts", columns=columns_of("legal_case", "facts")),
        Disclosed(name="stage", columns=columns_of("legal_case", "stage"), required=True),
        Disclosed(name="steps", columns=columns_of("case_step", *STEP_PRINTED), receipt=True),
        Disclosed(name="step_details", columns=columns_of("case_step", *STEP_DETAILS)),
        Disclosed(name="shares", columns=columns_of("case_share", *SHARE)),
        Disclosed(name="handler", columns=columns_of("legal_case", "handler_id")),
        Disclosed(name="separate_reason", columns=columns_of("legal_case", "separate_reason")),
        Disclosed(name="converted_from", columns=columns_of("legal_case", "converted_from")),
        Disclosed(name="aid", columns=columns_of("aid_request", *_AID)),
        Disclosed(name="consultation", columns=columns_of("consultation", *_CONSULTED)),
        Disclosed(name="parties", columns=columns_of("party", "position", *PARTY_PRINTED), receipt=True),
        Disclosed(name="party_details", columns=columns_of("party", "position", *PARTY_PRIVATE)),
        Disclosed(
            name="agents",
            columns=columns_of("agent", "party_id", "position", "name", "organisation", "authority", "phone"),
        ),
        Disclosed(
            name="claims",
            columns=columns_of("claim", "party_id", "position", "kind", "amount_fen", "detail"),
            receipt=True,
        ),
    ),
)
