"""What was erased, and by which statement: its content is gone and nothing that depends on it is left standing.

An erasure names commitments. Each must be of a statement that the log has. Whether its content is gone, still held or
not given is told in the report; only a row that stays while nothing vouches for it any more is a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ledger.audit.findings import ABSENT, Code, Content, Erasure, Finding, Layer, Record
from ledger.audit.seen import Seen, look_at
from ledger.audit.sink import Sink
from ledger.audit.sources import LogSource, Unreadable
from ledger.merkle import leaf_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class _Order:
    """The statement that erases, and the commitment as it names it."""

    by: Record
    index: int | None
    commitment: str


class Erasures:
    """Gathers what erasures name, and afterwards finds it in the log."""

    def __init__(self, log: LogSource, sink: Sink) -> None:
        self._log = log
        self._sink = sink
        self._orders: dict[bytes, _Order] = {}
        self._rows: dict[bytes, Record] = {}

    def __contains__(self, leaf: object) -> bool:
        """Whether an erasure names the statement with this leaf hash."""
        return leaf in self._orders

    def note(self, seen: Seen, named: Sequence[str]) -> None:
        """Take the commitments (hex) that a statement erases."""
        for text in named:
            order = _Order(by=seen.record, index=seen.leaf_index, commitment=text)
            try:
                leaf = leaf_hash(bytes.fromhex(text))
            except ValueError:
                self._sink.add(_unknown(order))
                continue
            if len(self._orders) < self._sink.limit:
                self._orders.setdefault(leaf, order)

    def note_row(self, leaf: bytes, row: Record) -> None:
        """Take a row whose statement an erasure names, and that no disclosed value vouches for."""
        self._rows[leaf] = row

    def settle(self) -> tuple[Erasure, ...]:
        """Read the statements once more, where there is anything to be found; in the order of the log."""
        if not self._orders:
            return ()
        found = tuple(self._found())
        missing = self._orders.keys() - {leaf for leaf, _ in found}
        for leaf, order in self._orders.items():
            if leaf in missing:
                self._sink.add(_unknown(order))
        return tuple(erasure for _, erasure in found)

    def _found(self) -> Iterator[tuple[bytes, Erasure]]:
        for stored in self._log.statements():
            seen = look_at(stored)
            order = self._orders.get(seen.leaf)
            if order is None:
                continue
            held = self._log.disclosures(stored) if seen.parsed else None
            gone = isinstance(held, Unreadable) or held == ()
            row = self._rows.get(seen.leaf)
            if gone and row is not None:
                self._sink.add(_row_left(row, seen.leaf_index))
            content: Content = "gone" if gone else "withheld" if held is None else "held"
            yield seen.leaf, Erasure(record=seen.record, by=order.by, leaf_index=seen.leaf_index, content=content)


def _unknown(order: _Order) -> Finding:
    return Finding(
        code=Code.ERASURE_UNKNOWN,
        layer=Layer.DISCLOSURES,
        record=order.by,
        field="commitments",
        expected=ABSENT,
        found=order.commitment,
        leaf_index=order.index,
    )


def _row_left(row: Record, index: int | None) -> Finding:
    return Finding(code=Code.ERASURE_INCOMPLETE, layer=Layer.ROWS, record=row, leaf_index=index)
