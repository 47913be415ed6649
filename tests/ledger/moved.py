"""A ledger whose log moves from one chain to another, by the product's own parts, as honest or dishonest as wanted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from typing import Any

from ledger.anchor import Finality
from ledger.audit.disclosed import MOVED
from ledger.audit.findings import KeptHead
from ledger.audit.moves import NAMES
from ledger.audit.report import AuditReport
from ledger.audit.sources import StoredCheckpoint
from ledger.canonical import JsonValue
from ledger.chain import LogHistory, Node
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.disclosure import parse_disclosure
from ledger.embedded import EmbeddedChain
from ledger.log import append, consistency, inclusion, root_at
from ledger.merkle import RootHash
from ledger.proof_file import TlogProof
from ledger.receipt import make_receipt, render_receipt
from ledger.statement import Commitment, commitment
from ledger.trust import Trust, TrustedAnchor
from tests.anchored import AnchoredLog, set_up
from tests.ledger.audited import ORIGIN
from tests.ledger.bundled import AnchoredLedger

INSTANT = Finality(kind="instant")


class MovingLedger(AnchoredLedger):
    """An `AnchoredLedger` that can go on in another contract; `former` are those it has left, with the sizes."""

    def __init__(self, chain: EmbeddedChain) -> None:
        super().__init__(chain)
        self.former: list[tuple[AnchoredLog, int]] = []

    def move_to(self, node: Node) -> None:
        """Say that the log moves, anchor that as the last head here, and the same head as the first one there."""
        new = self.open_log(node)
        self.say_move(asdict(new.identity))
        self.seal()
        self.go_on(new)
        self.anchor_first(self.size, self.root_now())

    def open_log(self, node: Node) -> AnchoredLog:
        """Open this log in a contract at another node."""
        return AnchoredLog(node=node, set_up=set_up(node, origin=ORIGIN))

    def say_move(
        self, values: Mapping[str, JsonValue], *, required: Collection[str] = NAMES, type_: str = MOVED
    ) -> None:
        """Record the statement of a move, which has no row; it waits for the log."""
        self.record(
            stream=self.new_id(), subject=self.new_id(), kind=None, type_=type_, values=values, required=set(required)
        )

    def go_on(self, new: AnchoredLog, *, at: int | None = None) -> None:
        """Anchor in `new` from now on."""
        self.former.append((self.log, self.size if at is None else at))
        self.node, self.log, self.history = new.node, new, new.history()
        for transaction in new.set_up.transactions:
            self.keep(transaction.raw, size=None)

    def anchor_first(self, size: int, root: RootHash | bytes) -> None:
        """Anchor the first checkpoint of a contract, whatever it is."""
        writer = self.log.writer()
        sent = self.log.mine(
            writer.sign_append(nonce=writer.next_nonce(), old_size=0, new_size=size, new_root=root, proof=())
        )
        self.keep(sent.raw, size=size)

    def anchor_more(self, old: int, new: int) -> None:
        """Anchor what the log holds by now in whichever contract it is."""
        writer, root = self.log.writer(), root_at(self, new)
        proof = tuple(consistency(self, old, new))
        sent = self.log.mine(
            writer.sign_append(nonce=writer.next_nonce(), old_size=old, new_size=new, new_root=root, proof=proof)
        )
        self.keep(sent.raw, size=new)

    def seal_first(self) -> None:
        """Seal what waits as the first checkpoint of a contract that has none of the log before."""
        waiting = [item for item in self.held if item.leaf_index is None]
        grown = append(self, self.size, [Commitment(commitment(item.body)) for item in waiting])
        for index, item in enumerate(waiting, start=self.size):
            item.leaf_index = index
        self.size = grown.size
        note = sign_checkpoint(Checkpoint(origin=ORIGIN, size=grown.size, root=grown.root), self.signer)
        self.notes.append(StoredCheckpoint(size=grown.size, note=note, root=grown.root.hex(), state="final"))
        self.anchor_first(grown.size, grown.root)
        self.kept = KeptHead(size=grown.size, root=grown.root)

    def receipt_at(self, leaf_index: int, size: int) -> bytes:
        """The receipt of a statement as it was given out when the log had `size` leaves; its hint is of today."""
        held = self.held[leaf_index]
        assert isinstance(held.disclosures, tuple)
        (note,) = [item.note for item in self.notes if item.size == size]
        hashes = tuple(inclusion(self, leaf_index, size))
        return render_receipt(
            make_receipt(
                statement=held.body,
                disclosures=[parse_disclosure(text) for text in held.disclosures],
                proof=TlogProof(index=leaf_index, hashes=hashes, note=note),
            )
        )

    def root_now(self) -> bytes:
        assert self.kept is not None
        return self.kept.root

    @property
    def trust(self) -> Trust:
        trust = super().trust
        start, anchors = 0, []
        for log, until in self.former:
            anchors.append(TrustedAnchor(identity=log.identity, from_size=start, until_size=until, finality=INSTANT))
            start = until
        anchors.append(TrustedAnchor(identity=self.log.identity, from_size=start, finality=INSTANT))
        return Trust(origin=trust.origin, keys=trust.keys, anchors=tuple(anchors))

    def audit_all(self, **changes: Any) -> AuditReport:
        """Audit with every chain at hand, unless `changes` say otherwise."""
        former: list[LogHistory] = [log.history() for log, _ in self.former]
        return self.audit(**{"chain": self.history, "former": former, **changes})
