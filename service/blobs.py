"""The store of sealed documents: one file per version, under a random name, never changed once it is there.

A file is written in these steps; a crash after any of them leaves at most a file that nobody names:

1. A temporary file in the store takes the sealed chunks as they arrive. Plain bytes never touch the disk.
2. SHA-256 and SM3 of the plain file and SHA-256 of the sealed one are taken in the same pass.
3. The file is synced, renamed to its final random name, and the folder is synced. Only then may a row name it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

from cryptography.hazmat.primitives import hashes

from ledger.durable import sync_folder
from ledger.errors import LedgerError, Mismatch, Unavailable
from ledger.keys import ChunkedOpener, ChunkedSealer

READ_SIZE: Final = 256 * 1024
NAME_BYTES: Final = 20
_NAME: Final = re.compile(r"[0-9a-f]{40}")
_TEMPORARY: Final = re.compile(r"\.[0-9a-f]{40}\.part")
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class TooLarge(LedgerError):
    """More was sent than is taken; `limit` is in bytes. Nothing was kept."""

    code = "too_large"

    def __init__(self, limit: int) -> None:
        super().__init__(f"at most {limit} bytes are taken")
        self.limit = limit


class NoSpace(LedgerError):
    """The disk has less free space than the store must leave, or none."""

    code = "no_space"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedFile:
    """A file that is durable in the store. `size`, `sha256` and `sm3` are of the plain bytes."""

    name: str
    size: int
    sha256: str
    sm3: str
    sealed_size: int
    sealed_sha256: str


class BlobStore:
    """Sealed files in one folder of one machine. Safe for several threads; a name is used once."""

    def __init__(
        self, folder: Path, *, min_free_bytes: int = 0, random: Callable[[int], bytes] = secrets.token_bytes
    ) -> None:
        self._folder = folder
        self._min_free_bytes = min_free_bytes
        self._random = random

    def create(self, *, data_key: bytes, limit: int, name: str | None = None) -> BlobWriter:
        """Begin a file of at most `limit` plain bytes, sealed with `data_key` and bound to its own name.

        The name is drawn; one that is already on record is given where a lost store is filled again.
        """
        self.check_space()
        name = self._random(NAME_BYTES).hex() if name is None else self._path(name).name
        return BlobWriter(self._folder, name, data_key=data_key, limit=limit)

    def read(self, name: str, *, data_key: bytes) -> Iterator[bytes]:
        """Yield the plain bytes of `name`.

        Raises Unavailable when the file is missing or unreadable, Mismatch when it is not what was sealed; the latter
        may come after authentic bytes were yielded, so whoever sends them on must then break off.
        """
        opener = ChunkedOpener(data_key, name.encode())
        try:
            with self._path(name).open("rb") as file:
                while chunk := file.read(READ_SIZE):
                    if plain := opener.update(chunk):
                        yield plain
        except OSError as error:
            raise Unavailable("document", f"the sealed file cannot be read: {error.strerror}") from error
        if rest := opener.finish():
            yield rest

    def verify(self, name: str, *, sealed_sha256: str) -> None:
        """Return when the sealed file is the one recorded; raises Unavailable when it is gone, Mismatch otherwise."""
        try:
            with self._path(name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise Unavailable("document", f"the sealed file cannot be read: {error.strerror}") from error
        if found != sealed_sha256:
            raise Mismatch("sealed document", sealed_sha256, found)

    def verify_content(self, name: str, *, sealed_sha256: str, sha256: str, data_key: bytes) -> None:
        """Return when the sealed file is the one recorded, or, sealed anew, opens to the very bytes recorded.

        The second is what a restored ledger has: its data keys are others, its documents are not. Raises Unavailable
        when the file is gone, Mismatch or Malformed otherwise.
        """
        try:
            self.verify(name, sealed_sha256=sealed_sha256)
        except Mismatch:
            found = hashlib.sha256()
            for chunk in self.read(name, data_key=data_key):
                found.update(chunk)
            if found.hexdigest() != sha256:
                raise Mismatch("document", sha256, found.hexdigest()) from None

    def discard(self, name: str) -> None:
        """Take away a file that no row names. Missing is as good."""
        with suppress(FileNotFoundError):
            self._path(name).unlink()

    def sweep(self) -> int:
        """Take away files that a crash left unfinished; return how many. Only while nothing is being filed.

        A finished file that no row names stays: under a database restored from an older backup it may be a document.
        `orphans` lists those.
        """
        unfinished = [path for path in self._folder.iterdir() if _TEMPORARY.fullmatch(path.name)]
        for path in unfinished:
            path.unlink(missing_ok=True)
        return len(unfinished)

    def orphans(self, named: Collection[str]) -> list[str]:
        """The finished files that are not in `named`, sorted."""
        return sorted(self._finished().difference(named))

    def missing(self, named: Collection[str]) -> list[str]:
        """Those of `named` that are not here, sorted."""
        return sorted(set(named).difference(self._finished()))

    def _finished(self) -> set[str]:
        return {path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name)}

    def check_space(self) -> None:
        """Return when the disk has more free space than must be left; raises NoSpace or Unavailable."""
        try:
            state = os.statvfs(self._folder)
        except OSError as error:
            raise Unavailable("document store", f"the folder cannot be used: {error.strerror}") from error
        if state.f_bavail * state.f_frsize < self._min_free_bytes:
            raise NoSpace("too little free space on the disk of the document store")

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Mismatch("name of a sealed file", "40 hexadecimal digits", name)
        return self._folder / name


class BlobWriter:
    """Takes one file, chunk by chunk, inside a `with`; left without `finish`, it leaves nothing behind. One thread."""

    def __init__(self, folder: Path, name: str, *, data_key: bytes, limit: int) -> None:
        self._folder = folder
        self._name = name
        self._temporary = folder / f".{name}.part"
        self._sealer = ChunkedSealer(data_key, name.encode())
        self._limit = limit
        self._sha256, self._sealed_sha256 = hashlib.sha256(), hashlib.sha256()
        self._sm3 = hashes.Hash(hashes.SM3())
        self._size = self._sealed_size = 0
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        with _as_our_errors():
            descriptor = os.open(self._temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(descriptor, "wb")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            with suppress(FileNotFoundError):
                self._temporary.unlink()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes; raises TooLarge, NoSpace or Unavailable."""
        self._size += len(chunk)
        if self._size > self._limit:
            raise TooLarge(self._limit)
        self._sha256.update(chunk)
        self._sm3.update(chunk)
        self._put(self._sealer.update(chunk))

    def finish(self) -> SealedFile:
        """Make the file durable under its name; raises NoSpace or Unavailable, and then nothing was promised."""
        self._put(self._sealer.finish())
        file = self._open_file()
        with _as_our_errors():
            file.flush()
            os.fsync(file.fileno())
            file.close()
            self._temporary.rename(self._folder / self._name)
            self._file = None
            sync_folder(self._folder)
        return SealedFile(
            name=self._name,
            size=self._size,
            sha256=self._sha256.hexdigest(),
            sm3=self._sm3.finalize().hex(),
            sealed_size=self._sealed_size,
            sealed_sha256=self._sealed_sha256.hexdigest(),
        )

    def _put(self, sealed: bytes) -> None:
        self._sealed_size += len(sealed)
        self._sealed_sha256.update(sealed)
        with _as_our_errors():
            self._open_file().write(sealed)

    def _open_file(self) -> IO[bytes]:
        if self._file is None:
            raise ValueError("a file is written inside its `with`, and finished once")
        return self._file


@contextmanager
def _as_our_errors() -> Iterator[None]:
    """Turn the disk's errors into ours: full is NoSpace, anything else Unavailable."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoSpace("the disk of the document store is full") from error
        raise Unavailable("document store", f"cannot be written: {error.strerror}") from error
