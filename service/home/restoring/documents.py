"""The documents of a bundle, sealed again under their recorded names with the new data keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlmodel import select

from ledger.errors import Malformed, Mismatch
from ledger.store.statements import data_key
from ledger.store.tables import Record, Stream
from service.blobs import BlobStore
from service.declarations import DOCUMENT

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.audit.sources import StoredRow
    from ledger.bundle_source import BundleSource

MAX_DOCUMENT_BYTES: Final = 1 << 40
"""More than any document has; what a bundle says of a member's size is checked before."""


def seal_documents(session: Session, source: BundleSource, blobs: BlobStore, *, wrapping_key: bytes) -> int:
    """Seal every version of every document; return how many.

    Raises Malformed for one whose file the bundle does not hold, Mismatch for one that is another file, NoSpace.
    """
    count = 0
    for row in source.rows():
        if row.kind == DOCUMENT.kind:
            _seal(session, source, blobs, row, wrapping_key)
            count += 1
    return count


def _seal(session: Session, source: BundleSource, blobs: BlobStore, row: StoredRow, wrapping_key: bytes) -> None:
    sha256, name = str(row.values["sha256"]), str(row.values["blob"])
    member = f"documents/{sha256}"
    if member not in source.bundle.members:
        raise Malformed("bundle", f"it does not hold the document {sha256}")
    stream = session.exec(select(Stream).join(Record).where(Record.subject == row.subject)).one()
    key = data_key(stream, wrapping_key)
    with (
        source.bundle.open(member) as file,
        blobs.create(data_key=key, limit=MAX_DOCUMENT_BYTES, name=name) as sealing,
    ):
        while chunk := file.read(1 << 20):
            sealing.write(chunk)
        sealed = sealing.finish()
    if sealed.sha256 != sha256:
        raise Mismatch("document", sha256, sealed.sha256)
