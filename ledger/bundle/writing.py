"""Writing a bundle, one member after the other, in constant memory."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import IO, BinaryIO, Self

from ledger.bundle.manifest import MANIFEST, MAX_MEMBERS, Manifest, Member, Profile, check_paths, render_manifest
from ledger.errors import Malformed

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can hold. The true one is in the manifest."""

_UNIX = 3


class MemberWriter:
    """Takes one member's bytes; `size` and the digest are counted on the way."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes) -> None:
        """Append bytes to the member."""
        self._stream.write(data)
        self._hash.update(data)
        self._size += len(data)

    def written(self, path: str) -> Member:
        """Return what the manifest will say of the member."""
        return Member(path=path, size=self._size, sha256=self._hash.hexdigest())


class BundleWriter:
    """Writes a bundle to `file`, which must be seekable and empty; it stays the caller's to close.

    A context manager: leaving it writes manifest and directory, leaving it by an exception does not, and what was
    written is no bundle then. The same calls give the same bytes, on every machine: members are stored as they are,
    in the order of the calls, under a fixed time. One member at a time; not for several threads.
    """

    def __init__(self, file: BinaryIO, *, profile: Profile, created_at: datetime) -> None:
        if not file.seekable():
            raise ValueError("a bundle's sizes stand before its data: the file must be seekable")
        self._archive = zipfile.ZipFile(file, "w", zipfile.ZIP_STORED)
        self._profile = profile
        self._created_at = created_at
        self._members: dict[str, Member] = {}
        self._taken = {MANIFEST}

    def write(self, path: str, data: bytes) -> None:
        """Write a whole member. Raises Malformed as `open` does."""
        with self._begin(path, size=len(data)) as member:
            member.write(data)

    @contextmanager
    def open(self, path: str) -> Iterator[MemberWriter]:
        """Write a member of a size that is not known before. Raises Malformed for a path that is taken or not plain."""
        with self._begin(path, size=None) as member:
            yield member

    def close(self) -> None:
        """Write manifest and directory. Raises Malformed when a path is also a folder of another."""
        check_paths([*self._members, MANIFEST])
        manifest = Manifest(profile=self._profile, created_at=self._created_at, members=self._members)
        self._archive.writestr(_plain(MANIFEST), render_manifest(manifest))
        self._archive.close()

    @contextmanager
    def _begin(self, path: str, *, size: int | None) -> Iterator[MemberWriter]:
        check_paths([path])
        if path.lower() in self._taken:
            raise Malformed("bundle", f"{path} is taken")
        if len(self._members) == MAX_MEMBERS:
            raise Malformed("bundle", f"more than {MAX_MEMBERS} members")
        info = _plain(path)
        info.file_size = size or 0
        with self._archive.open(info, "w", force_zip64=size is None) as stream:
            member = MemberWriter(stream)
            yield member
        self._taken.add(path.lower())
        self._members[path] = member.written(path)

    def _abandon(self) -> None:
        # Otherwise the archive would write its directory when it is collected.
        self._archive.fp = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self._abandon()


def _plain(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, date_time=_EPOCH)
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | 0o644) << 16
    return info
