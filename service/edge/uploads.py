"""Forms with a file: sealed while they stream in, so that no plain byte of a document ever lies on a disk.

The fields around the file are small and kept in memory. Whoever reads a form decides what becomes of the sealed file:
recorded, or discarded; a crash in between leaves an orphan that `doctor` lists.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from service.access import Forbidden, NotFound
from service.blobs import BlobStore, BlobWriter, SealedFile, TooLarge
from service.documents import Upload
from service.idempotency import KeyReused
from service.inputs import InvalidInput, Refused, refuse
from service.problems import MalformedRequest, UnsupportedMediaType

if TYPE_CHECKING:
    from starlette.requests import Request

FILE_FIELD: Final = "file"
MAX_FIELDS: Final = 40
MAX_FIELD_BYTES: Final = 64 << 10
MAX_OVERHEAD: Final = MAX_FIELDS * (MAX_FIELD_BYTES + 8192)
"""Bytes of a form besides its file: its fields and what stands between them."""
FEED_BYTES: Final = 256 << 10
"""Gathered before a thread seals and writes them."""

_BEFORE_COMMIT = (InvalidInput, Refused, NotFound, Forbidden, KeyReused, ValueError)
"""Refusals that certainly came before a commit. After any other error the file stays: its row may have been kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedForm:
    """The text fields by name, and the file; None when the form had none, or one without a name."""

    fields: Mapping[str, str]
    upload: Upload | None

    @property
    def file(self) -> Upload:
        """The file; raises InvalidInput when there is none."""
        if self.upload is None:
            raise refuse(f"/{FILE_FIELD}", "file_missing")
        return self.upload


@asynccontextmanager
async def received_form(
    request: Request, blobs: BlobStore, *, data_key: bytes, limit: int
) -> AsyncIterator[ReceivedForm]:
    """Read a multipart/form-data body whose part `file` has at most `limit` bytes.

    When the block refuses what came, the sealed file is taken away again. Raises UnsupportedMediaType,
    MalformedRequest, TooLarge, and InvalidInput for a field named twice or a second file.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise UnsupportedMediaType("multipart/form-data is expected")
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit + MAX_OVERHEAD:
        raise TooLarge(limit)
    with ExitStack() as stack:
        parts = _Parts(boundary, stack, blobs, data_key=data_key, limit=limit)
        try:
            form = await _read(request, parts)
        except Exception:
            await run_in_threadpool(parts.discard)
            raise
    try:
        yield form
    except _BEFORE_COMMIT:
        await run_in_threadpool(parts.discard)
        raise


async def _read(request: Request, parts: _Parts) -> ReceivedForm:
    gathered = bytearray()
    try:
        async for chunk in request.stream():
            gathered += chunk
            if len(gathered) >= FEED_BYTES:
                await run_in_threadpool(parts.feed, bytes(gathered))
                gathered.clear()
        await run_in_threadpool(parts.feed, bytes(gathered))
    except FormParserError as error:
        raise MalformedRequest("not a form as browsers send it") from error
    except ClientDisconnect as error:
        raise MalformedRequest("the form was cut off") from error
    return parts.finish()


class _Parts:
    """Takes the parts of one form as the parser finds them."""

    def __init__(self, boundary: bytes, stack: ExitStack, blobs: BlobStore, *, data_key: bytes, limit: int) -> None:
        self._stack = stack
        self._blobs = blobs
        self._data_key = data_key
        self._limit = limit
        self._left = limit + MAX_OVERHEAD
        self._fields: dict[str, str] = {}
        self._headers: dict[bytes, bytes] = {}
        self._header_name, self._header_value = bytearray(), bytearray()
        self._name = ""
        self._text: bytearray | None = None
        self._writer: BlobWriter | None = None
        self._sealed: SealedFile | None = None
        self._file_name = self._media_type = ""
        self._ended = False
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._on_part_begin,
                "on_header_field": self._on_header_field,
                "on_header_value": self._on_header_value,
                "on_header_end": self._on_header_end,
                "on_headers_finished": self._on_headers_finished,
                "on_part_data": self._on_part_data,
                "on_part_end": self._on_part_end,
                "on_end": self._on_end,
            },
        )

    def feed(self, data: bytes) -> None:
        """Take more of the body."""
        self._left -= len(data)
        if self._left < 0:
            raise TooLarge(self._limit)
        self._parser.write(data)

    def finish(self) -> ReceivedForm:
        """The whole form; raises MalformedRequest when its end is missing."""
        if not self._ended:
            raise MalformedRequest("the form was cut off")
        upload = None
        if self._sealed is not None:
            upload = Upload(sealed=self._sealed, file_name=self._file_name, media_type=self._media_type)
        return ReceivedForm(fields=self._fields, upload=upload)

    def discard(self) -> None:
        """Take the sealed file away again, if there is one."""
        if self._sealed is not None:
            self._blobs.discard(self._sealed.name)

    def _on_part_begin(self) -> None:
        self._headers = {}

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _on_headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        file_name = options.get(b"filename", b"").decode("utf-8", "replace")
        self._text = self._writer = None
        if b"filename" in options:
            # A file field that was left empty arrives as a part without a file name.
            if file_name:
                self._begin_file(file_name)
        elif len(self._fields) >= MAX_FIELDS:
            raise MalformedRequest("too many fields")
        elif self._name in self._fields:
            raise refuse(f"/{self._name}", "unknown_field")
        else:
            self._text = bytearray()

    def _begin_file(self, file_name: str) -> None:
        if self._name != FILE_FIELD or self._sealed is not None:
            raise refuse(f"/{self._name}", "unknown_field")
        self._file_name = file_name
        self._media_type = self._headers.get(b"content-type", b"").decode("latin-1")
        self._writer = self._stack.enter_context(self._blobs.create(data_key=self._data_key, limit=self._limit))

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._writer is not None:
            self._writer.write(data[start:end])
        elif self._text is not None:
            self._text += data[start:end]
            if len(self._text) > MAX_FIELD_BYTES:
                raise TooLarge(MAX_FIELD_BYTES)

    def _on_part_end(self) -> None:
        if self._writer is not None:
            self._sealed = self._writer.finish()
            self._writer = None
        elif self._text is not None:
            try:
                self._fields[self._name] = self._text.decode()
            except UnicodeDecodeError as error:
                raise MalformedRequest("a field is not UTF-8") from error

    def _on_end(self) -> None:
        self._ended = True
