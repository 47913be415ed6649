"""A small log with real keys, real statements and a chain in memory, and receipts out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.anchor import AnchorReader, ChainIdentity, Finality
from ledger.canonical import JsonValue
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import Disclosure, make_disclosure
from ledger.log import append, inclusion, root_at
from ledger.note import NoteSigner
from ledger.proof_file import TlogProof
from ledger.receipt import AnchorHint, Receipt, make_receipt, render_receipt, verify_receipt
from ledger.statement import Commitment, Statement, commitment, render_statement
from ledger.trust import Evidence, Trust, TrustedAnchor, TrustedKey
from ledger.verdict import Report, Verdict
from tests.fakes import IDENTITY, FakeChain, MemoryLogStore

ORIGIN = "ledger.example.org/lanshan/1"

FILE = "调解协议：日照示例绳网有限公司分三期支付周小满工资。".encode()
FILE_SHA256 = sha256(FILE).hexdigest()

FIELDS: dict[str, JsonValue] = {
    "doc_type": "agreement",
    "title": "调解协议书",
    "size": len(FILE),
    "sha256": FILE_SHA256,
    "amount_fen": 1_864_000,
    "remark": None,
}
REQUIRED = ("sha256", "amount_fen")


def signer(seed: int = 1, name: str = ORIGIN) -> NoteSigner:
    return NoteSigner(name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


def disclose(fields: Mapping[str, JsonValue], seed: int = 0) -> tuple[Disclosure, ...]:
    """Disclose with salts that follow from `seed` and the name, so that every run has the same bytes."""
    return tuple(
        make_disclosure(name=name, value=value, salt=sha256(f"{seed} {name}".encode()).digest()[:16])
        for name, value in fields.items()
    )


def state(disclosures: Sequence[Disclosure], *, number: int, required: Sequence[str] = REQUIRED) -> bytes:
    """The statement number `number` of a stream of its own record each."""
    previous = None if number == 1 else "ab" * 32
    return render_statement(
        Statement(
            sd=tuple(sorted(item.digest for item in disclosures)),
            required=tuple(sorted(item.digest for item in disclosures if item.name in required)),
            id=str(UUID(int=1000 + number)),
            institution="LS-UNION",
            type="document.filed",
            subject=str(UUID(int=2000 + number)),
            version=1,
            previous=None,
            stream=str(UUID(int=3000)),
            stream_seq=number,
            stream_previous=previous,
            recorded_at="2026-07-20T01:30:00.000Z",
        )
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A log of some statements, each of its checkpoints anchored in `chain`, and the trust file of its verifier."""

    store: MemoryLogStore
    statements: tuple[bytes, ...]
    disclosures: tuple[tuple[Disclosure, ...], ...]
    sizes: tuple[int, ...]
    chain: FakeChain
    trust: Trust
    signer: NoteSigner

    def note(self, size: int) -> str:
        checkpoint = Checkpoint(origin=ORIGIN, size=size, root=root_at(self.store, size))
        return sign_checkpoint(checkpoint, self.signer)

    def proof(self, index: int, size: int) -> TlogProof:
        return TlogProof(index=index, hashes=tuple(inclusion(self.store, index, size)), note=self.note(size))

    def hint(self, size: int) -> AnchorHint:
        anchored = self.chain.checkpoints[self.sizes.index(size)][1]
        return AnchorHint(
            chain_id=self.chain.identity_.chain_id,
            contract=self.chain.identity_.contract,
            log_id=self.chain.identity_.log_id,
            checkpoint_index=anchored.index,
            transaction_hash="0x" + sha256(b"transaction %d" % size).hexdigest(),
            block_number=anchored.block_number,
            block_hash="0x" + sha256(b"block %d" % size).hexdigest(),
        )

    def receipt(self, index: int, size: int | None = None) -> Receipt:
        """The receipt of leaf `index` at `size`, the newest by default."""
        at = self.sizes[-1] if size is None else size
        return make_receipt(
            statement=self.statements[index],
            disclosures=self.disclosures[index],
            proof=self.proof(index, at),
            anchors=[self.hint(at)],
        )

    def receipt_without_signpost(self, index: int) -> Receipt:
        """The newest receipt of leaf `index`, to be checked on whatever chain."""
        whole = self.receipt(index)
        return make_receipt(statement=whole.statement, disclosures=whole.disclosures, proof=whole.proof)

    def commitment(self, index: int) -> Commitment:
        return commitment(self.statements[index])


def trust_in(
    identity: ChainIdentity = IDENTITY, key: NoteSigner | None = None, evidence: Evidence = Evidence.WITNESSED
) -> Trust:
    anchor = TrustedAnchor(identity=identity, finality=Finality(kind="depth", depth=2), evidence=evidence)
    return Trust(origin=ORIGIN, keys=(TrustedKey(vkey=(key or signer()).vkey),), anchors=(anchor,))


def make_world(
    sizes: Sequence[int] = (5, 8, 9, 12),
    *,
    fields: Mapping[str, JsonValue] = FIELDS,
    fields_of: Callable[[int], Mapping[str, JsonValue]] | None = None,
) -> World:
    """A log with a checkpoint at each of `sizes`; two blocks lie on the newest.

    Every record has the same `fields`, or record number n from 0 those of `fields_of(n)`.
    """
    disclosures = tuple(disclose(fields_of(seed) if fields_of else fields, seed) for seed in range(sizes[-1]))
    statements = tuple(state(items, number=number) for number, items in enumerate(disclosures, 1))
    store, chain = MemoryLogStore(), FakeChain(depth=2)
    size = 0
    for grown in sizes:
        result = append(store, size, [commitment(statement) for statement in statements[size:grown]])
        chain.append(grown, result.root)
        size = grown
    chain.mine(2)
    return World(
        store=store,
        statements=statements,
        disclosures=disclosures,
        sizes=tuple(sizes),
        chain=chain,
        trust=trust_in(),
        signer=signer(),
    )


def moved(trust: Trust, size: int, identity: ChainIdentity) -> Trust:
    """The same trust after the log has moved to `identity` at `size`."""
    (old,) = trust.anchors
    return replace(trust, anchors=(replace(old, until_size=size), replace(old, identity=identity, from_size=size)))


WORLD = make_world()
"""For tests that change nothing in it."""

RECEIPT = WORLD.receipt(4)
DATA = render_receipt(RECEIPT)

OTHER_SHA256 = "0" * 64

REFUSED = frozenset({Verdict.BAD_INPUT, Verdict.RECEIPT_INVALID})
"""What a receipt that was changed may get."""


def check(
    data: bytes = DATA,
    *,
    trust: Trust | None = WORLD.trust,
    reader: AnchorReader | None = WORLD.chain,
    file: str | None = FILE_SHA256,
    newer: bool | None = None,
) -> Report:
    """Check `RECEIPT` with its file in its world, but for what is given."""
    return verify_receipt(data, trust=trust, reader=reader, file_sha256=file, newer=newer)


def outcomes(report: Report) -> str:
    """One letter a check, in order: p, f, n or u."""
    return "".join(check.outcome.value[0] for check in report.checks)
