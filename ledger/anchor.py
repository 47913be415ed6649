"""Anchoring a checkpoint: what the chain can tell, the states of an attempt, and the protocols that adapters keep.

Nothing here speaks to a chain. `transition` is pure: the anchorer looks, this module decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Literal, Protocol

from ledger.errors import Malformed, WrongChain

MAX_FINALITY_DEPTH = 10_000
"""Blocks. A larger depth is a typing error: no network known to us needs a day of blocks."""


_DEPTH = re.compile(r"depth:([1-9][0-9]{0,4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainIdentity:
    """The facts pinned at the first start and compared before every signature and every green answer.

    `genesis_hash` and `log_id` are 0x-prefixed lower-case hex of 32 bytes, `contract` is an EIP-55 address and
    `code_sha256` the bare hex SHA-256 of the deployed code as `eth_getCode` returns it.
    """

    chain_id: int
    genesis_hash: str
    contract: str
    code_sha256: str
    log_id: str


def verify_identity(*, pinned: ChainIdentity, found: ChainIdentity) -> None:
    """Return when both are the same; raise WrongChain naming the first field that differs."""
    for field in fields(ChainIdentity):
        expected, got = getattr(pinned, field.name), getattr(found, field.name)
        if expected != got:
            raise WrongChain(field.name, expected, got)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finality:
    """When a block is final: at once, below `depth` further blocks, or behind the node's `finalized` tag."""

    kind: Literal["instant", "depth", "tag"]
    depth: int = 0


def parse_finality(text: str) -> Finality:
    """Read `instant`, `depth:N` (1 ≤ N ≤ 10,000) or `tag`; raise Malformed for anything else."""
    if text == "instant":
        return Finality(kind="instant")
    if text == "tag":
        return Finality(kind="tag")
    depth = _DEPTH.fullmatch(text)
    if depth is not None and int(depth[1]) <= MAX_FINALITY_DEPTH:
        return Finality(kind="depth", depth=int(depth[1]))
    raise Malformed("finality", f"use instant, depth:1 … depth:{MAX_FINALITY_DEPTH} or tag, not {text[:40]!r}")


def render_finality(finality: Finality) -> str:
    """Write what `parse_finality` reads."""
    return f"depth:{finality.depth}" if finality.kind == "depth" else finality.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class LogHead:
    """The contract's newest checkpoint of a log; an empty log is (0, 0, 32 zero bytes, 0). `time` is Unix seconds."""

    count: int
    size: int
    root: bytes
    time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchoredCheckpoint:
    """What the contract's storage holds under a root. `time` is the block's Unix time as its producer set it."""

    index: int
    size: int
    time: int
    block_number: int
    previous_block: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """A revocation of a commitment: `reason` 1…255 (see the contract), `time` in Unix seconds."""

    reason: int
    time: int


class AnchorReader(Protocol):
    """Reads one log of one contract.

    Every method asks the node anew and raises `Unavailable` for every transport fault, malformed answer, lagging node
    or missing contract; it never turns those into None or zero. Only `identity` may answer for a missing contract, with
    the digest of no code: a node that is not catching up and lacks the contract is another chain. Methods may be called
    from several threads. The reader does not retry: its caller decides. Reads are not one snapshot: a checkpoint, once
    seen final, never changes.
    """

    def identity(self) -> ChainIdentity:
        """What the node and contract are now (never a remembered answer)."""
        ...

    def head(self) -> LogHead:
        """The newest checkpoint in the newest block that the node knows."""
        ...

    def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
        """What the contract holds under `root` (32 bytes), or None when it holds nothing."""
        ...

    def revocation(self, commitment: bytes) -> Revocation | None:
        """The revocation of `commitment`, or None."""
        ...

    def is_final(self, block_number: int) -> bool:
        """Whether that block is final under the network's finality policy."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedTransaction:
    """Raw bytes ready to send; `hash` is 0x-prefixed. The same bytes may be sent any number of times."""

    raw: bytes
    hash: str
    sender: str
    nonce: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """The node knows no such transaction; `nonce_used` tells whether another one has taken its nonce."""

    nonce_used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The node holds the transaction in its pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Included:
    """The transaction is in a block of the canonical chain. `succeeded` is the receipt's status."""

    block_number: int
    block_hash: str
    succeeded: bool
    final: bool


