"""Reading proceedings, with what there is to think about each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases import Notice, find_case, notice_of
from service.law import PROCEEDING_WARNINGS
from service.law.calendar import Holidays
from service.law.proceedings import warnings
from service.proceedings.facts import proposed
from service.statements import StatementRef, newest_statements
from service.tables import Case, Proceeding

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceedingView:
    """A proceeding as it stands. `state` is opened, accepted or closed; `applicants` are places of parties."""

    id: str
    case_id: str
    version: int
    kind: str
    state: str
    body: str
    number: str | None
    agreement: str | None
    applicants: tuple[int, ...]
    claims: tuple[str, ...]
    basis: str | None
    opened_on: str
    accepted_on: str | None
    closed_on: str | None
    outcome: str | None
    warnings: tuple[Notice, ...]
    statement: StatementRef


def case_proceedings(session: Session, actor: Actor, holidays: Holidays, case_id: str) -> tuple[ProceedingView, ...]:
    """The proceedings of a case within reach, in the order of their opening; raises NotFound."""
    case = find_case(session, actor, Action.CASE_READ, case_id)
    query = select(Proceeding).where(Proceeding.case_id == case.id)
    rows = session.exec(query.order_by(col(Proceeding.opened_on), col(Proceeding.id))).all()
    return view_proceedings(session, holidays, rows)


def read_proceeding(session: Session, actor: Actor, holidays: Holidays, proceeding_id: str) -> ProceedingView:
    """One proceeding within reach; raises NotFound."""
    row, _ = find_proceeding(session, actor, Action.CASE_READ, proceeding_id)
    return view_proceedings(session, holidays, [row])[0]


def find_proceeding(
    session: Session, actor: Actor, action: Action, proceeding_id: str, *, lock: bool = False
) -> tuple[Proceeding, Case]:
    """The rows of a proceeding within reach of `action` and of its case; raises NotFound."""
    query = select(Proceeding, Case).join(Case).where(Proceeding.id == proceeding_id)
    query = query.where(visible_cases(actor, action))
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("proceeding")
    return found


def view_proceedings(session: Session, holidays: Holidays, rows: Iterable[Proceeding]) -> tuple[ProceedingView, ...]:
    """The views of these rows, in their order. `holidays` decide when a window to apply has passed."""
    rows = tuple(rows)
    newest = newest_statements(session, (row.id for row in rows))
    return tuple(
        ProceedingView(
            id=row.id,
            case_id=row.case_id,
            version=row.version,
            kind=row.kind,
            state="closed" if row.closed_on else "accepted" if row.accepted_on else "opened",
            body=row.body,
            number=row.number,
            agreement=row.agreement_id,
            applicants=tuple(json.loads(row.applicants)),
            claims=tuple(json.loads(row.claims)),
            basis=row.basis,
            opened_on=row.opened_on,
            accepted_on=row.accepted_on,
            closed_on=row.closed_on,
            outcome=row.outcome,
            warnings=tuple(notice_of(PROCEEDING_WARNINGS[code]) for code in warnings(proposed(session, row), holidays)),
            statement=newest[row.id].ref,
        )
        for row in rows
    )
