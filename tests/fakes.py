"""Stand-ins for the ledger's protocols that live in memory and can be told to fail in named ways.

Each counts as a stand-in only because it passes the same tests as the real adapter.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ledger.anchor import AnchoredCheckpoint, ChainIdentity, LogHead, Revocation
from ledger.errors import Conflict, Unavailable

IDENTITY = ChainIdentity(
    chain_id=1371103,
    genesis_hash="0x" + "9a" * 32,
    contract="0x5FbDB2315678afecb367f032d93F642f64180aa3",
    code_sha256="c0" * 32,
    log_id="0x" + "1d" * 32,
)

BLOCK_TIME = 12
GENESIS_TIME = 1_784_510_000


class MemoryLogStore:
    """A `ledger.log.LogStore` in a dictionary, which counts what is read and written."""

    def __init__(self) -> None:
        self.tiles: dict[tuple[int, int], bytes] = {}
        self.reads: Counter[tuple[int, int]] = Counter()
        self.writes: Counter[tuple[int, int]] = Counter()

    def read_tile(self, level: int, index: int) -> bytes:
        self.reads[level, index] += 1
        if (level, index) not in self.tiles:
            raise Unavailable("tile", f"level {level}, number {index} is not held here")
        return self.tiles[level, index]

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        self.writes[level, index] += 1
        self.tiles[level, index] = data

    def forget_counts(self) -> None:
        self.reads.clear()
        self.writes.clear()


class Fault(StrEnum):
    """What a node may do to whoever asks it. All but the last three are outages."""

    UNREACHABLE = "unreachable"
    """Every call fails."""
    NO_IDENTITY = "no_identity"
    NO_HEAD = "no_head"
    NO_CHECKPOINT = "no_checkpoint"
    NO_REVOCATION = "no_revocation"
    NO_FINALITY = "no_finality"
    """Only this call fails."""
    LAGGING = "lagging"
    """The node is `lag` blocks behind and says so nowhere."""
    TORN = "torn"
    """Two nodes behind one address: one gives the newest head, the other, `lag` blocks behind, all the rest."""
    REWRITTEN = "rewritten"
    """The same identity, another history of the same length: a chain wiped and rebuilt with all keys."""
    OTHER_CHAIN = "other_chain"
    """Another chain answers at this address."""
    OTHER_CODE = "other_code"
    """Another program answers at the contract's address."""


_ONE_CALL = {
    Fault.NO_IDENTITY: "identity",
    Fault.NO_HEAD: "head",
    Fault.NO_CHECKPOINT: "checkpoint",
    Fault.NO_REVOCATION: "revocation",
    Fault.NO_FINALITY: "is_final",
}

OUTAGES = frozenset(set(Fault) - {Fault.REWRITTEN, Fault.OTHER_CHAIN, Fault.OTHER_CODE})
"""Faults in which nothing is known about the record."""


@dataclass(slots=True)
class FakeChain:
    """One log of one contract, one block for each change; an `AnchorReader`.

    `depth` blocks on top make a block final. Every call is kept in `calls`, so that a test can tell what was asked.
    """

    identity_: ChainIdentity = IDENTITY
    depth: int = 0
    faults: set[Fault] = field(default_factory=set)
    lag: int = 1
    block: int = 1
    checkpoints: list[tuple[bytes, AnchoredCheckpoint]] = field(default_factory=list)
    revocations: dict[bytes, tuple[Revocation, int]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    # ---------------------------------------------------------------------------------------------- what a test does

    def append(self, size: int, root: bytes) -> AnchoredCheckpoint:
        """Anchor a checkpoint in a new block. The contract's own checks are not this fake's business but for size."""
        previous = self.checkpoints[-1][1] if self.checkpoints else None
        if previous is not None and size <= previous.size:
            raise Conflict("append", f"the stored size is {previous.size}")
        self.mine()
        anchored = AnchoredCheckpoint(
            index=len(self.checkpoints),
            size=size,
            time=GENESIS_TIME + BLOCK_TIME * self.block,
            block_number=self.block,
            previous_block=previous.block_number if previous else 0,
        )
        self.checkpoints.append((root, anchored))
        return anchored

    def revoke(self, commitment: bytes, reason: int) -> Revocation:
        """Revoke in a new block; write-once as in the contract."""
        if commitment in self.revocations:
            raise Conflict("revocation", "already revoked")
        self.mine()
        revocation = Revocation(reason=reason, time=GENESIS_TIME + BLOCK_TIME * self.block)
        self.revocations[commitment] = (revocation, self.block)
        return revocation

    def mine(self, blocks: int = 1) -> None:
        """Add empty blocks."""
        self.block += blocks

    # ------------------------------------------------------------------------------------------------- AnchorReader

    def identity(self) -> ChainIdentity:
        self._call("identity")
        if Fault.OTHER_CHAIN in self.faults:
            return replace(self.identity_, genesis_hash="0x" + "66" * 32)
        if Fault.OTHER_CODE in self.faults:
            return replace(self.identity_, code_sha256="bd" * 32)
        return self.identity_

    def head(self) -> LogHead:
        self._call("head")
        known = self._known(self.block if Fault.TORN in self.faults else self._seen())
        if not known:
            return LogHead(count=0, size=0, root=bytes(32), time=0)
        root, newest = known[-1]
        return LogHead(count=len(known), size=newest.size, root=root, time=newest.time)

    def checkpoint(self, root: bytes) -> AnchoredCheckpoint | None:
        self._call("checkpoint")
        return next((anchored for held, anchored in self._known(self._seen()) if held == root), None)

    def revocation(self, commitment: bytes) -> Revocation | None:
        self._call("revocation")
        revocation, block = self.revocations.get(commitment, (None, 0))
        return revocation if block <= self._seen() else None

    def is_final(self, block_number: int) -> bool:
        self._call("is_final")
        if block_number > self._seen():
            raise Unavailable("node", f"behind block {block_number}")
        return block_number + self.depth <= self._seen()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if Fault.UNREACHABLE in self.faults or any(_ONE_CALL.get(fault) == name for fault in self.faults):
            raise Unavailable("node", f"{name}: connection refused")

    def _seen(self) -> int:
        return self.block - (self.lag if self.faults & {Fault.LAGGING, Fault.TORN} else 0)

    def _known(self, block: int) -> list[tuple[bytes, AnchoredCheckpoint]]:
        known = [(root, anchored) for root, anchored in self.checkpoints if anchored.block_number <= block]
        if Fault.REWRITTEN in self.faults:
            return [(bytes(byte ^ 0xFF for byte in root), anchored) for root, anchored in known]
        return known
