"""Style sheet, scripts and mark: read once, served from memory under a name that changes with their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from starlette.responses import Response

from ledger.offline import sha256_script

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
VERSION_LENGTH = 12
"""Hex digits. A clash would only keep an old style sheet in one browser's cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One file, plain and gzipped."""

    media_type: str
    plain: bytes
    zipped: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Assets:
    """All static files. `version` names their content, so browsers may keep them for good."""

    version: str
    by_name: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """The path of a static file; KeyError for a name that does not exist."""
        _ = self.by_name[name]
        return f"/static/{self.version}/{name}"

    def respond(self, request: Request, name: str) -> Response | None:
        """The file, gzipped when the browser takes it; None when there is no such file."""
        asset = self.by_name.get(name)
        if asset is None:
            return None
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if accepts_gzip(request):
            headers["Content-Encoding"] = "gzip"
            return Response(asset.zipped, media_type=asset.media_type, headers=headers)
        return Response(asset.plain, media_type=asset.media_type, headers=headers)


def load_assets() -> Assets:
    """Read `service/static`, and the SHA-256 that the offline verifier uses too. Called once, by the application."""
    contents = {source.name: source.read_bytes() for source in files("service").joinpath("static").iterdir()}
    contents["sha256.js"] = sha256_script()
    by_name: dict[str, Asset] = {}
    whole = hashlib.sha256()
    for name, plain in sorted(contents.items()):
        suffix = name[name.rfind(".") :]
        if suffix in MEDIA_TYPES:
            whole.update(name.encode() + b"\0" + hashlib.sha256(plain).digest())
            by_name[name] = Asset(media_type=MEDIA_TYPES[suffix], plain=plain, zipped=gzip.compress(plain, mtime=0))
    return Assets(version=whole.hexdigest()[:VERSION_LENGTH], by_name=by_name)


def accepts_gzip(request: Request) -> bool:
    """Whether Accept-Encoding names gzip without refusing it."""
    codings = (item.strip().replace(" ", "") for item in request.headers.get("accept-encoding", "").split(","))
    return any(item == "gzip" or (item.startswith("gzip;q=") and item != "gzip;q=0") for item in codings)
