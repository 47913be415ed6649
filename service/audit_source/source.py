"""The ledger of a home as an audit reads it: one snapshot of the database, its sealed files and its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol, Self

from sqlmodel import Session

from ledger.anchorer import HighWater
from ledger.audit.findings import KeptHead
from ledger.audit.remarks import Remarker
from ledger.audit.run import Evidences
from ledger.audit.sources import (
    AuditedChain,
    Comparison,
    DecodedTransaction,
    StoredCheckpoint,
    StoredFile,
    StoredRecord,
    StoredRow,
    StoredStatement,
    StoredTransaction,
    Unreadable,
)
from ledger.canonical import parse_json
from ledger.chain import decode_transaction
from ledger.errors import LedgerError, Malformed, Mismatch, Unavailable
from ledger.keys import open_sealed, unwrap_key
from ledger.statement import parse_statement
from ledger.store.database import Database
from ledger.store.statements import MAX_DISCLOSURES_BYTES
from ledger.trust import MAX_TRUST_BYTES, Trust, parse_trust
from service.audit_source.cells import as_bytes, rows_of
from service.audit_source.copies import copies, is_tile_place
from service.blobs import BlobStore
from service.declarations import DECLARATIONS, DOCUMENT, EVENT_NAMES, INSTALMENT, RECORD_NAME, read_document_version
from service.recording import Recorder

MAX_KEYS: Final = 10_000
"""Data keys of streams held at once; a stream's statements mostly lie close together."""

_COLUMNS: Final = (
    "id",
    "stream",
    "stream_seq",
    "subject",
    "version",
    "type",
    "institution",
    "recorded_at",
    "commitment",
)
_STATEMENTS: Final = f"SELECT leaf_index, body, disclosures, {', '.join(_COLUMNS)} FROM statement"  # noqa: S608


class Files(Protocol):
    """Where a home keeps its trust file."""

    @property
    def trust(self) -> Path:
        """The trust file."""


class OpenedHome(Protocol):
    """What of an opened home an audit needs; `service.home.opening.Opened` is one."""

    @property
    def database(self) -> Database:
        """The records."""

    @property
    def recorder(self) -> Recorder:
        """Holds the wrapping key."""

    @property
    def blobs(self) -> BlobStore:
        """The sealed files."""

    @property
    def layout(self) -> Files:
        """Where the trust file is."""

    @property
    def high_water(self) -> HighWater:
        """The kept head."""


