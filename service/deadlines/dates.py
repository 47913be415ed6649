"""Noting the days that clocks run from, and withdrawing one that was wrong. Each is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, select

from service.access import Action, Actor, NotFound, visible_cases
from service.cases import check_not_in_future, find_case, today
from service.declarations import KEY_DATE
from service.inputs import KeyDateInput, Refused, WithdrawalInput
from service.law.deadlines import AHEAD
from service.recording import Event, Recorder
from service.statements import StatementRef, newest_statements
from service.tables import Case, KeyDate

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyDateView:
    """A day that was noted. A withdrawn one starts and stops nothing."""

    id: str
    case_id: str
    code: str
    day: str
    note: str | None
    withdrawn: bool
    version: int
    statement: StatementRef


def note_date(session: Session, actor: Actor, recorder: Recorder, case_id: str, new: KeyDateInput) -> KeyDateView:
    """Note a day in a case within reach; raises NotFound, InvalidInput. Only a hearing may lie ahead."""
    case = find_case(session, actor, Action.CASE_CHANGE, case_id, lock=True)
    if new.code not in AHEAD:
        check_not_in_future(new.day, recorder, "/day")
    noted = KeyDate(
        id=recorder.reserve(session, case.stream),
        case_id=case.id,
        code=new.code,
        day=new.day.isoformat(),
        note=new.note,
        version=0,
    )
    session.add(noted)
    session.flush()
    _record(session, actor, recorder, case, noted)
    return _views(session, [noted])[0]


def withdraw_date(
    session: Session, actor: Actor, recorder: Recorder, date_id: str, new: WithdrawalInput
) -> KeyDateView:
    """Withdraw a day that was wrong; it stays on record. Raises NotFound, Refused when it is withdrawn already."""
    noted, case = _find(session, actor, Action.CASE_CHANGE, date_id, lock=True)
    if noted.withdrawn:
        raise Refused("withdrawn_already")
    noted.withdrawn = True
    _record(session, actor, recorder, case, noted, reason=new.reason)
    return _views(session, [noted])[0]


def read_date(session: Session, actor: Actor, date_id: str) -> KeyDateView:
    """One day within reach; raises NotFound."""
    noted, _ = _find(session, actor, Action.CASE_READ, date_id)
    return _views(session, [noted])[0]


def case_dates(session: Session, actor: Actor, case_id: str) -> tuple[KeyDateView, ...]:
    """The days noted in a case within reach, the earliest first, withdrawn ones among them; raises NotFound."""
    find_case(session, actor, Action.CASE_READ, case_id)
    query = select(KeyDate).where(KeyDate.case_id == case_id).order_by(col(KeyDate.day), col(KeyDate.id))
    return _views(session, session.exec(query).all())


def _find(session: Session, actor: Actor, action: Action, date_id: str, *, lock: bool = False) -> tuple[KeyDate, Case]:
    query = select(KeyDate, Case).join(Case).where(KeyDate.id == date_id).where(visible_cases(actor, action))
    found = session.exec(query.with_for_update() if lock else query).first()
    if found is None:
        raise NotFound("date")
    return found


def _record(
    session: Session, actor: Actor, recorder: Recorder, case: Case, noted: KeyDate, *, reason: str | None = None
) -> None:
    event = Event(type="date.recorded", occurred_on=today(recorder), entered_by=actor.username, reason=reason)
    recorder.record(session, KEY_DATE, noted.id, event, stream=case.stream, institution=actor.institution_code)


def _views(session: Session, rows: Sequence[KeyDate]) -> tuple[KeyDateView, ...]:
    newest = newest_statements(session, [row.id for row in rows])
    return tuple(
        KeyDateView(
            id=row.id,
            case_id=row.case_id,
            code=row.code,
            day=row.day,
            note=row.note,
            withdrawn=row.withdrawn,
            version=row.version,
            statement=newest[row.id].ref,
        )
        for row in rows
    )
