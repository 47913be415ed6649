"""A `ledger` bundle of any size, made fast: what an office's log holds after years, anchored on a real embedded chain.

Cases with their documents, agreements, instalments and entries, each record with its versions, between them the access
records of the institutions. The same seed gives the same bytes. Nothing grows with the size but the tree's tiles.
"""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.anchor import Finality
from ledger.bundle import BundleWriter, MemberWriter, Profile
from ledger.canonical import JsonValue, canonical_bytes
from ledger.chain import connect, read_artifact
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import SALT_SIZE
from ledger.embedded import EmbeddedChain, render_genesis
from ledger.export import ChainHead, ExportedChain, _head, _transactions
from ledger.log import append, consistency
from ledger.merkle import HASH_SIZE
from ledger.note import NoteSigner
from ledger.statement import Commitment, commitment
from ledger.tiles import TileId
from ledger.trust import Trust, TrustedAnchor, TrustedKey, render_trust
from tests.anchored import AnchoredLog, set_up
from tests.chains import fixed_genesis, new_chain
from tests.clock import FixedClock

ORIGIN: Final = "large.example/log"
START: Final = datetime(2026, 7, 20, tzinfo=UTC)
CREATED: Final = datetime(2027, 7, 20, tzinfo=UTC)
OPEN_CASES: Final = 400
"""Cases that are worked on at the same time."""
CHECKPOINT_EVERY: Final = 1000
ACCESSES: Final = 0.45
"""The part of the statements that says who opened a file."""
INSTITUTIONS: Final = 12
FACTS: Final = "申请人自2026年3月起在被申请人处工作，被申请人欠发工资，经多次催要未果，遂申请调解。"
EVENT: Final = frozenset({"entered_by", "occurred_on", "reason"})

_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")
_FILED: Final = ("doc_type", "entered_by", "mime", "occurred_on", "sha256", "size", "sm3", "title")
_WORK: Final[Sequence[tuple[str, str, int]]] = (
    ("case.registered", "case", 0),
    ("document.filed", "document", 1),
    ("document.filed", "document", 2),
    ("case.updated", "case", 0),
    ("answer.filed", "entry", 3),
    ("document.replaced", "document", 2),
    ("agreement.drafted", "agreement", 4),
    ("document.filed", "document", 5),
    ("agreement.signed", "agreement", 4),
    ("opinion.posted", "entry", 6),
    ("agreement.effective", "agreement", 4),
    ("instalment.paid", "instalment", 7),
    ("document.filed", "document", 8),
    ("instalment.paid", "instalment", 9),
    ("case.completed", "case", 0),
)
"""What is recorded of a case, in order: the type, the kind of record, which record of the case."""
_NAMES: Final = {
    "case": (
        "applicant",
        "case_no",
        "claims",
        "dispute_type",
        "employer",
        "facts",
        "received_on",
        "stage",
        "entered_by",
    ),
    "document": _FILED,
    "entry": ("body", "entered_by", "occurred_on", "side"),
    "agreement": ("amount_fen", "entered_by", "occurred_on", "printed", "stage"),
    "instalment": ("due_on", "entered_by", "occurred_on", "paid_fen", "paid_on"),
    "access": ("actor", "occurred_on", "purpose", "target"),
}


@dataclass(slots=True)
class _Record:
    subject: str
    kind: str
    version: int = 0
    previous: str | None = None
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class _Stream:
    id: str
    institution: str
    done: int = 0
    previous: str | None = None


@dataclass(slots=True)
class _Case:
    stream: _Stream
    records: dict[int, _Record] = field(default_factory=dict)
    step: int = 0