class LiveSource:
    """A `LogSource`, `RecordSource`, `FileSource` and `TransactionSource` over one `session`."""

    def __init__(self, session: Session, *, wrapping_key: bytes, blobs: BlobStore, trust: Trust) -> None:
        self.session = session
        self._wrapping_key = wrapping_key
        self._blobs = blobs
        self._keys: dict[str, bytes | Unreadable] = {}
        self.trust = trust

    @classmethod
    @contextmanager
    def open(cls, home: OpenedHome) -> Iterator[Self]:
        """Open a snapshot: it begins with the first question, whatever is written meanwhile."""
        with home.layout.trust.open("rb") as file:
            trust = parse_trust(file.read(MAX_TRUST_BYTES + 1))
        with home.database.read() as session, _as_it_stands(session):
            yield cls(session, wrapping_key=home.recorder.wrapping_key, blobs=home.blobs, trust=trust)

    # --------------------------------------------------------------------------------------------------------- the log

    def statements(self) -> Iterator[StoredStatement]:
        """See `LogSource.statements`."""
        for query in (
            f"{_STATEMENTS} WHERE leaf_index IS NOT NULL ORDER BY leaf_index",
            f"{_STATEMENTS} WHERE leaf_index IS NULL ORDER BY ordinal",
        ):
            for leaf_index, body, disclosures, *cells in rows_of(self.session, query):
                columns = dict(zip(_COLUMNS, cells, strict=True))
                index = leaf_index
                if leaf_index is not None and not isinstance(leaf_index, int):
                    # No place in any log; as a copy that differs it is named with its value.
                    index, columns["leaf_index"] = -1, leaf_index
                yield StoredStatement(
                    leaf_index=index, body=_as_body(body), columns=columns, held=as_bytes(disclosures)
                )

    def disclosures(self, stored: StoredStatement) -> tuple[str, ...] | Unreadable | None:
        """See `LogSource.disclosures`. The seal is bound to the statement's own id and stream, not to its columns."""
        sealed = as_bytes(stored.held)
        if not sealed:
            return ()
        try:
            statement = parse_statement(stored.body)
        except Malformed:
            return None
        key = self._key(statement.stream)
        if isinstance(key, Unreadable):
            return key
        try:
            listed = parse_json(open_sealed(key, sealed, statement.id.encode()), max_bytes=MAX_DISCLOSURES_BYTES)
        except (Malformed, Mismatch) as error:
            return Unreadable(what="seal", reason=str(error))
        if not isinstance(listed, list):
            return Unreadable(what="seal", reason="not a list")
        return tuple(str(item) for item in listed)

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """See `LogSource.checkpoints`."""
        query = (
            "SELECT c.size, c.note, c.root, c.signed_at, (SELECT MAX(t.state) FROM chain_transaction t "
            "WHERE t.checkpoint_size = c.size AND t.state = 'final') FROM checkpoint c ORDER BY c.size"
        )
        for size, note, root, signed_at, state in rows_of(self.session, query):
            yield StoredCheckpoint(
                size=size, note=_as_text(note), root=_as_text(root), signed_at=_as_text(signed_at), state=state
            )

    def tiles(self) -> Iterator[tuple[int, int]]:
        """See `LogSource.tiles`."""
        for level, number in rows_of(self.session, "SELECT level, number FROM tile ORDER BY level, number"):
            if is_tile_place(level, number):
                yield level, number

    def tile(self, level: int, index: int) -> bytes | None:
        """See `LogSource.tile`."""
        query = "SELECT hashes FROM tile WHERE level = :level AND number = :number"
        for (hashes,) in rows_of(self.session, query, {"level": level, "number": index}):
            return as_bytes(hashes)
        return None

    # ----------------------------------------------------------------------------------------------------- the records

    @property
    def event_names(self) -> frozenset[str]:
        """See `RecordSource.event_names`."""
        return frozenset(EVENT_NAMES) | {RECORD_NAME}

    @property
    def versioned(self) -> frozenset[str]:
        """See `RecordSource.versioned`."""
        return frozenset({DOCUMENT.kind})

    def rows(self) -> Iterator[StoredRow]:
        """See `RecordSource.rows`."""
        for kind, declaration in DECLARATIONS.items():
            if kind == DOCUMENT.kind:
                yield from self._documents()
                continue
            table = declaration.table.__tablename__
            query = f"SELECT t.id, t.version FROM {table} t ORDER BY t.id"  # noqa: S608 - a table of ours
            if kind == INSTALMENT.kind:
                # Without a payment it is part of its agreement, and has no statement of its own.
                query = (
                    "SELECT DISTINCT t.id, t.version FROM instalment t LEFT JOIN statement s ON s.subject = t.id "
                    "WHERE t.version <> 0 OR s.id IS NOT NULL ORDER BY t.id"
                )
            for subject, version in rows_of(self.session, query):
                values = declaration.read(self.session, subject)
                yield StoredRow(kind=kind, subject=str(subject), version=version, values=values)

    def _documents(self) -> Iterator[StoredRow]:
        query = "SELECT document_id, version FROM document_version ORDER BY document_id, version"
        for subject, version in rows_of(self.session, query):
            values = read_document_version(self.session, subject, version)
            yield StoredRow(kind=DOCUMENT.kind, subject=str(subject), version=version, values=values)

    def register(self) -> Iterator[StoredRecord] | None:
        """See `RecordSource.register`."""
        rows = rows_of(self.session, "SELECT subject, record_no, stream FROM record ORDER BY subject")
        return (StoredRecord(subject=str(subject), record_no=number, stream=stream) for subject, number, stream in rows)

    def comparisons(self) -> Iterator[Comparison]:
        """See `RecordSource.comparisons`."""
        yield from copies(self.session, trust=self.trust, wrapping_key=self._wrapping_key)

    # --------------------------------------------------------------------------------------------- files, transactions

    def files(self) -> Iterator[StoredFile]:
        """See `FileSource.files`."""
        query = (
            "SELECT v.document_id, v.version, v.sha256, v.blob, v.sealed_sha256, r.stream FROM document_version v "
            "LEFT JOIN record r ON r.subject = v.document_id ORDER BY v.document_id, v.version"
        )
        for subject, version, sha256, blob, sealed_sha256, stream in rows_of(self.session, query):
            handle = "/".join(map(str, (stream, blob, sealed_sha256)))
            yield StoredFile(subject=str(subject), version=version, field="sha256", sha256=str(sha256), handle=handle)

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        """See `FileSource.chunks`: the plain bytes, once the sealed file is the recorded one, or was sealed anew."""
        stream, blob, sealed_sha256 = file.handle.split("/", 2)
        try:
            key = self._key(stream)
            if isinstance(key, Unreadable):
                raise Mismatch("data key of the document", "opens", key.reason)
            self._blobs.verify_content(blob, sealed_sha256=sealed_sha256, sha256=file.sha256, data_key=key)
            yield from self._blobs.read(blob, data_key=key)
        except Unavailable as error:
            if isinstance(error.__cause__, FileNotFoundError):
                raise FileNotFoundError(blob) from error
            raise

    def transactions(self) -> Iterator[StoredTransaction]:
        """See `TransactionSource.transactions`."""
        query = (
            "SELECT hash, raw, sender, nonce, state, checkpoint_size, block_number, block_hash "
            "FROM chain_transaction ORDER BY ordinal"
        )
        for found, raw, sender, nonce, state, size, block_number, block_hash in rows_of(self.session, query):
            yield StoredTransaction(
                hash=str(found),
                raw=as_bytes(raw),
                sender=sender,
                nonce=nonce,
                state=state,
                checkpoint_size=size,
                block_number=block_number,
                block_hash=block_hash,
            )

    def decode(self, raw: bytes) -> DecodedTransaction:
        """See `TransactionSource.decode`."""
        return decode_transaction(raw)

    def _key(self, stream: str) -> bytes | Unreadable:
        if stream not in self._keys:
            if len(self._keys) == MAX_KEYS:
                self._keys.clear()
            self._keys[stream] = self._open_key(stream)
        return self._keys[stream]

    def _open_key(self, stream: str) -> bytes | Unreadable:
        for (wrapped,) in rows_of(self.session, "SELECT wrapped_key FROM stream WHERE id = :id", {"id": stream}):
            try:
                return unwrap_key(self._wrapping_key, as_bytes(wrapped), stream.encode())
            except LedgerError as error:
                return Unreadable(what="key", reason=str(error))
        return Unreadable(what="key", reason="the stream has no row")


