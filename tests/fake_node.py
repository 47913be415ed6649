"""A node that can be hurt: a chain of blocks with a pool, the contract's rule for heads, and faults to switch on.

The contract's rule is `ledger.merkle.verify_consistency`; that the real contract agrees with it is shown elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from ledger.anchor import (
    AnchoredCheckpoint,
    ChainIdentity,
    Included,
    LogHead,
    Observation,
    Revocation,
    SignedTransaction,
    Unknown,
    Waiting,
)
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.merkle import EMPTY_ROOT, RootHash, verify_consistency

IDENTITY = ChainIdentity(
    chain_id=1371103, genesis_hash="0x" + "01" * 32, contract="0x" + "02" * 20, code_sha256="03" * 32, log_id="0x04"
)
OPERATOR = "0x" + "0a" * 20
FOREIGN = b'{"foreign":true}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block with at most one transaction, as on the embedded chain."""

    raw: bytes
    salt: int

    @property
    def hash(self) -> str:
        return "0x" + hashlib.sha256(self.raw + bytes([self.salt])).hexdigest()


@dataclass(slots=True)
class FakeNode:
    """Implements AnchorReader and AnchorWriter. `depth` blocks above a block make it final."""

    depth: int = 2
    automine: bool = True
    found: ChainIdentity = IDENTITY
    blocks: list[Block] = field(default_factory=list)
    pool: list[bytes] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    unreachable: bool = False
    refuse_next_send: bool = False
    lose_next_reply: bool = False
    revert_next: bool = False
    forget_storage: bool = False
    reverted: set[bytes] = field(default_factory=set)
    salt: int = 0

    # what a test does to the chain

    def mine(self, count: int = 1) -> None:
        """Put `count` blocks on top; the first one takes a transaction from the pool."""
        for _ in range(count):
            self.blocks.append(Block(raw=self.pool.pop(0) if self.pool else b"", salt=self.salt))

    def reorganise(self, depth: int, *, keep_transactions: bool) -> None:
        """Take the last `depth` blocks away; their transactions go back to the pool, or are lost."""
        removed, self.blocks = self.blocks[-depth:], self.blocks[:-depth]
        self.salt += 1
        if keep_transactions:
            self.pool += [block.raw for block in removed if block.raw]

    def take_nonce(self) -> None:
        """Let somebody else send a transaction with the operator's key."""
        self.pool.insert(0, FOREIGN)
        self.mine()

    # AnchorReader

    def identity(self) -> ChainIdentity:
        self._answer()
        return self.found

    def head(self) -> LogHead:
        self._answer()
        held = self._checkpoints()
        if not held:
            return LogHead(count=0, size=0, root=bytes(32), time=0)
        root, newest = list(held.items())[-1]
        return LogHead(count=len(held), size=newest.size, root=root, time=newest.time)

    def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
        self._answer()
        return self._checkpoints().get(root)

    def revocation(self, commitment: bytes) -> Revocation | None:
        self._answer()
        return self.revocations().get(commitment)

    def is_final(self, block_number: int) -> bool:
        self._answer()
        return len(self.blocks) - 1 >= block_number + self.depth

    # AnchorWriter

    @property
    def address(self) -> str:
        return OPERATOR

    def next_nonce(self) -> int:
        self._answer()
        return sum(1 for block in self.blocks if block.raw)

    def sign_append(
        self, *, nonce: int, old_size: int, new_size: int, new_root: bytes, proof: tuple[bytes, ...]
    ) -> SignedTransaction:
        self._answer()
        content = {
            "nonce": nonce,
            "old_size": old_size,
            "new_size": new_size,
            "new_root": new_root.hex(),
            "proof": [item.hex() for item in proof],
        }
        raw = json.dumps(content).encode()
        return SignedTransaction(raw=raw, hash=_hash(raw), sender=OPERATOR, nonce=nonce)

    def sign_revoke(self, *, nonce: int, commitment: bytes, reason: int) -> SignedTransaction:
        self._answer()
        raw = json.dumps({"nonce": nonce, "revoke": commitment.hex(), "reason": reason}).encode()
        return SignedTransaction(raw=raw, hash=_hash(raw), sender=OPERATOR, nonce=nonce)

    def send(self, raw: bytes) -> None:
        self._answer()
        if self.refuse_next_send:
            self.refuse_next_send = False
            raise Unavailable("chain", "connection reset before the request was read")
        self.sent.append(raw)
        if raw not in self.pool and raw not in [block.raw for block in self.blocks]:
            self.pool.append(raw)
        if self.revert_next:
            self.revert_next = False
            self.reverted.add(raw)
        if self.automine:
            self.mine()
        if self.lose_next_reply:
            self.lose_next_reply = False
            raise Unavailable("chain", "connection reset after the request was read")

    def observe(self, transaction: SignedTransaction) -> Observation:
        self._answer()
        for number, block in enumerate(self.blocks):
            if block.raw and _hash(block.raw) == transaction.hash:
                return Included(
                    block_number=number,
                    block_hash=block.hash,
                    succeeded=block.raw not in self.reverted,
                    final=self.is_final(number),
                )
        if transaction.raw in self.pool:
            return Waiting()
        return Unknown(nonce_used=self.next_nonce() > transaction.nonce)

    # what the contract's storage holds after these blocks

    def _checkpoints(self) -> dict[bytes, AnchoredCheckpoint]:
        held: dict[bytes, AnchoredCheckpoint] = {}
        if self.forget_storage:
            return held
        size, root = 0, bytes(EMPTY_ROOT)
        for number, block in enumerate(self.blocks):
            call = _call_of(block.raw)
            if call is None or "new_root" not in call or block.raw in self.reverted:
                continue
            new_root = bytes.fromhex(call["new_root"])
            try:
                verify_consistency(
                    size1=size,
                    size2=call["new_size"],
                    root1=RootHash(root),
                    root2=RootHash(new_root),
                    proof=[bytes.fromhex(item) for item in call["proof"]],
                )
            except (Malformed, Mismatch):
                self.reverted.add(block.raw)
                continue
            held[new_root] = AnchoredCheckpoint(
                index=len(held), size=call["new_size"], time=number, block_number=number, previous_block=0
            )
            size, root = call["new_size"], new_root
        return held

    def revocations(self) -> dict[bytes, Revocation]:
        """What the contract holds revoked; the first revocation of a commitment stands."""
        held: dict[bytes, Revocation] = {}
        for number, block in enumerate(self.blocks):
            call = _call_of(block.raw)
            if call and "revoke" in call and not self.forget_storage and block.raw not in self.reverted:
                held.setdefault(bytes.fromhex(call["revoke"]), Revocation(reason=call["reason"], time=number))
        return held

    def _answer(self) -> None:
        if self.unreachable:
            raise Unavailable("chain", "connection refused")


def _call_of(raw: bytes) -> dict[str, Any] | None:
    if not raw or raw == FOREIGN:
        return None
    call: dict[str, Any] = json.loads(raw)
    return call


def _hash(raw: bytes) -> str:
    return "0x" + hashlib.sha256(b"transaction" + raw).hexdigest()