class _Tiles:
    """The tree in memory: a `LogStore`."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, int], bytes] = {}

    def read_tile(self, level: int, index: int) -> bytes:
        return self.held[level, index]

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        self.held[level, index] = data


class _Office:
    """Draws what happens next, and writes it down as statement, disclosures and rows."""

    def __init__(self, seed: int, disclosures: IO[bytes], rows: IO[bytes]) -> None:
        self._random = random.Random(seed)
        self._disclosures = disclosures
        self._rows = rows
        self._access = [_Stream(id=self._uuid(), institution=f"LS-{number:02}") for number in range(INSTITUTIONS)]
        self._open = [self._case() for _ in range(OPEN_CASES)]
        self.recorded = 0

    def next(self) -> bytes:
        """The body of the next statement."""
        self.recorded += 1
        if self._random.random() < ACCESSES:
            record = _Record(subject=self._uuid(), kind="access")
            body = self._record(self._random.choice(self._access), record, "access.recorded")
            self._write_row(record)
            return body
        at = self._random.randrange(OPEN_CASES)
        case = self._open[at]
        type_, kind, which = _WORK[case.step]
        record = case.records.setdefault(which, _Record(subject=self._uuid(), kind=kind))
        body = self._record(case.stream, record, type_)
        if kind == "document":
            self._write_row(record)
        case.step += 1
        if case.step == len(_WORK):
            self._close(case)
            self._open[at] = self._case()
        return body

    def finish(self) -> None:
        """Write the rows of what is still open."""
        for case in self._open:
            self._close(case)

    def _close(self, case: _Case) -> None:
        for record in case.records.values():
            if record.kind != "document":
                self._write_row(record)

    def _case(self) -> _Case:
        number = self._random.randrange(INSTITUTIONS)
        return _Case(stream=_Stream(id=self._uuid(), institution=f"LS-{number:02}"))

    def _uuid(self) -> str:
        text = self._random.randbytes(16).hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def _record(self, stream: _Stream, record: _Record, type_: str) -> bytes:
        when = (START + timedelta(seconds=self.recorded)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
        record.values = {name: self._value(name, when) for name in _NAMES[record.kind]}
        named = {**record.values, "record": record.kind}
        salts = self._random.randbytes(SALT_SIZE * len(named))
        encoded = [
            _base64url(f'["{_base64url(salts[at : at + SALT_SIZE]).decode()}","{name}",{_json(value)}]'.encode())
            for at, (name, value) in zip(range(0, len(salts), SALT_SIZE), named.items(), strict=True)
        ]
        digests = b'","'.join(sorted(_base64url(hashlib.sha256(text).digest()) for text in encoded)).decode()
        record.version += 1
        stream.done += 1
        statement_id = self._uuid()
        # Written out, because a million times through the ordinary way takes many minutes; the audit reads them all.
        body = (
            f'{{"_sd":["{digests}"],"_sd_alg":"sha-256","id":"{statement_id}"'
            f',"institution":"{stream.institution}","previous":{_quoted(record.previous)},"recorded_at":"{when}"'
            f',"required":[],"schema":"legal-ledger/statement/v1","stream":"{stream.id}"'
            f',"stream_previous":{_quoted(stream.previous)},"stream_seq":{stream.done}'
            f',"subject":"{record.subject}","type":"{type_}","version":{record.version}}}'
        ).encode()
        record.previous = stream.previous = commitment(body).hex()
        texts = b'","'.join(encoded).decode()
        self._disclosures.write(f'{{"disclosures":["{texts}"],"id":"{statement_id}"}}\n'.encode())
        return body

    def _value(self, name: str, when: str) -> Any:
        number = self._random.getrandbits(31)
        match name:
            case "sha256" | "sm3":
                return self._random.randbytes(32).hex()
            case "facts" | "body" | "printed":
                return f"{FACTS}（第{number}号）" * (3 if name == "printed" else 1)
            case "applicant" | "employer":
                return {"id_number": f"{number:018}", "name": f"示例{number}", "phone": f"000-{number:08}"}
            case "claims":
                return [{"amount_fen": number, "kind": "wages"}, {"amount_fen": number // 2, "kind": "severance"}]
            case "amount_fen" | "paid_fen" | "size":
                return number
            case "occurred_on" | "received_on" | "due_on" | "paid_on":
                return when[:10]
        return f"{name}-{number}"

    def _write_row(self, record: _Record) -> None:
        values = {name: value for name, value in record.values.items() if name not in EVENT}
        row = {"subject": record.subject, "table": record.kind, "values": values, "version": record.version}
        self._rows.write(f"{_json(row)}\n".encode())


class _Anchor:
    """Grows the tree and anchors its heads in the real contract."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self.log = AnchoredLog(node=connect(chain), set_up=set_up(connect(chain), origin=ORIGIN))
        self.signer = NoteSigner(ORIGIN, Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32))
        self.tiles = _Tiles()
        self.size = 0
        self.lines: list[bytes] = []

    def anchor(self, commitments: Sequence[Commitment]) -> None:
        """Append these, sign the head, send and mine it."""
        grown = append(self.tiles, self.size, commitments)
        writer = self.log.writer()
        sent = self.log.mine(
            writer.sign_append(
                nonce=writer.next_nonce(),
                old_size=self.size,
                new_size=grown.size,
                new_root=grown.root,
                proof=tuple(consistency(self.tiles, self.size, grown.size)),
            )
        )
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=grown.size, root=grown.root), self.signer)
        line: JsonValue = {"note": note, "size": grown.size, "transaction_hash": sent.hash}
        self.lines.append(canonical_bytes(line) + b"\n")
        self.size = grown.size

    @property
    def trust(self) -> Trust:
        """Whom to trust about this log."""
        return Trust(
            origin=ORIGIN,
            keys=(TrustedKey(vkey=self.signer.vkey),),
            anchors=(TrustedAnchor(identity=self.log.identity, finality=Finality(kind="instant")),),
        )


