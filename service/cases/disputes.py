"""Disputes: which cases are about one quarrel, joining them and taking them apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from ledger.canonical import render_time
from service.access import Action, Actor, NotFound, visible_cases
from service.cases.duplicates import PossibleDuplicate, case_duplicates
from service.cases.glimpses import CaseGlimpse, glimpse_cases
from service.cases.parties import new_id
from service.cases.statements import record_case, today
from service.cases.views import CaseView, find_case, view_case
from service.inputs import DisputeChange, refuse
from service.tables import Case, Dispute

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlmodel import Session

    from service.recording import Recorder


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeView:
    """A dispute with its cases, oldest first; of those out of reach no more than a glimpse."""

    id: str
    opened_at: str
    cases: tuple[CaseGlimpse, ...]


def read_dispute(session: Session, actor: Actor, dispute_id: str) -> DisputeView:
    """A dispute of which at least one case is within reach; raises NotFound."""
    within = select(Case.id).where(Case.dispute_id == dispute_id).where(visible_cases(actor, Action.CASE_READ))
    dispute = session.get(Dispute, dispute_id)
    if dispute is None or session.exec(within).first() is None:
        raise NotFound("dispute")
    query = select(Case).where(Case.dispute_id == dispute_id).order_by(col(Case.received_on), col(Case.case_no))
    cases = session.exec(query).all()
    seen = glimpse_cases(session, actor, cases)
    return DisputeView(id=dispute.id, opened_at=dispute.opened_at, cases=tuple(seen[case.id] for case in cases))


def change_dispute(session: Session, actor: Actor, recorder: Recorder, case_id: str, change: DisputeChange) -> CaseView:
    """Bring a case to the dispute that another one is about, or make it one of its own again.

    A dispute can be joined by whoever may see one of its cases, or was shown one as a likely duplicate of this case.
    """
    case = find_case(session, actor, Action.CASE_CHANGE, case_id, lock=True)
    if change.dispute_id == case.dispute_id:
        raise refuse("/dispute_id", "in_this_dispute")
    if change.dispute_id is None:
        if _is_alone(session, case):
            raise refuse("/dispute_id", "dispute_of_its_own")
        target = open_dispute(session, recorder)
    else:
        found = case_duplicates(session, actor, recorder, case_id)
        target = joinable_dispute(session, actor, change.dispute_id, found)
    left, case.dispute_id = case.dispute_id, target.id
    session.flush()
    _close_if_empty(session, left)
    record_case(session, actor, recorder, case, type_="case.updated", occurred_on=today(recorder), reason=change.reason)
    return view_case(session, case)


def open_dispute(session: Session, recorder: Recorder) -> Dispute:
    """A dispute without a case yet."""
    dispute = Dispute(id=new_id(recorder), opened_at=render_time(recorder.clock()))
    session.add(dispute)
    session.flush()
    return dispute


def joinable_dispute(session: Session, actor: Actor, dispute_id: str, shown: Iterable[PossibleDuplicate]) -> Dispute:
    """The dispute with this id, where it was shown or has a case within reach; otherwise it is refused as unknown."""
    within = select(Case.id).where(Case.dispute_id == dispute_id).where(visible_cases(actor, Action.CASE_READ))
    dispute = session.get(Dispute, dispute_id)
    known = any(one.case.dispute_id == dispute_id for one in shown) or session.exec(within).first() is not None
    if dispute is None or not known:
        raise refuse("/dispute_id", "no_such_dispute")
    return dispute


def _is_alone(session: Session, case: Case) -> bool:
    others = select(Case.id).where(Case.dispute_id == case.dispute_id).where(Case.id != case.id)
    return session.exec(others).first() is None


def _close_if_empty(session: Session, dispute_id: str) -> None:
    """A dispute that nobody's case is about is no record of anything."""
    if session.exec(select(Case.id).where(Case.dispute_id == dispute_id)).first() is None:
        session.delete(session.get_one(Dispute, dispute_id))
        session.flush()
