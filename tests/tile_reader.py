"""A reader of tiled logs, written from the text of C2SP tlog-tiles alone: no line of the ledger is used here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

Fetch = Callable[[str], bytes]
"""Gets `<prefix>/<path>`; raises for whatever is not there."""


def place(index: int) -> str:
    """`<N>`: zero-padded 3-digit path elements, all but the last with an x: 1234067 is x001/x234/067."""
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    return "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])


def widths(size: int, level: int) -> list[int]:
    """The widths of the tiles of a level: full ones, and a partial one of floor(s / 256^l) mod 256 unless empty."""
    nodes = size // 256**level
    return [256] * (nodes // 256) + ([nodes % 256] if nodes % 256 else [])


def paths(size: int) -> list[str]:
    """Every tile and bundle of a tree, without the checkpoint."""
    found, level = [], 0
    while widths(size, level):
        for index, width in enumerate(widths(size, level)):
            suffix = "" if width == 256 else f".p/{width}"
            found.append(f"tile/{level}/{place(index)}{suffix}")
            if level == 0:
                found.append(f"tile/entries/{place(index)}{suffix}")
        level += 1
    return found


def leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def tree_hash(nodes: list[bytes]) -> bytes:
    """MTH over nodes of one level (RFC 6962 §2.1), by its definition."""
    if len(nodes) == 1:
        return nodes[0]
    k = 1
    while k * 2 < len(nodes):
        k *= 2
    return hashlib.sha256(b"\x01" + tree_hash(nodes[:k]) + tree_hash(nodes[k:])).digest()


@dataclass(slots=True)
class TiledLog:
    """A log at some prefix."""

    fetch: Fetch
    _kept: dict[str, bytes] = field(default_factory=dict)

    def get(self, path: str) -> bytes:
        if path not in self._kept:
            self._kept[path] = self.fetch(path)
        return self._kept[path]

    def tile(self, level: int, index: int, width: int) -> list[bytes]:
        data = self.get(f"tile/{level}/{place(index)}" + ("" if width == 256 else f".p/{width}"))
        assert len(data) == width * 32, f"tile {level}/{index} of width {width}: {len(data)} bytes"
        return [data[at : at + 32] for at in range(0, len(data), 32)]

    def bundle(self, index: int, width: int) -> list[bytes]:
        data = self.get(f"tile/entries/{place(index)}" + ("" if width == 256 else f".p/{width}"))
        entries = []
        while data:
            length = data[0] << 8 | data[1]
            assert len(data) >= 2 + length, f"bundle {index} is cut short"
            entries.append(data[2 : 2 + length])
            data = data[2 + length :]
        assert len(entries) == width, f"bundle {index}: {len(entries)} entries for {width}"
        return entries

    def entries(self, size: int) -> list[bytes]:
        return [entry for index, width in enumerate(widths(size, 0)) for entry in self.bundle(index, width)]

    def checked_root(self, size: int) -> bytes:
        """The root of `size` leaves, once every bundle was found under its tile and every full tile in the one above.

        The tree is all leaves of the highest level's nodes and, to their right, what no full tile covers.
        """
        level, below, right = 0, [leaf(entry) for entry in self.entries(size)], []
        while True:
            found = [node for index, width in enumerate(widths(size, level)) for node in self.tile(level, index, width)]
            assert found == below, f"level {level} of the tree of {size} leaves"
            rest = len(below) % 256
            full = [below[at : at + 256] for at in range(0, len(below) - rest, 256)]
            right.append(below[len(below) - rest :])
            if not full:
                return _join(right)
            below, level = [tree_hash(tile) for tile in full], level + 1


def _join(right: list[list[bytes]]) -> bytes:
    """The root over the partial tiles of all levels, the lowest first: those of a lower level lie further right."""
    root: bytes | None = None
    for nodes in right:
        if not nodes and root is None:
            continue
        parts: list[bytes] = []
        rest = list(nodes)
        while rest:
            count = 1 << (len(rest).bit_length() - 1)
            parts.append(tree_hash(rest[:count]))
            rest = rest[count:]
        for part in reversed(parts):
            root = part if root is None else hashlib.sha256(b"\x01" + part + root).digest()
    assert root is not None
    return root
