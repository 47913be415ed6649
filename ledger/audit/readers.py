"""Reading disclosures, the larger half of an audit's work, in as many processes as there are; in order all the same."""

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
from ledger.audit.seen import Seen
from ledger.audit.sources import Unreadable

CHUNK: Final = 200
"""Statements handed to a process at once: some 300 KiB, a tenth of a second's work."""

AHEAD: Final = 2
"""Chunks that wait for each process: enough to keep it busy, few enough to hold in memory."""

Held: TypeAlias = tuple[str, ...] | Unreadable | None
Fields: TypeAlias = Reading | Unreadable | None


def read_all(
    statements: Iterable[tuple[Seen, Held]], *, event_names: AbstractSet[str], processes: int
) -> Iterator[tuple[Seen, Fields]]:
    """Give each statement with what is kept of its disclosures, in the order in which they come.

    With more than one of `processes` the disclosures are read in that many others, a bounded number ahead. The result
    does not depend on how many there are.
    """
    if processes <= 1:
        for seen, held in statements:
            yield seen, _read(seen, held, event_names)
        return
    # Not forked: whoever audits may hold open connections and threads.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        waiting: deque[tuple[list[Seen], Future[list[Fields]]]] = deque()
        for chunk in _chunks(statements):
            pairs = [(_slim(seen), held) for seen, held in chunk]
            waiting.append(([seen for seen, _ in chunk], pool.submit(_read_chunk, pairs, event_names)))
            if len(waiting) > AHEAD * processes:
                yield from _finished(*waiting.popleft())
        while waiting:
            yield from _finished(*waiting.popleft())


def _finished(chunk: list[Seen], future: Future[list[Fields]]) -> Iterator[tuple[Seen, Fields]]:
    yield from zip(chunk, future.result(), strict=True)


def _chunks(statements: Iterable[tuple[Seen, Held]]) -> Iterator[list[tuple[Seen, Held]]]:
    source = iter(statements)
    while chunk := list(islice(source, CHUNK)):
        yield chunk


def _slim(seen: Seen) -> Seen:
    """Without what reading disclosures does not need, and may not survive the way to another process."""
    return replace(seen, columns={name: seen.columns[name] for name in _NAMING & seen.columns.keys()}, differing={})


_NAMING: Final = frozenset({"subject", "version"})
"""The columns that a finding may name a statement by."""


def _read_chunk(pairs: Sequence[tuple[Seen, Held]], event_names: AbstractSet[str]) -> list[Fields]:
    return [_read(seen, held, event_names) for seen, held in pairs]


def _read(seen: Seen, held: Held, event_names: AbstractSet[str]) -> Fields:
    if held is None or isinstance(held, Unreadable):
        return held
    return read_fields(seen, held, event_names)
