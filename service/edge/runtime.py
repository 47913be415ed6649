"""What requests are answered with: made once at start, shared by API and pages."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from sqlalchemy.exc import IntegrityError
from starlette.requests import HTTPConnection

from ledger.anchor import AnchorReader
from ledger.canonical import JsonValue
from ledger.errors import Conflict
from ledger.export import Scope
from ledger.store.database import Database
from ledger.trust import Trust
from service.accounts import Passwords, Tokens
from service.anchoring import AnchoringStatus
from service.blobs import BlobStore
from service.certificate import Issue
from service.clocks import Clocks
from service.edge.limits import Limits
from service.language import Language
from service.recording import Recorder
from service.settings import Settings
from service.typesetting import Typesetter

if TYPE_CHECKING:
    from sqlmodel import Session

Answer = TypeVar("Answer")

WRITE_TRIES = 3
"""A unit of work that lost a race for a number (PostgreSQL) is done again from the start, so often."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The parts of a running service.

    `rpc` answers the body of a JSON-RPC request; None without the embedded chain. `export` writes the `ledger` bundle
    to a seekable, empty file, as much of it as is asked for. `originals` gives what the node says of a mined
    transaction. `session_key` signs tokens, cursors and form tokens, each under a key derived for that purpose
    (`derived_key`).
    """

    settings: Settings
    database: Database
    recorder: Recorder
    blobs: BlobStore
    trust: Trust
    trust_file: bytes
    reader: AnchorReader
    rpc: Callable[[bytes], bytes] | None
    export: Callable[[BinaryIO, Scope], None]
    originals: Callable[[str], Mapping[str, JsonValue]]
    typesetter: Typesetter
    passwords: Passwords
    limits: Limits
    clocks: Clocks
    anchoring: Callable[[], AnchoringStatus]
    wake: Callable[[], None]
    session_key: bytes = field(repr=False)

    @property
    def origin(self) -> str:
        """The log's name."""
        return self.trust.origin

    @property
    def test_network(self) -> bool:
        """Whether nobody outside the operator vouches for the chain."""
        return self.trust.anchors[-1].evidence == "none"

    @property
    def tokens(self) -> Tokens:
        """Issues and reads API tokens."""
        return Tokens(key=self.derived_key("token"), issuer=self.origin, lifetime=self.settings.token_lifetime)

    def address_of(self, connection: HTTPConnection, path: str) -> str:
        """`path` with the address under which people reach this service: the configured one, or else the caller's."""
        return (self.settings.public_url or str(connection.base_url).rstrip("/")) + path

    def derived_key(self, purpose: str) -> bytes:
        """A key of 32 bytes for one purpose, from the session key."""
        return hmac.new(self.session_key, f"legal-ledger/{purpose}/v1".encode(), hashlib.sha256).digest()

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for queries."""
        with self.database.read() as session:
            yield session

    def write(self, work: Callable[[Session], Answer]) -> Answer:
        """Do one unit of work: committed when this returns, and the anchorer woken; nothing of it stays otherwise.

        `work` may be called again from the start, in a new session, when it ran into another writer.
        """
        for _ in range(WRITE_TRIES):
            try:
                with self.database.write() as session:
                    answer = work(session)
            except IntegrityError:
                continue
            self.wake()
            return answer
        raise Conflict("record", f"another writer was first {WRITE_TRIES} times")


def runtime_of(connection: HTTPConnection) -> Runtime:
    """The runtime of the application that a request reached."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


def site_of(connection: HTTPConnection) -> str:
    """This service's address as people reach it, without a slash at the end: as set, or else as it was asked."""
    return runtime_of(connection).settings.public_url or str(connection.base_url).rstrip("/")


def issue_at(connection: HTTPConnection, language: Language) -> Issue:
    """What papers are made with for somebody who asks here, in this language."""
    runtime = runtime_of(connection)
    return Issue(
        trust=runtime.trust,
        reader=runtime.reader,
        typesetter=runtime.typesetter,
        site=site_of(connection),
        language=language,
    )
