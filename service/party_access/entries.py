"""What a party enters by itself, through its link: that an agreement is not performed, or an answer to that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlmodel import select

from service.access import NotFound
from service.agreements.performance import Held, put_answer, put_report
from service.agreements.views import agreement_reports
from service.cases import today
from service.inputs import NonperformanceAnswerInput, NonperformanceInput
from service.party_access.links import Holder
from service.recording import Recorder
from service.tables import Agreement, Case

if TYPE_CHECKING:
    from sqlmodel import Session


def report_as_party(
    session: Session, recorder: Recorder, holder: Holder, agreement_id: str, *, instalment: int | None, detail: str
) -> None:
    """Record the holder's report today. The same one sent again on the same day is recorded once."""
    held = _hold(session, holder, agreement_id)
    new = NonperformanceInput.model_validate(
        {
            "party": holder.position,
            "instalment": instalment,
            "occurred_on": today(recorder).isoformat(),
            "detail": detail,
        }
    )
    same = (holder.party_id, new.instalment, new.occurred_on.isoformat(), new.detail)
    for row in agreement_reports(session, agreement_id):
        if (row.reported_by, row.instalment, row.reported_on, row.detail) == same:
            return
    put_report(session, recorder, held, new)


def answer_as_party(
    session: Session, recorder: Recorder, holder: Holder, agreement_id: str, *, position: int, answer: str
) -> None:
    """Record the holder's answer to a report today. The same one sent again is recorded once."""
    held = _hold(session, holder, agreement_id)
    new = NonperformanceAnswerInput.model_validate(
        {"party": holder.position, "occurred_on": today(recorder).isoformat(), "answer": answer}
    )
    for row in agreement_reports(session, agreement_id):
        if (row.position, row.answered_by, row.answer) == (position, holder.party_id, new.answer):
            return
    put_answer(session, recorder, held, position=position, new=new)


def _hold(session: Session, holder: Holder, agreement_id: str) -> Held:
    query = select(Agreement).where(Agreement.id == agreement_id).where(Agreement.case_id == holder.case_id)
    agreement = session.exec(query.with_for_update()).first()
    if agreement is None:
        raise NotFound("agreement")
    return Held(
        case=session.get_one(Case, holder.case_id),
        agreement=agreement,
        entered_by=holder.entered_by,
        institution=holder.institution,
    )
