"""Checkpoints: their notes, one per size, and the contract, both ways. What they agree on is what the roots must be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.anchor import AnchorState
from ledger.audit.chain import ChainCheckpoint
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.moves import HeldRange
from ledger.audit.places import RootClaim
from ledger.audit.sink import Sink
from ledger.audit.sources import StoredCheckpoint
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

    def __init__(self, *, trust: Trust, ranges: Sequence[HeldRange], sink: Sink) -> None:
        self._trust = trust
        self._sink = sink
        self._contracts = [_Contract(held, sink) for held in ranges]
        self._claims: dict[int, RootClaim] = {}
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
        for contract in self._contracts:
            contract.compare(stored, checkpoint, deadline)

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

    def finish(self) -> Iterator[RootClaim]:
        """Report what only a contract holds; yield the root of every size, a contract's before the note's."""
        for contract in self._contracts:
            for held in contract.finish():
                self._claims[held.size] = RootClaim(size=held.size, root=held.root)
        yield from self._claims.values()


class _Contract:
    """One contract, and the stored checkpoints of the sizes that it has held the log for."""

    def __init__(self, held: HeldRange, sink: Sink) -> None:
        self._range = held
        self._sink = sink
        # What a contract holds beyond its sizes is the move's to judge, and vouches for no root.
        checkpoints = [item for item in held.facts.checkpoints if held.covers(item.size)] if held.facts else []
        self._by_size: dict[int, ChainCheckpoint] = {item.size: item for item in checkpoints}
        self._by_root: dict[bytes, ChainCheckpoint] = {item.root: item for item in checkpoints}
        self._explained: set[int] = set()

    def compare(self, stored: StoredCheckpoint, checkpoint: Checkpoint, deadline: Deadline) -> None:
        """Compare a stored checkpoint with what this contract holds, where it is to be looked for here."""
        if self._range.facts is None or not self._range.covers(checkpoint.size):
            return
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
        elif checkpoint.size <= self._range.facts.head.size or self._is_lost(stored, checkpoint):
            self._sink.add(_finding(Code.CHECKPOINT_MISSING_ON_CHAIN, record, "root", checkpoint.root, ABSENT))
        elif deadline.is_past(stored.signed_at):
            self._sink.add(_finding(Code.STALE, record, "signed_at", ABSENT, stored.signed_at))

    def _is_lost(self, stored: StoredCheckpoint, checkpoint: Checkpoint) -> bool:
        """Whether a checkpoint beyond the head that was read is held for final and still not in the contract."""
        if stored.state != AnchorState.FINAL or self._range.chain is None:
            return False
        try:
            return self._range.chain.checkpoint(checkpoint.root) is None
        except Unavailable:
            return False  # the chain was there a moment ago; what it holds up to its head was compared

    def finish(self) -> Iterator[ChainCheckpoint]:
        """Report what only the contract holds; yield all that it holds."""
        for held in self._by_size.values():
            if held.size not in self._explained:
                record = Record(kind="checkpoint", number=str(held.size))
                self._sink.add(_finding(Code.CHECKPOINT_EXTRA_ON_CHAIN, record, "root", ABSENT, held.root))
            yield held


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
