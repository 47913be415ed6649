"""Gathering and writing an evidence pack. Its members: `ledger/docs/formats.md`, "Bundle"."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from sqlmodel import select

from ledger.bundle import BundleWriter, Profile
from ledger.canonical import JsonValue, canonical_bytes
from ledger.certificate import SUFFIX
from ledger.offline import FILE_NAME, render_offline_verifier
from ledger.receipt import render_receipt
from ledger.store.tables import ChainTransaction, StatementRow
from service.access import Actor
from service.blobs import BlobStore
from service.certificate import CertifiedRecord, Issue, find_certified, make_certificate
from service.documents import Content, open_document
from service.evidence.instructions import render_instructions
from service.recording import Recorder
from service.tables import DocumentVersion

if TYPE_CHECKING:
    from sqlmodel import Session

Originals = Callable[[str], Mapping[str, JsonValue]]
"""What the node says of a mined transaction, word by word; raises Unavailable."""

INSTRUCTIONS: Final = "instructions.pdf"
TRUST: Final = "trust.json"
CHAIN: Final = "chain/transaction.json"
DOCUMENTS: Final = "documents"
TEMPLATE: Final = "paper"

_EXTENSION: Final = re.compile(r"\.([A-Za-z0-9]{1,8})\Z")
UNKNOWN_EXTENSION: Final = "bin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the database holds for a pack: the record, its file where it is about one, and the signed transaction."""

    record: CertifiedRecord
    file: Content | None
    transaction: bytes

    @property
    def name(self) -> str:
        """Record number and version: what every member is called after."""
        return f"{self.record.receipt.record_no}.v{self.record.receipt.record.version}"


def find_evidence(
    session: Session, actor: Actor, recorder: Recorder, statement_id: str, *, blobs: BlobStore
) -> Evidence:
    """Find everything of a statement within reach, as far as the actor may read it.

    Raises NotFound, Refused with `not_anchored`, NeedsAttention with `document_damaged`.
    """
    record = find_certified(session, actor, recorder, statement_id)
    row = session.exec(select(StatementRow).where(StatementRow.id == statement_id)).one()
    is_document = session.get(DocumentVersion, (row.subject, row.version)) is not None
    file = (
        open_document(session, actor, recorder, row.subject, blobs=blobs, version=row.version) if is_document else None
    )
    sent = session.get_one(ChainTransaction, record.receipt.anchors[0].transaction_hash)
    return Evidence(record=record, file=file, transaction=sent.raw)


def pack_evidence(file: BinaryIO, evidence: Evidence, issue: Issue, *, trust_file: bytes, originals: Originals) -> str:
    """Write the pack to the seekable, empty `file` and return what to call it.

    The same evidence in the same state of the log gives the same bytes. Raises as `make_certificate` does, and Mismatch
    when the stored file breaks off; `file` then holds no bundle.
    """
    certificate = make_certificate(evidence.record, issue)
    hint = evidence.record.receipt.anchors[0]
    chain = {"raw": "0x" + evidence.transaction.hex(), **originals(hint.transaction_hash)}
    document = f"{DOCUMENTS}/{evidence.name}.{_extension(evidence.file)}" if evidence.file else None
    receipt = f"{document or evidence.name}{SUFFIX}"
    members = {
        **({"document": document} if document else {}),
        "receipt": receipt,
        "certificate": certificate.name,
        "trust": TRUST,
        "verifier": FILE_NAME,
        "chain": CHAIN,
    }
    content = render_instructions(
        evidence.record,
        members,
        language=issue.language,
        anchored_at=certificate.anchored_at,
        test_network=certificate.test_network,
    )
    instructions = issue.typesetter.set_paper(TEMPLATE, content)
    with BundleWriter(file, profile=Profile.EVIDENCE, created_at=certificate.anchored_at) as bundle:
        bundle.write(INSTRUCTIONS, instructions)
        bundle.write(certificate.name, certificate.data)
        if evidence.file is not None and document is not None:
            with bundle.open(document) as member:
                for chunk in evidence.file.chunks:
                    member.write(chunk)
        bundle.write(receipt, render_receipt(evidence.record.receipt))
        bundle.write(TRUST, trust_file)
        bundle.write(FILE_NAME, render_offline_verifier().encode())
        bundle.write(CHAIN, canonical_bytes(chain) + b"\n")
    return f"{evidence.name}.evidence.zip"


def _extension(file: Content) -> str:
    found = _EXTENSION.search(file.file_name)
    return found[1].lower() if found else UNKNOWN_EXTENSION
