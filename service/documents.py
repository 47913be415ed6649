"""Documents of a case: filed once, replaced by new versions, read back as they were.

The sealed file is durable before the row that names it is committed; a crash in between leaves an orphan.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, select

from ledger.canonical import normalise_text
from ledger.errors import Malformed, Mismatch, NeedsAttention, Unavailable
from ledger.store.statements import data_key
from ledger.store.tables import StatementRow, Stream
from service.access import Action, Actor, NotFound, visible_cases
from service.blobs import BlobStore, SealedFile
from service.cases import check_not_in_future, find_case, today
from service.declarations import DOCUMENT
from service.inputs import DocumentInput, refuse
from service.recording import Event, Recorder
from service.statements import StatementRef, newest_statements
from service.tables import Case, Document, DocumentVersion

if TYPE_CHECKING:
    from service.inputs.documents import RecordId

MAX_FILE_NAME = 200
DEFAULT_FILE_NAME = "unnamed"
ANY_MEDIA_TYPE = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,63}/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}")  # RFC 6838 §4.2


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentView:
    """The newest version of a document. `file_name` is only shown; on disk the file has a random name."""

    id: str
    case_id: str
    version: int
    doc_type: str
    title: str
    file_name: str
    media_type: str
    size: int
    sha256: str
    sm3: str
    source: str
    original_compared: bool | None
    captured_by: str | None
    statement: StatementRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A document's plain bytes, opened as they are sent. Iterating raises Mismatch when they are not what was filed."""

    file_name: str
    media_type: str
    size: int
    sha256: str
    chunks: Iterator[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came in: sealed and durable, with the name and type that the sender gave it."""

    sealed: SealedFile
    file_name: str
    media_type: str


def key_for_filing(session: Session, actor: Actor, recorder: Recorder, case_id: str) -> bytes:
    """The data key that seals a new file of this case; raises NotFound before a single byte is taken."""
    case = find_case(session, actor, Action.DOCUMENT_FILE, case_id)
    return data_key(session.get_one(Stream, case.stream), recorder.wrapping_key)


def file_document(
    session: Session, actor: Actor, recorder: Recorder, case_id: str, *, new: DocumentInput, upload: Upload
) -> DocumentView:
    """Record a sealed file as a new document of the case, or as the next version of the one it replaces."""
    case = find_case(session, actor, Action.DOCUMENT_FILE, case_id, lock=True)
    if upload.sealed.size == 0:
        raise refuse("/file", "empty_file")
    occurred_on = new.occurred_on or today(recorder)
    check_not_in_future(occurred_on, recorder, "/occurred_on")
    if new.replaces is None:
        document = Document(id=recorder.reserve(session, case.stream), case_id=case.id, version=0)
        session.add(document)
        session.flush()
    else:
        document = _replaced(session, case, new.replaces)
    session.add(_version(document, new, upload))
    session.flush()
    event = Event(
        type="document.filed" if document.version == 0 else "document.replaced",
        occurred_on=occurred_on,
        entered_by=actor.username,
        reason=new.reason,
    )
    # The declaration reads the version that the row names, which `record` raises by one first.
    recorder.record(session, DOCUMENT, document.id, event, stream=case.stream, institution=actor.institution_code)
    return _view(session, [document])[0]


def read_document(session: Session, actor: Actor, document_id: str) -> DocumentView:
    """One document within reach; raises NotFound."""
    return _view(session, [_find(session, actor, document_id)])[0]


def case_documents(session: Session, actor: Actor, case_id: str) -> tuple[DocumentView, ...]:
    """The documents of a case within reach, in the order of filing; raises NotFound."""
    case = find_case(session, actor, Action.DOCUMENT_READ, case_id)
    documents = session.exec(select(Document).where(Document.case_id == case.id)).all()
    views = _view(session, documents)
    first = _first_filed(session, case)
    return tuple(sorted(views, key=lambda view: first.get(view.id, 0)))


def open_document(
    session: Session,
    actor: Actor,
    recorder: Recorder,
    document_id: str,
    *,
    blobs: BlobStore,
    version: int | None = None,
) -> Content:
    """Open a document, by default its newest version.

    The sealed file is checked against what is recorded before the first byte is given; raises NeedsAttention when it
    is missing or another one. The record itself, its receipt and its digests stay what they are.
    """
    document = _find(session, actor, document_id)
    file = session.get(DocumentVersion, (document.id, document.version if version is None else version))
    if file is None:
        raise NotFound("version of the document")
    return open_version(session, recorder, file, case_id=document.case_id, blobs=blobs)


def open_version(
    session: Session, recorder: Recorder, file: DocumentVersion, *, case_id: str, blobs: BlobStore
) -> Content:
    """Open a version of a document that the caller may read; raises NeedsAttention as `open_document` does."""
    case = session.get_one(Case, case_id)
    key = data_key(session.get_one(Stream, case.stream), recorder.wrapping_key)
    try:
        blobs.verify_content(file.blob, sealed_sha256=file.sealed_sha256, sha256=file.sha256, data_key=key)
    except (Malformed, Mismatch, Unavailable) as error:
        raise NeedsAttention(
            "document_damaged",
            f"document {file.document_id}, version {file.version}",
            "restore the sealed file from a backup",
        ) from error
    chunks = blobs.read(file.blob, data_key=key)
    return Content(
        file_name=file.file_name, media_type=file.media_type, size=file.size, sha256=file.sha256, chunks=chunks
    )


def named_blobs(session: Session) -> set[str]:
    """The names of all sealed files that a row names: what a sweep must leave."""
    return set(session.exec(select(DocumentVersion.blob)).all())


def clean_file_name(name: str) -> str:
    """A file's name as it may be shown: without folders, controls or marks that turn text around; never empty.

    Nothing on this machine is ever opened under it.
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(symbol for symbol in last if unicodedata.category(symbol) not in {"Cc", "Cf", "Cs", "Zl", "Zp"})
    shown = normalise_text(shown).strip().strip(".")
    if len(shown) > MAX_FILE_NAME:
        stem, dot, suffix = shown.rpartition(".")
        keep = f".{suffix}" if dot and len(suffix) <= MAX_FILE_NAME // 10 else ""
        shown = (stem if keep else shown)[: MAX_FILE_NAME - len(keep)] + keep
    return shown or DEFAULT_FILE_NAME


def clean_media_type(media_type: str) -> str:
    """The type and subtype that a sender named, or the one for bytes of any kind."""
    essence = media_type.partition(";")[0].strip().lower()
    return essence if _MEDIA_TYPE.fullmatch(essence) else ANY_MEDIA_TYPE


def _find(session: Session, actor: Actor, document_id: str) -> Document:
    query = (
        select(Document).join(Case).where(Document.id == document_id).where(visible_cases(actor, Action.DOCUMENT_READ))
    )
    document = session.exec(query).first()
    if document is None:
        raise NotFound("document")
    return document


def _replaced(session: Session, case: Case, document_id: RecordId) -> Document:
    document = session.get(Document, document_id)
    if document is None or document.case_id != case.id:
        raise refuse("/replaces", "no_such_document")
    return document


def _version(document: Document, new: DocumentInput, upload: Upload) -> DocumentVersion:
    return DocumentVersion(
        document_id=document.id,
        version=document.version + 1,
        doc_type=new.doc_type,
        title=new.title,
        file_name=clean_file_name(upload.file_name),
        media_type=clean_media_type(upload.media_type),
        size=upload.sealed.size,
        sha256=upload.sealed.sha256,
        sm3=upload.sealed.sm3,
        source=new.source,
        original_compared=new.original_compared,
        captured_by=new.captured_by,
        blob=upload.sealed.name,
        sealed_sha256=upload.sealed.sealed_sha256,
        sealed_size=upload.sealed.sealed_size,
    )


def _first_filed(session: Session, case: Case) -> dict[str, int]:
    query = select(StatementRow.subject, func.min(StatementRow.stream_seq)).where(StatementRow.stream == case.stream)
    return dict(session.exec(query.group_by(StatementRow.subject)).all())


def _view(session: Session, documents: Sequence[Document]) -> tuple[DocumentView, ...]:
    ids = [document.id for document in documents]
    newest = newest_statements(session, ids)
    files = session.exec(select(DocumentVersion).where(col(DocumentVersion.document_id).in_(ids))).all()
    by_version = {(file.document_id, file.version): file for file in files}
    views = []
    for document in documents:
        file = by_version[document.id, document.version]
        views.append(
            DocumentView(
                id=document.id,
                case_id=document.case_id,
                version=document.version,
                doc_type=file.doc_type,
                title=file.title,
                file_name=file.file_name,
                media_type=file.media_type,
                size=file.size,
                sha256=file.sha256,
                sm3=file.sm3,
                source=file.source,
                original_compared=file.original_compared,
                captured_by=file.captured_by,
                statement=newest[document.id].ref,
            )
        )
    return tuple(views)
