"""The anchorer: takes waiting statements into the log, brings each checkpoint to the contract, and revokes there.

One call of `Anchorer.step` does, in this order:

1. **Look at what is under way.** Every unfinished attempt is observed by its hash on the canonical chain; `transition`
   decides; the new state is stored. A crash here loses nothing: the same look gives the same state.
2. **Stop where a person must look.** A reverted or displaced transaction, another chain, a database or chain that is
   behind what was seen before: nothing is repaired silently.
3. **Send.** The stored raw bytes, never newly made ones. A crash before, during or after is a re-sending of the same
   bytes; whether they arrived is only ever learnt in 1.
4. **Seal what is next**, once no earlier attempt is unmined. A revocation whose ground is final: its raw transaction.
   A batch: leaf indexes, tiles, note, raw transaction, hash and nonce. Either becomes durable in one transaction of the
   journal. A crash before leaves it waiting, a crash after leaves an attempt that 3 sends. Nothing is let out of the
   process before this step is durable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ledger.anchor import (
    AnchorReader,
    AnchorState,
    AnchorWriter,
    ChainIdentity,
    Included,
    LogHead,
    Observation,
    SignedTransaction,
    Step,
    transition,
    verify_identity,
)
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import Mismatch, NeedsAttention
from ledger.log import LogStore, append, consistency
from ledger.merkle import RootHash
from ledger.note import NoteSigner
from ledger.statement import Commitment

MAX_BATCH = 4096
"""Statements sealed at once: bounds one transaction's memory. The contract would take 2²⁴."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A size of the log with its root. Size 0 has the root of the empty tree."""

    size: int
    root: RootHash


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRevocation:
    """A commitment to revoke with `reason` (1…255, see the contract): the statement that gives the ground is final."""

    commitment: Commitment
    reason: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One stored transaction and its `goal`: the position to which it brings the log, or the revocation it makes."""

    goal: Position | DueRevocation
    transaction: SignedTransaction
    state: AnchorState
    cause: str | None = None
    block_number: int | None = None
    block_hash: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedBatch:
    """What one durable step stores: the new checkpoint, its note and its signed transaction."""

    checkpoint: Checkpoint
    note: str
    transaction: SignedTransaction


BatchMaker = Callable[[LogStore, Position, Sequence[Commitment]], SealedBatch]
"""Integrates the commitments into the tree and signs; runs inside the journal's transaction."""

RevocationMaker = Callable[[DueRevocation], SignedTransaction]
"""Signs a revocation; runs inside the queue's transaction."""


class Journal(Protocol):
    """The durable side of anchoring. One anchorer at a time uses it; every method is one transaction of its own.

    `seal` is atomic: either the leaf indexes, tiles, note and raw transaction of a batch are all stored, or none is.
    Methods raise Unavailable when the database cannot answer; the anchorer tries again at its next step.
    """

    def unfinished(self) -> Sequence[Attempt]:
        """The attempts that are not final, smallest nonce first, among them the ones that need attention."""
        ...

    def save(self, attempt: Attempt) -> None:
        """Store the new state of a known attempt."""
        ...

    def sealed(self) -> Position:
        """The newest checkpoint stored, whatever its state."""
        ...

    def last_nonce(self, sender: str) -> int | None:
        """The highest nonce in any stored transaction of `sender`."""
        ...

    def seal(self, limit: int, make: BatchMaker) -> Attempt | None:
        """Take up to `limit` waiting statements, in order, through `make`; None when nothing waits."""
        ...


class RevocationQueue(Protocol):
    """What is to be revoked, on the durable side. Used by the one anchorer, between whose calls others may add."""

    def seal(self, make: RevocationMaker) -> Attempt | None:
        """Take the oldest revocation whose ground is final through `make` and store it, in one transaction.

        None when nothing is due, or when it is the turn of statements that wait: neither may starve the other.
        """
        ...


class HighWater(Protocol):
    """The largest (size, root) that was ever final, kept outside database and chain."""

    def load(self) -> Position | None:
        """The position kept, or None before the first."""
        ...

    def keep(self, position: Position) -> None:
        """Keep a larger position, durably."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a step did: attempts that changed, the goal it sealed, and whether it is worth stepping again at once."""

    moved: int
    sealed: Position | DueRevocation | None
    busy: bool


