"""Writing the parties, agents and claims of a case, and what stands beside it by its kind."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticCustomError
from sqlmodel import col, delete, select

from service.cases.index import PURPOSE, index_case
from service.cases.views import case_parties
from service.inputs import AidInput, CaseChange, ClaimInput, ConsultationInput, PartyInput, Refused, refuse
from service.inputs.cases import check_basis, check_kind, lacks
from service.inputs.intake import CONVERTED
from service.tables import (
    Agent,
    AidRequest,
    Case,
    Claim,
    Consultation,
    Nonperformance,
    Party,
    PartyLink,
    Release,
    Signature,
)

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.recording import Recorder


def change_parties(session: Session, recorder: Recorder, case: Case, change: CaseChange) -> None:
    """Replace the lists of parties and claims. Parties keep their ids by place: signatures refer to them."""
    kept = _claims_as_input(session, case)
    session.exec(delete(Claim).where(col(Claim.case_id) == case.id))
    if change.parties is not None:
        session.exec(delete(Agent).where(col(Agent.case_id) == case.id))
        put_parties(session, recorder, case, change.parties)
    claims = change.claims if change.claims is not None else kept
    last = len(case_parties(session, case.id))
    for place, claim in enumerate(claims):
        if claim.party > last:
            pointer = f"/claims/{place}/party" if change.claims is not None else "/parties"
            raise refuse(pointer, "no_such_party", party=claim.party)
    roles = {party.role for party in case_parties(session, case.id)}
    if (lacking := lacks(case.kind, roles, claims=len(claims))) is not None:
        raise refuse(f"/{lacking}", "required")
    put_claims(session, recorder, case, claims)


def put_parties(session: Session, recorder: Recorder, case: Case, parties: Sequence[PartyInput]) -> None:
    """Write the parties with their agents, and what the case is found by."""
    old = case_parties(session, case.id)
    for surplus in old[len(parties) :]:
        if session.exec(select(Signature).where(Signature.party_id == surplus.id)).first() is not None:
            raise Refused("party_has_signed", position=surplus.position)
        if _has_access(session, surplus):
            raise Refused("party_has_access", position=surplus.position)
        session.delete(surplus)
    for position, new in enumerate(parties, start=1):
        if position <= len(old):
            row = old[position - 1]
        else:
            row = Party(id=new_id(recorder), case_id=case.id, position=position, role="", kind="", name="")
        for name in set(PartyInput.model_fields) - {"agents", "birth_date"}:
            setattr(row, name, getattr(new, name))
        row.birth_date = new.birth_date.isoformat() if new.birth_date else None
        session.add(row)
        session.flush()
        for place, agent in enumerate(new.agents, start=1):
            session.add(
                Agent(
                    id=new_id(recorder),
                    case_id=case.id,
                    party_id=row.id,
                    position=place,
                    name=agent.name,
                    organisation=agent.organisation,
                    authority=agent.authority,
                    phone=agent.phone,
                )
            )
    session.flush()
    index_case(session, case.id, case_parties(session, case.id), recorder.derived_key(PURPOSE))


def _has_access(session: Session, party: Party) -> bool:
    """Whether a link, a released paper or a report names this party."""
    return any(
        session.exec(select(table).where(column == party.id)).first() is not None
        for table, column in (
            (PartyLink, PartyLink.party_id),
            (Release, Release.party_id),
            (Nonperformance, Nonperformance.reported_by),
            (Nonperformance, Nonperformance.answered_by),
        )
    )


def put_claims(session: Session, recorder: Recorder, case: Case, claims: Sequence[ClaimInput]) -> None:
    """Write the claims, each by the party that raises it."""
    place = {party.position: party.id for party in case_parties(session, case.id)}
    for position, claim in enumerate(claims, start=1):
        session.add(
            Claim(
                id=new_id(recorder),
                case_id=case.id,
                party_id=place[claim.party],
                position=position,
                kind=claim.kind,
                amount_fen=claim.amount_fen,
                detail=claim.detail,
            )
        )
    session.flush()


def put_beside(session: Session, case: Case, *, aid: AidInput | None, consultation: ConsultationInput | None) -> None:
    """Write what an application for legal aid or a consultation has beside the case; None leaves what is there.

    Raises InvalidInput when the case is of another kind or the ground is for nobody who asks.
    """
    try:
        check_kind(case.kind, aid=aid, consultation=consultation)
        check_basis(aid, _parties_as_input(session, case), [claim.kind for claim in _claims_as_input(session, case)])
    except PydanticCustomError as error:
        raise refuse(str((error.context or {})["pointer"]), error.type) from error
    if aid is not None:
        _put(session, AidRequest, case, aid.model_dump(mode="json"))
    if consultation is not None:
        values = consultation.model_dump(mode="json")
        before = session.get(Consultation, case.id)
        if before is not None and before.outcome == CONVERTED:
            values["outcome"] = CONVERTED
        _put(session, Consultation, case, values)
    session.flush()


def new_id(recorder: Recorder) -> str:
    """A UUID of the recorder's randomness."""
    return str(uuid.UUID(bytes=recorder.random(16), version=4))


def _put(session: Session, table: type[AidRequest | Consultation], case: Case, values: dict[str, Any]) -> None:
    row = session.get(table, case.id) or table(case_id=case.id, **values)
    for name, value in values.items():
        setattr(row, name, value)
    session.add(row)


def _claims_as_input(session: Session, case: Case) -> tuple[ClaimInput, ...]:
    place = {party.id: party.position for party in case_parties(session, case.id)}
    rows = session.exec(select(Claim).where(Claim.case_id == case.id).order_by(col(Claim.position))).all()
    return tuple(
        ClaimInput.model_construct(
            kind=row.kind, amount_fen=row.amount_fen, detail=row.detail, party=place[row.party_id]
        )
        for row in rows
    )


def _parties_as_input(session: Session, case: Case) -> tuple[PartyInput, ...]:
    return tuple(
        PartyInput.model_construct(role=row.role, kind=row.kind, name=row.name, category=row.category)
        for row in case_parties(session, case.id)
    )
