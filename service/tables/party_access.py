"""What an office lets a party see: links to its case, and papers that are released."""

from __future__ import annotations

from sqlmodel import Field, SQLModel


class PartyLink(SQLModel, table=True):
    """A link that opens one party's view of its case. Only the SHA-256 of its code is kept.

    `party_kind` and `party_name` are those of the party for whom it was issued: when the party at this place becomes
    somebody else, the link opens nothing.
    """

    __tablename__ = "party_link"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    party_id: str = Field(foreign_key="party.id")
    party_kind: str
    party_name: str
    code_sha256: str = Field(unique=True)
    expires_on: str
    revoked_on: str | None = None
    version: int


class Release(SQLModel, table=True):
    """A version of a document that an office lets one party read, while `withdrawn_on` is empty."""

    __tablename__ = "paper_release"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    document_id: str = Field(foreign_key="document.id", index=True)
    document_version: int
    party_id: str = Field(foreign_key="party.id")
    party_name: str
    released_on: str
    withdrawn_on: str | None = None
    version: int
