"""Changing cases: register, correct, move on. Every change is one statement, written in the caller's session."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlmodel import col, func, select

from ledger.canonical import render_time
from service.access import Action, Actor, reach
from service.cases.disputes import joinable_dispute, open_dispute
from service.cases.duplicates import DuplicatesFound, PossibleDuplicate, case_duplicates, look_for_duplicates
from service.cases.parties import change_parties, put_beside, put_claims, put_parties
from service.cases.statements import check_not_in_future, record_case, today
from service.cases.views import CaseView, find_case, read_case, view_case
from service.inputs import CaseChange, CaseInput, Stale, refuse
from service.law import FIRST_STAGE, render_case_number
from service.recording import Recorder
from service.tables import Case, Institution, User

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredCase(CaseView):
    """A new case, and those that may be about the same dispute."""

    possible_duplicates: tuple[PossibleDuplicate, ...]


def register_case(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    new: CaseInput,
    *,
    area: str,
    stop_at_duplicates: bool = False,
    converted_from: Case | None = None,
) -> RegisteredCase:
    """Open a case in the actor's office with a stream of its own. `area` is the district's short name in its number.

    The answer has the likely duplicates, unless `new` says what to make of them. With `stop_at_duplicates` they raise
    DuplicatesFound instead, and nothing is written. A case `converted_from` a consultation belongs to its dispute.
    """
    reach(actor, Action.CASE_CREATE)
    check_not_in_future(new.received_on, recorder, "/received_on")
    found = () if converted_from else look_for_duplicates(session, actor, recorder, new)
    undecided = found if new.dispute_id is None and new.separate_reason is None else ()
    if undecided and stop_at_duplicates:
        raise DuplicatesFound(undecided)
    if converted_from is not None:
        dispute_id = converted_from.dispute_id
    elif new.dispute_id is not None:
        dispute_id = joinable_dispute(session, actor, new.dispute_id, found).id
    else:
        dispute_id = open_dispute(session, recorder).id
    stream = recorder.open_stream(session, kind="case", institution=actor.institution_code)
    year, serial = new.received_on.year, _next_serial(session, actor, new)
    now = render_time(recorder.clock())
    case = Case(
        id=recorder.reserve(session, stream.id),
        dispute_id=dispute_id,
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
        separate_reason=new.separate_reason,
        converted_from=converted_from.id if converted_from else None,
        version=0,
        created_at=now,
    )
    session.add(case)
    session.flush()
    put_parties(session, recorder, case, new.all_parties)
    put_claims(session, recorder, case, new.claims)
    put_beside(session, case, aid=new.aid, consultation=new.consultation)
    kind_of_event = "consultation.recorded" if new.kind == "consultation" else "case.registered"
    record_case(session, actor, recorder, case, type_=kind_of_event, occurred_on=new.received_on)
    return as_registered(view_case(session, case), undecided)


def read_registered(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: CaseInput) -> RegisteredCase:
    """The answer to a registration that came again."""
    case = read_case(session, actor, case_id)
    decided = new.dispute_id is not None or new.separate_reason is not None
    found = () if decided else case_duplicates(session, actor, recorder, case_id)
    return as_registered(case, found)


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
            setattr(case, name, value or None)
    if change.received_on is not None:
        check_not_in_future(change.received_on, recorder, "/received_on")
        case.received_on = change.received_on.isoformat()
    if change.handler is not None:
        case.handler_id = colleague(session, actor, change.handler) if change.handler else None
    if change.parties is not None or change.claims is not None:
        change_parties(session, recorder, case, change)
    put_beside(session, case, aid=change.aid, consultation=change.consultation)
    record_case(session, actor, recorder, case, type_="case.updated", occurred_on=occurred_on, reason=change.reason)
    return view_case(session, case)


def as_registered(case: CaseView, found: tuple[PossibleDuplicate, ...] = ()) -> RegisteredCase:
    """A case as the answer to its registration."""
    members: dict[str, Any] = {field.name: getattr(case, field.name) for field in fields(CaseView)}
    return RegisteredCase(**members, possible_duplicates=found)


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
