"""Handing out a filed document: somebody else's bytes, never shown inside our pages, never guessed at or cached."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, BinaryIO
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.documents import Content

PDF = "application/pdf"
ZIP = "application/zip"
CHUNK_BYTES = 1 << 20

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


def send_gathered(folder: Path, gather: Callable[[BinaryIO], str], *, media_type: str) -> StreamingResponse:
    """The answer that hands out a large file of our own making, which `gather` writes and names.

    It is whole, in a file without a name in `folder`, before the first byte is sent: an error is an error, and a
    download that breaks off leaves nothing.
    """
    file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed when the answer was sent
    try:
        name = gather(file)
        size = file.seek(0, os.SEEK_END)
    except BaseException:
        file.close()
        raise
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(size),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_sent(file), media_type=media_type, headers=headers)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def content_disposition(file_name: str) -> str:
    """`attachment` with the name by RFC 8187, and a plain one for clients that do not know that."""
    plain = "".join(
        symbol if symbol.isascii() and symbol.isprintable() and symbol not in '"\\%' else "_" for symbol in file_name
    )
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
