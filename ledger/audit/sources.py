"""What an audit reads, as streams: the log, the readable records and the chain.

The audit knows no database, no archive and no law. Adapters give it what they hold, as it stands, edited cells and all:
nothing here is trusted for being there, and no adapter repairs or skips what it finds odd.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ledger.anchor import AnchorReader

# ------------------------------------------------------------------------------------------------------------ the log


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredStatement:
    """A statement as held. `body` is the text that the log commits to; `leaf_index` is None while it waits.

    `columns` are copies of the body's members kept beside it (and `commitment`, hex), by the member's name; empty where
    none are kept. `held` is whatever the source needs to open the disclosures.
    """

    leaf_index: int | None
    body: bytes
    columns: Mapping[str, object] = field(default_factory=dict)
    held: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """Disclosures that are held but cannot be opened: the stream's key is lost, or their own seal is broken."""

    what: Literal["key", "seal"]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCheckpoint:
    """A checkpoint as held: the signed note, and `size` and `root` (hex) where they are kept beside it.

    `signed_at` and `state` are None where they are not kept; a `final` one is claimed to be in the contract.
    """

    size: int
    note: str
    root: str | None = None
    signed_at: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTransaction:
    """A signed transaction as held: `raw` as it was sent, the rest what is claimed about it, None where nothing is.

    `outcome` is what is claimed to have become of it, under the names of `MinedTransaction.outcome`, as far as kept;
    `replaced_by` is the hash of the one that is said to have taken its nonce.
    """

    hash: str
    raw: bytes
    sender: str
    nonce: int
    state: str | None
    checkpoint_size: int | None = None
    block_number: int | None = None
    block_hash: str | None = None
    outcome: Mapping[str, object] = field(default_factory=dict)
    replaced_by: str | None = None


class LogSource(Protocol):
    """The log as held. One consistent state for as long as the source lives; each method may be called many times."""

    def statements(self) -> Iterator[StoredStatement]:
        """Every statement by leaf index, then those that wait, in the order in which they were recorded."""
        ...

    def disclosures(self, stored: StoredStatement) -> tuple[str, ...] | Unreadable | None:
        """The encoded disclosures of a statement just given by `statements`; None where they are withheld.

        Of a body that is no statement the answer is not used.
        """
        ...

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """Every checkpoint, by size."""
        ...

    def tiles(self) -> Iterator[tuple[int, int]]:
        """The (level, index) of every tile held."""
        ...

    def tile(self, level: int, index: int) -> bytes | None:
        """A tile's hashes as held, 32 bytes each, or None."""
        ...


# -------------------------------------------------------------------------------------------------------- the records


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A readable record as it stands now: a value for each disclosed name, `kind` as in its `record` disclosure."""

    kind: str
    subject: str
    version: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRecord:
    """The register of records: which number a subject has, and which stream it belongs to."""

    subject: str
    record_no: str
    stream: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two values that a source holds in two places and that must be equal, for example a copy made for searching."""

    kind: str
    number: str
    field: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """The bytes behind a digest of a record. `sha256` is hex; `field` names the digest."""

    subject: str
    version: int
    field: str
    sha256: str
    handle: str


class RecordSource(Protocol):
    """The readable records as held; the same promises as `LogSource`."""

    @property
    def event_names(self) -> frozenset[str]:
        """Names that statements disclose and no row holds, such as who entered it."""
        ...

    @property
    def versioned(self) -> frozenset[str]:
        """The kinds of record that keep a row for every version; the others keep the newest alone."""
        ...

    def rows(self) -> Iterator[StoredRow]:
        """Every row of every kind of record."""
        ...

    def register(self) -> Iterator[StoredRecord] | None:
        """Every entry of the register of records; None where none is kept."""
        ...

    def comparisons(self) -> Iterator[Comparison]:
        """Every pair of values that the source itself knows must agree."""
        ...


class FileSource(Protocol):
    """The stored files of documents."""

    def files(self) -> Iterator[StoredFile]:
        """Every stored file that a record speaks of."""
        ...

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        """The bytes of a file in pieces.

        Raises FileNotFoundError when it is missing, Mismatch or Malformed when its seal is broken.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class DecodedTransaction:
    """What a raw transaction says of itself. `sender` is recovered from the signature, EIP-55; `hash` 0x-prefixed."""

    hash: str
    sender: str
    nonce: int


class TransactionSource(Protocol):
    """The signed transactions as held."""

    def transactions(self) -> Iterator[StoredTransaction]:
        """Every transaction, in the order in which they were signed or mined."""
        ...

    def decode(self, raw: bytes) -> DecodedTransaction:
        """What the raw bytes themselves say; raises Malformed when they are no signed transaction."""
        ...


# ---------------------------------------------------------------------------------------------------------- the chain


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """An event that the contract emitted for this log, in the names of its interface.

    `arguments` holds each argument but `logId`: numbers as int, addresses as EIP-55 text, 32 bytes as bytes.
    """

    name: str
    arguments: Mapping[str, int | str | bytes | bool]
    block_number: int
    transaction_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmittedLog:
    """An event of a transaction, undecoded. `address` is EIP-55, topics have 32 bytes each."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of the canonical chain. Hashes are 0x-prefixed."""

    block_number: int
    block_hash: str
    state_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MinedTransaction:
    """A transaction as the canonical chain holds it. Hashes are 0x-prefixed, `block_time` is Unix seconds."""

    hash: str
    sender: str
    nonce: int
    block_number: int
    block_hash: str
    block_time: int
    succeeded: bool
    gas_used: int
    contract_address: str | None
    logs: tuple[EmittedLog, ...]

    @property
    def outcome(self) -> Mapping[str, object]:
        """What became of it, in the names and JSON values of a bundle's line (`ledger/docs/bundle.md`, 9.7 to 9.11)."""
        return {
            "block_time": self.block_time,
            "status": int(self.succeeded),
            "gas_used": self.gas_used,
            "contract_address": self.contract_address,
            "logs": [
                {
                    "address": log.address,
                    "topics": ["0x" + topic.hex() for topic in log.topics],
                    "data": "0x" + log.data.hex(),
                }
                for log in self.logs
            ],
        }


class AuditedChain(AnchorReader, Protocol):
    """A reader of one log of one contract that also knows its history. Raises Unavailable as `AnchorReader` does."""

    def events(self) -> Iterator[LogEvent]:
        """Every event of this log, oldest first, from the block in which the log was opened."""
        ...

    def mined(self, transaction_hash: str) -> MinedTransaction | None:
        """The transaction in the canonical chain, or None when it is not there."""
        ...

    def block(self, number: int) -> Block | None:
        """The block with this number in the canonical chain, or None when it does not go so far."""
        ...

    def has_cosigned(self, *, index: int, witness: str) -> bool:
        """Whether the contract's storage holds this witness's cosignature of the checkpoint with this index."""
        ...
