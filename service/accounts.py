"""Offices, people, and how they show who they are: passwords, API tokens, browser sessions.

Administration is recorded as cases are: every new office and account is a statement in its institution's own stream.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import jwt
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import col, delete, select

from ledger.canonical import render_time
from service.access import Actor, NotFound, Role, Unauthenticated
from service.declarations import INSTITUTION, NO_PASSWORD, USER
from service.inputs import CHINA, InstitutionInput, Refused, UserInput
from service.inputs.accounts import MAX_PASSWORD, USERNAME
from service.recording import Event, Recorder
from service.tables import Institution, User, WebSession

if TYPE_CHECKING:
    from sqlmodel import Session

SYSTEM = "command line"
"""Who entered what was done on the machine itself, by `init` or another command."""

AUDIENCE = "legal-ledger/api"
CLOCK_LEEWAY = timedelta(seconds=30)
"""How far two machines' clocks may be apart for a token to be good."""
SESSION_TOKEN_BYTES = 32


@functools.cache
def _hash_of_nobody() -> str:
    """The hash of a password that nobody has; made once a process, before the first sign-in."""
    return PasswordHash((Argon2Hasher(),)).hash(secrets.token_urlsafe(16))


class Passwords:
    """Argon2id with the library's recommended cost. An unknown account costs as much work as a known one."""

    def __init__(self) -> None:
        self._hash = PasswordHash((Argon2Hasher(),))
        self._nobody = _hash_of_nobody()

    def hash(self, password: str) -> str:
        """The hash to keep, with its own salt."""
        return self._hash.hash(_normalised(password))

    def verify(self, password: str, kept: str | None) -> bool:
        """Whether `password` is the one behind `kept`; None, for nobody's, takes as long and is never."""
        if len(password) > MAX_PASSWORD:
            return False
        right = self._hash.verify(_normalised(password), kept or self._nobody)
        return right and kept is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionView:
    """An office as an answer shows it."""

    id: str
    code: str
    name: str
    kind: str
    phone: str | None


def add_institution(session: Session, recorder: Recorder, new: InstitutionInput, *, entered_by: str) -> InstitutionView:
    """Set up an office with its two streams; raises Refused when the code is taken."""
    if session.exec(select(Institution).where(Institution.code == new.code)).first() is not None:
        raise Refused("institution_exists", code=new.code)
    access = recorder.open_stream(session, kind="access", institution=new.code)
    administration = recorder.open_stream(session, kind="administration", institution=new.code)
    row = Institution(
        id=recorder.reserve(session, administration.id),
        code=new.code,
        name=new.name,
        kind=new.kind,
        phone=new.phone,
        version=0,
        access_stream=access.id,
        administration_stream=administration.id,
        created_at=render_time(recorder.clock()),
    )
    session.add(row)
    session.flush()
    event = _administration(recorder, entered_by, "institution added")
    recorder.record(session, INSTITUTION, row.id, event, stream=administration.id, institution=new.code)
    return _view_institution(row)


def set_institution_phone(
    session: Session, recorder: Recorder, code: str, *, phone: str, entered_by: str
) -> InstitutionView:
    """Give an office the telephone number that its papers and the public pages name; raises NotFound."""
    row = session.exec(select(Institution).where(Institution.code == code).with_for_update()).first()
    if row is None:
        raise NotFound("institution")
    row.phone = phone
    event = _administration(recorder, entered_by, "telephone number changed")
    recorder.record(session, INSTITUTION, row.id, event, stream=row.administration_stream, institution=row.code)
    return _view_institution(row)


def list_institutions(session: Session) -> tuple[InstitutionView, ...]:
    """Every office, by code. Name and telephone number are public: they stand on the papers it issues."""
    rows = session.exec(select(Institution).order_by(col(Institution.code))).all()
    return tuple(_view_institution(row) for row in rows)


def _view_institution(row: Institution) -> InstitutionView:
    return InstitutionView(id=row.id, code=row.code, name=row.name, kind=row.kind, phone=row.phone)


def add_user(
    session: Session,
    recorder: Recorder,
    new: UserInput,
    *,
    institution: str | None,
    passwords: Passwords,
    entered_by: str,
) -> Actor:
    """Make an account in the office with code `institution`, by default the first one; raises Refused, NotFound."""
    query = select(Institution).order_by(col(Institution.created_at), col(Institution.id))
    if institution is not None:
        query = query.where(Institution.code == institution)
    office = session.exec(query).first()
    if office is None:
        raise NotFound("institution")
    if session.exec(select(User).where(User.username == new.username)).first() is not None:
        raise Refused("username_taken", username=new.username)
    row = User(
        id=recorder.reserve(session, office.administration_stream),
        username=new.username,
        display_name=new.display_name,
        role=new.role,
        institution_id=office.id,
        password_hash=passwords.hash(new.password),
        version=0,
        created_at=render_time(recorder.clock()),
    )
    session.add(row)
    session.flush()
    event = _administration(recorder, entered_by, "account added")
    recorder.record(session, USER, row.id, event, stream=office.administration_stream, institution=office.code)
    return _actor(row, office)


