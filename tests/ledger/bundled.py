"""The small ledger of the audit's tests on a real embedded chain with the real contract, and bundles out of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from eth_account.signers.local import LocalAccount

from ledger.anchor import AnchorState, Finality
from ledger.audit.findings import KeptHead
from ledger.audit.sources import DecodedTransaction, StoredCheckpoint, StoredTransaction
from ledger.bundle import BundleWriter, Profile, open_bundle
from ledger.canonical import render_time
from ledger.chain import LogHistory, connect, decode_transaction, read_artifact
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import parse_disclosure
from ledger.embedded import EmbeddedChain, render_genesis
from ledger.export import WHOLE, ChainHead, ExportedChain, Scope, write_ledger_bundle
from ledger.log import AppendResult, append, consistency, inclusion
from ledger.proof_file import TlogProof
from ledger.receipt import AnchorHint, make_receipt, render_receipt
from ledger.statement import Commitment, commitment
from ledger.trust import Trust, TrustedAnchor, TrustedKey, render_trust
from tests.anchored import AnchoredLog, set_up
from tests.chains import OPERATOR, fixed_genesis, new_chain
from tests.clock import FixedClock
from tests.ledger.audited import ORIGIN, START, MemoryLedger, fill_small

CREATED = datetime(2026, 7, 21, tzinfo=UTC)


class AnchoredLedger(MemoryLedger):
    """A `MemoryLedger` whose checkpoints are anchored in the real contract, one block for each."""

    def __init__(self, chain: EmbeddedChain | str) -> None:
        """`chain` is an embedded one, or the address of a node that mines at once."""
        super().__init__()
        self.node = connect(chain)
        self.log = AnchoredLog(node=self.node, set_up=set_up(self.node, origin=ORIGIN))
        self.history: LogHistory = self.log.history()
        self.operator: LocalAccount = OPERATOR
        for transaction in self.log.set_up.transactions:
            self.keep(transaction.raw)

    def seal(self) -> AppendResult:
        """Integrate what waits, sign, send and mine it."""
        before = self.size
        waiting = [item for item in self.held if item.leaf_index is None]
        grown = append(self, before, [Commitment(commitment(item.body)) for item in waiting])
        for index, item in enumerate(waiting, start=before):
            item.leaf_index = index
        self.size = grown.size
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=grown.size, root=grown.root), self.signer)
        writer = self.log.writer(self.operator)
        sent = self.log.mine(
            writer.sign_append(
                nonce=writer.next_nonce(),
                old_size=before,
                new_size=grown.size,
                new_root=grown.root,
                proof=tuple(consistency(self, before, grown.size)),
            )
        )
        self.notes.append(
            StoredCheckpoint(
                size=grown.size, note=note, root=grown.root.hex(), signed_at=render_time(START), state="final"
            )
        )
        self.keep(sent.raw, size=grown.size)
        self.kept = KeptHead(size=grown.size, root=grown.root)
        return grown

    def keep(self, raw: bytes, *, size: int | None = None, state: AnchorState = AnchorState.FINAL) -> None:
        """Keep a signed transaction as an anchorer's journal does, with the block that it is in."""
        signed = decode_transaction(raw)
        mined = self.history.mined(signed.hash)
        assert (mined is None) is (state is AnchorState.REPLACED)
        self.sent.append(
            StoredTransaction(
                hash=signed.hash,
                raw=raw,
                sender=signed.sender,
                nonce=signed.nonce,
                state=state,
                checkpoint_size=size,
                block_number=mined.block_number if mined else None,
                block_hash=mined.block_hash if mined else None,
            )
        )

    def decode(self, raw: bytes) -> DecodedTransaction:
        return decode_transaction(raw)

    @property
    def trust(self) -> Trust:
        return Trust(
            origin=ORIGIN,
            keys=(TrustedKey(vkey=self.signer.vkey),),
            anchors=(TrustedAnchor(identity=self.log.identity, finality=Finality(kind="instant")),),
        )

    def receipt(self, leaf_index: int) -> bytes:
        """The receipt of a statement, with everything that it discloses."""
        held = self.held[leaf_index]
        assert isinstance(held.disclosures, tuple)
        anchored = self.history.checkpoints()[-1]
        return render_receipt(
            make_receipt(
                statement=held.body,
                disclosures=[parse_disclosure(text) for text in held.disclosures],
                proof=TlogProof(
                    index=leaf_index,
                    hashes=tuple(inclusion(self, leaf_index, self.size)),
                    note=self.notes[-1].note,
                ),
                anchors=[
                    AnchorHint(
                        chain_id=self.log.identity.chain_id,
                        contract=self.log.identity.contract,
                        log_id=self.log.identity.log_id,
                        checkpoint_index=anchored.index,
                        transaction_hash=anchored.transaction_hash,
                        block_number=anchored.block_number,
                        block_hash=self.sent[-1].block_hash or "",
                    )
                ],
            )
        )

    def export(self, path: Path, *, genesis: bool = True, scope: Scope = WHOLE) -> Path:
        """Write the bundle, as much of it as `scope` says."""
        head = self.history.head_block()
        chain = ExportedChain(
            genesis=render_genesis(fixed_genesis()) if genesis else None,
            contract=read_artifact(),
            head=ChainHead(block_number=head.number, block_hash=head.hash, state_root=head.state_root),
            transactions=self.history.all_transactions(),
        )
        with path.open("wb") as file:
            write_ledger_bundle(file, self, chain, trust=render_trust(self.trust), created_at=CREATED, scope=scope)
        return path


@contextmanager
def anchored_ledger(folder: Path) -> Iterator[AnchoredLedger]:
    """The small ledger, anchored in three checkpoints on a chain in `folder`."""
    with new_chain(folder, clock=FixedClock()) as chain:
        ledger = AnchoredLedger(chain)
        fill_small(ledger)
        yield ledger


def rewrite(source: Path, target: Path, changes: Mapping[str, Callable[[bytes], bytes | None]]) -> Path:
    """Copy a bundle with members changed (None leaves one out) and a manifest that fits."""
    with (
        open_bundle(source) as bundle,
        target.open("wb") as file,
        BundleWriter(file, profile=Profile.LEDGER, created_at=bundle.created_at) as writer,
    ):
        for path in bundle.members:
            data: bytes | None = bundle.open(path).read()
            if path in changes and data is not None:
                data = changes[path](data)
            if data is not None:
                writer.write(path, data)
    return target


def lines(data: bytes) -> list[dict[str, object]]:
    """The objects of a member of JSON lines."""
    return [json.loads(line) for line in data.splitlines()]


def joined(objects: list[dict[str, object]]) -> bytes:
    """JSON lines of objects."""
    return b"".join(json.dumps(item, ensure_ascii=False).encode() + b"\n" for item in objects)


def damaged(source: Path, member: str) -> bytes:
    """The bytes of a bundle with the last byte of a member changed, and the manifest as it was."""
    data = bytearray(source.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        content = archive.read(member)
    at = data.index(content) + len(content) - 2
    data[at] ^= 1
    return bytes(data)
