"""What may be seen of a case that is out of reach: its office, number, kind and day, and masked names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlmodel import col, select

from service.access import Action, Actor, visible_cases
from service.law import NATURAL_PERSONS
from service.tables import Case, Institution, Party

if TYPE_CHECKING:
    from sqlmodel import Session

FIRM_HEAD: Final = 2
FIRM_TAIL: Final = 4
"""Characters of a firm's masked name that are left at its ends: mostly the place and the legal form."""
MAX_NAMES: Final = 3
"""Names that stand for a side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseGlimpse:
    """A case of a dispute. Out of reach it has no `case_id`, and names are masked; `more` counts names left out."""

    dispute_id: str
    case_id: str | None
    case_no: str
    kind: str
    institution: str
    received_on: str
    applicants: tuple[str, ...]
    respondents: tuple[str, ...]
    more: int


def glimpse_cases(session: Session, actor: Actor, cases: Sequence[Case]) -> dict[str, CaseGlimpse]:
    """What `actor` may see of these cases, by id."""
    ids = [case.id for case in cases]
    within = set(
        session.exec(select(Case.id).where(col(Case.id).in_(ids)).where(visible_cases(actor, Action.CASE_READ)))
    )
    parties: Mapping[str, list[Party]] = {case_id: [] for case_id in ids}
    for row in session.exec(select(Party).where(col(Party.case_id).in_(ids)).order_by(col(Party.position))):
        parties[row.case_id].append(row)
    offices = dict(session.exec(select(Institution.id, Institution.code)).all())
    return {
        case.id: _glimpse(case, parties[case.id], office=offices[case.institution_id], within=case.id in within)
        for case in cases
    }


def mask_person(name: str) -> str:
    """A person's name with all but its first character hidden."""
    return name[:1] + "*" * max(1, len(name) - 1)


def mask_firm(name: str) -> str:
    """A firm's name with what tells it from others hidden."""
    hidden = len(name) - FIRM_HEAD - FIRM_TAIL
    return name[:FIRM_HEAD] + "*" * max(2, hidden) + (name[-FIRM_TAIL:] if hidden > 0 else "")


def _glimpse(case: Case, parties: Sequence[Party], *, office: str, within: bool) -> CaseGlimpse:
    sides: dict[bool, list[str]] = {False: [], True: []}
    for party in parties:
        if party.role != "third_party":
            mask = mask_person if party.kind in NATURAL_PERSONS else mask_firm
            sides[party.role == "respondent"].append(party.name if within else mask(party.name))
    return CaseGlimpse(
        dispute_id=case.dispute_id,
        case_id=case.id if within else None,
        case_no=case.case_no,
        kind=case.kind,
        institution=office,
        received_on=case.received_on,
        applicants=tuple(sides[False][:MAX_NAMES]),
        respondents=tuple(sides[True][:MAX_NAMES]),
        more=sum(max(0, len(names) - MAX_NAMES) for names in sides.values()),
    )
