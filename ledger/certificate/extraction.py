"""The process that reads a hostile PDF: standard input is the file, standard output a line of JSON and the receipt.

It limits itself before it reads a byte. Whatever the PDF library does with the file, it does here: an endless loop is
ended by the system, a bomb fails for want of memory, and a fault of any kind is a refusal.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from contextlib import suppress

import pypdf
from pypdf.generic import EmbeddedFile

from ledger.certificate.reading import (
    CPU_TIMEOUT_S,
    MAX_ATTACHED_BYTES,
    MAX_ATTACHMENTS,
    MAX_CERTIFICATE_BYTES,
    MAX_MEMORY_BYTES,
    SUFFIX,
)

if sys.platform != "win32":
    import resource

MAX_NAME_LENGTH = 200


def main() -> None:
    """Answer for the PDF on standard input."""
    limit_resources()
    paper = sys.stdin.buffer.read(MAX_CERTIFICATE_BYTES + 1)
    name, data, refusal = "", b"", None
    try:
        name, data = extract(paper)
    except RefusedPdf as error:
        refusal = str(error)
    except Exception:  # noqa: BLE001 - a PDF library may raise anything on a file made to make it
        refusal = "not a PDF that can be read"
    header = json.dumps({"name": name, "refusal": refusal})
    sys.stdout.buffer.write(header.encode() + b"\n" + data)


class RefusedPdf(Exception):
    """A PDF that can be read and is no certificate; the text says why."""


def limit_resources() -> None:
    """Bound time and memory of this process; on Windows the clock of the parent is the one limit."""
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_TIMEOUT_S, CPU_TIMEOUT_S))
        with suppress(ValueError, OSError):  # macOS knows this limit and does not keep it
            resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))


def extract(paper: bytes) -> tuple[str, bytes]:
    """The name and the bytes of the one attached receipt; raises RefusedPdf, and whatever the PDF library raises."""
    logging.disable()
    reader = pypdf.PdfReader(io.BytesIO(paper))
    if reader.is_encrypted:
        raise RefusedPdf("encrypted")
    found: list[EmbeddedFile] = []
    for number, item in enumerate(reader.attachment_list):
        if number == MAX_ATTACHMENTS:
            raise RefusedPdf(f"more than {MAX_ATTACHMENTS} attachments")
        if item.name.endswith(SUFFIX):
            found.append(item)
    if len(found) != 1:
        raise RefusedPdf("no receipt is attached" if not found else "more than one receipt is attached")
    data = found[0].content
    if len(data) > MAX_ATTACHED_BYTES:
        raise RefusedPdf("the attached receipt is larger than any receipt")
    return found[0].name[:MAX_NAME_LENGTH], data
