"""The offline verifier, handed out as a file: whoever has it checks receipts without this service."""

from __future__ import annotations

import gzip
from functools import cache

from fastapi import APIRouter, Request
from starlette.responses import Response

from ledger.offline import FILE_NAME, render_offline_verifier
from service.edge.needs import public
from service.pages.assets import accepts_gzip

HEADERS = {
    # a file to keep: it must never run with this site's origin
    "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "public, max-age=3600",
    "Vary": "Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


def add_verifier(router: APIRouter) -> None:
    """Add its route."""
    router.add_api_route("/offline-verifier.html", send_verifier, methods=["GET"], dependencies=[public])


def send_verifier(request: Request) -> Response:
    """Send the file, gzipped when the browser takes it."""
    plain, zipped = _contents()
    if accepts_gzip(request):
        return Response(zipped, media_type="text/html", headers={**HEADERS, "Content-Encoding": "gzip"})
    return Response(plain, media_type="text/html", headers=HEADERS)


@cache
def _contents() -> tuple[bytes, bytes]:
    plain = render_offline_verifier().encode()
    return plain, gzip.compress(plain, mtime=0)
