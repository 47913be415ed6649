"""What has to be remembered of every stream and every record while the statements go by: small, and packed.

A record takes some 250 bytes, its key included, so that a million statements fit where a phone's photo does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final
from uuid import UUID

_NEWEST: Final = Struct(">Q32s32sII")

NOT_COMPARABLE: Final = bytes(32)
"""In the place of a digest: the disclosures were withheld or could not be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a record as its statement has it. `leaf` is the statement's leaf hash.

    `digest` stands for the disclosed values that a row repeats; `kind` is None for a record that has no row.
    """

    version: int
    leaf: bytes
    digest: bytes
    kind: str | None
    stream: str

    @property
    def comparable(self) -> bool:
        """Whether the disclosed values are known."""
        return self.digest != NOT_COMPARABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The last of a chain: its number, and its leaf hash, None when it is not known."""

    number: int
    leaf: bytes | None


class Index:
    """The newest version of every record, the last statement of every stream, and older versions that keep rows."""

    def __init__(self) -> None:
        self._kinds: list[str | None] = []
        self._kind_numbers: dict[str | None, int] = {}
        self._stream_numbers: dict[bytes, int] = {}
        self._streams: list[bytes] = []
        self._last: list[Link] = []
        self._newest: dict[bytes, bytes] = {}
        self._older: dict[tuple[bytes, int], bytes] = {}

    def __len__(self) -> int:
        return len(self._newest)

    def last(self, stream: str) -> Link:
        """The last statement of a stream; number 0 before the first."""
        number = self._stream_numbers.get(UUID(stream).bytes)
        return Link(number=0, leaf=None) if number is None else self._last[number]

    def extend(self, stream: str, link: Link) -> None:
        """Make `link` the last of its stream."""
        self._last[self._stream_number(stream)] = link

    def newest(self, subject: str) -> Version | None:
        """The newest version of a record."""
        packed = self._newest.get(_key(subject))
        return None if packed is None else self._unpack(packed)

    def put(self, subject: str, version: Version, *, keep_older: bool) -> None:
        """Make `version` the newest one of its record; the one before is forgotten unless it keeps a row."""
        key = _key(subject)
        before = self._newest.get(key)
        if keep_older and before is not None:
            self._older[key, self._unpack(before).version] = before
        self._newest[key] = self._pack(version)

    def take(self, subject: str, version: int | None = None) -> Version | None:
        """Return and forget the newest version, or an older one by its number."""
        key = _key(subject)
        packed = self._newest.pop(key, None) if version is None else self._older.pop((key, version), None)
        return None if packed is None else self._unpack(packed)

    def left(self) -> Iterator[tuple[str, Version]]:
        """Every (subject, version) not taken."""
        for key, packed in self._newest.items():
            yield str(UUID(bytes=key)), self._unpack(packed)
        for (key, _), packed in self._older.items():
            yield str(UUID(bytes=key)), self._unpack(packed)

    def _pack(self, item: Version) -> bytes:
        kind = self._kind_numbers.setdefault(item.kind, len(self._kinds))
        if kind == len(self._kinds):
            self._kinds.append(item.kind)
        stream = self._stream_number(item.stream)
        return _NEWEST.pack(item.version, item.leaf, item.digest, kind, stream)

    def _unpack(self, packed: bytes) -> Version:
        version, leaf, digest, kind, stream = _NEWEST.unpack(packed)
        return Version(
            version=version,
            leaf=leaf,
            digest=digest,
            kind=self._kinds[kind],
            stream=str(UUID(bytes=self._streams[stream])),
        )

    def _stream_number(self, stream: str) -> int:
        key = UUID(stream).bytes
        number = self._stream_numbers.get(key)
        if number is None:
            number = self._stream_numbers[key] = len(self._streams)
            self._streams.append(key)
            self._last.append(Link(number=0, leaf=None))
        return number


def _key(subject: str) -> bytes:
    """16 bytes of a subject. What is not the one spelling of a UUID gets a key that no UUID has."""
    try:
        known = UUID(subject)
    except ValueError:
        known = None
    if known is not None and str(known) == subject:
        return known.bytes
    return b"not a UUID: " + subject.encode("utf-8", "surrogatepass")
