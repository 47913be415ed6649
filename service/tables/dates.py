"""Days noted for the sake of a legal clock."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class KeyDate(SQLModel, table=True):
    """A day from which a clock runs or at which it stops (`service.law.deadlines.KEY_DATES`).

    It is never changed: one that was wrong is withdrawn, with the reason in its statement, and noted anew.
    """

    __tablename__ = "key_date"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    code: str
    day: str
    note: str | None = None
    withdrawn: bool = False
    version: int
