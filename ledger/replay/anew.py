"""The checkpoints anchored once more by a local key, where the original bytes cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from ledger.audit.sources import AuditedChain
from ledger.errors import Conflict
from ledger.replay.forms import Difference, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A checkpoint to anchor anew: its size and root, and the proof that it extends the one before."""

    size: int
    root: bytes
    proof: tuple[bytes, ...]


class FreshLog(Protocol):
    """A log on a contract that a local key has just deployed, for `anchor_anew`. Not for several threads."""

    def append(self, *, old_size: int, head: Head) -> None:
        """Anchor a checkpoint and wait until it is in a block; raises Conflict when the contract refuses it."""
        ...

    def ledger(self) -> AuditedChain:
        """The log's contract on this chain."""
        ...


def anchor_anew(heads: Iterable[Head], log: FreshLog, *, progress: Callable[[int], None] = lambda _: None) -> Outcome:
    """Anchor the checkpoints of a ledger once more, smallest first; a refusal by the contract is a difference."""
    refused: list[Difference] = []
    size = count = 0
    for head in heads:
        count += 1
        try:
            log.append(old_size=size, head=head)
        except Conflict as error:
            refused.append(Difference(subject=head.root.hex(), field="append", expected=head.size, found=error.reason))
            break
        size = head.size
        progress(count)
    return Outcome(transactions=count, views=0, tip=None, differences=tuple(refused), different=len(refused))
