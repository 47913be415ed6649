"""What a declaration is: the disclosed names of one kind of record, the columns behind each, the way there and back.

`read` makes values of rows, for statements and audits; `write` makes rows of values, for a ledger that is restored.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlmodel import Session, SQLModel

from ledger.canonical import JsonValue

EVENT_NAMES = ("occurred_on", "entered_by", "reason")
"""Disclosed in every statement and kept nowhere else: the day it happened, who entered it, and why it was changed."""

RECORD_NAME = "record"
"""Disclosed in every statement: the kind of record, so that an audit finds the declaration when the row is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosed:
    """One disclosed name: the `table.column`s behind it, and whether a receipt may leave it out."""

    name: str
    columns: tuple[str, ...]
    required: bool = False
    receipt: bool = False
    """Shown in a receipt by default (a required one always is)."""


class Places(Protocol):
    """Identifiers of rows that statements name by their place. The same place has the same one, however often asked."""

    def row(self, table: str, *place: object) -> str:
        """The identifier of a row that no statement names otherwise than by its place."""
        ...

    def party(self, case: str, position: int) -> str:
        """The party at this position of a case."""
        ...

    def instalment(self, agreement: str, position: int) -> str:
        """The instalment at this position of an agreement."""
        ...

    def case_of(self, agreement: str) -> str:
        """The case in which an agreement was made; its row is there."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A record as its statements disclose it, to be made into rows again.

    `values` are those that `Declaration.read` gave. `stream` is that of its statements, `recorded_at` the time of the
    first one.
    """

    subject: str
    version: int
    values: Mapping[str, Any]
    stream: str
    recorded_at: str
    places: Places

    def pick(self, names: Iterable[str]) -> dict[str, Any]:
        """These of the values, for columns of the same names."""
        return {name: self.values[name] for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Columns of a row to be set once every record of its kind is there: they refer to another of them, or change."""

    table: type[SQLModel]
    id: str
    values: Mapping[str, Any]


Written = Iterable[SQLModel | Later]
"""The rows of one record; a row comes after those it refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """How one kind of record is disclosed.

    `read` returns a value for each name, from rows already flushed. `write` is its inverse: it makes the rows of which
    `read` gives the same values. Columns that follow from others, and those outside of what is recorded, are made anew.
    """

    kind: str
    table: type[SQLModel]
    names: tuple[Disclosed, ...]
    read: Callable[[Session, str], Mapping[str, JsonValue]]
    write: Callable[[Recorded], Written]

    @property
    def required(self) -> frozenset[str]:
        """The names that every receipt of this kind shows."""
        return frozenset(item.name for item in self.names if item.required)

    @property
    def receipt_names(self) -> frozenset[str]:
        """The names that a receipt shows unless its holder asks for fewer."""
        return frozenset(item.name for item in self.names if item.required or item.receipt)


def columns_of(table: str, *names: str) -> tuple[str, ...]:
    """The `table.column` of each of these."""
    return tuple(f"{table}.{name}" for name in names)


def json_of(text: str) -> JsonValue:
    """The value of a JSON column; text that no longer is JSON comes back as it stands, and so never equals a record."""
    try:
        value: JsonValue = json.loads(text)
    except ValueError:
        return text
    return value


def text_of(value: object) -> str:
    """The text of a JSON column, which `json_of` reads back to this value."""
    return json.dumps(value, ensure_ascii=False)


def members(element: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """These members of an element of a list, for columns of the same names."""
    return {name: element[name] for name in names}
