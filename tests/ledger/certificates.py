"""PDF files with receipts inside, made without the service, and PDF files made to do harm."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable

import pypdf


def certificate_of(receipt: bytes, *, name: str = "A.v1.receipt.json", more: int = 0) -> bytes:
    """A PDF of one empty page with the receipt inside, and `more` other receipts."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.add_attachment(name, receipt)
    for number in range(more):
        writer.add_attachment(f"{number}.receipt.json", receipt)
    paper = io.BytesIO()
    writer.write(paper)
    return paper.getvalue()


def encrypted_certificate_of(receipt: bytes) -> bytes:
    writer = pypdf.PdfWriter(io.BytesIO(certificate_of(receipt)))
    writer.encrypt("secret", algorithm="AES-256")
    paper = io.BytesIO()
    writer.write(paper)
    return paper.getvalue()


def handmade(attached: bytes, *, names: bytes = b"[(A.receipt.json) 4 0 R]", pages: bytes = b"2 0 R") -> bytes:
    """A PDF with one attachment, every byte of it chosen here; the file's own table of places is left out."""
    return b"".join(
        (
            b"%PDF-1.7\n",
            b"1 0 obj <</Type/Catalog/Pages " + pages + b"/Names<</EmbeddedFiles<</Names " + names + b">>>>>> endobj\n",
            b"2 0 obj <</Type/Pages/Kids[]/Count 0>> endobj\n",
            attached,
            b"4 0 obj <</Type/Filespec/F(A.receipt.json)/UF(A.receipt.json)/EF<</F 3 0 R>>>> endobj\n",
            b"trailer <</Root 1 0 R/Size 5>>\nstartxref\n0\n%%EOF\n",
        )
    )


def stream(data: bytes, entries: bytes) -> bytes:
    head = b"3 0 obj <</Type/EmbeddedFile/Length " + str(len(data)).encode() + entries
    return head + b">> stream\n" + data + b"\nendstream endobj\n"


def bomb(layers: int = 3, size: int = 1 << 27) -> bytes:
    """A few kilobytes that unpack to `size` zeros, compressed again and again."""
    data = zlib.compress(bytes(size), 9)
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    return handmade(stream(data, b"/Filter[" + b"/FlateDecode" * layers + b"]"))


HOSTILE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda receipt: certificate_of(receipt)[:-200],
    "only the first bytes": lambda _receipt: b"%PDF-1.7\n/EmbeddedFile",
    "noise": lambda _receipt: b"%PDF-1.7\n/EmbeddedFile" + bytes(range(256)) * 400,
    "bomb": lambda _receipt: bomb(),
    "bomb in one layer": lambda _receipt: bomb(1),
    "endless chain of filters": lambda _receipt: handmade(stream(b"x", b"/Filter[" + b"/FlateDecode" * 50_000 + b"]")),
    "names that are themselves": lambda _receipt: handmade(b"", names=b"1 0 R"),
    "attachment that is itself": lambda _receipt: handmade(b"3 0 obj 3 0 R endobj\n"),
    "pages that are themselves": lambda receipt: handmade(stream(receipt, b""), pages=b"1 0 R", names=b"4 0 R"),
    "nested arrays": lambda _receipt: handmade(b"", names=b"[" * 100_000),
    "nested dictionaries": lambda _receipt: handmade(b"", names=b"<</Kids" * 50_000),
    "table before itself": lambda _receipt: (
        b"%PDF-1.7\nxref\n0 0\ntrailer<</Prev 9/Size 1>>\nstartxref\n9\n%%EOF/EmbeddedFile"
    ),
    "length of the universe": lambda receipt: handmade(
        stream(receipt, b"").replace(b"/Length ", b"/Length 9" + b"9" * 30)
    ),
    "encrypted": encrypted_certificate_of,
    "no receipt": lambda receipt: certificate_of(receipt, name="A.txt"),
    "two receipts": lambda receipt: certificate_of(receipt, more=1),
    "thousand receipts": lambda receipt: certificate_of(receipt, more=1000),
    "too large a receipt": lambda _receipt: certificate_of(bytes(4 * 1024 * 1024 + 1)),
}
"""What must be refused in bounded time, each a function of a good receipt."""
