"""What a seeded edit is: how it is done, what an audit must name, and how another value of the same kind is drawn."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from random import Random
from typing import Any

from ledger.audit.findings import Finding
from ledger.audit.report import AuditReport

ANY = ".*"
NONE = ""
"""As a field of `Wanted`: the finding is about the whole record and has no field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A finding that an edit must lead to: one of these numbers (or this leaf), and one of these fields.

    A number is written without its version, a field is a regular expression of the whole path.
    """

    numbers: frozenset[str]
    fields: frozenset[str]
    leaf: int | None = None

    def found_in(self, report: AuditReport) -> bool:
        """Whether the report names record and field in one finding."""
        return any(self._is(finding) for finding in report.findings)

    def _is(self, finding: Finding) -> bool:
        number = re.sub(r"\.v[^.]*$", "", finding.record.number)
        place = {finding.record.number, number} & self.numbers or (
            self.leaf is not None and finding.leaf_index == self.leaf
        )
        return bool(place) and any(re.fullmatch(field, finding.field or NONE) for field in self.fields)


def wanted(numbers: str | set[str], *fields: str, leaf: int | None = None) -> Wanted:
    """A `Wanted` in fewer words."""
    return Wanted(
        numbers=frozenset({numbers} if isinstance(numbers, str) else numbers), fields=frozenset(fields), leaf=leaf
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit that was drawn, and not yet done. `audit` does it, audits and undoes it."""

    said: str
    wanted: tuple[Wanted, ...]
    audit: Callable[[], AuditReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something that can be edited. `draw` gives None for what came out as no edit: nothing means anything else."""

    name: str
    draw: Callable[[Random], Edit | None]


Opened = AbstractContextManager[Any]


# ------------------------------------------------------------------------------------------------------ other values


def other_text(draw: Random, text: str) -> str:
    """The text with one character changed into another of its kind, or one more or less."""
    way = draw.choice(["change", "change", "more", "less"])
    at = draw.randrange(len(text)) if text else 0
    if not text or way == "more":
        return text[:at] + draw.choice("0ax示") + text[at:]
    if way == "less":
        return text[:at] + text[at + 1 :]
    return text[:at] + _other_character(draw, text[at]) + text[at + 1 :]


def _other_character(draw: Random, character: str) -> str:
    for kind in (string.digits, string.ascii_lowercase, string.ascii_uppercase):
        if character in kind:
            return draw.choice(kind.replace(character, ""))
    return draw.choice("某甲乙x".replace(character, ""))


def other_bytes(draw: Random, data: bytes) -> bytes:
    """One bit flipped, or the end cut off."""
    if data and draw.random() < 0.75:
        at = draw.randrange(len(data))
        return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
    return data[: draw.randrange(len(data))] if data else b"\0"


def other_number(draw: Random, number: int) -> int:
    """One bit flipped, or any number."""
    return number ^ 1 << draw.randrange(16) if draw.random() < 0.5 else draw.randrange(1_000_000)


def other_value(draw: Random, value: Any) -> Any:
    """Another value of the same kind; may come out equal, which is for the caller to see."""
    match value:
        case bool():
            return not value
        case int():
            return other_number(draw, value)
        case str():
            return other_text(draw, value)
        case bytes():
            return other_bytes(draw, value)
        case None:
            return draw.choice(["2026-01-01", "x", "示例", 1])
    raise TypeError(type(value))


def leaves_of(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """(path, value) of every place in a JSON value that holds no further one, as an empty list or object does."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    empty = True
    for key, below in items:
        empty = False
        yield from leaves_of(below, (*path, key))
    if empty:
        yield path, value


def with_leaf(value: Any, path: tuple[str | int, ...], leaf: Any) -> Any:
    """The JSON value with another leaf at this path."""
    if not path:
        return leaf
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = with_leaf(value[path[0]], path[1:], leaf)  # type: ignore[index]
    return copy


def other_json(draw: Random, value: Any) -> tuple[tuple[str | int, ...], Any]:
    """A JSON value with one leaf changed, and where."""
    path, leaf = draw.choice(list(leaves_of(value)))
    other = "x" if isinstance(leaf, list | dict) else other_value(draw, leaf)
    return path, with_leaf(value, path, other)
