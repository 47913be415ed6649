"""From the rows of cases to what the rules look at: the happenings of each, and what kind of matter it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement
from sqlmodel import col, select

from service.inputs.fields import FIRST_YEAR, LAST_YEAR
from service.law.deadlines import HAPPENINGS, Happening, Matter
from service.tables import Agreement, Case, CaseStep, Claim, Entry, Instalment, Institution, KeyDate, Proceeding

if TYPE_CHECKING:
    from sqlmodel import Session
    from sqlmodel.sql.expression import SelectOfScalar

    Wanted = SelectOfScalar[str]

WAGES: Final = frozenset({"wages", "overtime", "bonus"})
"""Claims for labour remuneration: not limited while employment lasts (劳动争议调解仲裁法 第二十七条第四款)."""
WAGE_DISPUTE: Final = "D5a"
GIVEN_UP: Final = frozenset({"withdrawn", "not_accepted"})
"""Outcomes after which an application only interrupted limitation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFacts:
    """A case as its clocks see it."""

    id: str
    case_no: str
    kind: str
    matter: Matter
    happenings: list[Happening] = field(default_factory=list)

    def add(self, code: str, day: str | None, *, subject: str | None = None, within: str | None = None) -> None:
        """Note a happening that has a day and a rule. What nobody can have entered, the audit names."""
        try:
            occurred_on = date.fromisoformat(day) if day else None
        except (TypeError, ValueError):
            return
        if occurred_on is not None and FIRST_YEAR <= occurred_on.year <= LAST_YEAR and code in HAPPENINGS:
            self.happenings.append(Happening(code=code, occurred_on=occurred_on, subject=subject, within=within))


Found = Mapping[str, CaseFacts]


def case_facts(session: Session, which: ColumnElement[bool]) -> Mapping[str, CaseFacts]:
    """The facts of every case that `which` picks, by its id: a fixed number of queries for any number of cases.

    Rows that were edited behind the service's back are read as far as they make sense: the audit reads them too.
    """
    found = _cases(session, which, _claims(session, which))
    wanted = select(Case.id).where(which)
    _add_steps(session, wanted, found)
    _add_entries(session, wanted, found)
    _add_agreements(session, wanted, found)
    _add_proceedings(session, wanted, found)
    return found


def _cases(session: Session, which: ColumnElement[bool], claims: Mapping[str, set[str]]) -> dict[str, CaseFacts]:
    office = select(Case, Institution.kind).join(Institution, col(Institution.id) == Case.institution_id, isouter=True)
    rows = session.exec(office.where(which))
    found = {}
    for case, office_kind in rows:
        claimed = claims.get(case.id, set())
        matter = Matter(
            kind=case.kind,
            channel=case.channel,
            office_kind=office_kind or "",
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


def _add_steps(session: Session, wanted: Wanted, found: Found) -> None:
    columns = select(CaseStep.case_id, CaseStep.step, CaseStep.occurred_on, CaseStep.until)
    for case_id, step, occurred_on, until in session.exec(columns.where(col(CaseStep.case_id).in_(wanted))):
        found[case_id].add(f"step.{step}", occurred_on)
        found[case_id].add(f"until.{step}", until)
    dates = select(KeyDate.case_id, KeyDate.code, KeyDate.day).where(col(KeyDate.withdrawn).is_(False))
    for case_id, code, day in session.exec(dates.where(col(KeyDate.case_id).in_(wanted))):
        found[case_id].add(code, day)


def _add_entries(session: Session, wanted: Wanted, found: Found) -> None:
    """Those that stand: an entry that another one corrects is not looked at."""
    corrected = select(Entry.corrects).where(col(Entry.corrects).is_not(None))
    query = select(Entry).where(col(Entry.case_id).in_(wanted), col(Entry.id).not_in(corrected))
    for row in session.exec(query):
        found[row.case_id].add(f"entry.{row.kind}", row.made_on, subject=row.id, within=row.about_id)


def _add_agreements(session: Session, wanted: Wanted, found: Found) -> None:
    case_of: dict[str, str] = {}
    for row in session.exec(select(Agreement).where(col(Agreement.case_id).in_(wanted))):
        facts = found[row.case_id]
        facts.add("agreement.drafted", row.agreed_on, subject=row.id)
        if row.effective_on is None:
            continue
        case_of[row.id] = row.case_id
        facts.add("agreement.effective", row.effective_on, subject=row.id)
        facts.add(f"agreement.{row.state}", row.ended_on, subject=row.id)
        facts.add("fact.employment_ended", row.employment_ends_on)
    for part in session.exec(_instalments(wanted)):
        facts = found[case_of[part.agreement_id]]
        facts.add("instalment.due", part.due_on, subject=part.id, within=part.agreement_id)
        if _is_paid(part):
            facts.add("instalment.paid", part.paid_on, subject=part.id, within=part.agreement_id)


def _is_paid(part: Instalment) -> bool:
    try:
        return (part.paid_fen or 0) >= part.amount_fen
    except TypeError:
        return False  # an edited cell that holds no amount, which audit names


def _instalments(wanted: Wanted) -> SelectOfScalar[Instalment]:
    """Those of agreements in effect: before that nothing is promised."""
    return (
        select(Instalment)
        .join(Agreement, col(Agreement.id) == Instalment.agreement_id)
        .where(col(Agreement.case_id).in_(wanted), col(Agreement.effective_on).is_not(None))
    )


def _add_proceedings(session: Session, wanted: Wanted, found: Found) -> None:
    for row in session.exec(select(Proceeding).where(col(Proceeding.case_id).in_(wanted))):
        days = {"opened": row.opened_on, "accepted": row.accepted_on, "closed": row.closed_on}
        if row.outcome not in GIVEN_UP:
            days["pursued"] = row.opened_on
        for milestone, day in days.items():
            code = f"proceeding.{row.kind}.{milestone}"
            found[row.case_id].add(code, day, subject=row.id, within=row.agreement_id)
