"""A bundle as audit and replay read it: the members of the `ledger` profile, line by line, in constant memory.

trust.json            whom the exporter trusts: log, note keys, chain and contract
genesis.json          the first block of an embedded chain; missing where the chain is another one
contract.json         the contract's artifact
statements.jsonl      {"leaf_index", "statement"} by leaf index, then those that wait, with null
disclosures.jsonl     {"id", "disclosures"} in the order of the statements; empty in a redacted bundle
rows.jsonl            {"table", "subject", "version", "values"}
checkpoints.jsonl     {"size", "note", "transaction_hash"} by size; the hash is null while it is not anchored
tiles/tile/…          the tree (C2SP tlog-tiles)
chain/head.json       {"block_number", "block_hash", "state_root"}
chain/transactions.jsonl   what changed the log, in chain order
chain/replaced.jsonl   {"hash", "raw", "from", "nonce", "replaced_by"} of what was signed and never ran
documents/<sha256>    plain files, where they are included
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, Self

from ledger.anchor import AnchorState
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.sources import (
    Block,
    Comparison,
    DecodedTransaction,
    StoredCheckpoint,
    StoredFile,
    StoredRecord,
    StoredRow,
    StoredStatement,
    StoredTransaction,
    Unreadable,
)
from ledger.bundle import Bundle, Profile, open_bundle
from ledger.bundle_source.lines import Line, binary, digest, index_of, integer, mapping, text, texts
from ledger.canonical import JsonValue, parse_json
from ledger.errors import Malformed, Mismatch
from ledger.tiles import MAX_TILE_BYTES, TileId, parse_tile_path
from ledger.trust import MAX_TRUST_BYTES, Trust, parse_trust

MAX_LINE_BYTES: Final = 16 << 20
"""Of a line of any member: four times the disclosures of the largest record, escaped."""

MAX_SMALL_BYTES: Final = 4 << 20
"""Of a member that is read at once: genesis, head, contract artifact."""

EVENT_NAMES: Final = frozenset({"entered_by", "occurred_on", "reason", "record"})
VERSIONED: Final = frozenset({"document"})
_CHUNK: Final = 1 << 20
DOCUMENTS: Final = "documents/"
TILES: Final = "tiles/"
HEAD: Final = "chain/head.json"
SINCE: Final = "since.json"
"""Only in an incremental bundle: what it begins after."""

REPLACED: Final = "chain/replaced.jsonl"
"""Missing from bundles of programs that did not tell of replaced transactions."""

REPLACED_MEMBERS: Final = frozenset({"from", "hash", "nonce", "raw", "replaced_by"})
TRANSACTION_MEMBERS: Final = frozenset(
    {"block_hash", "block_number", "block_time", "contract_address", "from", "gas_used"}
    | {"hash", "logs", "nonce", "raw", "status"}
)

Decode = Callable[[bytes], DecodedTransaction]
"""Reads a signed transaction; raises Malformed."""

OUTCOME: Final = ("block_time", "status", "gas_used", "contract_address", "logs")
"""The members of a transaction's line that say what became of it."""