Observation = Unknown | Waiting | Included


class AnchorWriter(Protocol):
    """Signs and sends the transactions of one operator key: `append`, and `revoke` where a record was withdrawn.

    Signing is local and touches no network but for the fee, so that the raw bytes can be made durable before anything
    leaves the process. `send` may raise although the transaction arrived; the truth is what `observe` finds by hash.
    One writer per key; the caller guards that.
    """

    @property
    def address(self) -> str:
        """The operator's EIP-55 address."""
        ...

    def next_nonce(self) -> int:
        """The nonce after the sender's last mined transaction."""
        ...

    def sign_append(
        self, *, nonce: int, old_size: int, new_size: int, new_root: bytes, proof: tuple[bytes, ...]
    ) -> SignedTransaction:
        """Sign an `append` for this log; raises Unavailable when the fee cannot be learnt."""
        ...

    def sign_revoke(self, *, nonce: int, commitment: bytes, reason: int) -> SignedTransaction:
        """Sign a revocation, which cannot be undone; raises Unavailable when the fee cannot be learnt."""
        ...

    def send(self, raw: bytes) -> None:
        """Hand the bytes to the node; an error of any kind is Unavailable and says nothing about arrival."""
        ...

    def observe(self, transaction: SignedTransaction) -> Observation:
        """What the canonical chain shows for this hash now."""
        ...


class AnchorState(StrEnum):
    """Where a checkpoint is on its way to the contract. The last five are side roads."""

    PREPARED = "prepared"
    SIGNED = "signed"
    SENT = "sent"
    MINED = "mined"
    FINAL = "final"
    REPLACED = "replaced"
    DROPPED = "dropped"
    REORGANISED = "reorganised"
    NEEDS_ATTENTION = "needs_attention"


class StatementState(StrEnum):
    """What a user sees of a statement: four steps, none of which promises the next."""

    RECEIVED = "received"
    SEQUENCED = "sequenced"
    ANCHORED = "anchored"
    FINAL = "final"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """The outcome of a transition: the new state, whether to send the raw bytes again, and a cause when stuck."""

    state: AnchorState
    send: bool = False
    cause: str | None = None


_ALIVE = frozenset(
    {AnchorState.SIGNED, AnchorState.SENT, AnchorState.MINED, AnchorState.DROPPED, AnchorState.REORGANISED}
)


def transition(state: AnchorState, seen: Observation) -> Step:
    """Decide the next state of an attempt from what the chain shows; raises ValueError for a state that cannot move.

    A reverted transaction and a nonce taken by a foreign one are deterministic: both need a person, and neither is
    tried again. A transaction that a reorganisation or a node's pool lost is sent again, byte for byte.
    """
    if state not in _ALIVE:
        raise ValueError(f"an attempt that is {state} does not move")
    match seen:
        case Included(succeeded=False):
            return Step(state=AnchorState.NEEDS_ATTENTION, cause="transaction_reverted")
        case Included(final=True):
            return Step(state=AnchorState.FINAL)
        case Included():
            return Step(state=AnchorState.MINED)
        case Waiting():
            return Step(state=AnchorState.SENT)
        case Unknown(nonce_used=True):
            return Step(state=AnchorState.NEEDS_ATTENTION, cause="nonce_taken")
        case Unknown():
            lost = {AnchorState.MINED: AnchorState.REORGANISED, AnchorState.SENT: AnchorState.DROPPED}
            return Step(state=lost.get(state, state), send=True)


def statement_state(*, leaf_index: int | None, anchored_size: int, final_size: int) -> StatementState:
    """Derive what a user sees from the largest sizes that are mined (`anchored_size`) and final in the contract."""
    if leaf_index is None:
        return StatementState.RECEIVED
    if leaf_index < final_size:
        return StatementState.FINAL
    return StatementState.ANCHORED if leaf_index < anchored_size else StatementState.SEQUENCED
