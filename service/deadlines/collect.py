"""From the rows of cases to what the rules look at: the happenings of each, and what kind of matter it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from service.law.deadlines import HAPPENINGS, Happening, Matter
from service.tables import Agreement, Case, CaseStep, Claim, Entry, Instalment, Institution, KeyDate, Proceeding

if TYPE_CHECKING:
    from sqlmodel import Session

WAGES: Final = frozenset({"wages", "overtime", "bonus"})
"""Claims for labour remuneration: not limited while employment lasts (劳动争议调解仲裁法 第二十七条第四款)."""
WAGE_DISPUTE: Final = "D5a"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case as its clocks see it."""

    id: str
    case_no: str
    kind: str
    matter: Matter
    happenings: list[Happening] = field(default_factory=list)

    def add(self, code: str, day: str | None, *, subject: str | None = None, within: str | None = None) -> None:
        """Note a happening that has a day and a rule. A cell that is no day was edited, and audit names it."""
        try:
            occurred_on = date.fromisoformat(day) if day else None
        except ValueError:
            return
        if occurred_on is not None and code in HAPPENINGS:
            self.happenings.append(Happening(code=code, occurred_on=occurred_on, subject=subject, within=within))


def case_facts(session: Session, which: ColumnElement[bool]) -> Mapping[str, CaseFacts]:
    """The facts of every case that `which` picks, by its id: a fixed number of queries for any number of cases."""
    wanted = select(Case.id).where(which)
    found = _cases(session, which, _claims(session, which))
    for step in session.exec(select(CaseStep).where(col(CaseStep.case_id).in_(wanted))):
        found[step.case_id].add(f"step.{step.step}", step.occurred_on)
        found[step.case_id].add(f"until.{step.step}", step.until)
    corrected = select(Entry.corrects).where(col(Entry.corrects).is_not(None))
    for entry in session.exec(select(Entry).where(col(Entry.case_id).in_(wanted), col(Entry.id).not_in(corrected))):
        found[entry.case_id].add(f"entry.{entry.kind}", entry.made_on)
    case_of: dict[str, str] = {}
    for agreement in session.exec(select(Agreement).where(col(Agreement.case_id).in_(wanted))):
        case_of[agreement.id] = agreement.case_id
        facts = found[agreement.case_id]
        facts.add("agreement.drafted", agreement.agreed_on, subject=agreement.id)
        facts.add("agreement.effective", agreement.effective_on, subject=agreement.id)
        if agreement.effective_on is not None:
            facts.add("fact.employment_ended", agreement.employment_ends_on)
        facts.add(f"agreement.{agreement.state}", agreement.ended_on, subject=agreement.id)
    for row in _instalments(session, which):
        facts = found[case_of[row.agreement_id]]
        facts.add("instalment.due", row.due_on, subject=row.id, within=row.agreement_id)
        if (row.paid_fen or 0) >= row.amount_fen:
            facts.add("instalment.paid", row.paid_on, subject=row.id, within=row.agreement_id)
    for noted in session.exec(
        select(KeyDate).where(col(KeyDate.case_id).in_(wanted), col(KeyDate.withdrawn).is_(False))
    ):
        found[noted.case_id].add(noted.code, noted.day)
    for proceeding in session.exec(select(Proceeding).where(col(Proceeding.case_id).in_(wanted))):
        facts, kind = found[proceeding.case_id], proceeding.kind
        facts.add(f"proceeding.{kind}.opened", proceeding.opened_on, subject=proceeding.id)
        facts.add(f"proceeding.{kind}.accepted", proceeding.accepted_on, subject=proceeding.id)
        facts.add(f"proceeding.{kind}.closed", proceeding.closed_on, subject=proceeding.id)
    return found


def _cases(session: Session, which: ColumnElement[bool], claims: Mapping[str, set[str]]) -> dict[str, CaseFacts]:
    rows = session.exec(
        select(Case, Institution.kind).join(Institution, col(Institution.id) == Case.institution_id).where(which)
    )
    found = {}
    for case, office_kind in rows:
        claimed = claims.get(case.id, set())
        matter = Matter(
            kind=case.kind,
            channel=case.channel,
            office_kind=office_kind,
            claims_wages=bool(claimed & WAGES) or (not claimed and case.dispute_type == WAGE_DISPUTE),
            claims_other=bool(claimed - WAGES) or (not claimed and case.dispute_type != WAGE_DISPUTE),
        )
        facts = found[case.id] = CaseFacts(id=case.id, case_no=case.case_no, kind=case.kind, matter=matter)
        facts.add("case.received", case.received_on)
        if case.kind == "mediation":
            facts.add("case.mediation_sought", case.received_on)
    return found


def _claims(session: Session, which: ColumnElement[bool]) -> Mapping[str, set[str]]:
    claims: dict[str, set[str]] = defaultdict(set)
    rows = session.exec(select(Claim.case_id, Claim.kind).join(Case, col(Case.id) == Claim.case_id).where(which))
    for case_id, kind in rows:
        claims[case_id].add(kind)
    return claims


def _instalments(session: Session, which: ColumnElement[bool]) -> Iterable[Instalment]:
    """Those of agreements in effect: before that nothing is promised."""
    return session.exec(
        select(Instalment)
        .join(Agreement, col(Agreement.id) == Instalment.agreement_id)
        .join(Case, col(Case.id) == Agreement.case_id)
        .where(which, col(Agreement.effective_on).is_not(None))
    )
