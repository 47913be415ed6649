"""A small ledger in memory that an audit can read and a test can edit in every place; and a chain that holds it."""

from __future__ import annotations

import hashlib
import random
import uuid
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.anchor import AnchoredCheckpoint, ChainIdentity, Finality, LogHead, Revocation
from ledger.audit.findings import Finding, KeptHead
from ledger.audit.report import AuditReport
from ledger.audit.run import Evidences, audit
from ledger.audit.sources import (
    AuditedChain,
    Block,
    Comparison,
    DecodedTransaction,
    LogEvent,
    MinedTransaction,
    StoredCheckpoint,
    StoredFile,
    StoredRecord,
    StoredRow,
    StoredStatement,
    StoredTransaction,
    Unreadable,
)
from ledger.canonical import JsonValue, render_time
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import make_disclosure
from ledger.errors import Malformed, Unavailable
from ledger.log import AppendResult, append
from ledger.note import NoteSigner
from ledger.record_number import record_number
from ledger.statement import Commitment, Statement, commitment, render_statement
from ledger.trust import Trust, TrustedAnchor, TrustedKey

ORIGIN = "audit.example/log"
START = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)
NOW = START + timedelta(hours=3)
EVENT_NAMES = frozenset({"record", "occurred_on"})
COLUMNS = ("id", "stream", "stream_seq", "subject", "version", "type", "institution", "recorded_at")
IDENTITY = ChainIdentity(
    chain_id=1371103,
    genesis_hash="0x" + "11" * 32,
    contract="0x" + "Ab" * 20,
    code_sha256="22" * 32,
    log_id="0x" + hashlib.sha256(ORIGIN.encode()).hexdigest(),
)


@dataclass
class FakeChain:
    """What a contract holds, as plain lists; `down` makes it unreachable."""

    identity_now: ChainIdentity = IDENTITY
    appended: list[tuple[int, bytes, str]] = field(default_factory=list)
    revoked: list[tuple[bytes, int]] = field(default_factory=list)
    transactions: dict[str, MinedTransaction] = field(default_factory=dict)
    held: list[LogEvent] = field(default_factory=list)
    """Events about operators and witnesses, before all others."""
    cosigned: set[tuple[int, str]] = field(default_factory=set)
    down: bool = False

    def append(self, size: int, root: bytes) -> MinedTransaction:
        number = len(self.appended) + 1
        mined = MinedTransaction(
            hash="0x" + hashlib.sha256(root).hexdigest(),
            sender="0x" + "Cd" * 20,
            nonce=number - 1,
            block_number=number,
            block_hash="0x" + hashlib.sha256(b"block" + root).hexdigest(),
            block_time=int(START.timestamp()) + number,
            succeeded=True,
            gas_used=21_000,
            contract_address=None,
            logs=(),
        )
        self.appended.append((size, root, mined.hash))
        self.transactions[mined.hash] = mined
        return mined

    def _up(self) -> None:
        if self.down:
            raise Unavailable("node", "it does not answer")

    def identity(self) -> ChainIdentity:
        self._up()
        return self.identity_now

    def head(self) -> LogHead:
        self._up()
        if not self.appended:
            return LogHead(count=0, size=0, root=bytes(32), time=0)
        size, root, _ = self.appended[-1]
        return LogHead(count=len(self.appended), size=size, root=root, time=0)

    def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
        self._up()
        for index, (size, held, _) in enumerate(self.appended):
            if held == root:
                return AnchoredCheckpoint(index=index, size=size, time=0, block_number=index + 1, previous_block=index)
        return None

    def revocation(self, commitment: bytes) -> Revocation | None:
        self._up()
        return next((Revocation(reason=reason, time=0) for held, reason in self.revoked if held == commitment), None)

    def is_final(self, block_number: int) -> bool:
        self._up()
        return block_number >= 0

    def events(self) -> Iterator[LogEvent]:
        self._up()
        yield from self.held
        for index, (size, root, transaction_hash) in enumerate(self.appended):
            yield LogEvent(
                name="CheckpointAppended",
                arguments={"index": index, "size": size, "root": root},
                block_number=index + 1,
                transaction_hash=transaction_hash,
            )
        for number, (commitment_, reason) in enumerate(self.revoked, start=len(self.appended) + 1):
            yield LogEvent(
                name="EntryRevoked",
                arguments={"commitment": commitment_, "reason": reason},
                block_number=number,
                transaction_hash=f"0x{number:064x}",
            )

    def mined(self, transaction_hash: str) -> MinedTransaction | None:
        self._up()
        return self.transactions.get(transaction_hash)

    def block(self, number: int) -> Block | None:
        self._up()
        found = next((item for item in self.transactions.values() if item.block_number == number), None)
        if found is None:
            return None
        return Block(block_number=number, block_hash=found.block_hash, state_root=found.block_hash)

    def has_cosigned(self, *, index: int, witness: str) -> bool:
        self._up()
        return (index, witness) in self.cosigned


