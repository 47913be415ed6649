"""From a signed checkpoint to its leaves on this disk: what is served is staged, and put in place once it is proven.

A crash leaves staged bundles, which the next run does not ask for again, or a verified checkpoint beside them, which it
puts in place. Nothing that was not verified is ever among the mirror's own files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Protocol

from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.log import append
from ledger.log_folder import GrowingTree, LogFolder
from ledger.merkle import HASH_SIZE, RootHash, leaf_hash, prove_consistency, root_from_nodes, verify_consistency
from ledger.mirror.alarm import Rejected
from ledger.mirror.folder import MirrorFolder
from ledger.statement import Commitment
from ledger.tiles import TILE_WIDTH, EntriesId, TileId, TileReader, parse_entries, tile_width

LEAVES_AT_ONCE: Final = 16 * TILE_WIDTH
"""Leaves appended in one step, some 130 KiB."""

MAX_GROWTH: Final = 1 << 24
"""Leaves taken in one round, some 600 MB on the disk: the contract takes no larger step either."""

PREFIX_SIZE: Final = 2
ENTRY_SIZE: Final = PREFIX_SIZE + HASH_SIZE
"""Bytes of a commitment in a bundle."""

Progress = Callable[[int], None]
"""Called with the number of leaves just downloaded."""


class PublishedLog(Protocol):
    """A log as somebody serves it (C2SP tlog-tiles). Nothing that it gives is believed.

    Every method asks anew, within a bounded time and size, and raises Unavailable for every fault of transport; nobody
    here asks twice.
    """

    @property
    def name(self) -> str:
        """What to call it in messages."""
        ...

    def checkpoint(self) -> bytes:
        """The newest checkpoint."""
        ...

    def get(self, tile: TileId | EntriesId) -> bytes | None:
        """A tile or bundle; None when the log says that it has none."""
        ...


def fetch(log: PublishedLog, tile: TileId | EntriesId) -> bytes:
    """A tile or bundle of its exact length.

    When the partial one is not there, the full one that took its place is asked for. Raises Unavailable when neither
    is, Rejected for another length.
    """
    each = ENTRY_SIZE if isinstance(tile, EntriesId) else HASH_SIZE
    data = log.get(tile)
    if data is None and tile.width < TILE_WIDTH:
        full = (
            EntriesId(index=tile.index) if isinstance(tile, EntriesId) else TileId(level=tile.level, index=tile.index)
        )
        data = log.get(full)
        data = data if data is None or len(data) != TILE_WIDTH * each else data[: tile.width * each]
    if data is None:
        raise Unavailable(log.name, f"{tile.path} is not published")
    if len(data) != tile.width * each:
        raise Rejected(tile.path, f"{len(data)} bytes, {tile.width * each} are its length")
    return data


def root_before(log: PublishedLog, *, before: int, size: int, root: RootHash) -> tuple[RootHash, list[bytes]]:
    """What the signed tree (`size`, `root`) has for its first `before` leaves, and the proof of it (RFC 9162 §2.1.4).

    Whatever this returns, the log's own signature says: the tiles are not believed, the proof leads to the signed root.
    Requires 0 < before < size. Raises Rejected when the tiles do not lead there, Unavailable.
    """
    tiles: dict[tuple[int, int], bytes] = {}

    def load(level: int, index: int, width: int) -> bytes:
        if (level, index) not in tiles:
            tiles[level, index] = fetch(log, TileId(level=level, index=index, width=width))
        return tiles[level, index]

    served = TileReader(size=size, load=load)
    root1 = root_from_nodes(before, served)
    proof = prove_consistency(size1=before, size2=size, read=served)
    try:
        verify_consistency(size1=before, size2=size, root1=root1, root2=root, proof=proof)
    except Mismatch as error:
        raise Rejected(f"checkpoint {size}", "the published tiles do not lead to the signed root") from error
    return root1, proof


class Download:
    """The leaves from `before`, what the mirror has, up to `size`, what a verified checkpoint signs."""

    def __init__(self, folder: MirrorFolder, *, before: int, size: int) -> None:
        self._folder = folder
        self._before = before
        self._size = size

    def stage(self, log: PublishedLog, progress: Progress) -> None:
        """Download every bundle that is not staged yet. Raises as `fetch` does."""
        if self._size - self._before > MAX_GROWTH:
            raise Rejected(f"checkpoint {self._size}", f"it is more than {MAX_GROWTH} leaves ahead of this mirror")
        for bundle in self._bundles():
            held = self._folder.incoming.read(bundle)
            if held is not None and len(held) != bundle.width * ENTRY_SIZE:
                self._folder.drop_incoming()  # a file that a crash cut short; so may others be
                held = None
            if held is None:
                self._folder.incoming.add(bundle, fetch(log, bundle))
            progress(bundle.width)

    def roots(self, sizes: Iterable[int]) -> Mapping[int, RootHash]:
        """The roots of the tree at `size`, and at those of `sizes` that lie above `before` and below `size`.

        Raises Rejected for staged entries that are no commitments, or that differ from the mirror's own.
        """
        self._verify_overlap()
        trial, roots, at = _Trial(self._folder.tiles), {}, self._before
        for until in sorted({size for size in sizes if self._before < size < self._size} | {self._size}):
            for commitments in self._commitments(at, until):
                grown = append(trial, at, commitments)
                at, roots[until] = grown.size, grown.root
        return roots

    def put_in_place(self, note: str) -> None:
        """Make the leaves the mirror's own, with their tiles, and the checkpoint last.

        To be called when `roots` led to what `note` signs. What a crash leaves of it, `Download.put_in_place` mends.
        """
        self._folder.incoming.publish(note)
        tree, at = GrowingTree(self._folder.tiles), self._before
        for commitments in self._commitments(self._before, self._size):
            at = append(tree, at, commitments).size
        tree.finish(self._size)
        for bundle in self._bundles():
            self._folder.tiles.add(bundle, self._read(bundle))
        self._folder.remember(note, size=self._size)
        self._folder.tiles.publish(note)
        self._folder.drop_incoming()

    def _bundles(self) -> Iterator[EntriesId]:
        for index in range(self._before // TILE_WIDTH, -(-self._size // TILE_WIDTH)):
            yield EntriesId(index=index, width=tile_width(size=self._size, level=0, index=index))

    def _read(self, bundle: EntriesId) -> bytes:
        data = self._folder.incoming.read(bundle)
        if data is None:
            raise Unavailable("incoming", f"{bundle.path} is gone: run the mirror again")
        return data

    def _commitments(self, first: int, until: int) -> Iterator[Sequence[Commitment]]:
        """The staged commitments of leaves `first` … `until` - 1, some thousands at once."""
        waiting: list[Commitment] = []
        for bundle in self._bundles():
            start = bundle.index * TILE_WIDTH
            if start < until and first < start + bundle.width:
                waiting += _parse(bundle, self._read(bundle))[max(first - start, 0) : until - start]
            if len(waiting) >= LEAVES_AT_ONCE:
                yield waiting
                waiting = []
        if waiting:
            yield waiting

    def _verify_overlap(self) -> None:
        """The first bundle repeats what the mirror has: those entries are not under the new leaves' root alone."""
        index, held = divmod(self._before, TILE_WIDTH)
        if not held:
            return
        bundle = next(self._bundles())
        again = b"".join(leaf_hash(entry) for entry in _parse(bundle, self._read(bundle))[:held])
        if again != self._folder.tiles.widest(0, index)[: held * HASH_SIZE]:
            raise Rejected(bundle.path, "it begins otherwise than what was published before")


class _Trial:
    """A `LogStore` that grows a folder's tree in memory, one tile a level, and writes nothing."""

    def __init__(self, tiles: LogFolder) -> None:
        self._tiles = tiles
        self._edge: dict[int, tuple[int, bytes]] = {}

    def read_tile(self, level: int, index: int) -> bytes:
        """See `LogStore.read_tile`."""
        number, data = self._edge.get(level, (-1, b""))
        return data if number == index else self._tiles.widest(level, index)

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """See `LogStore.write_tile`."""
        self._edge[level] = (index, data)


def _parse(bundle: EntriesId, data: bytes) -> list[Commitment]:
    try:
        entries = parse_entries(data)
    except Malformed as error:
        raise Rejected(bundle.path, error.reason) from error
    if len(entries) != bundle.width or any(len(entry) != HASH_SIZE for entry in entries):
        raise Rejected(bundle.path, f"not {bundle.width} commitments of {HASH_SIZE} bytes")
    return [Commitment(entry) for entry in entries]
