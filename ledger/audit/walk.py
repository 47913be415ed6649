"""The way of a statement through everything that is compared with statements."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from ledger.audit.checkpoints import Deadline
from ledger.audit.disclosed import Reading
from ledger.audit.findings import Code, Finding, Layer
from ledger.audit.leaves import Leaves
from ledger.audit.links import Links
from ledger.audit.moves import Moves
from ledger.audit.readers import Held, read_all
from ledger.audit.records import Records
from ledger.audit.revocations import Revocations
from ledger.audit.seen import Seen, column_findings, waiting_findings
from ledger.audit.sink import Sink
from ledger.audit.sources import LogSource, StoredStatement


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """Leads the statements, in leaf order and then those that wait, past all that looks at statements."""

    log: LogSource
    leaves: Leaves
    links: Links
    records: Records
    revocations: Revocations
    moves: Moves
    deadline: Deadline
    sink: Sink
    event_names: AbstractSet[str]
    processes: int

    def steps(self) -> Iterator[None]:
        """Take one statement after the other; yield after each."""
        readings = read_all(self._held(), event_names=self.event_names, processes=self.processes)
        for seen, fields in readings:
            self.sink.count(Layer.STATEMENTS)
            logged = None if seen.leaf_index is None else self._place(seen)
            if seen.leaf_index is None:
                self._wait(seen)
            self.links.follow(seen, logged=logged)
            self.records.add(seen, fields, suspect=logged is not None)
            self.revocations.add(seen)
            self.moves.add(seen, fields.required if isinstance(fields, Reading) else None, suspect=logged is not None)
            yield

    def _held(self) -> Iterator[tuple[StoredStatement, Held]]:
        for stored in self.log.statements():
            yield stored, self.log.disclosures(stored)

    def _place(self, seen: Seen) -> bytes | None:
        """Put a statement into the tree; return the log's leaf if it is another one. Else its copies must be right."""
        self.sink.count(Layer.TREE)
        logged = self.leaves.add(seen)
        if logged is None:
            self._report(column_findings(seen))
        return logged

    def _wait(self, seen: Seen) -> None:
        self.leaves.add_waiting(seen)
        self._report(waiting_findings(seen))
        recorded_at = seen.parsed.recorded_at if seen.parsed else None
        if self.deadline.is_past(recorded_at):
            stale = Finding(
                code=Code.STALE, layer=Layer.STATEMENTS, record=seen.record, field="recorded_at", found=recorded_at
            )
            self._report(iter([stale]))

    def _report(self, findings: Iterator[Finding]) -> None:
        for finding in findings:
            self.sink.add(finding)
