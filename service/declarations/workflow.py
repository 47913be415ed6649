"""What happens in a case: what of its steps is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session, col, select

from service.tables import CaseStep

STEP_PRINTED = ("position", "step", "stage", "occurred_on", "ground", "until")
"""What the law calls a step: shown wherever the stage is."""
STEP_DETAILS = ("position", "note", "lawyer", "licence_no", "firm", "converted_to", "registrar")
"""The reasons in words, the people, and which case a consultation became."""


def case_step_rows(session: Session, case_id: str) -> Sequence[CaseStep]:
    """The steps taken in a case, in their order."""
    return session.exec(select(CaseStep).where(CaseStep.case_id == case_id).order_by(col(CaseStep.position))).all()
