"""An earlier bundle and what came after it, made into the bundle that would have been exported whole at the later time.

Line for line: what has a leaf below the checkpoint that the newer one begins after is taken from the earlier bundle,
everything else from the newer one. Disclosures and documents that were erased in between stay as the earlier bundle has
them: whoever must not keep them exports the whole anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import BinaryIO, Final

from ledger.bundle import Bundle, BundleWriter, Profile
from ledger.bundle_source.lines import Line, index_of, integer, text
from ledger.bundle_source.source import (
    DOCUMENTS,
    MAX_LINE_BYTES,
    MAX_SMALL_BYTES,
    REPLACED,
    REPLACED_MEMBERS,
    SINCE,
    TILES,
    TRANSACTION_MEMBERS,
    VERSIONED,
)
from ledger.canonical import parse_json
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.log import root_at
from ledger.merkle import HASH_SIZE
from ledger.tiles import MAX_TILE_BYTES, TileId, parse_tile_path
from ledger.trust import MAX_TRUST_BYTES, parse_trust

CHUNK: Final = 1 << 20

LINES: Final[Mapping[str, AbstractSet[str]]] = MappingProxyType(
    {
        "statements.jsonl": {"leaf_index", "statement"},
        "disclosures.jsonl": {"id", "disclosures"},
        "rows.jsonl": {"table", "subject", "version", "values"},
        "checkpoints.jsonl": {"size", "note", "transaction_hash"},
        "chain/transactions.jsonl": TRANSACTION_MEMBERS,
        REPLACED: REPLACED_MEMBERS,
    }
)
"""The members of each kind of line."""


def join_bundles(file: BinaryIO, earlier: Bundle, newer: Bundle) -> None:
    """Write the whole bundle to the seekable, empty `file`. Constant memory, but for the names of members.

    Raises Malformed for bundles of another form or kind, Mismatch when they are of different logs or `earlier` does not
    have the checkpoint that `newer` begins after; `file` then holds no bundle.
    """
    since = _verify_fit(earlier, newer)
    size, block = integer(since, "size"), integer(since, "block_number")
    with BundleWriter(file, profile=Profile.LEDGER, created_at=newer.created_at) as out:
        for path in ("trust.json", "genesis.json", "contract.json"):
            if path in newer.members:
                _copy_small(out, newer, path)
        _write(out, "statements.jsonl", _statements(earlier, size), _raw(newer, "statements.jsonl"))
        _write(out, "disclosures.jsonl", _disclosures(earlier, size), _raw(newer, "disclosures.jsonl"))
        _copy(out, newer, "rows.jsonl")
        _copy_small(out, newer, "chain/head.json")
        mined, signed = "chain/transactions.jsonl", "checkpoints.jsonl"
        _write(out, mined, _up_to(earlier, mined, "block_number", block), _raw(newer, mined))
        if REPLACED in newer.members:
            _copy(out, newer, REPLACED)
        _write(out, signed, _up_to(earlier, signed, "size", size - 1), _raw(newer, signed))
        tiles = {place: (earlier, tile) for place, tile in _tiles(earlier).items()}
        tiles |= {place: (newer, tile) for place, tile in _tiles(newer).items()}
        for _, (source, tile) in sorted(tiles.items(), key=lambda item: item[0]):
            _copy_small(out, source, TILES + tile.path)
        _copy_documents(out, earlier, newer)


def _verify_fit(earlier: Bundle, newer: Bundle) -> Line:
    """Return what the newer bundle begins after, once the earlier one is found to have it."""
    if SINCE in earlier.members or SINCE not in newer.members:
        raise Malformed("bundle", "the first must be whole, the second one that was exported with --since")
    since = parse_json(newer.read(SINCE, max_bytes=MAX_SMALL_BYTES), max_bytes=MAX_SMALL_BYTES)
    if not isinstance(since, Mapping) or since.keys() != {"block_number", "root", "size"}:
        raise Malformed(SINCE, "not an object with exactly block_number, root and size")
    origins = [parse_trust(bundle.read("trust.json", max_bytes=MAX_TRUST_BYTES)).origin for bundle in (earlier, newer)]
    if origins[0] != origins[1]:
        raise Mismatch("log of the bundles", *origins)
    if _is_redacted(earlier) != _is_redacted(newer):
        raise Malformed("bundle", "one of them is redacted and the other is not")
    size = integer(since, "size")
    try:
        root = root_at(_Tiles(earlier), size).hex()
    except Unavailable as error:
        raise Malformed("bundle", f"the first one ends before {size} statements") from error
    if root != since["root"]:
        raise Mismatch(f"root of {size} statements", root, since["root"])
    block = _anchoring_block(earlier, size)
    if block != since["block_number"]:
        raise Mismatch(f"block that anchored {size} statements", block, since["block_number"])
    return since


def _anchoring_block(earlier: Bundle, size: int) -> int | None:
    """The block that holds the anchored checkpoint of this size; None when the bundle has no such one."""
    anchored = {
        line["transaction_hash"] for _, line in _lines(earlier, "checkpoints.jsonl") if integer(line, "size") == size
    } - {None}
    blocks = (
        integer(line, "block_number")
        for _, line in _lines(earlier, "chain/transactions.jsonl")
        if line["hash"] in anchored
    )
    return next(blocks, None)


def _is_redacted(bundle: Bundle) -> bool:
    return bundle.members["rows.jsonl"].size == 0


class _Tiles:
    """A bundle's tiles as a `LogStore`; nothing here is ever written."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._held = _tiles(bundle)

    def read_tile(self, level: int, index: int) -> bytes:
        """See `LogStore.read_tile`."""
        tile = self._held.get((level, index))
        if tile is None:
            raise Unavailable("tile", f"level {level}, number {index} is not in the bundle")
        data = self._bundle.read(TILES + tile.path, max_bytes=MAX_TILE_BYTES)
        if len(data) != tile.width * HASH_SIZE:
            raise Malformed(tile.path, "its length is not that of its name")
        return data

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """Refuse: a bundle is only read."""
        raise Unavailable("tile", f"level {level}, number {index}: a bundle is not given {len(data)} bytes")


