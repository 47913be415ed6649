"""`audit`: everything recomputed and compared, over a bundle, or over the live ledger where there is a service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from os import cpu_count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from ledger.audit.report import AuditReport
    from ledger.audit.run import Evidences, KeptHead
    from ledger.audit.sampling import Sample

Draw: TypeAlias = tuple[int, int]
"""How many records to draw, and the seed."""

LiveLedger: TypeAlias = "Callable[[Sequence[str]], AbstractContextManager[Evidences]]"
"""Opens the ledger of this machine for an audit, given addresses of nodes; its own chain it knows without one.

The service hands one over as the context's object (`app(obj=…)`).
"""


def audit(  # noqa: PLR0917 - options of a command
    context: typer.Context,
    bundle: Annotated[Path | None, typer.Option(help="Bundle to audit instead of the live ledger.")] = None,
    rpc: Annotated[
        list[str] | None, typer.Option(help="Address of a node of the chain; several for a log that has moved.")
    ] = None,
    trust: Annotated[Path | None, typer.Option(help="Your own trust file, instead of the bundle's.")] = None,
    kept: Annotated[str | None, typer.Option(help="SIZE:ROOT that you kept or read off a paper.")] = None,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Compare fields, rows and files of so many records.")
    ] = None,
    seed: Annotated[int, typer.Option(help="With --sample: the same seed draws the same records.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
) -> None:
    """Recompute rows, disclosures, statements, leaves and roots, and compare all of it with the chain."""
    from ledger.cli.output import show
    from ledger.report import audit_document

    draw = (sample, seed) if sample else None
    report = (
        _of_bundle(bundle, rpc or (), trust, kept, draw)
        if bundle
        else _of_live_ledger(context.obj, rpc or (), trust, kept, draw)
    )
    show(audit_document(report), as_json=as_json, html=html)
    raise typer.Exit(report.exit_code)


def _of_live_ledger(
    live: object, rpc: Sequence[str], trust: Path | None, kept: str | None, draw: Draw | None
) -> AuditReport:
    from ledger.audit.run import audit as run
    from ledger.cli.progress import Progress
    from ledger.errors import Malformed

    if not callable(live):
        raise Malformed("audit", "no service is installed here: name a bundle with --bundle")
    if trust or kept:
        raise Malformed("audit", "the live ledger has its own; --trust and --kept go with --bundle")
    opened: AbstractContextManager[Evidences] = live(rpc)
    with opened as evidences, Progress().position("audit") as progress:
        sample = _sample(evidences, draw)
        return run(evidences, now=datetime.now(UTC), sample=sample, processes=cpu_count() or 1, progress=progress)


def _of_bundle(path: Path, rpc: Sequence[str], trust: Path | None, kept: str | None, draw: Draw | None) -> AuditReport:
    from ledger.audit.run import audit as run
    from ledger.audit.run import refuse
    from ledger.cli.bundles import evidences_of, opened_bundle
    from ledger.cli.chains import addresses_for, connect_to, logs_on
    from ledger.cli.progress import Progress

    head = _kept_head(kept)
    for address in rpc:
        connect_to(address)  # one that is none is refused before anything is read
    with opened_bundle(path, trust) as source, Progress().position("audit") as progress:
        damage = list(source.damage())
        if damage:
            return refuse(source.trust, damage, own_trust=source.own_trust, now=source.bundle.created_at)
        *former, chain = logs_on(source.trust, addresses_for(source.trust, rpc))
        evidences = evidences_of(source, chain=chain, former=former, kept=head)
        sample = _sample(evidences, draw)
        made = source.bundle.created_at
        return run(evidences, now=made, sample=sample, processes=cpu_count() or 1, progress=progress)


def _sample(evidences: Evidences, draw: Draw | None) -> Sample | None:
    from ledger.audit.sampling import draw_sample

    return draw_sample(evidences.log, number=draw[0], seed=draw[1]) if draw else None


def _kept_head(text: str | None) -> KeptHead | None:
    from ledger.audit.run import KeptHead
    from ledger.errors import Malformed
    from ledger.merkle import HASH_SIZE

    if text is None:
        return None
    size, _, root = text.partition(":")
    try:
        head = KeptHead(size=int(size), root=bytes.fromhex(root))
    except ValueError as error:
        raise Malformed("--kept", "write it as SIZE:ROOT, the root in hex") from error
    if head.size < 1 or len(head.root) != HASH_SIZE:
        raise Malformed("--kept", f"the size is from 1, the root has {HASH_SIZE} bytes")
    return head
