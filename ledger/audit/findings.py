"""What an audit can find: stable codes, and what a finding, a layer and the custody of a log consist of.

Codes are permanent: one may be added, none may change its meaning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Literal

from ledger.anchor import ChainIdentity


class Absent(Enum):
    """There is no value at all, which is not the same as null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


class Layer(StrEnum):
    """What is compared with what, in the order in which a report shows it."""

    CONTAINER = "container"
    ROWS = "rows"
    DISCLOSURES = "disclosures"
    STATEMENTS = "statements"
    STREAMS = "streams"
    TREE = "tree"
    CHECKPOINTS = "checkpoints"
    CHAIN = "chain"
    TRANSACTIONS = "transactions"
    DOCUMENTS = "documents"


class Code(StrEnum):
    """What is wrong. The value is the stable name."""

    MEMBER_CHANGED = "member_changed"
    ROW_CHANGED = "row_changed"
    ROW_MISSING = "row_missing"
    ROW_EXTRA = "row_extra"
    RECORD_NUMBER_MISMATCH = "record_number_mismatch"
    DISCLOSURE_MISMATCH = "disclosure_mismatch"
    DISCLOSURES_UNREADABLE = "disclosures_unreadable"
    DISCLOSURES_MISSING = "disclosures_missing"
    KEY_UNREADABLE = "key_unreadable"
    ERASURE_UNKNOWN = "erasure_unknown"
    ERASURE_INCOMPLETE = "erasure_incomplete"
    STATEMENT_CHANGED = "statement_changed"
    COLUMN_CHANGED = "column_changed"
    STREAM_GAP = "stream_gap"
    STREAM_FORK = "stream_fork"
    VERSION_GAP = "version_gap"
    VERSION_FORK = "version_fork"
    PREVIOUS_MISMATCH = "previous_mismatch"
    STATEMENT_EXTRA = "statement_extra"
    LEAF_MISSING = "leaf_missing"
    LEAF_MISMATCH = "leaf_mismatch"
    LEAF_ORDER = "leaf_order"
    LEAF_UNPUBLISHED = "leaf_unpublished"
    TILE_MISMATCH = "tile_mismatch"
    ROOT_MISMATCH = "root_mismatch"
    NOTE_INVALID = "note_invalid"
    NOTE_DUPLICATE = "note_duplicate"
    CHECKPOINT_MISSING = "checkpoint_missing"
    CHECKPOINT_MISSING_ON_CHAIN = "checkpoint_missing_on_chain"
    CHECKPOINT_EXTRA_ON_CHAIN = "checkpoint_extra_on_chain"
    CHECKPOINT_MISMATCH = "checkpoint_mismatch"
    SIZE_MISSTATED = "size_misstated"
    HIGH_WATER_MISMATCH = "high_water_mismatch"
    IDENTITY_MISMATCH = "identity_mismatch"
    LOG_MOVE_HEAD_MISMATCH = "log_move_head_mismatch"
    LOG_MOVE_CONTINUED = "log_move_continued"
    LOG_MOVE_REVOCATION_LOST = "log_move_revocation_lost"
    LOG_MOVE_UNSTATED = "log_move_unstated"
    LOG_MOVE_MISMATCH = "log_move_mismatch"
    LOG_MOVE_UNTRUSTED = "log_move_untrusted"
    COSIGNATURE_MISMATCH = "cosignature_mismatch"
    REVOCATION_UNLOGGED = "revocation_unlogged"
    REVOCATION_WITHOUT_STATEMENT = "revocation_without_statement"
    TRANSACTION_MISMATCH = "transaction_mismatch"
    TRANSACTION_MISSING = "transaction_missing"
    TRANSACTION_EXTRA = "transaction_extra"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_CHANGED = "document_changed"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a finding is about: its `kind` (case, document, statement, checkpoint, tile …) and its `number`.

    The number of a record is its record number, with `.v2` for a version; of a checkpoint or a move its size; of a tile
    `level/index`; of a transaction its hash, or `sender/nonce` where only that is known; of anything else its
    identifier.
    """

    kind: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that does not add up.

    `field` goes down into a JSON value (`parties[0].name`). `expected` is what the better protected side says, `found`
    what stands there. `leaf_index` is the first leaf concerned. `detail` is for technicians and in English.
    """

    code: Code
    layer: Layer
    record: Record
    field: str | None = None
    expected: object = ABSENT
    found: object = ABSENT
    leaf_index: int | None = None
    detail: str | None = None


class Outcome(StrEnum):
    """How the work on a layer ended. Findings are another matter: a layer that was checked may have them.

    `not_checked`: not part of what was given, and not asked for. `unavailable`: wanted, and not to be had.
    """

    CHECKED = "checked"
    NOT_CHECKED = "not_checked"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerResult:
    """A layer: how the work ended, how many things were looked at, and why not when it did not end `checked`."""

    layer: Layer
    outcome: Outcome
    counted: int
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """An address that could append, from the checkpoint with this index on."""

    address: str
    from_index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness: whether it is named now, how many checkpoints it has cosigned, and the index of the newest of them."""

    address: str
    named: bool
    cosigned: int
    newest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custody:
    """Operators in their order, the first who opened the log; witnesses by address, former ones too."""

    operators: tuple[Operator, ...]
    witnesses: tuple[Witness, ...]


Content = Literal["gone", "held", "withheld"]
"""What is left of the fields of an erased statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A statement that another one, `by`, says was erased, and what is left of its fields.

    `content` is `gone`, `held` where they are still there, `withheld` where they were not given to whoever audits.
    """

    record: Record
    by: Record
    leaf_index: int | None
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Former:
    """A contract that held the log before it moved at `until_size`; `custody` is None when it could not be read."""

    chain: ChainIdentity
    until_size: int
    custody: Custody | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptHead:
    """The highest checkpoint that was ever final, kept outside database and chain, or read off a printed paper."""

    size: int
    root: bytes


def differences(expected: object, found: object, path: str = "") -> Iterator[tuple[str, object, object]]:
    """Yield (path, expected, found) for every place in which two JSON values differ, in a fixed order.

    Members are compared by name, elements by position. A place that only one side has is ABSENT on the other.
    """
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in sorted({*expected, *found}):
            below = f"{path}.{name}" if path else str(name)
            yield from differences(expected.get(name, ABSENT), found.get(name, ABSENT), below)
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        for at in range(max(len(expected), len(found))):
            left = expected[at] if at < len(expected) else ABSENT
            right = found[at] if at < len(found) else ABSENT
            yield from differences(left, right, f"{path}[{at}]")
    elif not _same(expected, found):
        yield path, expected, found


def _same(expected: object, found: object) -> bool:
    # true equals 1 for Python, and 1.0 equals 1; neither is the same JSON.
    return type(expected) is type(found) and expected == found
