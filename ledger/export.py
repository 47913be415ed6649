"""Writing the `ledger` bundle: everything that an audit and a replay need, from the same sources an audit reads.

The members and their lines are those that `ledger.bundle_source` reads. Everything is streamed; disclosures that cannot
be opened are left out, and the audit of the bundle then says so. A *redacted* bundle holds no disclosures, rows and
documents: statements are salted digests, so it may go to anybody, and still shows that nothing in the log has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final, Protocol

from ledger.anchor import AnchorState
from ledger.audit.sources import FileSource, LogSource, RecordSource, StoredStatement, TransactionSource
from ledger.bundle import BundleWriter, Profile
from ledger.bundle_source.source import REPLACED, SINCE
from ledger.canonical import JsonValue, canonical_bytes
from ledger.checkpoint import parse_checkpoint
from ledger.errors import Conflict, Malformed, Mismatch
from ledger.merkle import HASH_SIZE
from ledger.note import parse_note
from ledger.statement import parse_statement
from ledger.tiles import TileId, tile_width


class ExportedSource(LogSource, RecordSource, FileSource, TransactionSource, Protocol):
    """A whole ledger as held: what `ledger.audit` reads of it."""


class MinedEvent(Protocol):
    """An event of a mined transaction. `address` is EIP-55."""

    @property
    def address(self) -> str:
        """The contract that emitted it."""

    @property
    def topics(self) -> Sequence[bytes]:
        """The topics, 32 bytes each."""

    @property
    def data(self) -> bytes:
        """The data."""


class Mined(Protocol):
    """A mined transaction with what became of it, as `ledger.chain` gives it."""

    @property
    def hash(self) -> str:
        """0x-prefixed, as all hashes here."""

    @property
    def raw(self) -> bytes:
        """The signed bytes."""

    @property
    def sender(self) -> str:
        """EIP-55."""

    @property
    def nonce(self) -> int:
        """The sender's count."""

    @property
    def block_number(self) -> int:
        """Of the block it is in."""

    @property
    def block_hash(self) -> str:
        """Of the block it is in."""

    @property
    def block_time(self) -> int:
        """Unix seconds."""

    @property
    def succeeded(self) -> bool:
        """The receipt's status."""

    @property
    def gas_used(self) -> int:
        """Gas."""

    @property
    def contract_address(self) -> str | None:
        """EIP-55 address of the contract that it created."""

    @property
    def logs(self) -> Sequence[MinedEvent]:
        """Its events, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The newest block when the export began. Hashes are 0x-prefixed."""

    block_number: int
    block_hash: str
    state_root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedChain:
    """What a bundle says of the chain. `genesis` is None where the chain is not an embedded one.

    `head` is taken before the ledger's sources are opened, so that they hold at least what the chain shows there.
    """

    genesis: bytes | None
    contract: bytes
    head: ChainHead
    transactions: Iterable[Mined]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How much of the ledger a bundle holds.

    `redacted` leaves out disclosures, rows and documents. `since` is the size of an anchored checkpoint: what the tree
    had then, and the chain, is left out, for whoever has it in an earlier bundle (`ledger.joining`).
    """

    redacted: bool = False
    since: int = 0


WHOLE: Final = Scope()

_IN_A_BLOCK: Final = frozenset({AnchorState.MINED, AnchorState.FINAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The anchored checkpoint that an incremental bundle begins after, and the block that holds it."""

    size: int
    root: bytes
    block_number: int

    def render(self) -> JsonValue:
        """What `since.json` says."""
        return {"block_number": self.block_number, "root": self.root.hex(), "size": self.size}


def write_ledger_bundle(
    file: BinaryIO,
    source: ExportedSource,
    chain: ExportedChain,
    *,
    trust: bytes,
    created_at: datetime,
    scope: Scope = WHOLE,
) -> None:
    """Write the ledger, as much of it as `scope` says, to the seekable, empty `file`.

    Raises what the sources raise, and Conflict when `scope.since` is no anchored checkpoint's size; `file` then holds
    no bundle.
    """
    since = _since(source, scope.since) if scope.since else None
    with BundleWriter(file, profile=Profile.LEDGER, created_at=created_at) as bundle:
        bundle.write("trust.json", trust)
        if chain.genesis is not None:
            bundle.write("genesis.json", chain.genesis)
        bundle.write("contract.json", chain.contract)
        if since is not None:
            bundle.write(SINCE, canonical_bytes(since.render()) + b"\n")
        _write_lines(bundle, "statements.jsonl", _statements(source, scope.since))
        _write_lines(bundle, "disclosures.jsonl", () if scope.redacted else _disclosures(source, scope.since))
        _write_lines(bundle, "rows.jsonl", () if scope.redacted else _rows(source))
        bundle.write("chain/head.json", canonical_bytes(_head(chain.head)) + b"\n")
        mined: dict[_Place, str] = {}
        _write_lines(bundle, "chain/transactions.jsonl", _transactions(chain, mined, since))
        _write_lines(bundle, REPLACED, _replaced(source, mined))
        _write_lines(bundle, "checkpoints.jsonl", _checkpoints(source, mined, scope.since))
        _write_tiles(bundle, source, scope.since)
        if not scope.redacted:
            _write_documents(bundle, source, scope.since)


def _write_lines(bundle: BundleWriter, path: str, lines: Iterable[JsonValue]) -> None:
    with bundle.open(path) as member:
        for line in lines:
            member.write(canonical_bytes(line) + b"\n")


def _since(source: ExportedSource, size: int) -> Since:
    blocks = {
        transaction.checkpoint_size: transaction.block_number
        for transaction in source.transactions()
        if transaction.state in _IN_A_BLOCK
    }
    for checkpoint in source.checkpoints():
        block = blocks.get(size)
        if checkpoint.size == size and block is not None:
            root = parse_checkpoint(parse_note(checkpoint.note).text).root
            return Since(size=size, root=root, block_number=block)
    raise Conflict("export", f"there is no anchored checkpoint of {size} statements to begin after")


