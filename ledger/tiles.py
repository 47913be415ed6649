"""C2SP tiles (c2sp.org/tlog-tiles): the tree as files of up to 256 hashes, and the log's entries in bundles of 256.

Tile `index` of `level` holds the hashes MTH(D[(index·256 + i)·256^level : (index·256 + i + 1)·256^level]) for i from
0. A full tile's root is one hash of the level above; the rightmost tile of a level may be partial, and is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ledger.errors import Malformed
from ledger.merkle import HASH_SIZE, MAX_TREE_SIZE, NodeId, subtree_root

TILE_HEIGHT = 8
"""Levels of the tree in one tile."""

TILE_WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""

MAX_TILE_LEVEL = 63
"""The bound of the specification's path grammar; a tree of 2^62 leaves ends at level 7."""

MAX_TILE_BYTES = TILE_WIDTH * HASH_SIZE

MAX_ENTRY_BYTES = 2**16 - 1
"""The length prefix has two bytes. Our own entries are commitments of 32."""

_LENGTH_SIZE = 2

_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<index>(?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileId:
    """A tile of hashes: `level` 0 to 63, `index` from 0, `width` 1 to 256 hashes. Malformed outside these."""

    level: int
    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        if not 0 <= self.level <= MAX_TILE_LEVEL:
            raise Malformed("tile level", f"{self.level} is not 0 to {MAX_TILE_LEVEL}")
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Its place below the log's prefix, such as `tile/0/x001/067.p/5`."""
        return f"tile/{self.level}/{_place(self.index, self.width)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntriesId:
    """A bundle of entries: those under the tile of level 0 with the same `index` and `width`."""

    index: int
    width: int = TILE_WIDTH

    def __post_init__(self) -> None:
        _check_place(self.index, self.width)

    @property
    def path(self) -> str:
        """Its place below the log's prefix, such as `tile/entries/x001/067.p/5`."""
        return f"tile/entries/{_place(self.index, self.width)}"


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a tile of hashes. Raises Malformed for a tile that cannot exist."""
    return TileId(level=level, index=index, width=width).path


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Return the path of a bundle of entries. Raises Malformed for a bundle that cannot exist."""
    return EntriesId(index=index, width=width).path


def parse_tile_path(path: str) -> TileId | EntriesId:
    """Read a path as `tile_path` or `entries_path` writes it; raise Malformed for anything else."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise Malformed("tile path", f"{path[:80]!a} is not of the form tile/<level>/<index>[.p/<width>]")
    index = int(re.sub("[x/]", "", match["index"]))
    width = int(match["width"] or TILE_WIDTH)
    tile = (
        EntriesId(index=index, width=width)
        if match["level"] == "entries"
        else TileId(level=int(match["level"]), index=index, width=width)
    )
    # One tile, one path: no leading x000, and a full tile has no width.
    if tile.path != path:
        raise Malformed("tile path", f"{path[:80]!a} is spelt {tile.path}")
    return tile


def tiles_of(size: int, *, since: int = 0) -> Iterator[TileId]:
    """Yield every tile of a tree of `size` leaves, level by level, the partial one last in its level.

    With `since` only those that the tree of `since` ≤ `size` leaves does not have.
    """
    level = 0
    while (nodes := _nodes_at(size, level)) > (before := _nodes_at(since, level)):
        full, rest = divmod(nodes, TILE_WIDTH)
        for index in range(before // TILE_WIDTH, full):
            yield TileId(level=level, index=index)
        if rest:
            yield TileId(level=level, index=full, width=rest)
        level += 1


def partial_tiles_of(size: int) -> Iterator[TileId]:
    """Yield the partial tiles alone, the one of the lowest level first."""
    level = 0
    while nodes := _nodes_at(size, level):
        full, rest = divmod(nodes, TILE_WIDTH)
        if rest:
            yield TileId(level=level, index=full, width=rest)
        level += 1


def tile_width(*, size: int, level: int, index: int) -> int:
    """Return the hashes that tile (level, index) has in a tree of `size` leaves: 0 to 256, 0 where there is none."""
    return min(max(_nodes_at(size, level) - index * TILE_WIDTH, 0), TILE_WIDTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class TileReader:
    """A `ledger.merkle.NodeReader` over the tiles of a tree of `size` leaves.

    `load(level, index, width)` returns at least `width` hashes of that tile: a log serves the width asked for, a store
    may give a newer, wider one, whose beginning is the same. Each tile is loaded once per call. What is loaded is not
    trusted for being there: the root computed from it is to be compared.
    """

    size: int
    load: Callable[[int, int, int], bytes]

    def __call__(self, nodes: Sequence[NodeId]) -> list[bytes]:
        """Return the hashes of perfect subtrees. Raises Malformed outside the tree and for tiles too short."""
        tiles: dict[tuple[int, int], list[bytes]] = {}
        found: list[bytes] = []
        for node in nodes:
            level, height = divmod(node.level, TILE_HEIGHT)
            first = node.index << height
            index, offset = divmod(first, TILE_WIDTH)
            count = 1 << height
            if not 0 <= first <= _nodes_at(self.size, level) - count:
                raise Malformed("node", f"level {node.level}, index {node.index} is not in a tree of {self.size}")
            if (level, index) not in tiles:
                tiles[level, index] = self._load(level, index)
            found.append(subtree_root(tiles[level, index][offset : offset + count]))
        return found

    def _load(self, level: int, index: int) -> list[bytes]:
        width = tile_width(size=self.size, level=level, index=index)
        data = self.load(level, index, width)
        if len(data) % HASH_SIZE or not width * HASH_SIZE <= len(data) <= MAX_TILE_BYTES:
            raise Malformed(f"tile {level}/{index}", f"{len(data)} bytes are not {width} to {TILE_WIDTH} hashes")
        return [data[at : at + HASH_SIZE] for at in range(0, width * HASH_SIZE, HASH_SIZE)]


def encode_entries(entries: Sequence[bytes]) -> bytes:
    """Render a bundle of 1 to 256 entries, each after its length in two bytes, high byte first."""
    _check_count(len(entries))
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise Malformed("entry bundle", f"an entry has more than {MAX_ENTRY_BYTES} bytes")
    return b"".join(len(entry).to_bytes(_LENGTH_SIZE, "big") + entry for entry in entries)


def parse_entries(data: bytes) -> list[bytes]:
    """Read a bundle of 1 to 256 entries; raise Malformed when it is cut short or longer."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        _check_count(len(entries) + 1)
        start = at + _LENGTH_SIZE
        end = start + int.from_bytes(data[at:start], "big")
        if end > len(data):
            raise Malformed("entry bundle", f"entry {len(entries)} is cut short")
        entries.append(data[start:end])
        at = end
    _check_count(len(entries))
    return entries


def _nodes_at(size: int, level: int) -> int:
    """Count the hashes of tile level `level` in a tree of `size` leaves: its whole subtrees of 256^level leaves."""
    return size >> (TILE_HEIGHT * level)


def _place(index: int, width: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    path = "/".join(reversed(groups))
    return path if width == TILE_WIDTH else f"{path}.p/{width}"


def _check_place(index: int, width: int) -> None:
    if not 0 <= index < MAX_TREE_SIZE:
        raise Malformed("tile index", f"{index} is not in any tree")
    if not 1 <= width <= TILE_WIDTH:
        raise Malformed("tile width", f"{width} is not 1 to {TILE_WIDTH}")


def _check_count(count: int) -> None:
    if not 1 <= count <= TILE_WIDTH:
        raise Malformed("entry bundle", f"{count} entries are not 1 to {TILE_WIDTH}")
