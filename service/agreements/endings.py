"""How an agreement ends: performed, rescinded by all its parties, or set aside by a body."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from service.access import Action, Actor
from service.agreements.events import ARTICLE_EFFECT, ARTICLE_RESCISSION, record_agreement
from service.agreements.views import (
    AgreementView,
    agreement_instalments,
    bound_positions,
    find_agreement,
    view_agreement,
)
from service.cases import check_not_in_future, move_case, today
from service.inputs import EndingInput, Refused, refuse
from service.recording import Recorder
from service.tables import Agreement, Case, Document

if TYPE_CHECKING:
    from sqlmodel import Session


def end_agreement(
    session: Session, actor: Actor, recorder: Recorder, agreement_id: str, new: EndingInput
) -> AgreementView:
    """Record that an agreement in effect was performed, rescinded by its parties, or set aside by a body."""
    agreement, case = find_agreement(session, actor, Action.AGREEMENT_END, agreement_id, lock=True)
    if agreement.state != "effective":
        raise Refused("not_in_effect", article=ARTICLE_EFFECT, state=agreement.state)
    check_not_in_future(new.occurred_on, recorder, "/occurred_on")
    if agreement.effective_on is not None and new.occurred_on < date.fromisoformat(agreement.effective_on):
        raise refuse("/occurred_on", "before_effect")
    match new.ending:
        case "performed":
            _check_paid(session, agreement)
        case "rescinded":
            _note_rescission(agreement, new)
        case _:
            _note_decision(session, case, agreement, new)
    agreement.state, agreement.ended_on = new.ending, new.occurred_on.isoformat()
    kind = f"agreement.{new.ending}"
    record_agreement(
        session, actor, recorder, case, agreement, type_=kind, occurred_on=new.occurred_on, reason=new.reason
    )
    event = "agreement_performed" if new.ending == "performed" else "agreement_ended"
    move_case(session, actor, recorder, case, event, occurred_on=new.occurred_on)
    return view_agreement(session, agreement, on=today(recorder))


def _check_paid(session: Session, agreement: Agreement) -> None:
    due = sum(row.amount_fen - (row.paid_fen or 0) for row in agreement_instalments(session, agreement.id))
    if due:
        raise Refused("not_paid_in_full", due_fen=due)


def _note_rescission(agreement: Agreement, new: EndingInput) -> None:
    """Every bound party is named: what one of them does alone ends nothing (民法典 第五百六十二条)."""
    named, bound = set(new.parties or ()), set(bound_positions(agreement))
    if stranger := sorted(named - bound):
        raise refuse("/parties", "no_such_party", party=stranger[0])
    if named != bound:
        raise Refused("one_side_cannot_rescind", article=ARTICLE_RESCISSION)
    agreement.rescinded_by = json.dumps(sorted(named))


def _note_decision(session: Session, case: Case, agreement: Agreement, new: EndingInput) -> None:
    document = session.get(Document, new.document)
    if document is None or document.case_id != case.id:
        raise refuse("/document", "no_such_document")
    agreement.set_aside_by, agreement.set_aside_number = new.body, new.number
    agreement.ending_document_id = document.id
