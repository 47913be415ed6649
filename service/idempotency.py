"""Writes that may be sent twice: the same key and body get the same record again, another body is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol, TypeVar

from sqlmodel import col, delete

from ledger.canonical import render_time
from ledger.errors import LedgerError
from service.access import Actor
from service.recording import Recorder
from service.tables import IdempotencyKey

if TYPE_CHECKING:
    from sqlmodel import Session

KEPT = timedelta(days=7)
"""How long a key is remembered; a client that asks again later than this makes a new record."""


class KeyReused(LedgerError):
    """The key was used for another request."""

    code = "idempotency_key_reused"


class Identified(Protocol):
    """What a write answers with."""

    @property
    def id(self) -> str:
        """The record's id."""
        ...


Made = TypeVar("Made", bound=Identified)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """A write that may come again: the client's key, which route it is for, and what exactly was asked."""

    key: str
    route: str
    body_sha256: str


def once(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    retry: Retry | None,
    *,
    make: Callable[[], Made],
    again: Callable[[str], Made],
) -> Made:
    """Do `make` the first time and `again`, with the record's id, when the same request comes back; raises KeyReused.

    The key is kept in the same transaction as what `make` writes. Two at the same moment: one waits for the other, on
    PostgreSQL by running into the primary key, which makes the caller begin anew.
    """
    if retry is None:
        return make()
    kept = session.get(IdempotencyKey, (actor.user_id, retry.key))
    if kept is not None:
        if (kept.route, kept.body_sha256) != (retry.route, retry.body_sha256):
            raise KeyReused("the key stands for another request")
        return again(kept.resource_id)
    made = make()
    session.add(
        IdempotencyKey(
            user_id=actor.user_id,
            key=retry.key,
            route=retry.route,
            body_sha256=retry.body_sha256,
            resource_id=made.id,
            created_at=render_time(recorder.clock()),
        )
    )
    return made


def forget_old_keys(session: Session, now: datetime) -> None:
    """Forget keys older than `KEPT`."""
    session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < render_time(now - KEPT)))
