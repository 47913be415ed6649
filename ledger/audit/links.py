"""Streams and versions: both count from 1 without gaps, and each statement names the one before it."""

from __future__ import annotations

from typing import Final

from ledger.audit.findings import Code, Finding, Layer
from ledger.audit.index import Index, Link
from ledger.audit.seen import Seen
from ledger.audit.sink import Sink
from ledger.merkle import leaf_hash

_CODES: Final = {
    "stream_seq": (Code.STREAM_GAP, Code.STREAM_FORK, "stream_previous"),
    "version": (Code.VERSION_GAP, Code.VERSION_FORK, "previous"),
}


class Links:
    """Follows every stream and every record from statement to statement, in leaf order."""

    def __init__(self, index: Index, sink: Sink) -> None:
        self._index = index
        self._sink = sink
        self._logged: dict[bytes, bytes] = {}

    def follow(self, seen: Seen, *, logged: bytes | None) -> None:
        """Compare a statement with the ones before it. `logged` is the log's leaf at its place if it is another."""
        if logged is not None and len(self._logged) < self._sink.limit:
            self._logged[seen.leaf] = logged
        place = seen.place
        if place is None:
            return
        self._sink.count(Layer.STREAMS)
        self._compare(seen, "stream_seq", self._index.last(place.stream))
        newest = self._index.newest(place.subject)
        before = Link(number=newest.version, leaf=newest.leaf) if newest else Link(number=0, leaf=None)
        self._compare(seen, "version", before)
        self._index.extend(place.stream, Link(number=place.stream_seq, leaf=seen.leaf))

    def _compare(self, seen: Seen, counter: str, before: Link) -> None:
        gap, fork, link = _CODES[counter]
        number: int = getattr(seen.place, counter)
        if number != before.number + 1:
            code = gap if number > before.number else fork
            self._sink.add(_finding(code, seen, counter, before.number + 1, number))
            return
        previous: str | None = getattr(seen.parsed, link, None)
        if previous is not None and before.leaf is not None and not self._names(previous, before.leaf):
            self._sink.add(
                _finding(Code.PREVIOUS_MISMATCH, seen, link, before.leaf, leaf_hash(bytes.fromhex(previous)))
            )

    def _names(self, previous: str, leaf: bytes) -> bool:
        # Where the statement before was edited, its successor rightly names the one that the log has.
        return leaf_hash(bytes.fromhex(previous)) in {leaf, self._logged.get(leaf)}


def _finding(code: Code, seen: Seen, field: str, expected: object, found: object) -> Finding:
    return Finding(
        code=code,
        layer=Layer.STREAMS,
        record=seen.record,
        field=field,
        expected=expected,
        found=found,
        leaf_index=seen.leaf_index,
    )
