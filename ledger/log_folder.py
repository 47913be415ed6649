"""A published log as files, as C2SP tlog-tiles lays them out: any web server or CDN can serve the folder as it is.

What was published stays: a file is added, or is there with the same bytes, and is never written again; `checkpoint`
alone is replaced, by a larger one, after everything that it covers has reached the disk. A crash leaves files that the
next run finds in place, and a checkpoint that is true.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from ledger.checkpoint import Checkpoint, parse_checkpoint
from ledger.durable import replace_file, sync_folder
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.merkle import HASH_SIZE
from ledger.note import MAX_NOTE_BYTES, parse_note
from ledger.tiles import MAX_ENTRY_BYTES, TILE_WIDTH, EntriesId, TileId, partial_tiles_of

MAX_FILE_BYTES: Final = TILE_WIDTH * (MAX_ENTRY_BYTES + 2)
"""The largest bundle of entries that the specification allows. Ours have 8,704 bytes, tiles 8,192."""

FILE_MODE: Final = 0o644
FOLDER_MODE: Final = 0o755
"""The log is public, and a web server is another user. Who may come to the folder is for the folder above it."""


class LogFolder:
    """The log below `root`. One writer at a time, the caller guards that; any number of readers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsynced: set[Path] = set()

    def note(self) -> str | None:
        """The signed note of the published checkpoint, None before the first. Raises Unavailable."""
        data = self._read(self._checkpoint, MAX_NOTE_BYTES)
        return None if data is None else data.decode("utf-8", "replace")

    def checkpoint(self) -> Checkpoint | None:
        """What the published note says; its signature is not checked here. Raises Malformed, Unavailable."""
        note = self.note()
        return None if note is None else parse_checkpoint(parse_note(note).text)

    def read(self, tile: TileId | EntriesId) -> bytes | None:
        """A tile or bundle of exactly this width; None when it is not there. Raises Unavailable."""
        return self._read(self.root / tile.path, MAX_FILE_BYTES)

    def add(self, tile: TileId | EntriesId, data: bytes) -> bool:
        """Publish a tile or bundle; False when it was there. Raises Mismatch when other bytes were, and Unavailable.

        Durable after the next `publish`.
        """
        held = self.read(tile)
        if held is not None:
            if held != data:
                raise Mismatch(f"published file {tile.path}", held, data)
            return False
        try:
            self._write(self.root / tile.path, data)
        except OSError as error:
            raise _unavailable(error) from error
        return True

    def publish(self, note: str) -> None:
        """Put a checkpoint in place once everything added so far is on the disk. Raises Unavailable.

        What it says is the caller's to know: every tile and entry of its tree must have been added.
        """
        try:
            self._make_folder(self.root)
            for path in sorted(self._unsynced, key=lambda path: len(path.parts), reverse=True):
                _sync_file(path) if path.is_file() else sync_folder(path)
            self._unsynced.clear()
            replace_file(self._checkpoint, note.encode())
            self._checkpoint.chmod(FILE_MODE)
        except OSError as error:
            raise _unavailable(error) from error

    def widest(self, level: int, index: int) -> bytes:
        """The widest state of a tile of hashes that is here. Raises Unavailable when there is none."""
        full = TileId(level=level, index=index)
        data = self.read(full)
        if data is not None:
            return data
        partial = self.root / f"{full.path}.p"
        try:
            widths = [int(path.name) for path in partial.iterdir() if path.name.isascii() and path.name.isdigit()]
        except OSError as error:
            raise Unavailable("tile", f"{full.path} is not in {self.root}") from error
        for width in sorted((width for width in widths if 0 < width < TILE_WIDTH), reverse=True):
            data = self.read(TileId(level=level, index=index, width=width))
            if data is not None and len(data) == width * HASH_SIZE:
                return data
        raise Unavailable("tile", f"{full.path} is not in {self.root}")

    @property
    def _checkpoint(self) -> Path:
        return self.root / "checkpoint"

    def _read(self, path: Path, most: int) -> bytes | None:
        try:
            with path.open("rb") as file:
                data = file.read(most + 1)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise _unavailable(error) from error
        if len(data) > most:
            raise Malformed(str(path), f"more than {most} bytes")
        return data

    def _write(self, path: Path, data: bytes) -> None:
        self._make_folder(path.parent)
        temporary = path.with_name(f".{path.name}.new")
        temporary.write_bytes(data)
        temporary.chmod(FILE_MODE)
        temporary.replace(path)
        self._unsynced |= {path, path.parent}

    def _make_folder(self, folder: Path) -> None:
        if folder.is_dir():
            return
        if folder != self.root:
            self._make_folder(folder.parent)
        folder.mkdir(parents=folder == self.root, exist_ok=True)
        folder.chmod(FOLDER_MODE)
        self._unsynced.add(folder.parent)


class GrowingTree:
    """A `ledger.log.LogStore` over a folder: full tiles are added as they fill, the edge waits for `finish`.

    So a tree that grows in steps leaves no partial tiles but those of sizes that a checkpoint has.
    """

    def __init__(self, folder: LogFolder) -> None:
        self._folder = folder
        self._edge: dict[tuple[int, int], bytes] = {}

    def read_tile(self, level: int, index: int) -> bytes:
        """See `LogStore.read_tile`."""
        return self._edge.get((level, index)) or self._folder.widest(level, index)

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """See `LogStore.write_tile`."""
        if len(data) == TILE_WIDTH * HASH_SIZE:
            self._folder.add(TileId(level=level, index=index), data)
            self._edge.pop((level, index), None)
        else:
            self._edge[level, index] = data

    def finish(self, size: int) -> None:
        """Add the partial tiles of the tree of `size` leaves, which is the size it has now."""
        for tile in partial_tiles_of(size):
            self._folder.add(tile, self.read_tile(tile.level, tile.index)[: tile.width * HASH_SIZE])


def _sync_file(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unavailable(error: OSError) -> Unavailable:
    return Unavailable(str(error.filename or "folder"), error.strerror or type(error).__name__)
