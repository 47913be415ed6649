"""A log that moved to another contract or chain: both held one head, and the log itself says where it went.

For each two anchors of the trust file that follow one another, at the size M that both contain:

1. The last checkpoint of the old contract is the one of M leaves; it holds none beyond.
2. The first checkpoint of the new contract is the same one.
3. Leaf M − 1, the last on the old one, is a `log.moved` statement that names the new contract.
4. What the old contract revokes, the new one revokes.

What no node was given for is not compared, and no finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Final, TypeGuard

from ledger.anchor import ChainIdentity
from ledger.audit.chain import ChainCheckpoint, ChainFacts, read_chain
from ledger.audit.disclosed import MOVED
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Outcome, Record
from ledger.audit.seen import Seen
from ledger.audit.sink import Sink
from ledger.audit.sources import AuditedChain
from ledger.canonical import JsonValue
from ledger.errors import Malformed
from ledger.trust import Trust

NAMES: Final = tuple(field.name for field in fields(ChainIdentity))
"""What a `log.moved` statement discloses of the new contract, each under its name and each required."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRange:
    """A contract, the sizes of the log that it is believed for, and what it holds; None where it was not read."""

    identity: ChainIdentity
    from_size: int
    until_size: int | None
    chain: AuditedChain | None
    facts: ChainFacts | None

    def covers(self, size: int) -> bool:
        """Whether a checkpoint of `size` is to be looked for here."""
        return self.from_size <= size and (self.until_size is None or size <= self.until_size)


def read_ranges(
    trust: Trust,
    *,
    newest: tuple[ChainIdentity, AuditedChain | None],
    former: Sequence[AuditedChain | None] | None,
    sink: Sink,
) -> tuple[HeldRange, ...]:
    """Read every contract that has held the log, oldest first. What cannot be read is noted.

    `former` are the chains of all anchors but the last, in the trust file's order; None wants the newest alone. Raises
    Malformed when the anchors do not follow one another, each from the size at which the one before ends.
    """
    sizes = _moved_sizes(trust)
    bounds = list(zip([0, *sizes], [*sizes, None], strict=True))
    identity, chain = newest
    # The newest first: of several reasons the report shows the first.
    ranges = [_read(identity, bounds[-1], chain, sink)]
    if former is None:
        return tuple(ranges)
    for anchor, bound, old in zip(trust.anchors, bounds[:-1], [*former, *[None] * len(sizes)], strict=False):
        if old is None:
            where = f"contract {anchor.identity.contract} on chain {anchor.identity.chain_id}"
            reason = f"no node was given for {where}, which held the log up to {bound[1]} statements"
            sink.leave_out(Layer.CHAIN, Outcome.UNAVAILABLE, reason)
        ranges.insert(-1, _read(anchor.identity, bound, old, sink))
    return tuple(ranges)


def _read(identity: ChainIdentity, bound: tuple[int, int | None], chain: AuditedChain | None, sink: Sink) -> HeldRange:
    facts = None if chain is None else read_chain(chain, identity, sink)
    return HeldRange(identity=identity, from_size=bound[0], until_size=bound[1], chain=chain, facts=facts)


def _moved_sizes(trust: Trust) -> list[int]:
    sizes = []
    for old, new in pairwise(trust.anchors):
        if old.until_size is None or old.until_size != new.from_size or old.until_size < 1:
            raise Malformed("trust file", "the anchors do not follow one another, each from the size the last ends at")
        sizes.append(old.until_size)
    if sizes != sorted(set(sizes)):
        raise Malformed("trust file", "the anchors are not in the order in which they held the log")
    return sizes


class Moves:
    """Compares the contracts before and after each move, and follows the statements for the one that says so."""

    def __init__(self, ranges: Sequence[HeldRange], sink: Sink) -> None:
        self._sink = sink
        self._due: dict[int, ChainIdentity] = {}
        for old, new in pairwise(ranges):
            self._due[new.from_size - 1] = new.identity
            for finding in _compare(old.facts, new.facts, new.from_size):
                sink.add(finding)

    def add(self, seen: Seen, named: Mapping[str, JsonValue] | None, *, suspect: bool) -> None:
        """Take the next statement. `named` is what it discloses as required, None where that is withheld.

        One that is `suspect` is reported already, and says nothing here.
        """
        if seen.leaf_index is None:
            return
        new = self._due.pop(seen.leaf_index, None)
        if suspect:
            return
        is_move = seen.parsed is not None and seen.parsed.type == MOVED
        if new is None:
            if is_move:
                self._sink.add(_statement_finding(Code.LOG_MOVE_UNTRUSTED, seen.record, seen.leaf_index))
        elif not is_move:
            self._sink.add(_statement_finding(Code.LOG_MOVE_UNSTATED, seen.record, seen.leaf_index))
        elif named is not None:
            self._compare_named(seen, new, named)

    def finish(self) -> None:
        """Report the moves whose statement never came."""
        for index in self._due:
            record = Record(kind="move", number=str(index + 1))
            self._sink.add(_statement_finding(Code.LOG_MOVE_UNSTATED, record, index))

    def _compare_named(self, seen: Seen, new: ChainIdentity, named: Mapping[str, JsonValue]) -> None:
        for name in NAMES:
            expected, found = getattr(new, name), named.get(name, ABSENT)
            # An address is read in any case.
            same = str(found).lower() == expected.lower() if name == "contract" else found == expected
            if not same or isinstance(found, bool):
                self._sink.add(
                    Finding(
                        code=Code.LOG_MOVE_MISMATCH,
                        layer=Layer.STATEMENTS,
                        record=seen.record,
                        field=name,
                        expected=expected,
                        found=found,
                        leaf_index=seen.leaf_index,
                    )
                )


def _compare(old: ChainFacts | None, new: ChainFacts | None, size: int) -> Iterator[Finding]:
    """What both contracts say of the move at `size`, as far as they were read."""
    last = next((item for item in reversed(old.checkpoints) if item.size <= size), None) if old else None
    first = next(iter(new.checkpoints), None) if new else None
    if old is not None and (last is None or last.size != size):
        yield _head_finding(size, "old.size", size, ABSENT if last is None else last.size)
    if new is not None and (first is None or first.size != size):
        yield _head_finding(size, "new.size", size, ABSENT if first is None else first.size)
    if _is_at(last, size) and _is_at(first, size) and last.root != first.root:
        yield _head_finding(size, "root", last.root, first.root)
    if old is not None and old.head.size > size:
        yield _finding(Code.LOG_MOVE_CONTINUED, size, "size", size, old.head.size)
    if old is not None and new is not None:
        again = {item.commitment for item in new.revocations}
        for item in old.revocations:
            if item.commitment not in again:
                yield _finding(Code.LOG_MOVE_REVOCATION_LOST, size, "commitment", item.commitment, ABSENT)


def _is_at(checkpoint: ChainCheckpoint | None, size: int) -> TypeGuard[ChainCheckpoint]:
    return checkpoint is not None and checkpoint.size == size


def _head_finding(size: int, field: str, expected: object, found: object) -> Finding:
    return _finding(Code.LOG_MOVE_HEAD_MISMATCH, size, field, expected, found)


def _finding(code: Code, size: int, field: str, expected: object, found: object) -> Finding:
    return Finding(
        code=code,
        layer=Layer.CHAIN,
        record=Record(kind="move", number=str(size)),
        field=field,
        expected=expected,
        found=found,
    )


def _statement_finding(code: Code, record: Record, index: int) -> Finding:
    return Finding(code=code, layer=Layer.STATEMENTS, record=record, field="type", leaf_index=index)
