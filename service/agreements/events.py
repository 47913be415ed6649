"""What happens to an agreement becomes a statement of it: the one place where that is written."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from service.access import Actor
from service.declarations import AGREEMENT
from service.recording import Event, Recorder
from service.tables import Agreement, Case

if TYPE_CHECKING:
    from sqlmodel import Session

ARTICLE_EFFECT = "劳动争议调解仲裁法 第十四条"
ARTICLE_ORAL = "人民调解法 第二十八条、第三十条"
ARTICLE_RESCISSION = "民法典 第五百六十二条"


def record_agreement(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    case: Case,
    agreement: Agreement,
    *,
    type_: str,
    occurred_on: date,
    reason: str | None = None,
) -> None:
    """Write the agreement's rows, as they stand, as its next version."""
    event = Event(type=type_, occurred_on=occurred_on, entered_by=actor.username, reason=reason)
    recorder.record(session, AGREEMENT, agreement.id, event, stream=case.stream, institution=actor.institution_code)
