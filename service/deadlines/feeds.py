"""Calendar addresses: one for each person, under a token that nobody can guess and the person can withdraw."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from sqlmodel import col, delete, select

from ledger.canonical import render_time
from service.access import Action, Actor, NotFound, Unauthenticated, reach
from service.accounts import load_actor
from service.language import Language, parse_language
from service.tables import CalendarFeed

if TYPE_CHECKING:
    from sqlmodel import Session

TOKEN_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """Whose calendar is asked for, and in which language."""

    actor: Actor
    language: Language


def open_feed(session: Session, actor: Actor, *, language: Language, now: datetime) -> str:
    """A new token for the actor's calendar; the one before it is withdrawn. It is kept nowhere: show it now."""
    reach(actor, Action.CASE_LIST)
    close_feed(session, actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    session.add(
        CalendarFeed(token_sha256=_sha256(token), user_id=actor.user_id, language=language, created_at=render_time(now))
    )
    session.flush()
    return token


def feed_path(token: str) -> str:
    """Where a calendar program asks for it."""
    return f"/calendar/{token}.ics"


def close_feed(session: Session, actor: Actor) -> None:
    """Withdraw the actor's calendar address; none is as good."""
    session.exec(delete(CalendarFeed).where(col(CalendarFeed.user_id) == actor.user_id))


def feed_opened_at(session: Session, actor: Actor) -> str | None:
    """Since when the actor has a calendar address; None without one."""
    return session.exec(select(CalendarFeed.created_at).where(CalendarFeed.user_id == actor.user_id)).first()


def read_feed(session: Session, token: str) -> Subscriber:
    """Whose calendar a token opens; raises NotFound, also for a closed account or one that lost its cases."""
    row = session.get(CalendarFeed, _sha256(token))
    if row is None:
        raise NotFound("calendar")
    try:
        actor = load_actor(session, row.user_id)
    except Unauthenticated as error:
        raise NotFound("calendar") from error
    return Subscriber(actor=actor, language=parse_language(row.language) or Language.ZH)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
