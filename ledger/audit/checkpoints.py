"""Checkpoints: their notes, one per size, and the contract, both ways. What they agree on is what the roots must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.anchor import AnchorState
from ledger.audit.chain import ChainCheckpoint, ChainFacts
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.places import RootClaim
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain, StoredCheckpoint
from ledger.canonical import parse_time
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.note import parse_note
from ledger.trust import Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """When the audit is made, and how long something may wait to be anchored before that is a finding."""

    now: datetime
    patience: timedelta

    def is_past(self, since: str | None) -> bool:
        """Whether what began at `since` has waited too long. What has no readable time is not late."""
        try:
            return since is not None and self.now - parse_time(since) > self.patience
        except Malformed:
            return False


class Checkpoints:
    """Takes the stored checkpoints by size and compares each with its note and with the contract."""

    def __init__(self, *, trust: Trust, chain: AuditedChain | None, facts: ChainFacts | None, sink: Sink) -> None:
        self._trust = trust
        self._chain = chain
        self._facts = facts
        self._sink = sink
        self._by_size: dict[int, ChainCheckpoint] = {item.size: item for item in facts.checkpoints} if facts else {}
        self._by_root: dict[bytes, ChainCheckpoint] = {item.root: item for item in facts.checkpoints} if facts else {}
        self._claims: dict[int, RootClaim] = {}
        self._explained: set[int] = set()
        self._notes: dict[int, str] = {}

    def add(self, stored: StoredCheckpoint, deadline: Deadline) -> None:
        """Compare one checkpoint."""
        self._sink.count(Layer.CHECKPOINTS)
        checkpoint = self._open(stored)
        if checkpoint is None:
            return
        if checkpoint.size in self._notes:
            found = Record(kind="checkpoint", number=str(checkpoint.size))
            self._sink.add(_finding(Code.NOTE_DUPLICATE, found, "note", self._notes[checkpoint.size], stored.note))
            return
        self._notes[checkpoint.size] = stored.note
        self._claims[checkpoint.size] = RootClaim(size=checkpoint.size, root=checkpoint.root)
        if self._facts is not None:
            self._compare(stored, checkpoint, self._facts, deadline)

    def _open(self, stored: StoredCheckpoint) -> Checkpoint | None:
        """The checkpoint that the note signs; one whose signature is bad counts for nothing and is reported."""
        record = Record(kind="checkpoint", number=str(stored.size))
        try:
            claimed = parse_checkpoint(parse_note(stored.note).text)
            checkpoint = open_checkpoint(stored.note, self._trust.keys_for(claimed.size))
        except Malformed as error:
            self._sink.add(_finding(Code.NOTE_INVALID, record, "note", detail=str(error)))
            return None
        except Mismatch as error:
            self._sink.add(_finding(Code.NOTE_INVALID, record, error.what, error.expected, error.got))
            return None
        copies = [
            ("origin", self._trust.origin, checkpoint.origin, Code.NOTE_INVALID),
            ("size", checkpoint.size, stored.size, Code.COLUMN_CHANGED),
            ("root", checkpoint.root.hex(), stored.root or checkpoint.root.hex(), Code.COLUMN_CHANGED),
        ]
        for name, expected, found, code in copies:
            if expected != found:
                self._sink.add(_finding(code, record, name, expected, found))
        return checkpoint

    # ---------------------------------------------------------------------------------------------------- the chain

    def _compare(self, stored: StoredCheckpoint, checkpoint: Checkpoint, facts: ChainFacts, deadline: Deadline) -> None:
        record = Record(kind="checkpoint", number=str(checkpoint.size))
        held = self._by_size.get(checkpoint.size)
        elsewhere = self._by_root.get(checkpoint.root)
        if held is not None:
            self._explained.add(held.size)
            if held.root != checkpoint.root:
                self._sink.add(_finding(Code.CHECKPOINT_MISMATCH, record, "root", held.root, checkpoint.root))
        elif elsewhere is not None:
            self._explained.add(elsewhere.size)
            self._sink.add(_finding(Code.SIZE_MISSTATED, record, "size", checkpoint.size, elsewhere.size))
        elif checkpoint.size <= facts.head.size or self._is_lost(stored, checkpoint):
            self._sink.add(_finding(Code.CHECKPOINT_MISSING_ON_CHAIN, record, "root", checkpoint.root, ABSENT))
        elif deadline.is_past(stored.signed_at):
            self._sink.add(_finding(Code.STALE, record, "signed_at", ABSENT, stored.signed_at))

    def _is_lost(self, stored: StoredCheckpoint, checkpoint: Checkpoint) -> bool:
        """Whether a checkpoint beyond the head that was read is held for final and still not in the contract."""
        if stored.state != AnchorState.FINAL or self._chain is None:
            return False
        try:
            return self._chain.checkpoint(checkpoint.root) is None
        except Unavailable:
            return False  # the chain was there a moment ago; what it holds up to its head was compared

    def finish(self) -> Iterator[RootClaim]:
        """Report what only the contract holds; yield the root of every size, the contract's before the note's."""
        for held in self._by_size.values():
            if held.size not in self._explained:
                record = Record(kind="checkpoint", number=str(held.size))
                self._sink.add(_finding(Code.CHECKPOINT_EXTRA_ON_CHAIN, record, "root", ABSENT, held.root))
            self._claims[held.size] = RootClaim(size=held.size, root=held.root)
        yield from self._claims.values()


def _finding(
    code: Code,
    record: Record,
    field: str,
    expected: object = ABSENT,
    found: object = ABSENT,
    *,
    detail: str | None = None,
) -> Finding:
    return Finding(
        code=code,
        layer=Layer.CHECKPOINTS,
        record=record,
        field=field,
        expected=expected,
        found=found,
        detail=detail,
    )
