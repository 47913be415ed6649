"""A folder that is built beside its place and moved there whole: after a kill the place is as it was."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from ledger.durable import sync_folder
from ledger.errors import Conflict

LOCK: Final = ".restoring"
"""Held by the one process that builds; what is left of one that was killed is cleared away by the next."""


@contextmanager
def built_beside(place: Path) -> Iterator[Path]:
    """A new folder, which becomes `place` when the block ends, and is gone when it raises.

    Raises Conflict when `place` is no empty folder, or cannot be replaced, or another process builds there.
    """
    place = place.absolute()
    _require_free(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    building = place.with_name(f".{place.name}.restoring")
    building.mkdir(mode=0o700, exist_ok=True)
    with (building / LOCK).open("ab") as lock:
        _lock(lock, building)
        _clear(building)
        try:
            yield building
            _sync(building)
            (building / LOCK).unlink()
            building.replace(place)
            sync_folder(place.parent)
        except BaseException:
            shutil.rmtree(building, ignore_errors=True)
            raise


def _require_free(place: Path) -> None:
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise Conflict("home", f"{place} is no folder")
    if place.is_dir() and any(place.iterdir()):
        raise Conflict("home", f"{place} is not empty: a ledger is restored into a new home, name one in LEDGER_HOME")
    if place.is_mount():
        raise Conflict("home", f"{place} is a mounted disk: name a folder on it, which is made whole or not at all")


def _lock(lock: BinaryIO, building: Path) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise Conflict("home", f"another process restores into {building}") from error


def _clear(building: Path) -> None:
    for path in building.iterdir():
        if path.name == LOCK:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(folder: Path) -> None:
    """Bring everything below to the disk, names after contents."""
    for root, _, files in os.walk(folder, topdown=False):
        for name in files:
            with (Path(root) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(root))
