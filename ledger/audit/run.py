"""One audit, from the chain inwards: contract, checkpoints, leaves, statements, disclosures, rows, files.

The chain is read first and the records after it: whatever the chain has, the records must have too, even while a
service writes. An outage of the chain leaves the other layers as they are; it is never a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ledger.anchor import ChainIdentity
from ledger.audit.chain import compare_block
from ledger.audit.checkpoints import Checkpoints, Deadline
from ledger.audit.files import compare_files
from ledger.audit.findings import ABSENT, Code, Custody, Finding, Former, KeptHead, Layer, Outcome, Record
from ledger.audit.index import Index
from ledger.audit.leaves import Leaves
from ledger.audit.links import Links
from ledger.audit.moves import HeldRange, Moves, read_ranges
from ledger.audit.places import RootClaim
from ledger.audit.position import Position, Progress
from ledger.audit.records import Records
from ledger.audit.remarks import Remarker, gather_remarks
from ledger.audit.report import AuditReport
from ledger.audit.revocations import Revocations
from ledger.audit.sampling import Part, SampledFiles, SampledLog, Since
from ledger.audit.sink import MAX_FINDINGS, Sink
from ledger.audit.sources import AuditedChain, Block, FileSource, LogSource, RecordSource, TransactionSource
from ledger.audit.transactions import Transactions
from ledger.audit.walk import Walk
from ledger.canonical import render_time
from ledger.trust import Evidence, Trust

DEFAULT_PATIENCE: Final = timedelta(hours=1)
"""A statement that waits longer than this to be anchored is stale: hundreds of times the usual wait."""

NO_CHAIN: Final = "no chain was given"
NOT_HELD: Final = "not part of what was given"

PARALLEL_FROM: Final = 5_000
"""Statements. Of fewer the reading takes no longer than starting processes."""

MAX_READERS: Final = 8
"""Processes that read, some 20 MB each: the one that leads the statements through the log keeps no more busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidences:
    """What is audited.

    `own_trust` is false when the trust file came with what is audited. `files` and `transactions` are None where they
    are not held, `chain` where none is to be had. `former` are the chains that held the log before it moved, one for
    each anchor of the trust file but the last, None where none is to be had. `newest` is the block that is claimed to
    have been the chain's newest when the records were gathered, None where nothing is claimed. `members` counts the
    files of a bundle whose digests were compared, 0 where there is none. `expected` takes the place of the trusted
    chain, for a replay onto another one; `same_blocks` says whether that one has the same blocks, `whole_chain` that
    the transactions are all that the chain has, in its order. `remarker` is the service that keeps the records, None
    where a bundle is audited without it.
    """

    log: LogSource
    records: RecordSource
    trust: Trust
    own_trust: bool = True
    files: FileSource | None = None
    transactions: TransactionSource | None = None
    chain: AuditedChain | None = None
    no_chain: str = NO_CHAIN
    former: Sequence[AuditedChain | None] = ()
    kept: KeptHead | None = None
    newest: Block | None = None
    members: int = 0
    expected: ChainIdentity | None = None
    same_blocks: bool = True
    whole_chain: bool = False
    remarker: Remarker | None = None

    @property
    def identity(self) -> ChainIdentity:
        """The chain and contract that the checkpoints must be found in."""
        return self.expected or self.trust.anchors[-1].identity


def audit(
    evidences: Evidences,
    *,
    now: datetime,
    patience: timedelta = DEFAULT_PATIENCE,
    part: Part | None = None,
    processes: int = 1,
    max_findings: int = MAX_FINDINGS,
    progress: Progress = lambda _done, _expected: None,
) -> AuditReport:
    """Compare everything with everything; the same input gives the same report.

    With a `part` the fields, rows and files of its records alone are compared; the log is still compared whole, and
    with a `Since` its root has to be there. A long log is read in as many other processes as `processes` says.

    Raises Unavailable only when the records themselves cannot be read. An unreachable chain is part of the report.
    """
    sink = Sink(max_findings)
    sink.count(Layer.CONTAINER, evidences.members)
    if not evidences.members:
        sink.leave_out(Layer.CONTAINER, Outcome.NOT_CHECKED, NOT_HELD)
    ranges = _read_chains(evidences, sink)
    deadline = Deadline(now=now, patience=patience)
    checkpoints = Checkpoints(trust=evidences.trust, ranges=ranges, sink=sink)
    for stored in evidences.log.checkpoints():
        checkpoints.add(stored, deadline)
    since = KeptHead(size=part.size, root=part.root) if isinstance(part, Since) else None
    claims = [*checkpoints.finish(), *_kept_claim(evidences.kept, ranges, sink), *_kept_claim(since, ranges, sink)]
    expected = max((claim.size for claim in claims), default=0)
    leaves = Leaves(load=evidences.log.tile, claims=claims, sink=sink)
    log = SampledLog(evidences.log, part) if part else evidences.log
    partial = part.reason if part else None
    with Index() as index:
        records = Records(log=log, records=evidences.records, index=index, sink=sink, partial=partial)
        revocations = Revocations([item for held in ranges if held.facts for item in held.facts.revocations])
        moves = Moves(ranges, sink)
        walk = Walk(
            log=log,
            leaves=leaves,
            links=Links(index, sink),
            records=records,
            revocations=revocations,
            moves=moves,
            deadline=deadline,
            sink=sink,
            event_names=evidences.records.event_names,
            processes=min(processes, MAX_READERS) if expected >= PARALLEL_FROM else 1,
        )
        transactions = sum(len(held.facts.checkpoints) for held in ranges if held.facts)
        position = Position(progress, statements=expected, transactions=transactions)
        for _ in walk.steps():
            position.advance()
        leaves.finish(evidences.log.tiles())
        moves.finish()
        for finding in revocations.findings():
            sink.add(finding)
        records.compare(position)
        _compare_rest(evidences, ranges, now=now, part=part, sink=sink, position=position)
        position.finish()
        return _report(evidences, ranges, since, leaves=leaves, records=records, sink=sink, now=now)


