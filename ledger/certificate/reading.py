"""Taking the receipt out of a PDF that anybody may have made.

A PDF is a program's worth of indirections, and reading one can be made to cost any amount of time and memory. So it is
read by a process of its own, under limits that the operating system keeps; this one sees a name and bounded bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.errors import Malformed

PDF_MAGIC: Final = b"%PDF-"
SUFFIX: Final = ".receipt.json"
"""Ends the name of the attached receipt; other attachments are left alone."""

MAX_CERTIFICATE_BYTES: Final = 64 * 1024 * 1024
"""A certificate has some 100 KB; office programs that sign or print one anew may add much to it."""

MAX_ATTACHED_BYTES: Final = 4 * 1024 * 1024
"""No receipt is larger (`ledger.receipt.MAX_RECEIPT_BYTES`)."""

MAX_ATTACHMENTS: Final = 256
"""Of which one is the receipt; each is looked at by name."""

EMBEDDED: Final = b"/EmbeddedFile"
"""Stands plainly in a PDF with a file inside: dictionaries of streams are never compressed (ISO 32000-1 §7.5.7)."""

WALL_TIMEOUT_S: Final = 60
CPU_TIMEOUT_S: Final = 20
"""A certificate takes well below a second."""
MAX_MEMORY_BYTES: Final = 1 << 30

_MAX_HEADER_BYTES: Final = 4096
_CHILD: Final = "from ledger.certificate.extraction import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedReceipt:
    """The receipt inside a certificate: `name` as the PDF gives it, `data` unchecked."""

    name: str
    data: bytes


def may_be_certificate(paper: bytes) -> bool:
    """Whether a file is worth reading as a certificate: a PDF with a file inside."""
    return paper.startswith(PDF_MAGIC) and EMBEDDED in paper


def read_certificate(paper: bytes, *, command: Sequence[str] = (sys.executable, "-c", _CHILD)) -> AttachedReceipt:
    """Take the one attached receipt out of a PDF of at most `MAX_CERTIFICATE_BYTES`.

    Takes at most `WALL_TIMEOUT_S`, whatever the file is. Raises Malformed for a file that is no PDF or cannot be read
    within the limits, that is encrypted, and that holds no receipt or several. `command` runs the reading process.
    """
    if not paper.startswith(PDF_MAGIC):
        raise _malformed("not a PDF file")
    if len(paper) > MAX_CERTIFICATE_BYTES:
        raise _malformed(f"more than {MAX_CERTIFICATE_BYTES} bytes")
    try:
        # no shell, our own program, and the paper is its input
        done = subprocess.run(  # noqa: S603
            command, input=paper, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=WALL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _malformed(f"not read within {WALL_TIMEOUT_S} seconds") from error
    if done.returncode != 0:
        raise _malformed("cannot be read within the limits of time and memory")
    return _parse_answer(done.stdout)


def _parse_answer(answer: bytes) -> AttachedReceipt:
    header, newline, data = answer.partition(b"\n")
    try:
        members = json.loads(header[:_MAX_HEADER_BYTES])
        name, refusal = members["name"], members["refusal"]
    except (ValueError, KeyError, TypeError) as error:
        raise _malformed("the reading process gave no answer") from error
    if refusal is not None:
        raise _malformed(str(refusal))
    if not newline or len(data) > MAX_ATTACHED_BYTES:
        raise _malformed("the attached receipt is larger than any receipt")
    return AttachedReceipt(name=str(name), data=data)


def _malformed(reason: str) -> Malformed:
    return Malformed("certificate", reason)
