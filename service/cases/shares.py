"""Sharing a case with another institution, whose department may then read it and post its opinion."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor
from service.cases.parties import new_id
from service.cases.statements import check_not_in_future, record_case
from service.cases.views import CaseView, find_case, view_case
from service.inputs import Refused, ShareInput, refuse
from service.recording import Recorder
from service.tables import Case, CaseShare, Institution

if TYPE_CHECKING:
    from sqlmodel import Session


def share_case(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ShareInput) -> CaseView:
    """Let another institution see a case; one statement of the case, with the reason."""
    case, office = _found(session, actor, recorder, case_id, new)
    rows = session.exec(select(CaseShare).where(CaseShare.case_id == case.id).order_by(col(CaseShare.position))).all()
    if any(row.institution_id == office.id and row.withdrawn_on is None for row in rows):
        raise Refused("shared_already")
    session.add(
        CaseShare(
            id=new_id(recorder),
            case_id=case.id,
            position=len(rows) + 1,
            institution_id=office.id,
            shared_on=new.occurred_on.isoformat(),
        )
    )
    return _recorded(session, actor, recorder, case, new)


def withdraw_share(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ShareInput) -> CaseView:
    """Let it see the case no longer. That it could stays on the record."""
    case, office = _found(session, actor, recorder, case_id, new)
    query = select(CaseShare).where(CaseShare.case_id == case.id, CaseShare.institution_id == office.id)
    share = session.exec(query.where(col(CaseShare.withdrawn_on).is_(None))).first()
    if share is None:
        raise Refused("not_shared")
    if new.occurred_on.isoformat() < share.shared_on:
        raise refuse("/occurred_on", "before_last_step", day=share.shared_on)
    share.withdrawn_on = new.occurred_on.isoformat()
    return _recorded(session, actor, recorder, case, new)


def _found(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, new: ShareInput
) -> tuple[Case, Institution]:
    case = find_case(session, actor, Action.CASE_SHARE, case_id, lock=True)
    check_not_in_future(new.occurred_on, recorder, "/occurred_on")
    office = session.exec(select(Institution).where(Institution.code == new.institution)).first()
    if office is None:
        raise refuse("/institution", "no_such_office")
    if office.id == case.institution_id:
        raise refuse("/institution", "own_office")
    return case, office


def _recorded(session: Session, actor: Actor, recorder: Recorder, case: Case, new: ShareInput) -> CaseView:
    session.flush()
    record_case(session, actor, recorder, case, type_="case.updated", occurred_on=new.occurred_on, reason=new.reason)
    return view_case(session, case)