def make_large_bundle(folder: Path, *, statements: int, seed: int) -> tuple[Path, Path]:
    """The bundle of so many statements and the folder of its chain, made unless they are there."""
    place = folder / f"{statements}-{seed}"
    bundle, chain = place / "ledger.zip", place / "chain"
    if not bundle.exists():
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        unfinished = place / "unfinished.zip"
        write_large_bundle(unfinished, chain, statements=statements, seed=seed)
        unfinished.rename(bundle)
    return bundle, chain


def write_large_bundle(
    path: Path, chain_folder: Path, *, statements: int, seed: int, every: int = CHECKPOINT_EVERY
) -> None:
    """Write a bundle of so many statements with a checkpoint after `every` of them; its chain is left in a folder."""
    with (
        new_chain(chain_folder, clock=FixedClock()) as chain,
        tempfile.TemporaryFile(dir=path.parent) as disclosures,
        tempfile.TemporaryFile(dir=path.parent) as rows,
        path.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=CREATED) as bundle,
    ):
        anchor, office = _Anchor(chain), _Office(seed, disclosures, rows)
        with bundle.open("statements.jsonl") as member:
            for first in range(0, statements, every):
                anchor.anchor(list(_written(member, office, range(first, min(first + every, statements)))))
        office.finish()
        _copy(bundle, "disclosures.jsonl", disclosures)
        _copy(bundle, "rows.jsonl", rows)
        _write_rest(bundle, anchor)


def _written(member: MemberWriter, office: _Office, indexes: Iterable[int]) -> Iterator[Commitment]:
    for index in indexes:
        body = office.next()
        escaped = body.decode().replace('"', '\\"')
        member.write(f'{{"leaf_index":{index},"statement":"{escaped}"}}\n'.encode())
        yield commitment(body)


def _copy(bundle: BundleWriter, path: str, source: IO[bytes]) -> None:
    source.seek(0)
    with bundle.open(path) as member:
        while chunk := source.read(1 << 20):
            member.write(chunk)


def _write_rest(bundle: BundleWriter, anchor: _Anchor) -> None:
    history = anchor.log.history()
    head = history.head_block()
    chain = ExportedChain(
        genesis=render_genesis(fixed_genesis()),
        contract=read_artifact(),
        head=ChainHead(block_number=head.number, block_hash=head.hash, state_root=head.state_root),
        transactions=history.all_transactions(),
    )
    bundle.write("trust.json", render_trust(anchor.trust))
    bundle.write("genesis.json", render_genesis(fixed_genesis()))
    bundle.write("contract.json", chain.contract)
    bundle.write("chain/head.json", canonical_bytes(_head(chain.head)) + b"\n")
    with bundle.open("chain/transactions.jsonl") as member:
        for line in _transactions(chain, {}, None):
            member.write(canonical_bytes(line) + b"\n")
    bundle.write("checkpoints.jsonl", b"".join(anchor.lines))
    for (level, index), data in sorted(anchor.tiles.held.items()):
        bundle.write(f"tiles/{TileId(level=level, index=index, width=len(data) // HASH_SIZE).path}", data)


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def _base64url(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(_URL_SAFE).rstrip(b"=")


def _quoted(text: str | None) -> str:
    return "null" if text is None else f'"{text}"'
