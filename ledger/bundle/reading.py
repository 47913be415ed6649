"""Opening a bundle that anybody may have made."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

from ledger.bundle.archive import Extent, read_directory
from ledger.bundle.manifest import MANIFEST, MAX_MANIFEST_BYTES, Member, Profile, check_paths, parse_manifest
from ledger.errors import Malformed, Mismatch

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_CHUNK = 1024 * 1024


def open_bundle(source: Path | BinaryIO) -> Bundle:
    """Open a bundle and check its container and manifest; no other member is read yet.

    `source` is a path, or a seekable file that stays the caller's to close. Safe on hostile input: memory is bounded by
    the directory (at most 100,000 members), nothing is unpacked to disk, and no member can be longer than it says.
    Raises Malformed for a container that `BundleWriter` would not have written, a path that is not plain, and members
    missing from the manifest or from the archive; OSError when the file cannot be opened.
    """
    with ExitStack() as stack:
        file = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
        extents = read_directory(file)
        check_paths(extents)
        if MANIFEST not in extents:
            raise Malformed("bundle", f"there is no {MANIFEST}")
        place = extents.pop(MANIFEST)
        if place.size > MAX_MANIFEST_BYTES:
            raise Malformed("bundle", f"the manifest has {place.size} bytes, at most {MAX_MANIFEST_BYTES} are read")
        file.seek(place.offset)
        manifest = parse_manifest(file.read(place.size))
        _check_same(manifest.members, extents)
        closing = stack.pop_all()
    return Bundle(
        file=file,
        closing=closing,
        profile=manifest.profile,
        created_at=manifest.created_at,
        members=manifest.members,
        extents=extents,
    )


class Bundle:
    """An open bundle. `members` are by path. Close it, or use it as a context manager.

    May be read from several threads. Bytes are believed only once the member's digest has been compared: `read` does so
    before it returns, `open` and `lines` when they come to the end.
    """

    def __init__(
        self,
        *,
        file: BinaryIO,
        closing: ExitStack,
        profile: Profile,
        created_at: datetime,
        members: Mapping[str, Member],
        extents: Mapping[str, Extent],
    ) -> None:
        self.profile = profile
        self.created_at = created_at
        self.members = MappingProxyType(dict(members))
        self._file = file
        self._closing = closing
        self._extents = extents
        self._lock = Lock()

    def open(self, path: str) -> io.BufferedReader:
        """Return a stream over a member. Reading its last byte raises Mismatch when the digest is not the manifest's.

        Raises Malformed when there is no such member.
        """
        member = self.members.get(path)
        if member is None:
            raise Malformed("bundle", f"there is no {path[:80]!a}")
        return io.BufferedReader(_MemberStream(self._file, self._lock, self._extents[path], member), _CHUNK)

    def read(self, path: str, *, max_bytes: int) -> bytes:
        """Return a whole member. Raises Malformed when there is none or it is larger, Mismatch for its digest."""
        with self.open(path) as stream:
            if self.members[path].size > max_bytes:
                size = self.members[path].size
                raise Malformed("bundle", f"{path} has {size} bytes, at most {max_bytes} are read")
            return stream.read()

    def lines(self, path: str, *, max_line_bytes: int) -> Iterator[bytes]:
        """Yield a member's lines without their newlines; every line ends in one.

        Raises Malformed for a line that is longer or lacks its newline, and as `open` does.
        """
        with self.open(path) as stream:
            while line := stream.readline(max_line_bytes + 1):
                if not line.endswith(b"\n"):
                    raise Malformed("bundle", f"a line of {path} has no newline within {max_line_bytes} bytes")
                yield line[:-1]

    def verify(self) -> None:
        """Read everything once; raise Mismatch naming the first member whose digest is not the manifest's."""
        for path in self.members:
            with self.open(path) as stream:
                while stream.read(_CHUNK):
                    pass

    def close(self) -> None:
        """Close the file, when this bundle opened it."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _MemberStream(io.RawIOBase):
    """A member's bytes, hashed as they are read, each stream with a position of its own."""

    def __init__(self, file: BinaryIO, lock: Lock, extent: Extent, member: Member) -> None:
        self._file = file
        self._lock = lock
        self._at = extent.offset
        self._end = extent.offset + extent.size
        self._member = member
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        with self._lock:
            self._file.seek(self._at)
            data = self._file.read(min(len(view), self._end - self._at))
        if not data and self._at < self._end:
            raise Malformed("bundle", f"{self._member.path} was cut short while it was read")
        self._at += len(data)
        self._hash.update(data)
        if self._at == self._end and self._hash.hexdigest() != self._member.sha256:
            raise Mismatch(f"SHA-256 of {self._member.path}", self._member.sha256, self._hash.hexdigest())
        view[: len(data)] = data
        return len(data)


def _check_same(members: Mapping[str, Member], extents: Mapping[str, Extent]) -> None:
    missing = sorted(members.keys() - extents.keys())
    if missing:
        raise Malformed("bundle", f"{missing[0][:80]!a} is in the manifest and not in the archive")
    extra = sorted(extents.keys() - members.keys())
    if extra:
        raise Malformed("bundle", f"{extra[0]} is in the archive and not in the manifest")
    other = next((path for path, extent in extents.items() if members[path].size != extent.size), None)
    if other is not None:
        raise Malformed("bundle", f"{other} has {extents[other].size} bytes, the manifest says {members[other].size}")
