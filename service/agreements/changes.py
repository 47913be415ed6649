"""Drafting and signing a mediation agreement; the law decides when it takes effect."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import func, select

from service.access import Action, Actor
from service.agreements.events import ARTICLE_ORAL, record_agreement
from service.agreements.views import (
    AgreementView,
    agreement_signatures,
    bound_positions,
    find_agreement,
    signed_marks,
    view_agreement,
)
from service.cases import case_parties, check_not_in_future, check_step, find_case, move_case, today
from service.declarations import PARTY_PRINTED, PARTY_PRIVATE
from service.inputs import AgreementInput, Refused, SignatureInput, day_of, refuse
from service.law import Step, effective_date
from service.paper_codes import issue_paper_code
from service.recording import Recorder
from service.tables import Agreement, Case, Instalment, Institution, Party, Signature

if TYPE_CHECKING:
    from sqlmodel import Session

MAY_RECORD_ORAL = frozenset({"mediation_committee"})
"""Kinds of institution before which an agreement may be oral."""
SIGNING = frozenset({"drafted", "signing"})


def draft_agreement(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, new: AgreementInput
) -> AgreementView:
    """Put an agreement down. A written one waits for its signatures; an oral one is in effect at once."""
    case = find_case(session, actor, Action.AGREEMENT_DRAFT, case_id, lock=True)
    check_step(session, case, Step(code="agreement_drafted"))
    check_not_in_future(new.agreed_on, recorder, "/agreed_on")
    office = session.get_one(Institution, case.institution_id)
    if new.form == "oral" and office.kind not in MAY_RECORD_ORAL:
        raise Refused("oral_not_possible", article=ARTICLE_ORAL)
    bound = _bound_parties(session, case, new)
    agreement = Agreement(
        id=recorder.reserve(session, case.stream),
        case_id=case.id,
        number=new.number or _next_number(session, case),
        form=new.form,
        parties=_render_parties(bound, PARTY_PRINTED),
        party_details=_render_parties(bound, PARTY_PRIVATE),
        dispute_type=new.dispute_type or case.dispute_type,
        facts=new.facts,
        total_fen=new.total_fen,
        place=new.place,
        employment_ends_on=new.employment_ends_on.isoformat() if new.employment_ends_on else None,
        waivers=json.dumps(new.waivers, ensure_ascii=False),
        closure=new.closure,
        late_terms=new.late_terms,
        payee=new.payee,
        payee_bank=new.payee_bank,
        payee_account=new.payee_account,
        mediator=new.mediator,
        organisation=new.organisation or office.name,
        agreed_on=new.agreed_on.isoformat(),
        state="drafted",
        version=0,
    )
    session.add(agreement)
    session.flush()
    for position, promised in enumerate(new.instalments, start=1):
        session.add(
            Instalment(
                id=recorder.reserve(session, case.stream),
                agreement_id=agreement.id,
                position=position,
                amount_fen=promised.amount_fen,
                due_on=promised.due_on.isoformat(),
                method=promised.method,
            )
        )
    session.flush()
    record_agreement(session, actor, recorder, case, agreement, type_="agreement.drafted", occurred_on=new.agreed_on)
    issue_paper_code(session, recorder, agreement.id, office=office, entered_by=actor.username)
    if new.form == "oral":
        _take_effect(session, actor, recorder, case, agreement, day=new.agreed_on)
    else:
        move_case(session, actor, recorder, case, "agreement_drafted", occurred_on=new.agreed_on)
    return view_agreement(session, agreement, on=today(recorder))


def sign_agreement(
    session: Session, actor: Actor, recorder: Recorder, agreement_id: str, new: SignatureInput
) -> AgreementView:
    """Record one signature or seal. With the last one that the law asks for, the agreement takes effect.

    The effective date is the day of the last of these marks, not the day of its entry (劳动争议调解仲裁法 第十四条).
    """
    agreement, case = find_agreement(session, actor, Action.AGREEMENT_SIGN, agreement_id, lock=True)
    if agreement.form == "oral":
        raise Refused("oral_is_not_signed", article=ARTICLE_ORAL)
    if agreement.state not in SIGNING:
        raise Refused("not_being_signed", state=agreement.state)
    check_step(session, case, Step(code="agreement_effective"))
    signed_on = day_of(new.signed_at)
    check_not_in_future(signed_on, recorder, "/signed_at")
    if signed_on < date.fromisoformat(agreement.agreed_on):
        raise refuse("/signed_at", "before_agreed")
    party = _signing_party(session, case, agreement, new)
    before = agreement_signatures(session, agreement.id)
    mark = (new.signer, party.id if party else None, new.method)
    if mark in {(row.signer, row.party_id, row.method) for row in before}:
        raise Refused("already_signed", signer=new.signer)
    session.add(
        Signature(
            id=_new_id(recorder),
            agreement_id=agreement.id,
            position=len(before) + 1,
            signer=new.signer,
            party_id=party.id if party else None,
            name=new.name,
            method=new.method,
            signed_at=new.signed_at,
        )
    )
    agreement.state = "signing"
    session.flush()
    record_agreement(session, actor, recorder, case, agreement, type_="agreement.signed", occurred_on=signed_on)
    marks = signed_marks(session, agreement_signatures(session, agreement.id))
    if (day := effective_date(marks, bound_positions(agreement))) is not None:
        _take_effect(session, actor, recorder, case, agreement, day=day)
    return view_agreement(session, agreement, on=today(recorder))


def _take_effect(
    session: Session, actor: Actor, recorder: Recorder, case: Case, agreement: Agreement, *, day: date
) -> None:
    agreement.state = "effective"
    agreement.effective_on = day.isoformat()
    record_agreement(session, actor, recorder, case, agreement, type_="agreement.effective", occurred_on=day)
    move_case(session, actor, recorder, case, "agreement_effective", occurred_on=day)


def _bound_parties(session: Session, case: Case, new: AgreementInput) -> list[Party]:
    parties = {party.position: party for party in case_parties(session, case.id)}
    for place, position in enumerate(new.parties or ()):
        if position not in parties:
            raise refuse(f"/parties/{place}", "no_such_party", party=position)
    bound = [parties[position] for position in sorted(new.parties or parties)]
    if not {"respondent"} < {party.role for party in bound}:
        raise refuse("/parties", "both_sides_needed")
    return bound


def _render_parties(parties: Sequence[Party], names: Sequence[str]) -> str:
    return json.dumps(
        [{"position": party.position, **{name: getattr(party, name) for name in names}} for party in parties],
        ensure_ascii=False,
    )


def _next_number(session: Session, case: Case) -> str:
    """The case's own number, as offices print it; a second agreement in the case gets a suffix."""
    before = session.exec(select(func.count()).select_from(Agreement).where(Agreement.case_id == case.id)).one()
    return case.case_no if before == 0 else f"{case.case_no}-{before + 1}"


def _signing_party(session: Session, case: Case, agreement: Agreement, new: SignatureInput) -> Party | None:
    if new.party is None:
        return None
    if new.party not in bound_positions(agreement):
        raise refuse("/party", "no_such_party", party=new.party)
    return next(party for party in case_parties(session, case.id) if party.position == new.party)


def _new_id(recorder: Recorder) -> str:
    return str(uuid.UUID(bytes=recorder.random(16), version=4))
