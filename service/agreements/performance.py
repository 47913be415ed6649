"""Performing an agreement: payments as they come, reports that one did not, and the answers to these.

That a payment is overdue is nobody's statement: it follows from the promised day and what was recorded as paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from service.access import Action, Actor
from service.agreements.events import ARTICLE_EFFECT
from service.agreements.views import (
    AgreementView,
    agreement_instalments,
    agreement_reports,
    bound_positions,
    find_agreement,
    view_agreement,
)
from service.cases import case_parties, check_not_in_future, today
from service.declarations import INSTALMENT, NONPERFORMANCE
from service.inputs import NonperformanceAnswerInput, NonperformanceInput, PaymentInput, Refused, refuse
from service.recording import Event, Recorder
from service.tables import Agreement, Case, Instalment, Nonperformance, Party

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An agreement held for writing, and who enters something there: a person of the office, or a party by its link."""

    case: Case
    agreement: Agreement
    entered_by: str
    institution: str


def pay_instalment(
    session: Session, actor: Actor, recorder: Recorder, agreement_id: str, new: PaymentInput
) -> AgreementView:
    """Record a payment towards an instalment; several add up, and never to more than was promised."""
    agreement, case = find_agreement(session, actor, Action.AGREEMENT_PERFORM, agreement_id, lock=True)
    _check_in_effect(agreement)
    check_not_in_future(new.paid_on, recorder, "/paid_on")
    instalment = _instalment(session, agreement, new.position, "/position")
    paid_fen = (instalment.paid_fen or 0) + new.paid_fen
    if paid_fen > instalment.amount_fen:
        raise refuse("/paid_fen", "more_than_due", due_fen=instalment.amount_fen - (instalment.paid_fen or 0))
    instalment.paid_fen, instalment.paid_on, instalment.paid_by = paid_fen, new.paid_on.isoformat(), new.paid_by
    event = Event(type="instalment.paid", occurred_on=new.paid_on, entered_by=actor.username)
    recorder.record(session, INSTALMENT, instalment.id, event, stream=case.stream, institution=actor.institution_code)
    return view_agreement(session, agreement, on=today(recorder))


def report_nonperformance(
    session: Session, actor: Actor, recorder: Recorder, agreement_id: str, new: NonperformanceInput
) -> AgreementView:
    """Record, for an office, that a party reports non-performance."""
    held = _hold(session, actor, agreement_id)
    put_report(session, recorder, held, new)
    return view_agreement(session, held.agreement, on=today(recorder))


def answer_nonperformance(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    agreement_id: str,
    *,
    position: int,
    new: NonperformanceAnswerInput,
) -> AgreementView:
    """Record, for an office, what another party answers to the report at `position`."""
    held = _hold(session, actor, agreement_id)
    put_answer(session, recorder, held, position=position, new=new)
    return view_agreement(session, held.agreement, on=today(recorder))


def put_report(session: Session, recorder: Recorder, held: Held, new: NonperformanceInput) -> None:
    """Write a report and its statement."""
    agreement = held.agreement
    _check_in_effect(agreement)
    check_not_in_future(new.occurred_on, recorder, "/occurred_on")
    if agreement.effective_on is not None and new.occurred_on < date.fromisoformat(agreement.effective_on):
        raise refuse("/occurred_on", "before_effect")
    party = _bound_party(session, held, new.party)
    if new.instalment is not None:
        instalment = _instalment(session, agreement, new.instalment, "/instalment")
        if (instalment.paid_fen or 0) >= instalment.amount_fen:
            raise Refused("paid_already")
        if new.occurred_on <= date.fromisoformat(instalment.due_on):
            raise refuse("/instalment", "not_due_yet")
    report = Nonperformance(
        id=recorder.reserve(session, held.case.stream),
        agreement_id=agreement.id,
        position=len(agreement_reports(session, agreement.id)) + 1,
        instalment=new.instalment,
        reported_by=party.id,
        reported_on=new.occurred_on.isoformat(),
        detail=new.detail,
        version=0,
    )
    session.add(report)
    session.flush()
    event = Event(type="agreement.nonperformance_reported", occurred_on=new.occurred_on, entered_by=held.entered_by)
    _record(session, recorder, held, report.id, event)


def put_answer(
    session: Session, recorder: Recorder, held: Held, *, position: int, new: NonperformanceAnswerInput
) -> None:
    """Write the one answer to a report and its statement."""
    check_not_in_future(new.occurred_on, recorder, "/occurred_on")
    reports = agreement_reports(session, held.agreement.id)
    report = next((row for row in reports if row.position == position), None)
    if report is None:
        raise refuse("/position", "no_such_report", position=position)
    if report.answer is not None:
        raise Refused("already_answered")
    party = _bound_party(session, held, new.party)
    if party.id == report.reported_by:
        raise refuse("/party", "own_report")
    if new.occurred_on < date.fromisoformat(report.reported_on):
        raise refuse("/occurred_on", "before_report")
    report.answered_by, report.answered_on, report.answer = party.id, new.occurred_on.isoformat(), new.answer
    event = Event(type="answer.filed", occurred_on=new.occurred_on, entered_by=held.entered_by)
    _record(session, recorder, held, report.id, event)


def _hold(session: Session, actor: Actor, agreement_id: str) -> Held:
    agreement, case = find_agreement(session, actor, Action.AGREEMENT_PERFORM, agreement_id, lock=True)
    return Held(case=case, agreement=agreement, entered_by=actor.username, institution=actor.institution_code)


def _record(session: Session, recorder: Recorder, held: Held, report_id: str, event: Event) -> None:
    recorder.record(session, NONPERFORMANCE, report_id, event, stream=held.case.stream, institution=held.institution)


def _check_in_effect(agreement: Agreement) -> None:
    if agreement.state != "effective":
        raise Refused("not_in_effect", article=ARTICLE_EFFECT, state=agreement.state)


def _instalment(session: Session, agreement: Agreement, position: int, pointer: str) -> Instalment:
    rows = agreement_instalments(session, agreement.id)
    found = next((row for row in rows if row.position == position), None)
    if found is None:
        raise refuse(pointer, "no_such_instalment", position=position)
    return found


def _bound_party(session: Session, held: Held, position: int) -> Party:
    if position not in bound_positions(held.agreement):
        raise refuse("/party", "no_such_party", party=position)
    return next(party for party in case_parties(session, held.case.id) if party.position == position)
