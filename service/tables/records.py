"""Offices, people, cases, documents and agreements."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel


class Institution(SQLModel, table=True):
    """An office that records, with the two streams of its own: who looked, and what was administered."""

    __tablename__ = "institution"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    code: str = Field(unique=True)
    name: str
    kind: str
    phone: str | None = None
    version: int
    access_stream: str = Field(foreign_key="stream.id")
    administration_stream: str = Field(foreign_key="stream.id")
    created_at: str


class User(SQLModel, table=True):
    """A person of an institution who signs in. `password_hash` is Argon2id."""

    __tablename__ = "user_account"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    username: str = Field(unique=True)
    display_name: str
    role: str
    institution_id: str = Field(foreign_key="institution.id")
    password_hash: str
    active: bool = True
    version: int
    created_at: str


class WebSession(SQLModel, table=True):
    """A signed-in browser. The cookie holds the token; only its SHA-256 is kept."""

    __tablename__ = "web_session"

    token_sha256: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", index=True)
    language: str
    created_at: str
    expires_at: str


class CalendarFeed(SQLModel, table=True):
    """A calendar address of a person. The address holds the token; only its SHA-256 is kept. Gone when withdrawn."""

    __tablename__ = "calendar_feed"

    token_sha256: str = Field(primary_key=True)
    user_id: str = Field(foreign_key="user_account.id", unique=True)
    language: str
    created_at: str


class IdempotencyKey(SQLModel, table=True):
    """A write that was answered: the same key and body get the same record again, another body is refused."""

    __tablename__ = "idempotency_key"

    user_id: str = Field(foreign_key="user_account.id", primary_key=True)
    key: str = Field(primary_key=True)
    route: str
    body_sha256: str
    resource_id: str
    created_at: str


class AccessRecord(SQLModel, table=True):
    """That the record `subject` was read in some `way` within an `hour` (UTC), once or more often."""

    __tablename__ = "access_record"
    __table_args__ = (UniqueConstraint("subject", "way", "hour"),)

    id: str = Field(primary_key=True, foreign_key="record.subject")
    subject: str = Field(foreign_key="record.subject")
    way: str
    hour: str
    version: int


class Dispute(SQLModel, table=True):
    """The underlying quarrel; several institutions' cases may be about it."""

    __tablename__ = "dispute"

    id: str = Field(primary_key=True)
    opened_at: str


class Case(SQLModel, table=True):
    """One institution's file on a dispute. Its id is the subject of its statements.

    `separate_reason` says why it is a dispute of its own though another case looked like it, `converted_from` which
    consultation it came from.
    """

    __tablename__ = "legal_case"
    __table_args__ = (UniqueConstraint("institution_id", "year", "kind", "serial"),)

    id: str = Field(primary_key=True, foreign_key="record.subject")
    dispute_id: str = Field(foreign_key="dispute.id", index=True)
    institution_id: str = Field(foreign_key="institution.id", index=True)
    stream: str = Field(foreign_key="stream.id", unique=True)
    kind: str
    year: int
    serial: int
    case_no: str
    dispute_type: str
    channel: str
    referral: str | None = None
    referred_by: str | None = None
    received_on: str
    facts: str
    stage: str
    handler_id: str | None = Field(default=None, foreign_key="user_account.id", index=True)
    separate_reason: str | None = None
    converted_from: str | None = Field(default=None, foreign_key="legal_case.id", index=True)
    version: int
    created_at: str = Field(index=True)


class Party(SQLModel, table=True):
    """A person or firm in a case. `role` is the position in the case, `kind` what the party is.

    `chosen` marks workers whom ten or more have chosen to represent them. `stands_for` is the dead worker in whose
    place a relative takes part, `relation` what the relative was to them.
    """

    __tablename__ = "party"
    __table_args__ = (UniqueConstraint("case_id", "position"),)

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    position: int
    role: str
    kind: str
    name: str
    gender: str | None = None
    birth_date: str | None = None
    id_number: str | None = None
    credit_code: str | None = None
    representative: str | None = None
    category: str | None = None
    phone: str | None = None
    address: str | None = None
    occupation: str | None = None
    representative_post: str | None = None
    chosen: bool = False
    stands_for: str | None = None
    relation: str | None = None


class Agent(SQLModel, table=True):
    """Who acts for a party, and with what authority (general or special)."""

    __tablename__ = "agent"
    __table_args__ = (UniqueConstraint("party_id", "position"),)

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    party_id: str = Field(foreign_key="party.id", index=True)
    position: int
    name: str
    organisation: str | None = None
    authority: str
    phone: str | None = None


