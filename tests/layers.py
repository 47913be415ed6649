"""Looking for words in a file as somebody would who wants to find them: in every encoding, under every wrapping."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator

MAX_DEPTH = 6
_TOKEN = re.compile(rb"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){4,}")
_ESCAPE = re.compile(rb"\\u[0-9a-fA-F]{4}")


def spellings(word: str) -> set[bytes]:
    """A word as bytes of the encodings that software here writes."""
    plain = {word.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")}
    escaped = json.dumps(word)[1:-1].encode()
    return plain | {escaped, escaped.replace(b"\\u", b"\\\\u")}


def found(words: list[str], data: bytes) -> set[str]:
    """Those of the words that are somewhere in the data."""
    wanted = {word: spellings(word) for word in words}
    hits: set[str] = set()
    seen: set[bytes] = set()
    for layer in layers(data, seen):
        hits |= {word for word, forms in wanted.items() if any(form in layer for form in forms)}
    return hits


def layers(data: bytes, seen: set[bytes], depth: int = 0) -> Iterator[bytes]:
    """The data, and whatever can be unpacked from it, again and again."""
    if depth > MAX_DEPTH or data in seen:
        return
    seen.add(data)
    yield data
    for inner in (*_unzipped(data), *_inflated(data), *_decoded(data), *_unescaped(data)):
        yield from layers(inner, seen, depth + 1)


def _unzipped(data: bytes) -> Iterator[bytes]:
    if data.startswith(b"PK"):
        with contextlib.suppress(zipfile.BadZipFile), zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield archive.read(name)


def _inflated(data: bytes) -> Iterator[bytes]:
    for header, window in ((b"\x1f\x8b", 31), (b"\x78", 15)):
        if data.startswith(header):
            with contextlib.suppress(zlib.error):
                yield zlib.decompress(data, window)


def _decoded(data: bytes) -> Iterator[bytes]:
    for token in set(_TOKEN.findall(data)):
        with contextlib.suppress(binascii.Error, ValueError):
            padded = token.rstrip(b"=") + b"=" * (-len(token.rstrip(b"=")) % 4)
            yield base64.urlsafe_b64decode(padded.replace(b"+", b"-").replace(b"/", b"_"))
    for token in set(_HEX.findall(data)):
        yield bytes.fromhex(token.decode())


def _unescaped(data: bytes) -> Iterator[bytes]:
    if _ESCAPE.search(data):
        yield _ESCAPE.sub(lambda match: chr(int(match[0][-4:], 16)).encode("utf-8", "replace"), data)
