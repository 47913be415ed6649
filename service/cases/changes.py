"""Changing cases: register, correct, move on. Every change is one statement, written in the caller's session."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, delete, func, select

from ledger.canonical import render_time
from service.access import Action, Actor, reach
from service.cases.views import CaseView, case_parties, find_case, view_case
from service.declarations import CASE
from service.inputs import CHINA, CaseChange, CaseInput, ClaimInput, PartyInput, Refused, Stale, refuse
from service.inputs.cases import lacks
from service.law import FIRST_STAGE, render_case_number
from service.recording import Event, Recorder
from service.tables import Agent, Case, Claim, Dispute, Institution, Party, Signature, User

if TYPE_CHECKING:
    from sqlmodel import Session


def today(recorder: Recorder) -> date:
    """The day in China now."""
    return recorder.clock().astimezone(CHINA).date()


def check_not_in_future(day: date, recorder: Recorder, pointer: str) -> None:
    """Refuse a day that has not come yet."""
    if day > today(recorder):
        raise refuse(pointer, "in_the_future")


def register_case(session: Session, actor: Actor, recorder: Recorder, new: CaseInput, *, area: str) -> CaseView:
    """Open a case in the actor's office with a stream of its own. `area` is the district's short name in its number."""
    reach(actor, Action.CASE_CREATE)
    check_not_in_future(new.received_on, recorder, "/received_on")
    stream = recorder.open_stream(session, kind="case", institution=actor.institution_code)
    year, serial = new.received_on.year, _next_serial(session, actor, new)
    now = render_time(recorder.clock())
    dispute = Dispute(id=new_id(recorder), opened_at=now)
    session.add(dispute)
    case = Case(
        id=recorder.reserve(session, stream.id),
        dispute_id=dispute.id,
        institution_id=actor.institution_id,
        stream=stream.id,
        kind=new.kind,
        year=year,
        serial=serial,
        case_no=render_case_number(kind=new.kind, year=year, serial=serial, area=area),
        dispute_type=new.dispute_type,
        channel=new.channel,
        referral=new.referral,
        referred_by=new.referred_by,
        received_on=new.received_on.isoformat(),
        facts=new.facts,
        stage=FIRST_STAGE[new.kind],
        handler_id=actor.user_id,
        version=0,
        created_at=now,
    )
    session.add(case)
    session.flush()
    _put_parties(session, recorder, case, new.all_parties)
    _put_claims(session, recorder, case, new.claims)
    kind_of_event = "consultation.recorded" if new.kind == "consultation" else "case.registered"
    record_case(session, actor, recorder, case, type_=kind_of_event, occurred_on=new.received_on)
    return view_case(session, case)


def change_case(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, change: CaseChange, *, expected_version: int
) -> CaseView:
    """Correct or complete a case; raises Stale unless `expected_version` is the newest."""
    case = find_case(session, actor, Action.CASE_CHANGE, case_id, lock=True)
    if case.version != expected_version:
        raise Stale(expected=expected_version, current=case.version)
    occurred_on = change.occurred_on or today(recorder)
    check_not_in_future(occurred_on, recorder, "/occurred_on")
    for name in ("dispute_type", "channel", "referral", "referred_by", "facts"):
        if (value := getattr(change, name)) is not None:
            setattr(case, name, value)
    if change.received_on is not None:
        check_not_in_future(change.received_on, recorder, "/received_on")
        case.received_on = change.received_on.isoformat()
    if change.handler is not None:
        case.handler_id = colleague(session, actor, change.handler) if change.handler else None
    if change.parties is not None or change.claims is not None:
        _change_parties(session, recorder, case, change)
    record_case(session, actor, recorder, case, type_="case.updated", occurred_on=occurred_on, reason=change.reason)
    return view_case(session, case)


def record_case(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    case: Case,
    *,
    type_: str,
    occurred_on: date,
    reason: str | None = None,
) -> None:
    """Write the case's rows, as they stand, as the next statement of its stream."""
    event = Event(type=type_, occurred_on=occurred_on, entered_by=actor.username, reason=reason)
    recorder.record(session, CASE, case.id, event, stream=case.stream, institution=actor.institution_code)


def _next_serial(session: Session, actor: Actor, new: CaseInput) -> int:
    # The office's row is held until the commit, so that two registrations never draw one number (PostgreSQL; on SQLite
    # the session has the only write lock). A number is never given twice: cases are not deleted.
    session.exec(select(Institution).where(Institution.id == actor.institution_id).with_for_update()).one()
    highest = session.exec(
        select(func.max(Case.serial))
        .where(Case.institution_id == actor.institution_id)
        .where(Case.year == new.received_on.year)
        .where(Case.kind == new.kind)
    ).one()
    return (highest or 0) + 1


def colleague(session: Session, actor: Actor, username: str) -> str:
    """The id of a lawyer or mediator of the actor's office; refuses `/handler` where there is none of this name."""
    user = session.exec(
        select(User)
        .where(User.username == username)
        .where(User.institution_id == actor.institution_id)
        .where(col(User.active))
        .where(col(User.role).in_(["lawyer", "mediator"]))
    ).first()
    if user is None:
        raise refuse("/handler", "no_such_colleague")
    return user.id


def _change_parties(session: Session, recorder: Recorder, case: Case, change: CaseChange) -> None:
    """Replace the lists of parties and claims. Parties keep their ids by place: signatures refer to them."""
    kept = _claims_as_input(session, case)
    session.exec(delete(Claim).where(col(Claim.case_id) == case.id))
    if change.parties is not None:
        session.exec(delete(Agent).where(col(Agent.case_id) == case.id))
        _put_parties(session, recorder, case, change.parties)
    claims = change.claims if change.claims is not None else kept
    last = len(case_parties(session, case.id))
    for place, claim in enumerate(claims):
        if claim.party > last:
            pointer = f"/claims/{place}/party" if change.claims is not None else "/parties"
            raise refuse(pointer, "no_such_party", party=claim.party)
    roles = {party.role for party in case_parties(session, case.id)}
    if (lacking := lacks(case.kind, roles, claims=len(claims))) is not None:
        raise refuse(f"/{lacking}", "required")
    _put_claims(session, recorder, case, claims)


def _claims_as_input(session: Session, case: Case) -> tuple[ClaimInput, ...]:
    place = {party.id: party.position for party in case_parties(session, case.id)}
    rows = session.exec(select(Claim).where(Claim.case_id == case.id).order_by(col(Claim.position))).all()
    return tuple(
        ClaimInput.model_construct(
            kind=row.kind, amount_fen=row.amount_fen, detail=row.detail, party=place[row.party_id]
        )
        for row in rows
    )


def _put_parties(session: Session, recorder: Recorder, case: Case, parties: Sequence[PartyInput]) -> None:
    old = case_parties(session, case.id)
    for surplus in old[len(parties) :]:
        if session.exec(select(Signature).where(Signature.party_id == surplus.id)).first() is not None:
            raise Refused("party_has_signed", position=surplus.position)
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


def _put_claims(session: Session, recorder: Recorder, case: Case, claims: Sequence[ClaimInput]) -> None:
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


def new_id(recorder: Recorder) -> str:
    """A random UUID for a row that is no record of its own."""
    return str(uuid.UUID(bytes=recorder.random(16), version=4))