class Claim(SQLModel, table=True):
    """What one party claims."""

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("case_id", "position"), CheckConstraint("amount_fen >= 0"))

    id: str = Field(primary_key=True)
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    party_id: str = Field(foreign_key="party.id", index=True)
    position: int
    kind: str
    amount_fen: int | None = Field(default=None, sa_type=BigInteger)
    detail: str


class Document(SQLModel, table=True):
    """A filed document; its files are its versions."""

    __tablename__ = "document"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    version: int


class DocumentVersion(SQLModel, table=True):
    """One file of a document. `sha256` and `sm3` are of the plain file, `sealed_sha256` of the sealed blob on disk."""

    __tablename__ = "document_version"

    document_id: str = Field(foreign_key="document.id", primary_key=True)
    version: int = Field(primary_key=True)
    doc_type: str
    title: str
    file_name: str
    media_type: str
    size: int = Field(sa_type=BigInteger)
    sha256: str = Field(index=True)
    sm3: str
    source: str
    original_compared: bool | None = None
    captured_by: str | None = None
    blob: str = Field(unique=True)
    sealed_sha256: str
    sealed_size: int = Field(sa_type=BigInteger)


class Agreement(SQLModel, table=True):
    """A mediation agreement as drafted, signed and performed.

    `waivers` is a JSON list of texts, `rescinded_by` one of the places of the parties who ended it. `parties` and
    `party_details` are JSON copies of what was printed: the paper does not change when a party's entry in the case is
    corrected later.
    """

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("total_fen >= 0"),)

    id: str = Field(primary_key=True, foreign_key="record.subject")
    case_id: str = Field(foreign_key="legal_case.id", index=True)
    number: str
    form: str
    parties: str
    party_details: str
    dispute_type: str
    facts: str
    total_fen: int = Field(sa_type=BigInteger)
    place: str | None = None
    employment_ends_on: str | None = None
    waivers: str
    closure: str
    late_terms: str | None = None
    payee: str | None = None
    payee_bank: str | None = None
    payee_account: str | None = None
    mediator: str
    organisation: str
    agreed_on: str
    effective_on: str | None = None
    state: str
    ended_on: str | None = None
    set_aside_by: str | None = None
    set_aside_number: str | None = None
    ending_document_id: str | None = None
    rescinded_by: str | None = None
    version: int


class PaperCode(SQLModel, table=True):
    """What the holder of a paper types to see what was registered under `subject`, the paper's record.

    `sealed` holds every code the paper had, newest last, sealed under the data key of the record's stream, as base64url
    text. Its versions are statements of the office's administration stream: the first code, then each replacement.
    """

    __tablename__ = "paper_code"

    id: str = Field(primary_key=True, foreign_key="record.subject")
    subject: str = Field(unique=True, foreign_key="record.subject")
    sealed: str
    version: int


class Instalment(SQLModel, table=True):
    """One payment that an agreement promises, and what was recorded as paid. Its id is the subject of payments."""

    __tablename__ = "instalment"
    __table_args__ = (UniqueConstraint("agreement_id", "position"), CheckConstraint("amount_fen > 0"))

    id: str = Field(primary_key=True, foreign_key="record.subject")
    agreement_id: str = Field(foreign_key="agreement.id", index=True)
    position: int
    amount_fen: int = Field(sa_type=BigInteger)
    due_on: str
    method: str
    paid_on: str | None = None
    paid_fen: int | None = Field(default=None, sa_type=BigInteger)
    paid_by: str | None = None
    version: int = 0


class Nonperformance(SQLModel, table=True):
    """A party's report that an agreement was not performed, and what another party answered to it.

    `instalment` is the position of the payment that is missing; None where the report is about another term.
    """

    __tablename__ = "nonperformance"
    __table_args__ = (UniqueConstraint("agreement_id", "position"),)

    id: str = Field(primary_key=True, foreign_key="record.subject")
    agreement_id: str = Field(foreign_key="agreement.id", index=True)
    position: int
    instalment: int | None = None
    reported_by: str = Field(foreign_key="party.id")
    reported_on: str
    detail: str
    answered_by: str | None = Field(default=None, foreign_key="party.id")
    answered_on: str | None = None
    answer: str | None = None
    version: int


class Signature(SQLModel, table=True):
    """A signature or seal on an agreement: who, as what, in which form, and when (劳动争议调解仲裁法 14)."""

    __tablename__ = "signature"
    __table_args__ = (UniqueConstraint("agreement_id", "position"),)

    id: str = Field(primary_key=True)
    agreement_id: str = Field(foreign_key="agreement.id", index=True)
    position: int
    signer: str
    party_id: str | None = Field(default=None, foreign_key="party.id")
    name: str
    method: str
    signed_at: str
