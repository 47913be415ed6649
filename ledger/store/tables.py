"""Tables of the log. Times are RFC 3339 UTC text, hashes lower-case hex, identifiers UUID text.

Text on purpose: an edited cell must reach the audit as it stands, not fail while a driver converts it.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel


class Log(SQLModel, table=True):
    """The one log of this database and the chain identity pinned for it."""

    __tablename__ = "log"

    origin: str = Field(primary_key=True)
    chain_id: int = Field(sa_type=BigInteger)
    genesis_hash: str
    contract: str
    code_sha256: str
    log_id: str
    finality: str
    evidence: str
    opened_at: str


class Stream(SQLModel, table=True):
    """A gap-free sequence of statements, and the wrapped data key that seals what belongs to it."""

    __tablename__ = "stream"

    id: str = Field(primary_key=True)
    kind: str
    institution: str = Field(index=True)
    wrapped_key: bytes = Field(sa_type=LargeBinary)
    opened_at: str


class Record(SQLModel, table=True):
    """One record of a stream: its subject, and the number under which paper names it."""

    __tablename__ = "record"

    subject: str = Field(primary_key=True)
    record_no: str = Field(unique=True)
    stream: str = Field(foreign_key="stream.id", index=True)


class StatementRow(SQLModel, table=True):
    """A statement as recorded. All columns but the last two repeat what `body` says; the audit compares them.

    `ordinal` orders the statements of one stream (they are written under that stream's row lock) and nothing else:
    on PostgreSQL a smaller ordinal may become visible later. `leaf_index` is the anchorer's alone.
    """

    __tablename__ = "statement"
    __table_args__ = (
        UniqueConstraint("stream", "stream_seq"),
        UniqueConstraint("subject", "version"),
        CheckConstraint("stream_seq >= 1 AND version >= 1"),
        Index(
            "ix_statement_waiting",
            "ordinal",
            sqlite_where=text("leaf_index IS NULL"),
            postgresql_where=text("leaf_index IS NULL"),
        ),
    )

    ordinal: int | None = Field(default=None, primary_key=True)
    id: str = Field(unique=True)
    stream: str = Field(foreign_key="stream.id")
    stream_seq: int
    subject: str = Field(foreign_key="record.subject")
    version: int
    type: str
    institution: str
    recorded_at: str
    body: str
    commitment: str = Field(unique=True)
    disclosures: bytes = Field(sa_type=LargeBinary)
    leaf_index: int | None = Field(default=None, unique=True, sa_type=BigInteger)


class Tile(SQLModel, table=True):
    """A tile of the tree (C2SP tlog-tiles): up to 256 hashes, the newest and widest state of the tile."""

    __tablename__ = "tile"

    level: int = Field(primary_key=True)
    number: int = Field(primary_key=True)
    hashes: bytes = Field(sa_type=LargeBinary)


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint; there is one for a size, for ever."""

    __tablename__ = "checkpoint"

    size: int = Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})
    root: str
    note: str
    signed_at: str


class ChainTransaction(SQLModel, table=True):
    """A signed transaction: written before it is sent, and sent only as these bytes.

    `purpose` is set_up, append or revoke, `state` an AnchorState; `cause` names why a person must look.
    `checkpoint_size` is set on an `append`.
    """

    __tablename__ = "chain_transaction"
    __table_args__ = (UniqueConstraint("sender", "nonce", "hash"),)

    hash: str = Field(primary_key=True)
    ordinal: int = Field(unique=True)
    purpose: str
    sender: str
    nonce: int = Field(sa_type=BigInteger)
    raw: bytes = Field(sa_type=LargeBinary)
    checkpoint_size: int | None = Field(default=None, foreign_key="checkpoint.size", index=True, sa_type=BigInteger)
    state: str = Field(index=True)
    cause: str | None = None
    block_number: int | None = Field(default=None, sa_type=BigInteger)
    block_hash: str | None = None
    signed_at: str


class RevocationRow(SQLModel, table=True):
    """A commitment that the contract is to revoke, once the statement `ground` (its id) is final.

    Written with the ground, in one transaction; `transaction_hash` is the anchorer's alone.
    """

    __tablename__ = "revocation"
    __table_args__ = (
        CheckConstraint("reason BETWEEN 1 AND 255"),
        Index(
            "ix_revocation_waiting",
            "ground",
            sqlite_where=text("transaction_hash IS NULL"),
            postgresql_where=text("transaction_hash IS NULL"),
        ),
    )

    commitment: str = Field(primary_key=True, foreign_key="statement.commitment")
    reason: int
    ground: str = Field(foreign_key="statement.id")
    transaction_hash: str | None = Field(default=None, unique=True, foreign_key="chain_transaction.hash")