class RememberedChain:
    """A chain that is not edited, asked each question once: most tests are about the records."""

    def __init__(self, chain: AuditedChain) -> None:
        self.identity = cache(chain.identity)
        self.head = cache(chain.head)
        self.checkpoint = cache(chain.checkpoint)
        self.revocation = cache(chain.revocation)
        self.is_final = cache(chain.is_final)
        self.mined = cache(chain.mined)
        self.block = cache(chain.block)
        self.has_cosigned = cache(chain.has_cosigned)
        self._events = list(chain.events())

    def events(self) -> Iterator[LogEvent]:
        yield from self._events


@dataclass
class Held:
    """A statement as a database holds it; every part can be edited on its own."""

    leaf_index: int | None
    body: bytes
    columns: dict[str, object]
    disclosures: tuple[str, ...] | Unreadable | None


class MemoryLedger:
    """Builds a ledger statement by statement and gives it to an audit as it stands. Same seed, same ledger."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)
        key = Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
        self.signer = NoteSigner(ORIGIN, key)
        self.chain = FakeChain()
        self.held: list[Held] = []
        self.rows_held: dict[tuple[str, int], StoredRow] = {}
        self.registered: list[StoredRecord] = []
        self.copies: list[Comparison] = []
        self.notes: list[StoredCheckpoint] = []
        self.tiles_held: dict[tuple[int, int], bytes] = {}
        self.sent: list[StoredTransaction] = []
        self.signed: dict[bytes, DecodedTransaction] = {}
        self.stored_files: list[StoredFile] = []
        self.contents: dict[str, bytes] = {}
        self.kept: KeptHead | None = None
        self._last: dict[str, Statement] = {}
        self._last_of: dict[str, Statement] = {}
        self.size = 0

    # ------------------------------------------------------------------------------------------------------ building

    def new_id(self) -> str:
        return str(uuid.UUID(bytes=self._random.randbytes(16), version=4))

    def record(
        self,
        *,
        stream: str,
        subject: str,
        values: Mapping[str, JsonValue],
        kind: str | None = "case",
        type_: str = "case.registered",
        required: AbstractSet[str] = frozenset(),
    ) -> Statement:
        """Put a new version of a record into rows and statements; without a `kind` it has no row."""
        named = {**values, **({"record": kind} if kind else {}), "occurred_on": "2026-07-20"}
        disclosures = [
            make_disclosure(name=name, value=value, salt=self._random.randbytes(16)) for name, value in named.items()
        ]
        before, before_in_stream = self._last_of.get(subject), self._last.get(stream)
        statement = Statement(
            sd=tuple(sorted(item.digest for item in disclosures)),
            required=tuple(sorted(item.digest for item in disclosures if item.name in required)),
            id=self.new_id(),
            institution="LS-UNION",
            type=type_,
            subject=subject,
            version=before.version + 1 if before else 1,
            previous=commitment(render_statement(before)).hex() if before else None,
            stream=stream,
            stream_seq=before_in_stream.stream_seq + 1 if before_in_stream else 1,
            stream_previous=commitment(render_statement(before_in_stream)).hex() if before_in_stream else None,
            recorded_at=render_time(START + timedelta(seconds=len(self.held))),
        )
        self._last_of[subject] = self._last[stream] = statement
        body = render_statement(statement)
        columns: dict[str, object] = {name: getattr(statement, name) for name in COLUMNS}
        columns["commitment"] = commitment(body).hex()
        encoded = tuple(item.encoded for item in disclosures)
        self.held.append(Held(leaf_index=None, body=body, columns=columns, disclosures=encoded))
        if statement.version == 1:
            self.registered.append(StoredRecord(subject=subject, record_no=record_number(subject), stream=stream))
        if kind is None:
            return statement
        if kind not in self.versioned:
            self.rows_held.pop((subject, statement.version - 1), None)
        row = StoredRow(kind=kind, subject=subject, version=statement.version, values=dict(values))
        self.rows_held[subject, statement.version] = row
        return statement

    def seal(self) -> AppendResult:
        """Integrate what waits, sign, send and mine it."""
        waiting = [item for item in self.held if item.leaf_index is None]
        grown = append(self, self.size, [Commitment(commitment(item.body)) for item in waiting])
        for index, item in enumerate(waiting, start=self.size):
            item.leaf_index = index
        self.size = grown.size
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=grown.size, root=grown.root), self.signer)
        mined = self.chain.append(grown.size, grown.root)
        when = render_time(START)
        self.notes.append(
            StoredCheckpoint(size=grown.size, note=note, root=grown.root.hex(), signed_at=when, state="final")
        )
        raw = b"raw " + mined.hash.encode()
        self.signed[raw] = DecodedTransaction(hash=mined.hash, sender=mined.sender, nonce=mined.nonce)
        self.sent.append(
            StoredTransaction(
                hash=mined.hash,
                raw=raw,
                sender=mined.sender,
                nonce=mined.nonce,
                state="final",
                checkpoint_size=grown.size,
                block_number=mined.block_number,
                block_hash=mined.block_hash,
            )
        )
        self.kept = KeptHead(size=grown.size, root=grown.root)
        return grown

    def read_tile(self, level: int, index: int) -> bytes:
        return self.tiles_held[level, index]

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        self.tiles_held[level, index] = data

    def file_document(self, *, stream: str, subject: str, title: str, content: bytes) -> None:
        """Keep a file, and put it on record as the next version of a document."""
        digest = hashlib.sha256(content).hexdigest()
        statement = self.record(
            stream=stream,
            subject=subject,
            kind="document",
            type_="document.replaced" if subject in self._last_of else "document.filed",
            values={"title": title, "sha256": digest},
        )
        handle = f"blob-{len(self.contents)}"
        self.contents[handle] = content
        self.stored_files.append(
            StoredFile(subject=subject, version=statement.version, field="sha256", sha256=digest, handle=handle)
        )

    # ------------------------------------------------------------------------------------------- as an audit reads it

    @property
    def event_names(self) -> frozenset[str]:
        return EVENT_NAMES

    @property
    def versioned(self) -> frozenset[str]:
        return frozenset({"document"})

    def statements(self) -> Iterator[StoredStatement]:
        placed = sorted(
            (item for item in self.held if item.leaf_index is not None), key=lambda item: item.leaf_index or 0
        )
        for item in [*placed, *(item for item in self.held if item.leaf_index is None)]:
            yield StoredStatement(leaf_index=item.leaf_index, body=item.body, columns=item.columns, held=item)

    def disclosures(self, stored: StoredStatement) -> tuple[str, ...] | Unreadable | None:
        assert isinstance(stored.held, Held)
        return stored.held.disclosures

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        yield from sorted(self.notes, key=lambda item: item.size)

    def tiles(self) -> Iterator[tuple[int, int]]:
        yield from sorted(self.tiles_held)

    def tile(self, level: int, index: int) -> bytes | None:
        return self.tiles_held.get((level, index))

    def rows(self) -> Iterator[StoredRow]:
        yield from self.rows_held.values()

    def register(self) -> Iterator[StoredRecord]:
        yield from self.registered

    def comparisons(self) -> Iterator[Comparison]:
        yield from self.copies

    def files(self) -> Iterator[StoredFile]:
        yield from self.stored_files

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        if file.handle not in self.contents:
            raise FileNotFoundError(file.handle)
        yield self.contents[file.handle]

    def transactions(self) -> Iterator[StoredTransaction]:
        yield from self.sent

    def decode(self, raw: bytes) -> DecodedTransaction:
        if raw not in self.signed:
            raise Malformed("transaction", "not one of ours")
        return self.signed[raw]

    # ------------------------------------------------------------------------------------------------------- auditing

    @property
    def trust(self) -> Trust:
        return Trust(
            origin=ORIGIN,
            keys=(TrustedKey(vkey=self.signer.vkey),),
            anchors=(TrustedAnchor(identity=IDENTITY, finality=Finality(kind="instant")),),
        )

    def evidences(self) -> Evidences:
        return Evidences(
            log=self,
            records=self,
            trust=self.trust,
            files=self,
            transactions=self,
            chain=self.chain,
            kept=self.kept,
        )

    def audit(self, **changes: Any) -> AuditReport:
        return audit(replace(self.evidences(), **changes), now=NOW)

    def findings(self, **changes: Any) -> list[Finding]:
        return list(self.audit(**changes).findings)

    def index_of(self, leaf_index: int) -> int:
        """Where in `held` a leaf is."""
        return next(at for at, item in enumerate(self.held) if item.leaf_index == leaf_index)


def small_ledger() -> MemoryLedger:
    """Two cases and a document with two versions, in three checkpoints; everything agrees."""
    ledger = MemoryLedger()
    fill_small(ledger)
    return ledger


def fill_small(ledger: MemoryLedger) -> None:
    """Put the small ledger's five statements into an empty one."""
    streams, subjects = [ledger.new_id() for _ in range(2)], [ledger.new_id() for _ in range(2)]
    parties = [{"name": "周小满", "role": "applicant"}, {"name": "日照示例绳网有限公司", "role": "respondent"}]
    for stream, subject in zip(streams, subjects, strict=True):
        ledger.record(
            stream=stream, subject=subject, values={"facts": "欠发工资", "amount_fen": 1864000, "parties": parties}
        )
    ledger.seal()
    document = ledger.new_id()
    ledger.file_document(stream=streams[0], subject=document, title="工资条", content=b"wage slip")
    ledger.record(
        stream=streams[1],
        subject=subjects[1],
        type_="case.updated",
        values={"facts": "欠发工资三个月", "amount_fen": 1864000, "parties": parties},
    )
    ledger.seal()
    ledger.file_document(stream=streams[0], subject=document, title="工资条（改）", content=b"wage slip, scanned anew")
    ledger.seal()


def long_ledger(count: int) -> MemoryLedger:
    """`count` cases of one statement each in batches of 100: enough leaves for tiles of two levels."""
    ledger = MemoryLedger()
    stream = ledger.new_id()
    for number in range(1, count + 1):
        ledger.record(stream=stream, subject=ledger.new_id(), values={"facts": f"事实 {number}"})
        if number % 100 == 0 or number == count:
            ledger.seal()
    return ledger
