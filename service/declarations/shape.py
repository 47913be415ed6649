"""What a declaration is: the disclosed names of one kind of record, the columns behind each, and how they are read."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """How one kind of record is disclosed. `read` returns a value for each name, from rows already flushed."""

    kind: str
    table: type[SQLModel]
    names: tuple[Disclosed, ...]
    read: Callable[[Session, str], Mapping[str, JsonValue]]

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
