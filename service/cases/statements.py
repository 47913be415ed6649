"""Writing a case's rows, as they stand, as the next statement of its stream."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from service.declarations import CASE
from service.inputs import CHINA, refuse
from service.recording import Event, Recorder

if TYPE_CHECKING:
    from sqlmodel import Session

    from service.access import Actor
    from service.tables import Case


def today(recorder: Recorder) -> date:
    """The day in China now."""
    return recorder.clock().astimezone(CHINA).date()


def check_not_in_future(day: date, recorder: Recorder, pointer: str) -> None:
    """Refuse a day that has not come yet."""
    if day > today(recorder):
        raise refuse(pointer, "in_the_future")


def record_case(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    case: Case,
    *,
    type_: str,
    occurred_on: date,
    reason: str | None = None,
) -> None:
    """Write the case's rows, as they stand, as the next statement of its stream."""
    event = Event(type=type_, occurred_on=occurred_on, entered_by=actor.username, reason=reason)
    recorder.record(session, CASE, case.id, event, stream=case.stream, institution=actor.institution_code)
