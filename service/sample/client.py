"""A small HTTP client for filing samples with a service on this machine. Nothing beyond the standard library."""

from __future__ import annotations

import hashlib
import http.client
import json as json_text
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

FORM = "application/x-www-form-urlencoded"
TIMEOUT_SECONDS = 120.0
"""A first write may wait for the chain to start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainResponse:
    """An answer, read to its end."""

    status_code: int
    text: str

    def json(self) -> Any:
        """The body's JSON; raises ValueError when it is none."""
        return json_text.loads(self.text)


def _quoted(text: str) -> str:
    """Escape what would end a quoted parameter, as browsers do (WHATWG HTML, multipart form data)."""
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def encode_multipart(fields: Mapping[str, str], files: Mapping[str, tuple[str, bytes, str]]) -> tuple[bytes, str]:
    """Return (body, content type) of an RFC 7578 form. The same form gives the same bytes: a retry is a repetition."""
    digest = hashlib.sha256()
    for _, content, _ in files.values():
        digest.update(content)
    boundary = f"legal-ledger-{digest.hexdigest()}"
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    for name, (file_name, content, media_type) in files.items():
        heading = f'form-data; name="{_quoted(name)}"; filename="{_quoted(file_name)}"'
        parts.append(
            f"--{boundary}\r\nContent-Disposition: {heading}\r\nContent-Type: {media_type}\r\n\r\n".encode()
            + content
            + b"\r\n"
        )
    return b"".join([*parts, f"--{boundary}--\r\n".encode()]), f"multipart/form-data; boundary={boundary}"


class PlainClient:
    """Sends each request on a connection of its own to the http service at `base_url`; no redirects, no retries."""

    def __init__(self, base_url: str) -> None:
        address = urlsplit(base_url)
        if address.scheme != "http" or not address.hostname:
            raise ValueError(base_url)
        self._host, self._port = address.hostname, address.port or 80

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        data: Mapping[str, str] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> PlainResponse:
        """Send one request; raises OSError when the service cannot be reached."""
        if files is not None:
            body, content_type = encode_multipart(data or {}, files)
        elif json is not None:
            body, content_type = json_text.dumps(json, ensure_ascii=False).encode(), "application/json"
        else:
            body, content_type = urlencode(data or {}).encode(), FORM
        connection = http.client.HTTPConnection(self._host, self._port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", url, body, {"Content-Type": content_type, **(headers or {})})
            answer = connection.getresponse()
            return PlainResponse(status_code=answer.status, text=answer.read().decode())
        finally:
            connection.close()
