"""What happens in a case: its steps, and the proceedings before other bodies."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class CaseStep(SQLModel, table=True):
    """One step of a case, as `service.law.workflow` knows them; never changed. `stage` is where it led.

    `registrar` is the user name of who entered it. `converted_to` is the case that a consultation became.
    """

    __tablename__ = "case_step"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    position: int
    step: str
    stage: str
    occurred_on: str
    ground: str | None = None
    until: str | None = None
    note: str | None = None
    lawyer: str | None = None
    licence_no: str | None = None
    firm: str | None = None
    converted_to: str | None = Field(default=None, foreign_key="legal_case.id")
    registrar: str


class Proceeding(SQLModel, table=True):
    """Arbitration, court, judicial confirmation, payment order or arbitration review, followed within a case."""

    __tablename__ = "proceeding"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    kind: str
    body: str
    number: str | None = None
    opened_on: str
    closed_on: str | None = None
    outcome: str | None = None
    version: int
