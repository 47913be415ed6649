"""Handing out a filed document: somebody else's bytes, never shown inside our pages, never guessed at or cached."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.documents import Content

PDF = "application/pdf"

DOWNLOAD_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
    }
)


def send_content(content: Content) -> StreamingResponse:
    """The answer that hands out a document's bytes under its file name, always to be saved."""
    headers = {
        **DOWNLOAD_HEADERS,
        "Content-Length": str(content.size),
        "Content-Disposition": content_disposition(content.file_name),
    }
    return StreamingResponse(content.chunks, media_type=content.media_type, headers=headers)


def send_bytes(data: bytes, *, media_type: str, file_name: str) -> Response:
    """The answer that hands out a small file of our own making; `file_name` is ASCII."""
    headers = {"Content-Disposition": f'attachment; filename="{file_name}"', "Cache-Control": "no-store"}
    return Response(data, media_type=media_type, headers=headers)


def content_disposition(file_name: str) -> str:
    """`attachment` with the name by RFC 8187, and a plain one for clients that do not know that."""
    plain = "".join(
        symbol if symbol.isascii() and symbol.isprintable() and symbol not in '"\\%' else "_" for symbol in file_name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
