"""What has to be remembered of every stream and every record while the statements go by.

Records are kept in a temporary file, since there may be millions: only its newest pages are held in memory. Streams, of
which there is one a case, take some 250 bytes each.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from struct import Struct
from typing import Any, Final, Self
from uuid import UUID

from ledger.errors import Unavailable

_UUID: Final = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_VERSION: Final = Struct(">Q32s32sII")

NOT_COMPARABLE: Final = bytes(32)
"""In the place of a digest: the disclosures were withheld or could not be opened."""

CACHE_KIB: Final = 16 * 1024
"""Pages of the temporary file in memory. The operating system keeps more of them where it has room."""

_SCHEMA: Final = f"""
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -{CACHE_KIB};
CREATE TABLE newest (place INTEGER PRIMARY KEY, subject BLOB UNIQUE, packed BLOB);
CREATE TABLE older (place INTEGER PRIMARY KEY, subject BLOB, version INTEGER, packed BLOB, UNIQUE (subject, version));
BEGIN;
"""
"""Places keep the order in which records came, which is the order of findings. The file goes when it is closed."""

_PUT: Final = """INSERT INTO newest (subject, packed) VALUES (?, ?)
ON CONFLICT (subject) DO UPDATE SET packed = excluded.packed"""
_PUT_OLDER: Final = """INSERT INTO older (subject, version, packed) VALUES (?, ?, ?)
ON CONFLICT (subject, version) DO UPDATE SET packed = excluded.packed"""


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
    """The newest version of every record, the last statement of every stream, and older versions that keep rows.

    A context manager. Its methods raise Unavailable when the temporary file cannot grow.
    """

    def __init__(self) -> None:
        self._kinds: list[str | None] = []
        self._kind_numbers: dict[str | None, int] = {}
        self._stream_numbers: dict[bytes, int] = {}
        self._streams: list[bytes] = []
        self._last: list[Link] = []
        # A name of nothing is a file of its own that no other connection can open (sqlite.org/inmemorydb.html).
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(_SCHEMA)
        self._asked: tuple[bytes, bytes | None] = (b"", None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._db.close()

    def __len__(self) -> int:
        (count,) = self._one("SELECT COUNT(*) FROM newest") or (0,)
        return int(count)

    def last(self, stream: str) -> Link:
        """The last statement of a stream; number 0 before the first."""
        number = self._stream_numbers.get(_packed_uuid(stream))
        return Link(number=0, leaf=None) if number is None else self._last[number]

    def extend(self, stream: str, link: Link) -> None:
        """Make `link` the last of its stream."""
        self._last[self._stream_number(stream)] = link

    def newest(self, subject: str) -> Version | None:
        """The newest version of a record."""
        packed = self._newest(_key(subject))
        return None if packed is None else self._unpack(packed)

    def put(self, subject: str, version: Version, *, keep_older: bool) -> None:
        """Make `version` the newest one of its record; the one before is forgotten unless it keeps a row."""
        key = _key(subject)
        before = self._newest(key) if keep_older else None
        if before is not None:
            self._do(_PUT_OLDER, (key, self._unpack(before).version, before))
        packed = self._pack(version)
        self._do(_PUT, (key, packed))
        self._asked = (key, packed)

    def take(self, subject: str, version: int | None = None) -> Version | None:
        """Return and forget the newest version, or an older one by its number."""
        key = _key(subject)
        if version is None:
            packed = self._newest(key)
            self._asked = (key, None)
            if packed is not None:
                self._do("DELETE FROM newest WHERE subject = ?", (key,))
        else:
            row = self._one("SELECT packed FROM older WHERE subject = ? AND version = ?", (key, version))
            packed = row[0] if row else None
            if packed is not None:
                self._do("DELETE FROM older WHERE subject = ? AND version = ?", (key, version))
        return None if packed is None else self._unpack(packed)

    def left(self) -> Iterator[tuple[str, Version]]:
        """Every (subject, version) not taken. Nothing may be taken meanwhile."""
        for table in ("newest", "older"):
            for key, packed in self._do(f"SELECT subject, packed FROM {table} ORDER BY place"):  # noqa: S608 - ours
                yield str(UUID(bytes=key)), self._unpack(packed)

    def _newest(self, key: bytes) -> bytes | None:
        # A statement asks for its record's newest version more than once.
        if self._asked[0] != key:
            row = self._one("SELECT packed FROM newest WHERE subject = ?", (key,))
            self._asked = (key, row[0] if row else None)
        return self._asked[1]

    def _one(self, query: str, values: Sequence[object] = ()) -> Any:
        return self._do(query, values).fetchone()

    def _do(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(query, values)
        except sqlite3.Error as error:
            raise Unavailable("temporary file", str(error)) from error

    def _pack(self, item: Version) -> bytes:
        kind = self._kind_numbers.setdefault(item.kind, len(self._kinds))
        if kind == len(self._kinds):
            self._kinds.append(item.kind)
        stream = self._stream_number(item.stream)
        return _VERSION.pack(item.version, item.leaf, item.digest, kind, stream)

    def _unpack(self, packed: bytes) -> Version:
        version, leaf, digest, kind, stream = _VERSION.unpack(packed)
        return Version(
            version=version,
            leaf=leaf,
            digest=digest,
            kind=self._kinds[kind],
            stream=str(UUID(bytes=self._streams[stream])),
        )

    def _stream_number(self, stream: str) -> int:
        key = _packed_uuid(stream)
        number = self._stream_numbers.get(key)
        if number is None:
            number = self._stream_numbers[key] = len(self._streams)
            self._streams.append(key)
            self._last.append(Link(number=0, leaf=None))
        return number


def _packed_uuid(text: str) -> bytes:
    """The 16 bytes of a UUID in its one spelling."""
    return bytes.fromhex(text.replace("-", ""))


def _key(subject: str) -> bytes:
    """16 bytes of a subject. What is not the one spelling of a UUID gets a key that no UUID has."""
    if _UUID.fullmatch(subject):
        return _packed_uuid(subject)
    return b"not a UUID: " + subject.encode("utf-8", "surrogatepass")
