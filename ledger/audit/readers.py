"""Reading statements and disclosures, most of an audit's work, in as many processes as there are, and yet in order.

What comes back is small: the log is walked along by one process, which must not be kept from it.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import Final, TypeAlias

from ledger.audit.disclosed import Reading, read_fields
from ledger.audit.seen import Seen, beside_columns, look_at_body
from ledger.audit.sources import StoredStatement, Unreadable

CHUNK: Final = 200
"""Statements handed to a process at once: some 300 KiB, a tenth of a second's work."""

AHEAD: Final = 2
"""Chunks that wait for each process: enough to keep it busy, few enough to hold in memory."""

Held: TypeAlias = tuple[str, ...] | Unreadable | None
Fields: TypeAlias = Reading | Unreadable | None
Given: TypeAlias = tuple[StoredStatement, Held]
Looked: TypeAlias = tuple[Seen, Fields]

_PLACING: Final = ("subject", "version", "stream", "stream_seq")
"""The columns that tell where a statement stands whose body is broken."""


def read_all(statements: Iterable[Given], *, event_names: AbstractSet[str], processes: int) -> Iterator[Looked]:
    """Give what is seen of each statement and what is kept of its disclosures, in the order in which they come.

    With more than one of `processes` all of it is read in that many others, a bounded number ahead. The result does not
    depend on how many there are.
    """
    if processes <= 1:
        for stored, held in statements:
            seen, fields = _look(stored, held, event_names)
            yield beside_columns(seen, stored), fields
        return
    # Not forked: whoever audits may hold open connections and threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[tuple[list[StoredStatement], Future[list[Looked]]]] = deque()
        for chunk in _chunks(statements):
            slim = [(_slim(stored), held) for stored, held in chunk]
            waiting.append(([stored for stored, _ in chunk], pool.submit(_look_at_chunk, slim, event_names)))
            if len(waiting) > AHEAD * processes:
                yield from _finished(*waiting.popleft())
        while waiting:
            yield from _finished(*waiting.popleft())


def _finished(chunk: list[StoredStatement], future: Future[list[Looked]]) -> Iterator[Looked]:
    for stored, (seen, fields) in zip(chunk, future.result(), strict=True):
        yield beside_columns(seen, stored), fields


def _chunks(statements: Iterable[Given]) -> Iterator[list[Given]]:
    source = iter(statements)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _slim(stored: StoredStatement) -> tuple[int | None, bytes, dict[str, object]]:
    """What reading a statement needs, of plain types: not every cell survives the way to another process."""
    columns = {name: stored.columns[name] for name in _PLACING if isinstance(stored.columns.get(name), str | int)}
    return stored.leaf_index, stored.body, columns


def _look_at_chunk(
    chunk: Sequence[tuple[tuple[int | None, bytes, dict[str, object]], Held]], event_names: AbstractSet[str]
) -> list[Looked]:
    looked: list[Looked] = []
    for (leaf_index, body, columns), held in chunk:
        stored = StoredStatement(leaf_index=leaf_index, body=body, columns=columns)
        seen, fields = _look(stored, held, event_names)
        # The digests were compared here, and are the largest part of what would go back.
        parsed = replace(seen.parsed, sd=(), required=()) if seen.parsed else None
        looked.append((seen._replace(parsed=parsed, columns={}), fields))
    return looked


def _look(stored: StoredStatement, held: Held, event_names: AbstractSet[str]) -> Looked:
    seen = look_at_body(stored)
    if seen.parsed is None:
        return seen, None
    return seen, read_fields(seen, held, event_names) if isinstance(held, tuple) else held
