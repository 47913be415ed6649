"""Reading over HTTP from servers that nobody trusts: bounded in size and time, no redirects, no second try."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import BinaryIO, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from ledger.canonical import parse_json
from ledger.errors import Malformed, Unavailable
from ledger.log_folder import MAX_FILE_BYTES
from ledger.note import MAX_NOTE_BYTES
from ledger.tiles import EntriesId, TileId

READ_SIZE: Final = 64 * 1024
OK: Final = 200
NOT_FOUND: Final = 404
GONE: Final = 410

DEFAULT_TIMEOUT: Final = timedelta(seconds=20)
"""For one file of a log: a slow line gets through, a server that drips bytes does not hold anybody."""

EXPORT_PATIENCE: Final = timedelta(minutes=10)
"""Without a byte: the service gathers a bundle before it sends the first."""

EXPORT_CHUNK: Final = 1 << 20
MAX_TOKEN_BYTES: Final = 64 * 1024


class Sessions:
    """One `requests` session a thread, which keeps connections open and never tries twice."""

    def __init__(self) -> None:
        self._local = threading.local()

    def here(self) -> requests.Session:
        """The session of this thread."""
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            for scheme in ("http://", "https://"):
                session.mount(scheme, HTTPAdapter(max_retries=0))
        return session


def read_body(
    response: requests.Response, *, most: int, name: str, timeout: float, deadline: float, now: Callable[[], float]
) -> bytes:
    """The body of a streamed answer; raises Unavailable when it is larger than `most`, or not whole at `deadline`."""
    body = bytearray()
    while piece := response.raw.read1(READ_SIZE, decode_content=True):
        body += piece
        if len(body) > most:
            raise Unavailable(name, f"an answer of more than {most} bytes")
        if now() > deadline:
            raise Unavailable(name, f"the answer was not whole after {timeout:g} s")
    return bytes(body)


class HttpLog:
    """A published log at an address (C2SP tlog-tiles): the `PublishedLog` of a mirror."""

    def __init__(
        self, prefix: str, *, timeout: timedelta = DEFAULT_TIMEOUT, now: Callable[[], float] = time.monotonic
    ) -> None:
        """`prefix` is the address below which `checkpoint` and `tile/…` are. Raises Malformed for another kind."""
        parts = urlsplit(prefix)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise Malformed("address of the log", "it begins with http:// or https:// and has no ? or #")
        self._prefix = prefix.rstrip("/")
        self._timeout = timeout.total_seconds()
        self._now = now
        self._sessions = Sessions()
        self.name = f"log at {parts.hostname}:{parts.port}" if parts.port else f"log at {parts.hostname}"

    def checkpoint(self) -> bytes:
        """See `PublishedLog.checkpoint`."""
        data = self._get("checkpoint", MAX_NOTE_BYTES)
        if data is None:
            raise Unavailable(self.name, "there is no checkpoint")
        return data

    def get(self, tile: TileId | EntriesId) -> bytes | None:
        """See `PublishedLog.get`."""
        return self._get(tile.path, MAX_FILE_BYTES)

    def _get(self, path: str, most: int) -> bytes | None:
        deadline = self._now() + self._timeout
        try:
            with self._sessions.here().get(
                f"{self._prefix}/{path}",
                headers={"Accept-Encoding": "gzip, identity"},
                timeout=self._timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                if response.status_code in {NOT_FOUND, GONE}:
                    return None
                if response.status_code != OK:
                    raise Unavailable(self.name, f"{path}: HTTP status {response.status_code}")
                return read_body(
                    response, most=most, name=self.name, timeout=self._timeout, deadline=deadline, now=self._now
                )
        except (requests.RequestException, HTTPError, OSError) as error:
            # Only the kind of the fault: its text can hold the address, and that a password.
            raise Unavailable(self.name, type(error).__name__) from None


class HttpExporter:
    """A service that gives its ledger to whoever may have it: the `Exporter` of a mirror."""

    def __init__(self, service: str, *, account: str, password: str, timeout: timedelta = DEFAULT_TIMEOUT) -> None:
        """`service` is the address below which `/api/v1` is. Raises Malformed for another kind."""
        parts = urlsplit(service)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
            raise Malformed("address of the service", "it begins with http:// or https:// and has no ? or #")
        self._api = f"{service.rstrip('/')}/api/v1"
        self._form = {"username": account, "password": password}
        self._timeout = timeout.total_seconds()
        self._sessions = Sessions()
        self._name = f"service at {parts.hostname}"

    def export(self, file: BinaryIO, *, since: int, redacted: bool) -> None:
        """See `Exporter.export`."""
        wanted = {"since": str(since), "redacted": str(redacted).lower()}
        try:
            headers = {"Authorization": f"Bearer {self._token()}"}
            with self._sessions.here().get(
                f"{self._api}/export",
                params=wanted,
                headers=headers,
                timeout=(self._timeout, EXPORT_PATIENCE.total_seconds()),
                stream=True,
                allow_redirects=False,
            ) as response:
                self._expect_ok(response, "the export")
                file.writelines(response.iter_content(EXPORT_CHUNK))
        except (requests.RequestException, HTTPError) as error:
            raise Unavailable(self._name, type(error).__name__) from None

    def _token(self) -> str:
        with self._sessions.here().post(
            f"{self._api}/token", data=self._form, timeout=self._timeout, stream=True, allow_redirects=False
        ) as response:
            self._expect_ok(response, "signing in")
            body = read_body(
                response,
                most=MAX_TOKEN_BYTES,
                name=self._name,
                timeout=self._timeout,
                deadline=time.monotonic() + self._timeout,
                now=time.monotonic,
            )
        answer = parse_json(body, max_bytes=MAX_TOKEN_BYTES)
        token = answer.get("access_token") if isinstance(answer, Mapping) else None
        if not isinstance(token, str):
            raise Unavailable(self._name, "signing in: no token in the answer")
        return token

    def _expect_ok(self, response: requests.Response, what: str) -> None:
        if response.status_code != OK:
            raise Unavailable(self._name, f"{what}: HTTP status {response.status_code}")
