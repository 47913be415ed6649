"""A sample that anybody draws again: of so many records, chosen by a seed, the fields, rows and files are compared.

Everything that shows that the log is whole (leaves, roots, links, checkpoints, contract) is never sampled.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from ledger.audit.seen import look_at
from ledger.audit.sources import FileSource, LogSource, StoredCheckpoint, StoredFile, StoredStatement, Unreadable
from ledger.canonical import tagged_sha256
from ledger.statement import Statement

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


def draw_sample(log: LogSource, *, number: int, seed: int) -> Sample:
    """Draw `number` records: those whose SHA-256(tag ‖ seed ‖ newline ‖ subject) is smallest. Reads the log once."""
    seen: set[str] = set()
    for stored in log.statements():
        if (statement := look_at(stored).parsed) is not None:
            seen.add(statement.subject)
    drawn = heapq.nsmallest(number, seen, key=lambda subject: tagged_sha256(_TAG, f"{seed}\n{subject}".encode()))
    return Sample(subjects=frozenset(drawn), of=len(seen), seed=seed)


@dataclass(frozen=True, slots=True)
class SampledLog:
    """A `LogSource` that gives the disclosures of the sample alone."""

    log: LogSource
    sample: Sample

    def statements(self) -> Iterator[StoredStatement]:
        """See `LogSource.statements`."""
        return self.log.statements()

    def disclosures(self, stored: StoredStatement, statement: Statement) -> tuple[str, ...] | Unreadable | None:
        """See `LogSource.disclosures`."""
        return self.log.disclosures(stored, statement) if statement.subject in self.sample.subjects else None

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
    """A `FileSource` that gives the files of the sample alone."""

    source: FileSource
    sample: Sample

    def files(self) -> Iterator[StoredFile]:
        """See `FileSource.files`."""
        return (file for file in self.source.files() if file.subject in self.sample.subjects)

    def chunks(self, file: StoredFile) -> Iterator[bytes]:
        """See `FileSource.chunks`."""
        return self.source.chunks(file)
