"""The tree, grown leaf by leaf from what is held, and compared hash by hash with the stored tiles.

Memory is one hash per level of the tree and one stored tile per level of tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ledger.merkle import EMPTY_ROOT, HASH_SIZE, RootHash, node_hash
from ledger.tiles import TILE_HEIGHT, TILE_WIDTH, tile_width


class Frontier:
    """The perfect subtrees of a tree, largest first: enough to grow it and to tell its root (RFC 9162 §2.1)."""

    def __init__(self, size: int = 0, nodes: tuple[bytes, ...] = ()) -> None:
        self.size = size
        self._nodes = list(nodes)

    def append(self, leaf: bytes) -> Iterator[tuple[int, int, bytes]]:
        """Add a leaf hash; yield (tile level, index in that level, hash) for every hash of a tile that is now known.

        The tree has grown only when the iterator is exhausted.
        """
        node, index, height = leaf, self.size, 0
        yield 0, index, node
        while index & 1:
            node = node_hash(self._nodes.pop(), node)
            index >>= 1
            height += 1
            if height % TILE_HEIGHT == 0:
                yield height // TILE_HEIGHT, index, node
        self._nodes.append(node)
        self.size += 1

    def grow(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        for _ in self.append(leaf):
            pass

    def root(self) -> RootHash:
        """The root of the tree as it is now."""
        if not self._nodes:
            return EMPTY_ROOT
        node = self._nodes[-1]
        for left in reversed(self._nodes[:-1]):
            node = node_hash(left, node)
        return RootHash(node)

    def copy(self) -> Frontier:
        """The same tree, to be grown differently."""
        return Frontier(self.size, tuple(self._nodes))


@dataclass(frozen=True, slots=True, kw_only=True)
class TileFault:
    """A hash of a stored tile that is not the one computed; None where there is none.

    `offset` counts hashes within the tile, `leaf` is the first leaf under it.
    """

    level: int
    index: int
    offset: int
    leaf: int
    computed: bytes | None
    stored: bytes | None


class StoredTiles:
    """Reads the hashes of stored tiles in the order in which a tree grows."""

    def __init__(self, load: Callable[[int, int], bytes | None]) -> None:
        self._load = load
        self._open: dict[int, tuple[int, bytes | None]] = {}

    def hash_at(self, level: int, index: int) -> bytes | None:
        """The stored hash with this index in its level; None when tile or hash is missing."""
        number, offset = divmod(index, TILE_WIDTH)
        known = self._open.get(level)
        if known is None or known[0] != number:
            known = (number, self._load(level, number))
            self._open[level] = known
        data = known[1]
        piece = b"" if data is None else data[offset * HASH_SIZE : (offset + 1) * HASH_SIZE]
        return piece if len(piece) == HASH_SIZE else None

    def compare(self, level: int, index: int, computed: bytes) -> TileFault | None:
        """The fault at this place, if there is one."""
        stored = self.hash_at(level, index)
        if stored == computed:
            return None
        number, offset = divmod(index, TILE_WIDTH)
        leaf = index << (TILE_HEIGHT * level)
        return TileFault(level=level, index=number, offset=offset, leaf=leaf, computed=computed, stored=stored)

    def surplus(self, level: int, index: int, size: int) -> TileFault | None:
        """The fault of a tile that holds more than a tree of `size` leaves has there, or a broken hash at its end."""
        data = self._load(level, index)
        width = tile_width(size=size, level=level, index=index)
        if data is None or (width and len(data) <= width * HASH_SIZE):
            return None
        leaf = (index * TILE_WIDTH + width) << (TILE_HEIGHT * level)
        extra = data[width * HASH_SIZE : (width + 1) * HASH_SIZE]
        return TileFault(level=level, index=index, offset=width, leaf=leaf, computed=None, stored=extra)
