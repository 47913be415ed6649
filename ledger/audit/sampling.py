"""A part of the records whose fields, rows and files are compared: a sample, or those that changed since an audit.

A sample is one that anybody draws again by its seed. Everything that shows that the log is whole (leaves, roots, links,
checkpoints, contract) is compared whole in any case.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from ledger.audit.seen import look_at_body
from ledger.audit.sources import FileSource, LogSource, StoredCheckpoint, StoredFile, StoredStatement, Unreadable
from ledger.canonical import tagged_sha256
from ledger.checkpoint import parse_checkpoint
from ledger.errors import Malformed
from ledger.note import parse_note

_TAG: Final = b"legal-ledger/audit-sample/v1\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The subjects drawn, of how many there are, and what was asked for."""

    subjects: frozenset[str]
    of: int
    seed: int

    @property
    def reason(self) -> str:
        """Why the rest was not checked."""
        return f"a sample of {len(self.subjects)} of {self.of} records, drawn with seed {self.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """The checkpoint up to which an earlier audit went, and the subjects of the statements after it."""

    size: int
    root: bytes
    subjects: frozenset[str]

    @property
    def reason(self) -> str:
        """Why the rest was not checked."""
        return (
            f"the {len(self.subjects)} records with statements after the checkpoint of {self.size} statements,"
            f" root {self.root.hex()}; older ones were not compared"
        )


Part: TypeAlias = Sample | Since
"""What is compared in full."""


def touched_since(log: LogSource, *, size: int, root: bytes | None = None) -> Since:
    """The part of the ledger after the checkpoint of `size` statements; `root` is the one that the auditor kept.

    Without it the log's own is believed. Reads the log once. Raises Malformed when there is no such checkpoint.
    """
    own = next((stored for stored in log.checkpoints() if stored.size == size), None)
    if own is None:
        raise Malformed("--since", f"the log has no checkpoint of {size} statements")
    subjects: set[str] = set()
    for stored in log.statements():
        if stored.leaf_index is None or stored.leaf_index >= size:
            statement = look_at_body(stored).parsed
            if statement is not None:
                subjects.add(statement.subject)
    believed = parse_checkpoint(parse_note(own.note).text).root if root is None else root
    return Since(size=size, root=believed, subjects=frozenset(subjects))


def draw_sample(log: LogSource, *, number: int, seed: int) -> Sample:
    """Draw `number` records: those whose SHA-256(tag ‖ seed ‖ newline ‖ subject) is smallest. Reads the log once."""
    seen: set[str] = set()
    for stored in log.statements():
        if (statement := look_at_body(stored).parsed) is not None:
            seen.add(statement.subject)
    drawn = heapq.nsmallest(number, seen, key=lambda subject: tagged_sha256(_TAG, f"{seed}\n{subject}".encode()))
    return Sample(subjects=frozenset(drawn), of=len(seen), seed=seed)


@dataclass(frozen=True, slots=True)
class SampledLog:
    """A `LogSource` that gives the disclosures of a part alone."""

    log: LogSource
    part: Part

    def statements(self) -> Iterator[StoredStatement]:
        """See `LogSource.statements`."""
        return self.log.statements()

    def disclosures(self, stored: StoredStatement) -> tuple[str, ...] | Unreadable | None:
        """See `LogSource.disclosures`."""
        statement = look_at_body(stored).parsed
        return self.log.disclosures(stored) if statement and statement.subject in self.part.subjects else None

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """See `LogSource.checkpoints`."""
        return self.log.checkpoints()

    def tiles(self) -> Iterator[tuple[int, int]]:
        """See `LogSource.tiles`."""
        return self.log.tiles()

    def tile(self, level: int, index: int) -> bytes | None:
        """See `LogSource.tile`."""
        return self.log.tile(level, index)


@dataclass(frozen=True, slots=True)
class SampledFiles:
    """A `FileSource` that gives the files of a part alone."""

    source: FileSource
    part: Part

    def files(self) -> Iterator[StoredFile]:
        """See `FileSource.files`."""
        return (file for file in self.source.files() if file.subject in self.part.subjects)

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        """See `FileSource.chunks`."""
        return self.source.chunks(file)
