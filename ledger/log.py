"""The append-only log over a store of tiles: append, roots and proofs, each in O(log size) tiles.

The log's entries are commitments; this module keeps the hashes above them. Which size is the true one is not for the
store to say: callers bring the size, from the newest checkpoint they hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ledger.errors import Malformed, Unavailable
from ledger.merkle import (
    HASH_SIZE,
    RootHash,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_from_nodes,
    subtree_root,
)
from ledger.statement import Commitment
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, TileReader

MAX_LOG_SIZE = 2**48 - 1
"""Leaves. The contract stores a size in 48 bits."""

MAX_APPEND = 2**24
"""Commitments in one append: what the contract takes in one checkpoint."""


class LogStore(Protocol):
    """Keeps the tiles of one log.

    A tile only ever grows: the store keeps its newest state, of which every earlier state is the beginning. Writes of
    one append become durable together or not at all, and in any order; this is the store's to see to (a transaction).
    One writer at a time, the caller guards that; any number of readers. Nobody here retries.
    """

    def read_tile(self, level: int, index: int) -> bytes:
        """Return the newest state of a tile, 32 bytes a hash, 1 to 256 hashes; raise Unavailable when not held."""
        ...

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """Put the new state of a tile, in place of what was held."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AppendResult:
    """The log after an append: its `size` in leaves and its root."""

    size: int
    root: RootHash


def append(store: LogStore, size: int, commitments: Sequence[Commitment]) -> AppendResult:
    """Append `commitments` as leaves `size`, `size` + 1, … to the log of `size` leaves and return what it is then.

    Reads at most one tile a level and writes only tiles that change: for one commitment at most one a level, of which
    there is one for every 8 bits of the size. Hashes beyond `size`, left by an append that never counted, are
    overwritten. Appending nothing writes nothing. Raises Malformed for a commitment that is not 32 bytes, more than
    2^24 of them, and a size beyond 2^48 - 1; Unavailable when the store lacks a tile of the first `size` leaves.
    """
    grown = size + len(commitments)
    if not 0 <= size <= grown <= MAX_LOG_SIZE or len(commitments) > MAX_APPEND:
        raise Malformed("append", f"{len(commitments)} to a log of {size}: outside its bounds")
    if any(len(commitment) != HASH_SIZE for commitment in commitments):
        raise Malformed("append", f"a commitment is not {HASH_SIZE} bytes")
    edge: dict[tuple[int, int], bytes] = {}
    hashes: list[bytes] = [leaf_hash(commitment) for commitment in commitments]
    level = 0
    while hashes:
        hashes = _extend(store, level, size >> (TILE_HEIGHT * level), hashes, edge)
        level += 1

    def load(level: int, index: int, width: int) -> bytes:
        # What was just written is not read again: each level is read at most once.
        return edge.get((level, index)) or _load(store, level, index, width)

    return AppendResult(size=grown, root=root_from_nodes(grown, TileReader(size=grown, load=load)))


def _extend(
    store: LogStore, level: int, held: int, hashes: Sequence[bytes], edge: dict[tuple[int, int], bytes]
) -> list[bytes]:
    """Put `hashes` after the `held` ones of tile level `level`; return the roots of the tiles that this filled.

    `edge` gets the level's last tile as written: all of this level that the new root is made of.
    """
    first, kept = divmod(held, TILE_WIDTH)
    row = [*_split(_load(store, level, first, kept) if kept else b""), *hashes]
    tiles = [row[at : at + TILE_WIDTH] for at in range(0, len(row), TILE_WIDTH)]
    for number, tile in enumerate(tiles, first):
        edge[level, number] = b"".join(tile)
        store.write_tile(level, number, edge[level, number])
        edge.pop((level, number - 1), None)
    return [subtree_root(tile) for tile in tiles if len(tile) == TILE_WIDTH]


def root_at(store: LogStore, size: int) -> RootHash:
    """Return the root of the first `size` leaves. Raises Unavailable when the store does not hold them."""
    return root_from_nodes(size, _reader(store, size))


def inclusion(store: LogStore, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf `index` is in the log of `size` leaves, 0 ≤ index < size (RFC 9162 §2.1.3).

    Raises Malformed outside the range, Unavailable when the store does not hold the tiles.
    """
    return prove_inclusion(index=index, size=size, read=_reader(store, size))


def consistency(store: LogStore, size1: int, size2: int) -> list[bytes]:
    """Return the proof that the log of `size2` leaves begins with that of `size1`, 0 ≤ size1 ≤ size2 (§2.1.4).

    Raises Malformed outside the range, Unavailable when the store does not hold the tiles.
    """
    return prove_consistency(size1=size1, size2=size2, read=_reader(store, size2))


def _reader(store: LogStore, size: int) -> TileReader:
    def load(level: int, index: int, width: int) -> bytes:
        return _load(store, level, index, width)

    return TileReader(size=size, load=load)


def _split(tile: bytes) -> list[bytes]:
    return [tile[at : at + HASH_SIZE] for at in range(0, len(tile), HASH_SIZE)]


def _load(store: LogStore, level: int, index: int, width: int) -> bytes:
    """Return the first `width` hashes of a stored tile."""
    data = store.read_tile(level, index)
    if len(data) < width * HASH_SIZE:
        raise Unavailable("tile", f"level {level}, number {index} has {len(data)} bytes, {width} hashes are needed")
    return data[: width * HASH_SIZE]
