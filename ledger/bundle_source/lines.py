"""Members of a line of JSON, each of its kind; all of these raise Malformed for another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from ledger.canonical import JsonValue
from ledger.errors import Malformed

Line: TypeAlias = Mapping[str, JsonValue]

_HASH: Final = re.compile(r"0x[0-9a-f]{64}")


def integer(line: Line, name: str) -> int:
    """An integer, which a boolean is not."""
    value = line[name]
    if isinstance(value, bool) or not isinstance(value, int):
        raise _malformed(name, "not an integer")
    return value


def index_of(line: Line) -> int | None:
    """The leaf index; None for a statement that waits."""
    return None if line["leaf_index"] is None else integer(line, "leaf_index")


def text(line: Line, name: str) -> str:
    """A text."""
    value = line[name]
    if not isinstance(value, str):
        raise _malformed(name, "not text")
    return value


def texts(line: Line, name: str) -> tuple[str, ...]:
    """A list of texts."""
    value = line[name]
    if not isinstance(value, list):
        raise _malformed(name, "not an array")
    if not all(isinstance(element, str) for element in value):
        raise _malformed(name, "not text")
    return tuple(value)


def mapping(line: Line, name: str) -> Line:
    """An object."""
    value = line[name]
    if not isinstance(value, Mapping):
        raise _malformed(name, "not an object")
    return value


def objects_of(line: Line, name: str, members: AbstractSet[str]) -> Iterator[Line]:
    """The elements of a list of objects, each with exactly these members."""
    value = line[name]
    for element in value if isinstance(value, list) else [value]:
        if not isinstance(element, Mapping) or element.keys() != members:
            raise _malformed(name, f"not objects with exactly {', '.join(sorted(members))}")
        yield element


def digest(line: Line, name: str) -> str:
    """The hash of a transaction: 0x and 64 lower-case hex digits."""
    value = text(line, name)
    if not _HASH.fullmatch(value):
        raise _malformed(name, "not 0x and 64 lower-case hex digits")
    return value


def binary(line: Line, name: str) -> bytes:
    """Bytes written as 0x and lower-case hex."""
    written = text(line, name)
    try:
        value = bytes.fromhex(written.removeprefix("0x"))
    except ValueError:
        value = b""
    if "0x" + value.hex() != written:
        raise _malformed(name, "not lower-case hex after 0x")
    return value


def _malformed(name: str, reason: str) -> Malformed:
    return Malformed(f"member {name} of a line", reason)
