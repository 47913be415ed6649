"""What stands beside a case by its kind, and what likely duplicates are found by."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class AidRequest(SQLModel, table=True):
    """What an application for legal aid asks for, of whom, and why hardship is not checked or how it is shown."""

    __tablename__ = "aid_request"

    case_id: str = Field(primary_key=True, foreign_key="legal_case.id")
    provider: str
    form: str | None = None
    hardship: str | None = None
    urgency: str | None = None


class Consultation(SQLModel, table=True):
    """Who asked for advice and what they were told. The case holds what it was about."""

    __tablename__ = "consultation"

    case_id: str = Field(primary_key=True, foreign_key="legal_case.id")
    caller_kind: str
    caller_name: str | None = None
    caller_phone: str | None = None
    advice: str
    outcome: str
    follow_up_on: str | None = None
    follow_up: str | None = None


class MatchKey(SQLModel, table=True):
    """What a case is found by when a likely duplicate is looked for: a keyed hash of a normalised name or number.

    `maker` says which rules and dictionaries made it; the service makes keys of another maker anew when it starts.
    """

    __tablename__ = "match_key"

    case_id: str = Field(primary_key=True, foreign_key="legal_case.id")
    key: str = Field(primary_key=True, index=True)
    maker: str