def set_password(session: Session, passwords: Passwords, *, username: str, password: str) -> None:
    """Give an account another password, and sign its browsers out; raises NotFound. Nothing is recorded of it."""
    row = session.exec(select(User).where(User.username == username).with_for_update()).first()
    if row is None:
        raise NotFound("account")
    row.password_hash = passwords.hash(password)
    session.flush()
    close_web_sessions_of(session, row.id)


def authenticate(session: Session, passwords: Passwords, *, username: str, password: str) -> Actor:
    """The active account of this name and password; raises Unauthenticated, with one text for every reason."""
    query = select(User, Institution).join(Institution).where(User.username == username)
    found = session.exec(query).first() if re.fullmatch(USERNAME, username) else None
    kept = found[0].password_hash if found is not None and found[0].active else None
    kept = None if kept == NO_PASSWORD else kept
    if not passwords.verify(password, kept) or found is None:
        raise Unauthenticated("unknown account or wrong password")
    return _actor(*found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """API tokens: JWT signed with HMAC-SHA-256 under `key` (32 bytes), good for `lifetime`. `issuer` is the origin."""

    key: bytes
    issuer: str
    lifetime: timedelta

    def issue(self, actor: Actor, now: datetime) -> str:
        """A token that stands for `actor`; it holds the account's id and nothing else about them."""
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": actor.user_id,
            "iat": int(now.timestamp()),
            "exp": int((now + self.lifetime).timestamp()),
        }
        return jwt.encode(claims, self.key, algorithm="HS256")

    def read(self, session: Session, token: str, now: datetime) -> Actor:
        """Whom a token stands for, as the account is now; raises Unauthenticated."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self.key,
                algorithms=["HS256"],
                audience=AUDIENCE,
                issuer=self.issuer,
                options={"require": ["exp", "iat", "sub"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise Unauthenticated("the token is not one of ours") from error
        issued, expires = claims["iat"], claims["exp"]
        leeway, moment = CLOCK_LEEWAY.total_seconds(), now.timestamp()
        if not (isinstance(issued, int) and isinstance(expires, int) and issued - leeway <= moment < expires + leeway):
            raise Unauthenticated("the token has expired")
        return load_actor(session, str(claims["sub"]))


def load_actor(session: Session, user_id: str) -> Actor:
    """An active account by its id; raises Unauthenticated."""
    found = session.exec(select(User, Institution).join(Institution).where(User.id == user_id)).first()
    if found is None or not found[0].active:
        raise Unauthenticated("this account is closed")
    return _actor(*found)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedSession:
    """A browser's sign-in: `token` goes into the cookie and is kept nowhere."""

    token: str
    expires_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Who is signed in in a browser, in which language, and the token that its forms must repeat."""

    actor: Actor
    language: str
    csrf: str


def open_web_session(
    session: Session, actor: Actor, *, language: str, now: datetime, lifetime: timedelta
) -> OpenedSession:
    """Sign a browser in under a new token, and forget sessions that have run out."""
    session.exec(delete(WebSession).where(col(WebSession.expires_at) <= render_time(now)))
    token = secrets.token_urlsafe(SESSION_TOKEN_BYTES)
    expires_at = render_time(now + lifetime)
    session.add(
        WebSession(
            token_sha256=_sha256(token),
            user_id=actor.user_id,
            language=language,
            created_at=render_time(now),
            expires_at=expires_at,
        )
    )
    session.flush()
    return OpenedSession(token=token, expires_at=expires_at)


def read_web_session(session: Session, token: str, *, key: bytes, now: datetime) -> Browser:
    """Who is signed in under a cookie's token; raises Unauthenticated. `key` makes the form token, 32 bytes."""
    row = session.get(WebSession, _sha256(token))
    if row is None or row.expires_at <= render_time(now):
        raise Unauthenticated("signed out")
    csrf = hmac.new(key, b"legal-ledger/csrf/v1\n" + token.encode(), hashlib.sha256).hexdigest()
    return Browser(actor=load_actor(session, row.user_id), language=row.language, csrf=csrf)


def close_web_session(session: Session, token: str) -> None:
    """Sign a browser out; a session that is gone is as good."""
    session.exec(delete(WebSession).where(col(WebSession.token_sha256) == _sha256(token)))


def close_web_sessions_of(session: Session, user_id: str) -> None:
    """Sign every browser of an account out."""
    session.exec(delete(WebSession).where(col(WebSession.user_id) == user_id))


def _actor(user: User, office: Institution) -> Actor:
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        role=Role(user.role),
        institution_id=office.id,
        institution_code=office.code,
    )


def _administration(recorder: Recorder, entered_by: str, reason: str) -> Event:
    today = recorder.clock().astimezone(CHINA).date()
    return Event(type="administration.recorded", occurred_on=today, entered_by=entered_by, reason=reason)


def _normalised(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