class Anchorer:
    """Drives `step`. Holds no state of its own: all of it is in the journal and on the chain."""

    def __init__(
        self,
        *,
        journal: Journal,
        revocations: RevocationQueue,
        reader: AnchorReader,
        writer: AnchorWriter,
        high_water: HighWater,
        signer: NoteSigner,
        origin: str,
        pinned: ChainIdentity,
    ) -> None:
        self._journal = journal
        self._revocations = revocations
        self._reader = reader
        self._writer = writer
        self._high_water = high_water
        self._signer = signer
        self._origin = origin
        self._pinned = pinned

    def step(self) -> Progress:
        """Do steps 1–4 once.

        Raises Unavailable (try later), WrongChain or NeedsAttention (a person must look; calling again raises again
        until the cause is gone). Whatever was stored before the exception stands.
        """
        moved = sum(self._look(attempt) for attempt in self._journal.unfinished())
        verify_identity(pinned=self._pinned, found=self._reader.identity())
        unfinished = self._journal.unfinished()
        self._verify_position(unfinished)
        unmined = [attempt for attempt in unfinished if attempt.state is not AnchorState.MINED]
        if unmined:
            self._send(unmined[0])
            return Progress(moved=moved, sealed=None, busy=moved > 0)
        sealed = self._revocations.seal(self._make_revocation) or self._journal.seal(MAX_BATCH, self._make_batch)
        if sealed is not None:
            self._send(sealed)
        return Progress(moved=moved, sealed=sealed.goal if sealed else None, busy=sealed is not None)

    def _look(self, attempt: Attempt) -> bool:
        _verify_moving(attempt)
        seen = self._writer.observe(attempt.transaction)
        step = transition(attempt.state, seen)
        if step.state is AnchorState.FINAL:
            self._verify_held(attempt.goal)
            if isinstance(attempt.goal, Position):
                # before the state: a crash in between looks again, and nothing is ever final without its mark
                self._keep_high_water(attempt.goal)
        moved = _moved(attempt, step, seen)
        if moved == attempt:
            return False
        self._journal.save(moved)
        _verify_moving(moved)
        return True

    def _verify_held(self, goal: Position | DueRevocation) -> None:
        """A receipt is only a node's word: what is called final must stand in the contract's storage."""
        if isinstance(goal, Position):
            cause, held = "contract_lacks_checkpoint", self._holds(goal)
        else:
            revoked = self._reader.revocation(goal.commitment)
            cause, held = "contract_lacks_revocation", revoked is not None and revoked.reason == goal.reason
        if not held:
            raise NeedsAttention(
                cause,
                f"the transaction of {_name(goal)} is in a final block, the contract does not hold it",
                "ask another node; then run the audit",
            )

    def _holds(self, position: Position) -> bool:
        held = self._reader.checkpoint(position.root)
        return held is not None and held.size == position.size

    def _keep_high_water(self, position: Position) -> None:
        kept = self._high_water.load()
        if kept is None or kept.size < position.size:
            self._high_water.keep(position)

    def _verify_position(self, unfinished: Sequence[Attempt]) -> None:
        """Compare database, contract and high-water mark; any of the three may have been set back."""
        sealed, head, kept = self._journal.sealed(), self._reader.head(), self._high_water.load()
        if kept is not None and (head.size < kept.size):
            raise NeedsAttention(
                "chain_set_back",
                f"the contract is at size {head.size}, size {kept.size} was final before",
                "the chain was wiped or rolled back: do not re-anchor; follow the operations guide",
            )
        if kept is not None and not self._holds(kept):
            raise NeedsAttention(
                "kept_head_unknown",
                f"the contract does not hold the head of size {kept.size} that was final before",
                "the chain was replaced by another one: do not re-anchor; follow the operations guide",
            )
        if head.size > sealed.size or (kept is not None and kept.size > sealed.size):
            raise NeedsAttention(
                "database_set_back",
                f"the database ends at size {sealed.size}, the contract is at size {head.size}",
                "an older backup was restored: stop recording and follow the operations guide",
            )
        if head.size == sealed.size and head.size and head.root != sealed.root:
            raise NeedsAttention(
                "history_differs",
                f"database and contract hold different roots for size {head.size}",
                "run the audit; the contract's root is the one that others have seen",
            )
        if head.size < sealed.size and not any(isinstance(attempt.goal, Position) for attempt in unfinished):
            raise NeedsAttention(
                "chain_set_back",
                f"the contract is at size {head.size}, size {sealed.size} was final before",
                "the chain was wiped or rolled back: do not re-anchor; follow the operations guide",
            )

    def _send(self, attempt: Attempt) -> None:
        if attempt.state is AnchorState.SENT:
            return  # the node's pool holds it
        self._writer.send(attempt.transaction.raw)
        self._journal.save(replace(attempt, state=AnchorState.SENT))

    def _make_batch(self, store: LogStore, before: Position, commitments: Sequence[Commitment]) -> SealedBatch:
        head = self._reader.head()
        _verify_same(head, before)
        grown = append(store, before.size, commitments)
        checkpoint = Checkpoint(origin=self._origin, size=grown.size, root=grown.root)
        proof = tuple(consistency(store, before.size, grown.size))
        return SealedBatch(
            checkpoint=checkpoint,
            note=sign_checkpoint(checkpoint, self._signer),
            transaction=self._writer.sign_append(
                nonce=self._next_nonce(),
                old_size=before.size,
                new_size=grown.size,
                new_root=grown.root,
                proof=proof,
            ),
        )

    def _make_revocation(self, due: DueRevocation) -> SignedTransaction:
        return self._writer.sign_revoke(nonce=self._next_nonce(), commitment=due.commitment, reason=due.reason)

    def _next_nonce(self) -> int:
        on_chain = self._writer.next_nonce()
        known = self._journal.last_nonce(self._writer.address)
        if known is not None and on_chain != known + 1:
            raise NeedsAttention(
                "operator_key_shared",
                f"the chain expects nonce {on_chain}, {known + 1} would be ours",
                "the operator key was used elsewhere: find out where, then propose a new operator",
            )
        return on_chain


def _verify_moving(attempt: Attempt) -> None:
    if attempt.state is AnchorState.NEEDS_ATTENTION:
        raise NeedsAttention(
            attempt.cause or "unknown",
            f"{_name(attempt.goal)}, transaction {attempt.transaction.hash}",
            "see the operations guide: a transaction needs attention",
        )


def _name(goal: Position | DueRevocation) -> str:
    return f"checkpoint {goal.size}" if isinstance(goal, Position) else f"the revocation of {goal.commitment.hex()}"


def _moved(attempt: Attempt, step: Step, seen: Observation) -> Attempt:
    number, block_hash = (seen.block_number, seen.block_hash) if isinstance(seen, Included) else (None, None)
    return replace(attempt, state=step.state, cause=step.cause, block_number=number, block_hash=block_hash)


def _verify_same(head: LogHead, before: Position) -> None:
    if head.size != before.size or (head.size and head.root != before.root):
        raise Mismatch("head of the contract", f"size {before.size}", f"size {head.size}")