def _tiles(bundle: Bundle) -> dict[tuple[int, int], TileId]:
    """The widest state of each tile."""
    found: dict[tuple[int, int], TileId] = {}
    for path in bundle.members:
        tile = parse_tile_path(path.removeprefix(TILES)) if path.startswith(TILES) else None
        if isinstance(tile, TileId):
            known = found.get((tile.level, tile.index))
            found[tile.level, tile.index] = tile if known is None or tile.width > known.width else known
    return found


def _statements(earlier: Bundle, size: int) -> Iterator[bytes]:
    for raw, line in _lines(earlier, "statements.jsonl"):
        index = index_of(line)
        if index is not None and index < size:
            yield raw


def _disclosures(earlier: Bundle, size: int) -> Iterator[bytes]:
    """The disclosures of those statements: they lie in the same order, and not every statement has any."""
    disclosures = _lines(earlier, "disclosures.jsonl")
    following = next(disclosures, None)
    for _, line in _lines(earlier, "statements.jsonl"):
        statement = parse_json(text(line, "statement").encode(), max_bytes=MAX_LINE_BYTES)
        if following is None or not isinstance(statement, Mapping) or following[1].get("id") != statement.get("id"):
            continue
        index = index_of(line)
        if index is not None and index < size:
            yield following[0]
        following = next(disclosures, None)


def _up_to(earlier: Bundle, path: str, name: str, most: int) -> Iterator[bytes]:
    for raw, line in _lines(earlier, path):
        if integer(line, name) <= most:
            yield raw


def _copy_documents(out: BundleWriter, earlier: Bundle, newer: Bundle) -> None:
    written: set[str] = set()
    for _, line in _lines(newer, "rows.jsonl"):
        values = line.get("values")
        sha256 = values.get("sha256") if isinstance(values, Mapping) and line.get("table") in VERSIONED else None
        path = f"{DOCUMENTS}{sha256}"
        if not isinstance(sha256, str) or path in written:
            continue
        written.add(path)
        source = next((bundle for bundle in (newer, earlier) if path in bundle.members), None)
        if source is not None:
            _copy(out, source, path)


def _lines(bundle: Bundle, path: str) -> Iterator[tuple[bytes, Line]]:
    for raw in _raw(bundle, path):
        line = parse_json(raw, max_bytes=MAX_LINE_BYTES)
        if not isinstance(line, Mapping) or line.keys() != LINES[path]:
            raise Malformed(path, f"a line is not an object with exactly {', '.join(sorted(LINES[path]))}")
        yield raw, line


def _raw(bundle: Bundle, path: str) -> Iterator[bytes]:
    yield from bundle.lines(path, max_line_bytes=MAX_LINE_BYTES)


def _write(out: BundleWriter, path: str, *parts: Iterator[bytes]) -> None:
    with out.open(path) as member:
        for part in parts:
            for line in part:
                member.write(line + b"\n")


def _copy(out: BundleWriter, source: Bundle, path: str) -> None:
    with source.open(path) as stream, out.open(path) as member:
        while chunk := stream.read(CHUNK):
            member.write(chunk)


def _copy_small(out: BundleWriter, source: Bundle, path: str) -> None:
    """As `_copy`, with the header that a member of known size has."""
    out.write(path, source.read(path, max_bytes=MAX_SMALL_BYTES))
