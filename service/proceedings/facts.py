"""From the rows of a case to what the law of proceedings looks at."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.cases import case_parties
from service.law.proceedings import WAGE_CLAIMS, AgreementFacts, Proposed
from service.tables import Agreement, Claim, Instalment, Proceeding

if TYPE_CHECKING:
    from sqlmodel import Session

APPLYING = frozenset({"applicant", "recipient"})
"""Roles on the side that claims."""


def proposed(session: Session, row: Proceeding) -> Proposed:
    """What decides about this proceeding, as of the day it was opened."""
    opened_on = date.fromisoformat(row.opened_on)
    places = set(json.loads(row.applicants))
    roles = {party.role for party in case_parties(session, row.case_id) if party.position in places}
    others = session.exec(
        select(Proceeding).where(Proceeding.case_id == row.case_id, col(Proceeding.id) != row.id)
    ).all()
    return Proposed(
        kind=row.kind,
        opened_on=opened_on,
        sides=frozenset("applicant" if role in APPLYING else "respondent" for role in roles),
        basis=row.basis,
        claims=frozenset(json.loads(row.claims)),
        agreement=_agreement(session, row.agreement_id, opened_on),
        order_ended=any(
            other.kind == "payment_order"
            and other.outcome == "ended_by_objection"
            and other.agreement_id == row.agreement_id
            for other in others
        ),
        arbitrated=any(other.kind == "arbitration" and other.closed_on is not None for other in others),
    )


def _agreement(session: Session, agreement_id: str | None, day: date) -> AgreementFacts | None:
    agreement = session.get(Agreement, agreement_id) if agreement_id else None
    if agreement is None:
        return None
    instalments = session.exec(select(Instalment).where(Instalment.agreement_id == agreement.id)).all()
    overdue = any(row.due_on < day.isoformat() and (row.paid_fen or 0) < row.amount_fen for row in instalments)
    claimed = set(session.exec(select(Claim.kind).where(Claim.case_id == agreement.case_id)))
    beside_payment = agreement.employment_ends_on is not None or claimed & {
        "confirm_relation",
        "reinstatement",
        "certificate",
        "social_insurance",
    }
    return AgreementFacts(
        written=agreement.form == "written",
        effective_on=date.fromisoformat(agreement.effective_on) if agreement.effective_on else None,
        in_effect=agreement.state == "effective",
        overdue=overdue,
        payment_only=not beside_payment,
        wages_only=bool(claimed) and claimed <= WAGE_CLAIMS,
    )