def refuse(trust: Trust, damage: Sequence[Finding], *, own_trust: bool, now: datetime) -> AuditReport:
    """Report an input whose container is damaged: what is inside was not compared with anything."""
    sink = Sink(MAX_FINDINGS)
    for finding in damage:
        sink.add(finding)
    for layer in Layer:
        if layer is not Layer.CONTAINER:
            sink.leave_out(layer, Outcome.NOT_CHECKED, "the container is damaged")
    findings, found = sink.settle(())
    return AuditReport(
        origin=trust.origin,
        size=0,
        root=None,
        chain=trust.anchors[-1].identity,
        custody=None,
        since=None,
        own_trust=own_trust,
        test_network=trust.anchors[-1].evidence is Evidence.NONE,
        checked_at=render_time(now),
        layers=sink.layers(),
        findings=findings,
        found=found,
        erasures=(),
    )


def _read_chains(evidences: Evidences, sink: Sink) -> tuple[HeldRange, ...]:
    """Read the contracts that held the log, oldest first, and compare the newest block where one is claimed.

    A replay has only the newest chain, and needs no other.
    """
    if evidences.chain is None:
        sink.leave_out(Layer.CHAIN, Outcome.UNAVAILABLE, evidences.no_chain)
    newest = (evidences.identity, evidences.chain)
    former = evidences.former if evidences.expected is None else None
    ranges = read_ranges(evidences.trust, newest=newest, former=former, sink=sink)
    if evidences.expected is not None and len(evidences.trust.anchors) > 1:
        sink.leave_out(Layer.CHAIN, Outcome.NOT_CHECKED, "the contracts that held the log before are not replayed")
    if ranges[-1].facts and evidences.chain and evidences.newest and evidences.same_blocks:
        compare_block(evidences.chain, evidences.newest, sink)
    return ranges


def _kept_claim(kept: KeptHead | None, ranges: Sequence[HeldRange], sink: Sink) -> Iterator[RootClaim]:
    """Compare the kept head with the contract; the tree is compared with it when it has grown so far."""
    if kept is None or not kept.size:
        return
    yield RootClaim(size=kept.size, root=kept.root, code=Code.HIGH_WATER_MISMATCH)
    for held in ranges:
        if held.facts is None or not held.covers(kept.size):
            continue
        sizes = {item.root: item.size for item in held.facts.checkpoints}
        if sizes.get(kept.root) != kept.size:
            at_size = {item.size: item.root for item in held.facts.checkpoints}
            sink.add(
                Finding(
                    code=Code.HIGH_WATER_MISMATCH,
                    layer=Layer.CHAIN,
                    record=Record(kind="checkpoint", number=str(kept.size)),
                    field="root",
                    expected=kept.root,
                    found=at_size.get(kept.size, ABSENT),
                )
            )


def _compare_rest(
    evidences: Evidences,
    ranges: Sequence[HeldRange],
    *,
    now: datetime,
    part: Part | None,
    sink: Sink,
    position: Position,
) -> None:
    if evidences.transactions is None:
        sink.leave_out(Layer.TRANSACTIONS, Outcome.NOT_CHECKED, NOT_HELD)
    else:
        Transactions(
            source=evidences.transactions,
            ranges=ranges,
            now=now,
            same_blocks=evidences.same_blocks,
            whole_chain=evidences.whole_chain,
            sink=sink,
        ).compare(position)
    if evidences.files is None:
        sink.leave_out(Layer.DOCUMENTS, Outcome.NOT_CHECKED, NOT_HELD)
    elif part:
        compare_files(SampledFiles(evidences.files, part), sink)
        sink.leave_out(Layer.DOCUMENTS, Outcome.NOT_CHECKED, part.reason)
    else:
        compare_files(evidences.files, sink)


def _report(
    evidences: Evidences,
    ranges: Sequence[HeldRange],
    since: KeptHead | None,
    *,
    leaves: Leaves,
    records: Records,
    sink: Sink,
    now: datetime,
) -> AuditReport:
    erasures = records.erasures.settle()
    findings, found = sink.settle(records.erasures)
    return AuditReport(
        origin=evidences.trust.origin,
        size=leaves.size,
        root=leaves.root(),
        chain=evidences.identity,
        custody=_custody(ranges[-1]),
        since=since,
        own_trust=evidences.own_trust,
        test_network=evidences.trust.anchors[-1].evidence is Evidence.NONE,
        checked_at=render_time(now),
        layers=sink.layers(),
        findings=findings,
        found=found,
        erasures=erasures,
        former=tuple(
            Former(chain=held.identity, until_size=held.until_size, custody=_custody(held))
            for held in ranges
            if held.until_size is not None
        ),
        remarks=gather_remarks(evidences.remarker, now),
    )


def _custody(held: HeldRange) -> Custody | None:
    return held.facts.custody if held.facts else None
