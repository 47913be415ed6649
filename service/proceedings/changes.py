"""Opening, carrying on and closing a proceeding; the law decides which may be opened, by whom, in which order."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from service.access import Action, Actor
from service.cases import case_parties, check_not_in_future, find_case, today
from service.declarations import PROCEEDING
from service.inputs import ProceedingChange, ProceedingInput, Refused, Stale, refuse
from service.law import OUTCOMES_OF, PROCEEDING_REASONS, kind_of_number, parse_case_number
from service.law.calendar import Holidays
from service.law.proceedings import refusal
from service.proceedings.facts import proposed
from service.proceedings.views import ProceedingView, find_proceeding, view_proceedings
from service.recording import Event, Recorder
from service.tables import Agreement, Case, Institution, Proceeding

if TYPE_CHECKING:
    from sqlmodel import Session


def open_proceeding(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ProceedingInput, *, holidays: Holidays
) -> ProceedingView:
    """Record that a proceeding was applied for; raises Refused, with the article, where the law does not let it be."""
    case = find_case(session, actor, Action.PROCEEDING_RECORD, case_id, lock=True)
    check_not_in_future(new.opened_on, recorder, "/opened_on")
    places = {party.position for party in case_parties(session, case.id)}
    for at, position in enumerate(new.applicants):
        if position not in places:
            raise refuse(f"/applicants/{at}", "no_such_party", party=position)
    if new.agreement is not None:
        agreement = session.get(Agreement, new.agreement)
        if agreement is None or agreement.case_id != case.id:
            raise refuse("/agreement", "no_such_record")
    row = Proceeding(
        id=recorder.reserve(session, case.stream),
        case_id=case.id,
        kind=new.kind,
        body=new.body,
        number=new.number,
        agreement_id=new.agreement,
        applicants=json.dumps(sorted(new.applicants)),
        claims=json.dumps(list(new.claims)),
        basis=new.basis,
        opened_on=new.opened_on.isoformat(),
        version=0,
    )
    if (reason := refusal(proposed(session, row))) is not None:
        raise _refused(reason)
    session.add(row)
    session.flush()
    _record(session, actor, recorder, case, row, type_="proceeding.opened", occurred_on=new.opened_on)
    return view_proceedings(session, holidays, [row])[0]


def change_proceeding(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    proceeding_id: str,
    change: ProceedingChange,
    *,
    expected_version: int,
    holidays: Holidays,
) -> ProceedingView:
    """Record what became of a proceeding, or close it; raises Stale unless `expected_version` is the newest."""
    row, case = find_proceeding(session, actor, Action.PROCEEDING_RECORD, proceeding_id, lock=True)
    if row.version != expected_version:
        raise Stale(expected=expected_version, current=row.version)
    if row.closed_on is not None:
        raise _refused("proceeding_closed")
    _check_change(row, change, recorder)
    for name in ("body", "number", "outcome"):
        if (value := getattr(change, name)) is not None:
            setattr(row, name, value)
    for name in ("accepted_on", "closed_on"):
        if (day := getattr(change, name)) is not None:
            setattr(row, name, day.isoformat())
    kind = "proceeding.closed" if change.closed_on else "proceeding.updated"
    occurred_on = change.closed_on or change.accepted_on or today(recorder)
    _record(session, actor, recorder, case, row, type_=kind, occurred_on=occurred_on, reason=change.reason)
    return view_proceedings(session, holidays, [row])[0]


def _check_change(row: Proceeding, change: ProceedingChange, recorder: Recorder) -> None:
    for name in ("accepted_on", "closed_on"):
        day: date | None = getattr(change, name)
        if day is None:
            continue
        check_not_in_future(day, recorder, f"/{name}")
        if day.isoformat() < row.opened_on:
            raise refuse(f"/{name}", "before_opening")
    if change.outcome is not None and change.outcome not in OUTCOMES_OF[row.kind]:
        raise refuse("/outcome", "outcome_of_another_kind")
    number = parse_case_number(change.number) if change.number is not None else None
    if number is not None and kind_of_number(number) not in {None, row.kind}:
        raise refuse("/number", "number_of_another_kind")


def _record(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    case: Case,
    row: Proceeding,
    *,
    type_: str,
    occurred_on: date,
    reason: str | None = None,
) -> None:
    event = Event(type=type_, occurred_on=occurred_on, entered_by=actor.username, reason=reason)
    office = session.get_one(Institution, case.institution_id)
    recorder.record(session, PROCEEDING, row.id, event, stream=case.stream, institution=office.code)


def _refused(reason: str) -> Refused:
    return Refused(reason, article=PROCEEDING_REASONS[reason].article)
