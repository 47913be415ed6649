"""Files that commands are given, read within bounds; what cannot be read is bad input, said in one sentence."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from ledger.errors import Malformed
from ledger.trust import MAX_TRUST_BYTES, Trust, parse_trust

if TYPE_CHECKING:
    from ledger.cli.progress import Progress

CHUNK: Final = 1 << 20


DEVICES: Final = "/dev/"
"""A shell's own pipes lie here: `--receipt <(command)`."""


@contextmanager
def _named(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Malformed(str(path), error.strerror or type(error).__name__) from error


@contextmanager
def opened_file(path: Path) -> Iterator[BinaryIO]:
    """A file to read; raises Malformed when it is missing, unreadable, or nothing that ends, such as a named pipe."""
    with _named(path):
        if not (path.is_file() or path.is_dir() or not path.exists() or str(path).startswith(DEVICES)):
            raise Malformed(str(path), "not a file")  # opening a pipe would wait for ever
        with path.open("rb") as file:
            yield file


def read_file(path: Path, *, max_bytes: int) -> bytes:
    """The whole of a small file; raises Malformed as `opened_file` does, and when it is larger."""
    with opened_file(path) as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise Malformed(str(path), f"more than {max_bytes} bytes")
    return data


def read_head(path: Path, length: int) -> bytes:
    """The first bytes of a file, fewer where it is shorter; raises Malformed as `opened_file` does."""
    with opened_file(path) as file:
        return file.read(length)


def digest_file(path: Path, progress: Progress) -> str:
    """The SHA-256 of a file of any size, in lower-case hex; raises Malformed as `opened_file` does."""
    digest = hashlib.sha256()
    with opened_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        with progress.task(path.name, size) as advance:
            while chunk := file.read(CHUNK):
                digest.update(chunk)
                advance(len(chunk))
    return digest.hexdigest()


def load_trust(path: Path | None) -> Trust | None:
    """The trust file that was named; without a name the one in the home, if there is one."""
    if path is None:
        path = Path(os.environ.get("LEDGER_HOME") or "var") / "trust.json"
        if not path.exists():
            return None
    return parse_trust(read_file(path, max_bytes=MAX_TRUST_BYTES))


def write_file(path: Path, data: bytes) -> None:
    """Write a result; raises Malformed when it cannot be written there."""
    with _named(path):
        path.write_bytes(data)
