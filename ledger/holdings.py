"""What a mirror holds beside the log, as far as it is entitled: a ledger bundle, kept up to date and checked.

The log says which statements there are; the bundle says what is in them. A statement that is not under its leaf is not
taken, whoever sends it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from ledger.bundle import open_bundle
from ledger.bundle_source import BundleSource
from ledger.bundle_source.source import Decode
from ledger.durable import sync_folder
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.joining import join_bundles
from ledger.merkle import HASH_SIZE, leaf_hash
from ledger.mirror import MirrorFolder, Rejected
from ledger.statement import commitment
from ledger.tiles import TILE_WIDTH

NAME: Final = "ledger.zip"


class Exporter(Protocol):
    """Where ledger bundles come from. Nothing that it gives is believed; raises Unavailable, and nobody asks twice."""

    def export(self, file: BinaryIO, *, since: int, redacted: bool) -> None:
        """Write a ledger bundle to the empty, seekable `file`: the whole, or what came after an anchored size."""
        ...


def update_holdings(folder: MirrorFolder, exporter: Exporter, *, redacted: bool, decode: Decode) -> int:
    """Bring the mirror's bundle up to date; return how many of its statements were found under their leaves.

    What is held already is not asked for again. The old bundle stays until the new one is checked and on the disk.
    Raises Rejected for a bundle that does not fit this mirror's log, Unavailable when none is to be had.
    """
    held, part, whole = (folder.root / name for name in (NAME, f".{NAME}.part", f".{NAME}.new"))
    try:
        since = _anchored_size(held, decode) if held.exists() else 0
        _write(part, lambda file: exporter.export(file, since=since, redacted=redacted))
        if since:
            with open_bundle(held) as earlier, open_bundle(part) as newer:
                _write(whole, lambda file: join_bundles(file, earlier, newer))
        else:
            part.replace(whole)
        found = verify_holding(whole, folder, decode)
        whole.replace(held)
        sync_folder(folder.root)
    except (Malformed, Mismatch) as error:
        raise Rejected("the bundle", str(error)) from error
    except OSError as error:
        raise Unavailable(str(folder.root), error.strerror or type(error).__name__) from error
    finally:
        part.unlink(missing_ok=True)
        whole.unlink(missing_ok=True)
    return found


def _write(path: Path, fill: Callable[[BinaryIO], None]) -> None:
    with path.open("w+b") as file:
        fill(file)
        file.flush()
        os.fsync(file.fileno())


def _anchored_size(path: Path, decode: Decode) -> int:
    with BundleSource.open(path, decode=decode) as source:
        return max((item.size for item in source.checkpoints() if item.state is not None), default=0)


def verify_holding(path: Path, folder: MirrorFolder, decode: Decode) -> int:
    """Return how many statements of a bundle were found under their leaves of the mirror.

    That is every one up to the mirror's size, in order, and no member is damaged. Raises Rejected otherwise.
    """
    checkpoint = folder.tiles.checkpoint()
    size = checkpoint.size if checkpoint else 0
    with BundleSource.open(path, decode=decode) as source:
        if checkpoint is None or source.trust.origin != checkpoint.origin:
            raise Rejected("the bundle", f"it is of the log {source.trust.origin}")
        damage = next(source.damage(), None)
        if damage is not None:
            raise Rejected("the bundle", f"{damage.record.number} is damaged")
        found, tile = 0, b""
        for stored in source.statements():
            if stored.leaf_index is None or stored.leaf_index >= size:
                break
            place = found % TILE_WIDTH
            if place == 0:
                tile = folder.tiles.widest(0, found // TILE_WIDTH)
            leaf = leaf_hash(commitment(stored.body))
            if stored.leaf_index != found or leaf != tile[place * HASH_SIZE : (place + 1) * HASH_SIZE]:
                raise Rejected("the bundle", f"its statement {stored.leaf_index} is not the one that the log has there")
            found += 1
        anchored = max((item.size for item in source.checkpoints() if item.state is not None), default=0)
    if found < min(size, anchored):
        raise Rejected("the bundle", f"it ends after {found} statements, {min(size, anchored)} are anchored")
    return found
