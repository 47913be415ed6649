"""What happens in a case: its steps, what people say and do, who may see it, proceedings before other bodies."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel


class CaseStep(SQLModel, table=True):
    """One step of a case, as `service.law.workflow` knows them; never changed. `stage` is where it led.

    `registrar` is the user name of who entered it. `converted_to` is the case that a consultation became.
    `case_version` is the version of the case that the step made: its statement.
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
    case_version: int | None = None


class Entry(SQLModel, table=True):
    """What somebody said or did in a case: an opinion, an objection, a service …; never changed.

    Who it comes from (`raiser`, with the party's id, the department's id or just a name) and who typed it in
    (`registrar`, a user name or the name of a party's link) are two things. `corrects` is the entry that this one
    replaces. `grounds` is a JSON list of codes.
    """

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    position: int
    kind: str
    made_on: str
    raiser: str
    raised_by: str
    party_id: str | None = Field(default=None, foreign_key="party.id")
    office_id: str | None = Field(default=None, foreign_key="institution.id")
    about_kind: str
    about_id: str
    about_version: int | None = None
    grounds: str
    text: str | None = None
    method: str | None = None
    result: str | None = None
    place: str | None = None
    number: str | None = None
    proof_id: str | None = Field(default=None, foreign_key="document.id")
    corrects: str | None = Field(default=None, foreign_key="entry.id", unique=True)
    registrar: str
    version: int


class CaseShare(SQLModel, table=True):
    """Another institution that may read a case and give its opinion, until the share is withdrawn."""

    __tablename__ = "case_share"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    position: int
    institution_id: str = Field(foreign_key="institution.id", index=True)
    shared_on: str
    withdrawn_on: str | None = None


class Proceeding(SQLModel, table=True):
    """Arbitration, court, judicial confirmation, payment order or arbitration review, followed within a case.

    `applicants` is a JSON list of positions of parties, `claims` one of kinds of claims.
    """

    __tablename__ = "proceeding"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    kind: str
    body: str
    number: str | None = Field(default=None, index=True)
    agreement_id: str | None = Field(default=None, foreign_key="agreement.id")
    applicants: str
    claims: str
    basis: str | None = None
    opened_on: str
    accepted_on: str | None = None
    closed_on: str | None = None
    outcome: str | None = None
    version: int