class BundleSource:
    """Everything of a `ledger` bundle that an audit compares. Raises Malformed for lines that are not of their form."""

    def __init__(
        self, bundle: Bundle, *, decode: Decode, trust: Trust | None = None, pinned: Pinned | None = None
    ) -> None:
        """`trust` is the reader's own; without it the bundle's is believed, which `own_trust` then tells.

        `pinned` adds the pairs that take a chain's rules to compute, such as the hash of the first block.
        """
        if bundle.profile is not Profile.LEDGER:
            raise Malformed("bundle", f"its profile is {bundle.profile}, audit and replay read {Profile.LEDGER}")
        if SINCE in bundle.members:
            raise Malformed("bundle", "it holds only what came after an earlier one: `join` it with that one first")
        self.bundle = bundle
        try:
            self._included = parse_trust(bundle.read("trust.json", max_bytes=MAX_TRUST_BYTES))
        except Mismatch:
            if trust is None:
                raise
            self._included = trust  # damaged, as `damage` tells; the reader's own takes its place anyway
        self.own_trust = trust is not None
        self.trust = trust or self._included
        self._decode = decode
        self._pinned = pinned
        self._tiles, self._narrower = _tiles(bundle)
        self._surplus: list[str] = []

    @classmethod
    def open(cls, path: Path, *, decode: Decode, trust: Trust | None = None, pinned: Pinned | None = None) -> Self:
        """Open a bundle file; raises Malformed, and OSError when it cannot be read."""
        bundle = open_bundle(path)
        try:
            return cls(bundle, decode=decode, trust=trust, pinned=pinned)
        except BaseException:
            bundle.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self.bundle.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def damage(self, advance: Callable[[int], None] = lambda _bytes: None) -> Iterator[Finding]:
        """Read everything once and yield a finding for each member whose digest is not the manifest's.

        `advance` is called with the bytes just read.
        """
        for path in sorted(self.bundle.members):
            try:
                with self.bundle.open(path) as stream:
                    while piece := stream.read(_CHUNK):
                        advance(len(piece))
            except Mismatch as error:
                yield Finding(
                    code=Code.MEMBER_CHANGED,
                    layer=Layer.CONTAINER,
                    record=Record(kind="member", number=path),
                    field="sha256",
                    expected=error.expected,
                    found=error.got,
                )

    # --------------------------------------------------------------------------------------------------------- the log

    @property
    def total_bytes(self) -> int:
        """What `damage` reads."""
        return sum(member.size for member in self.bundle.members.values())

    def statements(self) -> Iterator[StoredStatement]:
        """See `LogSource.statements`. A statement's disclosures are the next line, if that names its id."""
        lines = self._objects("disclosures.jsonl", {"id", "disclosures"})
        following = next(lines, None)
        redacted = following is None
        for line in self._objects("statements.jsonl", {"leaf_index", "statement"}):
            body = text(line, "statement").encode()
            held: tuple[str, ...] | None = None if redacted else ()
            if following is not None and following["id"] == _id_of(body):
                held = texts(following, "disclosures")
                following = next(lines, None)
            yield StoredStatement(leaf_index=index_of(line), body=body, held=held)
        self._surplus = [] if following is None else [str(following["id"])]

    def disclosures(self, stored: StoredStatement) -> tuple[str, ...] | Unreadable | None:
        """See `LogSource.disclosures`."""
        return stored.held if isinstance(stored.held, tuple) else None

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """See `LogSource.checkpoints`."""
        before = 0
        for line in self._objects("checkpoints.jsonl", {"size", "note", "transaction_hash"}):
            anchored = line["transaction_hash"] is not None
            if integer(line, "size") < before:
                raise Malformed("checkpoints.jsonl", "not ordered by size")
            before = integer(line, "size")
            yield StoredCheckpoint(
                size=integer(line, "size"),
                note=text(line, "note"),
                state=AnchorState.FINAL.value if anchored else None,
            )

    def tiles(self) -> Iterator[tuple[int, int]]:
        """See `LogSource.tiles`."""
        yield from sorted(self._tiles)

    def tile(self, level: int, index: int) -> bytes | None:
        """See `LogSource.tile`."""
        path = self._tiles.get((level, index))
        return None if path is None else self.bundle.read(path, max_bytes=MAX_TILE_BYTES)

    # ----------------------------------------------------------------------------------------------------- the records

    @property
    def event_names(self) -> frozenset[str]:
        """See `RecordSource.event_names`."""
        return EVENT_NAMES

    @property
    def versioned(self) -> frozenset[str]:
        """See `RecordSource.versioned`."""
        return VERSIONED

    def rows(self) -> Iterator[StoredRow]:
        """See `RecordSource.rows`."""
        for line in self._objects("rows.jsonl", {"table", "subject", "version", "values"}):
            yield StoredRow(
                kind=text(line, "table"),
                subject=text(line, "subject"),
                version=integer(line, "version"),
                values=mapping(line, "values"),
            )

    def register(self) -> Iterator[StoredRecord] | None:
        """None: record numbers follow from subjects, and a bundle does not repeat them."""
        return None

    def comparisons(self) -> Iterator[Comparison]:
        """See `RecordSource.comparisons`; to be asked after `statements`."""
        for statement_id in self._surplus:
            yield Comparison(kind="disclosures", number=statement_id, field="id", expected=ABSENT, found=statement_id)
        for path, wider in self._narrower:
            found = self.bundle.read(path, max_bytes=MAX_TILE_BYTES)
            expected = self.bundle.read(wider, max_bytes=MAX_TILE_BYTES)[: len(found)]
            yield Comparison(kind="tile", number=path, field="hashes", expected=expected, found=found)
        for name in ("origin", "keys", "anchors"):
            expected, found = getattr(self.trust, name), getattr(self._included, name)
            yield Comparison(kind="trust", number="trust.json", field=name, expected=str(expected), found=str(found))
        artifact = self.small("contract.json")
        code = artifact.get("code_sha256") if artifact else ABSENT
        pinned = self.trust.anchors[-1].identity.code_sha256
        yield Comparison(kind="contract", number="contract.json", field="code_sha256", expected=pinned, found=code)
        yield from self._pinned(self) if self._pinned else ()
        yield from self._foreign_documents()

    def _foreign_documents(self) -> Iterator[Comparison]:
        known = {file.handle for file in self.files()} if self.has_documents else set()
        for path in self.bundle.members:
            if path.startswith(DOCUMENTS) and path not in known:
                yield Comparison(kind="document", number=path, field="path", expected=ABSENT, found=path)

    # ------------------------------------------------------------------------------------------- files, transactions

    @property
    def has_documents(self) -> bool:
        """Whether the bundle holds files; it may leave all of them out, not some."""
        return any(path.startswith(DOCUMENTS) for path in self.bundle.members)

    def files(self) -> Iterator[StoredFile]:
        """See `FileSource.files`."""
        for row in self.rows():
            sha256 = row.values.get("sha256")
            if row.kind in VERSIONED and isinstance(sha256, str):
                yield StoredFile(
                    subject=row.subject,
                    version=row.version,
                    field="sha256",
                    sha256=sha256,
                    handle=DOCUMENTS + sha256,
                )

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        """See `FileSource.chunks`."""
        if file.handle not in self.bundle.members:
            raise FileNotFoundError(file.handle)
        with self.bundle.open(file.handle) as stream:
            while chunk := stream.read(_CHUNK):
                yield chunk

    def transactions(self) -> Iterator[StoredTransaction]:
        """See `TransactionSource.transactions`."""
        sizes = {
            line["transaction_hash"]: integer(line, "size")
            for line in self._objects("checkpoints.jsonl", {"size", "note", "transaction_hash"})
        }
        for line in self.transaction_lines():
            found = text(line, "hash")
            yield StoredTransaction(
                hash=found,
                raw=binary(line, "raw"),
                sender=text(line, "from"),
                nonce=integer(line, "nonce"),
                state=None,
                checkpoint_size=sizes.get(found),
                block_number=integer(line, "block_number"),
                block_hash=text(line, "block_hash"),
                outcome={name: line[name] for name in OUTCOME},
            )
        for line in self.replaced_lines():
            yield StoredTransaction(
                hash=digest(line, "hash"),
                raw=binary(line, "raw"),
                sender=text(line, "from"),
                nonce=integer(line, "nonce"),
                state=AnchorState.REPLACED,
                replaced_by=digest(line, "replaced_by"),
            )

    def head(self) -> Block | None:
        """The newest block when the bundle was made, as `chain/head.json` says; None where it is not there."""
        head = self.small(HEAD)
        if head is None:
            return None
        if head.keys() != {"block_number", "block_hash", "state_root"}:
            raise Malformed(HEAD, "not an object with exactly block_number, block_hash and state_root")
        return Block(
            block_number=integer(head, "block_number"),
            block_hash=text(head, "block_hash"),
            state_root=text(head, "state_root"),
        )

    def decode(self, raw: bytes) -> DecodedTransaction:
        """See `TransactionSource.decode`."""
        return self._decode(raw)

    def transaction_lines(self) -> Iterator[Line]:
        """The lines of `chain/transactions.jsonl`."""
        yield from self._objects("chain/transactions.jsonl", TRANSACTION_MEMBERS)

    @property
    def tells_replaced(self) -> bool:
        """Whether the bundle says which transactions were replaced, be it none."""
        return REPLACED in self.bundle.members

    def replaced_lines(self) -> Iterator[Line]:
        """The lines of `chain/replaced.jsonl`; none where it is missing."""
        if self.tells_replaced:
            yield from self._objects(REPLACED, REPLACED_MEMBERS)

    def small(self, path: str) -> Line | None:
        """A small JSON object of the bundle, None when it is not there; raises Malformed."""
        if path not in self.bundle.members:
            return None
        value = parse_json(self.bundle.read(path, max_bytes=MAX_SMALL_BYTES), max_bytes=MAX_SMALL_BYTES)
        if not isinstance(value, Mapping):
            raise Malformed(path, "not an object")
        return value

    def _objects(self, path: str, members: AbstractSet[str]) -> Iterator[Line]:
        for number, line in enumerate(self.bundle.lines(path, max_line_bytes=MAX_LINE_BYTES), start=1):
            value = parse_json(line, max_bytes=MAX_LINE_BYTES)
            if not isinstance(value, Mapping) or value.keys() != members:
                raise Malformed(f"{path} line {number}", f"not an object with exactly {', '.join(sorted(members))}")
            yield value


