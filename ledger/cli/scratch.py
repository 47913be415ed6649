"""A folder for the time of one command, and the end of those that killed commands left behind.

Each folder has a file that its command keeps locked. The system lets go of the lock when the command is gone, however
it ended; the next command then removes the folder. No state is ever taken over from a killed command: there is nothing
in such a folder that could not be made again, and half of it proves nothing.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from typing import Final

PREFIX: Final = "legal-ledger-replay-"
OWNER: Final = "owner.lock"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make an empty folder (but for its lock) for this user alone, and remove it afterwards."""
    remove_abandoned(Path(gettempdir()))
    folder, lock = _claim()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def remove_abandoned(parent: Path) -> None:
    """Remove the folders of this user below `parent` whose command is gone; what cannot be removed is left."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError):
            found = folder.lstat()
            if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid():
                _remove_if_abandoned(folder)


def _remove_if_abandoned(folder: Path) -> None:
    try:
        lock = os.open(folder / OWNER, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        folder.rmdir()  # its command ended, or is, between its first two steps; it then begins again
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _claim() -> tuple[Path, int]:
    """A new folder and the descriptor of its lock. Another command may take it for abandoned before it is locked."""
    while True:
        folder = Path(mkdtemp(prefix=PREFIX))
        with suppress(FileNotFoundError):
            lock = os.open(folder / OWNER, os.O_RDWR | os.O_CREAT, 0o600)
            with suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.fstat(lock).st_nlink:
                    return folder, lock
            os.close(lock)
