"""A log set up on some chain, for tests: its contract, its reader, its operator, and the tree that it anchors."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from eth_account.signers.local import LocalAccount

from ledger.anchor import ChainIdentity, Finality, Included, SignedTransaction
from ledger.chain import Interface, LogHistory, LogWriter, Node, SetUp, Waiter, load_artifact, set_up_log
from tests.chains import OPERATOR, OWNER
from tests.oracles import NaiveTree

ORIGIN = "demo.example.org/legal-ledger"
INSTANT = Finality(kind="instant")
LOOKS = 500
INTERFACE = Interface(load_artifact())


def commitments(count: int, *, seed: str = "") -> list[bytes]:
    """That many commitments, the same every time."""
    return [hashlib.sha256(f"{seed}{number}".encode()).digest() for number in range(count)]


@dataclass(slots=True)
class AnchoredLog:
    """What a test of anchoring needs, with shortcuts for a chain that mines at once."""

    node: Node
    set_up: SetUp
    tree: NaiveTree = field(default_factory=lambda: NaiveTree(commitments(300)))
    finality: Finality = INSTANT

    @property
    def identity(self) -> ChainIdentity:
        return self.set_up.identity

    def history(self, *, node: Node | None = None, finality: Finality | None = None) -> LogHistory:
        return LogHistory(
            node or self.node,
            INTERFACE,
            contract=self.identity.contract,
            log_id=self.identity.log_id,
            finality=finality or self.finality,
        )

    def writer(self, account: LocalAccount = OPERATOR, *, max_fee_per_gas: int | None = None) -> LogWriter:
        return LogWriter(
            self.node,
            INTERFACE,
            account,
            identity=self.identity,
            finality=self.finality,
            max_fee_per_gas=max_fee_per_gas,
        )

    def sign_append(self, old: int, new: int, *, tree: NaiveTree | None = None) -> SignedTransaction:
        """Extend the log from size `old` to `new`, with the proof of `tree`."""
        tree, writer = tree or self.tree, self.writer()
        return writer.sign_append(
            nonce=writer.next_nonce(),
            old_size=old,
            new_size=new,
            new_root=tree.root(new),
            proof=tuple(tree.consistency(old, new)),
        )

    def append(self, *sizes: int) -> list[SignedTransaction]:
        """Append a checkpoint for each size after the first; the first is the size that the log has."""
        return [self.mine(self.sign_append(old, new)) for old, new in pairwise(sizes)]

    def mine(self, transaction: SignedTransaction, *, succeeded: bool = True) -> SignedTransaction:
        self.writer().send(transaction.raw)
        assert self.included(transaction).succeeded is succeeded
        return transaction

    def included(self, transaction: SignedTransaction) -> Included:
        """Look until the transaction is in a block: Anvil mines at once, but after it has answered."""
        for _ in range(LOOKS):
            if isinstance(seen := self.writer().observe(transaction), Included):
                return seen
        raise AssertionError(f"not mined: {transaction.hash}")


def set_up(
    node: Node,
    *,
    owner: LocalAccount = OWNER,
    earlier: Sequence[SignedTransaction] = (),
    kept: list[SignedTransaction] | None = None,
    origin: str = ORIGIN,
) -> SetUp:
    """Set the log of the tests up; never pauses."""
    kept = [] if kept is None else kept
    return set_up_log(
        node,
        INTERFACE,
        owner=owner,
        operator=OPERATOR.address,
        origin=origin,
        finality=INSTANT,
        keep=kept.append,
        earlier=earlier,
        waiter=Waiter(pause=lambda _: None),
    )
