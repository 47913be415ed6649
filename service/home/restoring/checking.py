"""Both audits of a restore: of what is restored from, before anything is written, and of what was written, at the end.

On an embedded chain the first makes the chain again: the original transactions, block by block, with equal hashes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.audit.findings import KeptHead
from ledger.audit.run import Evidences, audit, refuse
from ledger.chain import LogHistory
from ledger.cli.bundles import evidences_of
from ledger.cli.chains import connect_to, log_on
from ledger.cli.original_chains import EmbeddedReplay
from ledger.cli.replay import replay_bundle
from ledger.cli.testnets import ForOriginals
from ledger.embedded import parse_genesis
from ledger.embedded.genesis import MAX_GENESIS_SIZE
from ledger.errors import Conflict, LedgerError, Malformed
from ledger.holdings import NAME, verify_holding
from ledger.mirror import MirrorFolder
from ledger.report import audit_document, replay_document
from service.audit_source import LiveSource

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.anchorer import Position
    from ledger.audit.report import AuditReport
    from ledger.bundle_source import BundleSource
    from ledger.trust import Trust
    from service.blobs import BlobStore

GENESIS: Final = "genesis.json"


class AuditRefused(LedgerError):
    """What is to be restored from, or what was made of it, does not agree: `document` is the report."""

    code = "audit_refused"

    def __init__(self, what: str, document: Any, exit_code: int) -> None:
        super().__init__(f"{what} does not agree with itself and the chain, or could not be checked: see the report")
        self.document = document
        self.exit_code = exit_code


def bundle_of(source: Path) -> tuple[Path, MirrorFolder | None]:
    """The bundle to restore from, and the mirror that holds it where `source` is one; raises Malformed."""
    if not source.is_dir():
        return source, None
    if not (source / NAME).is_file():
        raise Malformed(str(source), f"a mirror without {NAME} holds hashes alone: nothing can be read out of it")
    return source / NAME, MirrorFolder(source)


def require_undamaged(source: BundleSource) -> None:
    """Read everything once; raises AuditRefused when a member is not what the manifest says."""
    damage = list(source.damage())
    if damage:
        report = refuse(source.trust, damage, own_trust=source.own_trust, now=source.bundle.created_at)
        raise AuditRefused("the bundle", audit_document(report), report.exit_code)


def require_whole(source: BundleSource) -> None:
    """Raises Conflict, saying what to do, for a redacted bundle: it holds no content."""
    first = next(source.statements(), None)
    if first is None:
        raise Conflict("restore", "the bundle holds no statement: set a new home up with `legal-ledger init`")
    if first.held is None:
        raise Conflict(
            "restore",
            "the bundle is redacted and holds no content: ask an office that is entitled to more for a whole one",
        )


def require_same_log(path: Path, mirror: MirrorFolder, source: BundleSource) -> None:
    """The bundle has every statement that the mirror saw, under its leaf; raises Conflict, or Rejected."""
    verify_holding(path, mirror, source.decode)
    checkpoint = mirror.tiles.checkpoint()
    held = sum(1 for stored in source.statements() if stored.leaf_index is not None)
    if checkpoint is not None and held < checkpoint.size:
        raise Conflict(
            "restore",
            f"the mirror has seen {checkpoint.size} statements, its bundle holds {held}: the rest would be lost, and "
            "every mirror would alarm; look for a newer bundle at another office",
        )


@contextmanager
def audited_chain(source: BundleSource, folder: Path, rpc: str | None) -> Iterator[LogHistory]:
    """The chain of the bundle, once everything in it was found to agree: made again in `folder`, or at `rpc`.

    Raises AuditRefused, Malformed, Unavailable.
    """
    if GENESIS in source.bundle.members:
        genesis = parse_genesis(source.bundle.read(GENESIS, max_bytes=MAX_GENESIS_SIZE))
        chain = EmbeddedReplay(folder, genesis, source.trust.anchors[-1].identity)
        try:
            replayed = replay_bundle(source, ForOriginals(name="embedded", chain=chain))
            if replayed.exit_code:
                raise AuditRefused("the bundle", replay_document(replayed), replayed.exit_code)
            yield chain.ledger()
        finally:
            chain.close()
        return
    if rpc is None:
        raise Malformed("--rpc", "the chain of this bundle is elsewhere: name a node of it")
    history = log_on(connect_to(rpc), source.trust.anchors[-1])
    _require_agreement("the bundle", audit(evidences_of(source, chain=history), now=source.bundle.created_at))
    yield history


def audit_restored(
    session: Session,
    history: LogHistory,
    *,
    wrapping_key: bytes,
    blobs: BlobStore,
    trust: Trust,
    kept: Position,
    now: datetime,
) -> None:
    """Audit the new ledger before it counts, everything against everything. Raises AuditRefused.

    So no value is lost: each disclosed one was read back from its rows.
    """
    source = LiveSource(session, wrapping_key=wrapping_key, blobs=blobs, trust=trust)
    evidences = Evidences(
        log=source,
        records=source,
        trust=trust,
        files=source,
        transactions=source,
        chain=history,
        kept=KeptHead(size=kept.size, root=kept.root) if kept.size else None,
    )
    _require_agreement("what was restored", audit(evidences, now=now.astimezone(UTC)))


def _require_agreement(what: str, report: AuditReport) -> None:
    if report.exit_code:
        raise AuditRefused(what, audit_document(report), report.exit_code)