def _newer(source: ExportedSource, since: int) -> Iterator[StoredStatement]:
    for stored in source.statements():
        if stored.leaf_index is None or stored.leaf_index >= since:
            yield stored


def _statements(source: ExportedSource, since: int) -> Iterator[JsonValue]:
    for stored in _newer(source, since):
        yield {"leaf_index": stored.leaf_index, "statement": stored.body.decode("utf-8", "replace")}


def _disclosures(source: ExportedSource, since: int) -> Iterator[JsonValue]:
    for stored in _newer(source, since):
        opened = _open(source, stored)
        if opened is not None:
            yield {"id": opened[0], "disclosures": opened[1]}


def _open(source: ExportedSource, stored: StoredStatement) -> tuple[str, tuple[str, ...]] | None:
    try:
        statement = parse_statement(stored.body)
    except Malformed:
        return None
    opened = source.disclosures(stored)
    return (statement.id, opened) if isinstance(opened, tuple) else None


def _rows(source: ExportedSource) -> Iterator[JsonValue]:
    for row in source.rows():
        values = {name: _as_json(value) for name, value in row.values.items()}
        yield {"table": row.kind, "subject": row.subject, "version": row.version, "values": values}


def _as_json(value: object) -> JsonValue:
    """A cell as JSON can hold it: what somebody put there by hand may be of any kind, and is then shown as text."""
    try:
        canonical_bytes(value)  # type: ignore[arg-type]  # the check itself
    except (Malformed, TypeError):
        return repr(value)
    return value  # type: ignore[return-value]  # just checked


def _head(head: ChainHead) -> JsonValue:
    return {"block_hash": head.block_hash, "block_number": head.block_number, "state_root": head.state_root}


_Place = tuple[str, int]
"""The sender and nonce of a transaction: a chain takes one of them."""


def _transactions(chain: ExportedChain, mined: dict[_Place, str], since: Since | None) -> Iterator[JsonValue]:
    for transaction in chain.transactions:
        if transaction.block_number > chain.head.block_number:
            return
        mined[transaction.sender, transaction.nonce] = transaction.hash
        if since is not None and transaction.block_number <= since.block_number:
            continue
        yield {
            "hash": transaction.hash,
            "raw": "0x" + transaction.raw.hex(),
            "from": transaction.sender,
            "nonce": transaction.nonce,
            "block_number": transaction.block_number,
            "block_hash": transaction.block_hash,
            "block_time": transaction.block_time,
            "status": int(transaction.succeeded),
            "gas_used": transaction.gas_used,
            "contract_address": transaction.contract_address,
            "logs": [
                {
                    "address": event.address,
                    "topics": ["0x" + topic.hex() for topic in event.topics],
                    "data": "0x" + event.data.hex(),
                }
                for event in transaction.logs
            ],
        }


def _replaced(source: ExportedSource, mined: Mapping[_Place, str]) -> Iterator[JsonValue]:
    """What was signed and is in no block, because another one has its nonce."""
    for stored in source.transactions():
        instead = mined.get((stored.sender, stored.nonce))
        # One that is in a block of a chain that the log has left may have the same nonce.
        if instead is not None and instead != stored.hash and stored.state not in _IN_A_BLOCK:
            yield {
                "hash": stored.hash,
                "raw": "0x" + stored.raw.hex(),
                "from": stored.sender,
                "nonce": stored.nonce,
                "replaced_by": instead,
            }


def _checkpoints(source: ExportedSource, mined: Mapping[_Place, str], since: int) -> Iterator[JsonValue]:
    in_a_block = set(mined.values())
    hashes = {
        transaction.checkpoint_size: transaction.hash
        for transaction in source.transactions()
        if transaction.hash in in_a_block and transaction.state in _IN_A_BLOCK
    }
    for checkpoint in source.checkpoints():
        if checkpoint.size < since:
            continue
        yield {
            "size": checkpoint.size,
            "note": checkpoint.note,
            "transaction_hash": hashes.get(checkpoint.size),
        }


def _write_tiles(bundle: BundleWriter, source: ExportedSource, since: int) -> None:
    for level, index in source.tiles():
        data = source.tile(level, index)
        if data and len(data) > tile_width(size=since, level=level, index=index) * HASH_SIZE:
            width = max(1, len(data) // HASH_SIZE)
            bundle.write(f"tiles/{TileId(level=level, index=index, width=width).path}", data)


def _write_documents(bundle: BundleWriter, source: ExportedSource, since: int) -> None:
    written, wanted = set[str](), _new_versions(source, since) if since else None
    for stored in source.files():
        if stored.sha256 in written or (wanted is not None and (stored.subject, stored.version) not in wanted):
            continue
        written.add(stored.sha256)
        chunks = source.chunks(stored)
        try:
            first = next(chunks, b"")
        except (FileNotFoundError, Malformed, Mismatch):
            continue  # missing here, and so in the bundle: its audit names the document
        with bundle.open(f"documents/{stored.sha256}") as member, suppress(Malformed, Mismatch):
            # a seal that breaks further on leaves a file that is too short: its audit names the document
            member.write(first)
            for chunk in chunks:
                member.write(chunk)


def _new_versions(source: ExportedSource, since: int) -> set[tuple[str, int]]:
    """Subject and version of every record that the newer statements are about."""
    found: set[tuple[str, int]] = set()
    for stored in _newer(source, since):
        with suppress(Malformed):
            statement = parse_statement(stored.body)
            found.add((statement.subject, statement.version))
    return found
