"""The single write path: a changed record becomes a statement in the same transaction as its rows.

Callers change the rows, then call `Recorder.record` once per change, inside one write session of `Database`. When that
session commits, the caller may be answered "received"; nothing before that is a promise.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from ledger.errors import Conflict
from ledger.keys import Random
from ledger.store.revocations import order_revocation
from ledger.store.statements import Draft, append_statement, open_stream, reserve_record
from service.declarations import RECORD_NAME, Declaration
from service.law import REVOKING, STATEMENT_TYPES

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.canonical import JsonValue
    from ledger.store.tables import StatementRow, Stream


def utc_now() -> datetime:
    """The wall clock, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What happened to a record: the statement's type, the day it happened, who entered it, why it was corrected."""

    type: str
    occurred_on: date
    entered_by: str
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Writes statements. Holds the key that wraps every stream's data key; time and randomness are arguments."""

    wrapping_key: bytes = field(repr=False)
    clock: Callable[[], datetime] = utc_now
    random: Random = os.urandom

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, which lives as long as the wrapping key."""
        return hmac.new(self.wrapping_key, f"legal-ledger/{purpose}/v1".encode(), hashlib.sha256).digest()

    def open_stream(self, session: Session, *, kind: str, institution: str) -> Stream:
        """Begin a stream of `institution` (its code) with its own data key."""
        return open_stream(
            session,
            kind=kind,
            institution=institution,
            wrapping_key=self.wrapping_key,
            now=self.clock(),
            random=self.random,
        )

    def reserve(self, session: Session, stream: str) -> str:
        """Draw a new subject in `stream`: its record number exists from now on and may be printed."""
        return reserve_record(session, stream=stream, random=self.random).subject

    def record(
        self, session: Session, declaration: Declaration, subject: str, event: Event, *, stream: str, institution: str
    ) -> StatementRow:
        """Record the rows of `subject` as they stand in this session, as its next version, and return the statement.

        A statement that takes an earlier one back (`law.REVOKING`) orders its revocation in the contract.

        Raises Conflict when the row's version is not the one after the newest statement: somebody else was first.
        """
        if event.type not in STATEMENT_TYPES:
            raise ValueError(f"{event.type} is not a statement type")
        main: Any = session.get_one(declaration.table, subject)
        main.version += 1
        session.flush()
        values: dict[str, JsonValue] = {
            **declaration.read(session, subject),
            RECORD_NAME: declaration.kind,
            "occurred_on": event.occurred_on.isoformat(),
            "entered_by": event.entered_by,
            "reason": event.reason,
        }
        draft = Draft(
            stream=stream,
            subject=subject,
            type=event.type,
            institution=institution,
            values=values,
            required=declaration.required | {"occurred_on"},
        )
        row = append_statement(session, draft, wrapping_key=self.wrapping_key, now=self.clock(), random=self.random)
        if row.version != main.version:
            raise Conflict("record", f"version {main.version} was expected, {row.version} is next")
        if (reason := REVOKING.get(event.type)) is not None:
            order_revocation(session, row, reason=reason)
        return row