def _tiles(bundle: Bundle) -> tuple[dict[tuple[int, int], str], list[tuple[str, str]]]:
    """The widest state of every tile by (level, index), and (narrower, wider) of the others."""
    widest: dict[tuple[int, int], TileId] = {}
    narrower: list[tuple[str, str]] = []
    for path in sorted(bundle.members):
        if not path.startswith(TILES):
            continue
        tile = parse_tile_path(path.removeprefix(TILES))
        if not isinstance(tile, TileId):
            raise Malformed("bundle", f"{path}: entries follow from the statements and are not part of a bundle")
        place = (tile.level, tile.index)
        known = widest.get(place)
        small, large = (tile, known) if known and known.width > tile.width else (known, tile)
        widest[place] = large
        if small is not None:
            narrower.append((TILES + small.path, TILES + large.path))
    return {place: TILES + tile.path for place, tile in widest.items()}, narrower


_CANONICAL_ID: Final = re.compile(rb'\{"_sd":\[[A-Za-z0-9_",-]*\],"_sd_alg":"sha-256","id":"([0-9a-f-]{36})",')
"""Where a canonical statement has its id. What begins so and is no statement is reported, whatever is beside it."""


def _id_of(body: bytes) -> JsonValue:
    """The id that a statement gives itself; None when it is no statement."""
    if match := _CANONICAL_ID.match(body):
        return match[1].decode("ascii")
    try:
        value = parse_json(body, max_bytes=MAX_LINE_BYTES)
    except Malformed:
        return None
    return value.get("id") if isinstance(value, Mapping) else None


Pinned = Callable[[BundleSource], Iterator[Comparison]]
"""Pairs of a value that the trust file pins, or this software knows, and what the bundle has."""