@contextmanager
def live_evidences(
    home: OpenedHome,
    *,
    chain: AuditedChain | None,
    no_chain: str,
    former: Sequence[AuditedChain | None] = (),
    remarker: Callable[[Session], Remarker] | None = None,
) -> Iterator[Evidences]:
    """What an audit of a home compares. `no_chain` says why, where `chain` is None; `remarker` reads the same snapshot.

    Raises NeedsAttention when the kept head cannot be read, Unavailable when the database cannot.
    """
    kept = home.high_water.load()
    with LiveSource.open(home) as source:
        yield Evidences(
            log=source,
            records=source,
            trust=source.trust,
            files=source,
            transactions=source,
            chain=chain,
            no_chain=no_chain,
            former=former,
            kept=KeptHead(size=kept.size, root=kept.root) if kept else None,
            remarker=remarker(source.session) if remarker else None,
        )


@contextmanager
def _as_it_stands(session: Session) -> Iterator[None]:
    """Make one consistent state of it, in which a cell with bytes that are no UTF-8 can still be read."""
    if session.get_bind().dialect.name != "sqlite":
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield
        return
    driver: Any = session.connection().connection.dbapi_connection
    before = driver.text_factory
    driver.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def _as_body(value: object) -> bytes:
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else as_bytes(value)


def _as_text(value: object) -> str:
    return as_bytes(value).decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)
