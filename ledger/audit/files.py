"""Stored files against their recorded digests."""

from __future__ import annotations

import hashlib

from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.seen import number_of
from ledger.audit.sink import Sink
from ledger.audit.sources import FileSource, StoredFile
from ledger.errors import Malformed, Mismatch


def compare_files(source: FileSource, sink: Sink) -> None:
    """Hash every stored file and compare it with the digest that its record has."""
    for file in source.files():
        sink.count(Layer.DOCUMENTS)
        digest = hashlib.sha256()
        try:
            for chunk in source.chunks(file):
                digest.update(chunk)
        except FileNotFoundError:
            sink.add(_finding(Code.DOCUMENT_MISSING, file, file.sha256, ABSENT))
        except Mismatch as error:
            sink.add(_finding(Code.DOCUMENT_CHANGED, file, error.expected, error.got, detail=error.what))
        except Malformed as error:
            sink.add(_finding(Code.DOCUMENT_CHANGED, file, file.sha256, ABSENT, detail=str(error)))
        else:
            if digest.hexdigest() != file.sha256:
                sink.add(_finding(Code.DOCUMENT_CHANGED, file, file.sha256, digest.hexdigest()))


def _finding(code: Code, file: StoredFile, expected: object, found: object, *, detail: str | None = None) -> Finding:
    return Finding(
        code=code,
        layer=Layer.DOCUMENTS,
        record=Record(kind="document", number=number_of(file.subject, file.version)),
        field=file.field,
        expected=expected,
        found=found,
        detail=detail,
    )
