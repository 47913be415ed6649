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
    from ledger.audit.findings import KeptHead
    from ledger.audit.report import AuditReport
    from ledger.audit.run import Evidences
    from ledger.audit.sampling import Part
    from ledger.audit.sources import LogSource

Choose: TypeAlias = "Callable[[LogSource], Part | None]"
"""Chooses the part of a log that is compared in full; None for all of it."""

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
    since: Annotated[
        str | None, typer.Option(help="SIZE or SIZE:ROOT of a checkpoint: compare fields, rows and files after it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
) -> None:
    """Recompute rows, disclosures, statements, leaves and roots, and compare all of it with the chain."""
    from ledger.cli.output import show
    from ledger.report import audit_document

    part = _wanted(sample, seed, since)
    report = (
        _of_bundle(bundle, rpc or (), trust, kept, part)
        if bundle
        else _of_live_ledger(context.obj, rpc or (), trust, kept, part)
    )
    show(audit_document(report), as_json=as_json, html=html)
    raise typer.Exit(report.exit_code)


def _of_live_ledger(
    live: object, rpc: Sequence[str], trust: Path | None, kept: str | None, choose: Choose
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
        part = choose(evidences.log)
        return run(evidences, now=datetime.now(UTC), part=part, processes=cpu_count() or 1, progress=progress)


def _of_bundle(path: Path, rpc: Sequence[str], trust: Path | None, kept: str | None, choose: Choose) -> AuditReport:
    from ledger.audit.run import audit as run
    from ledger.audit.run import refuse
    from ledger.cli.bundles import evidences_of, opened_bundle
    from ledger.cli.chains import addresses_for, connect_to, logs_on
    from ledger.cli.progress import Progress

    head = _kept_head(kept)
    for address in rpc:
        connect_to(address)  # one that is none is refused before anything is read
    with opened_bundle(path, trust) as source:
        bars = Progress()
        with bars.task("bundle", source.total_bytes) as advance:
            damage = list(source.damage(advance))
        if damage:
            return refuse(source.trust, damage, own_trust=source.own_trust, now=source.bundle.created_at)
        *former, chain = logs_on(source.trust, addresses_for(source.trust, rpc))
        evidences = evidences_of(source, chain=chain, former=former, kept=head)
        part = choose(evidences.log)
        made = source.bundle.created_at
        with bars.position("audit") as progress:
            return run(evidences, now=made, part=part, processes=cpu_count() or 1, progress=progress)


def _wanted(sample: int | None, seed: int, since: str | None) -> Choose:
    """What chooses the part that is compared in full, when the log is open."""
    from ledger.audit.sampling import draw_sample, touched_since
    from ledger.errors import Malformed

    if sample and since:
        raise Malformed("audit", "--sample and --since do not go together")
    if sample:
        return lambda log: draw_sample(log, number=sample, seed=seed)
    if since:
        size, root = _size_and_root(since, "--since")
        return lambda log: touched_since(log, size=size, root=root)
    return lambda _log: None


def _kept_head(text: str | None) -> KeptHead | None:
    from ledger.audit.findings import KeptHead
    from ledger.errors import Malformed

    if text is None:
        return None
    size, root = _size_and_root(text, "--kept")
    if root is None:
        raise Malformed("--kept", "write it as SIZE:ROOT, the root in hex")
    return KeptHead(size=size, root=root)


def _size_and_root(text: str, option: str) -> tuple[int, bytes | None]:
    """The size, from 1, and the root if there is one; raises Malformed."""
    from ledger.errors import Malformed
    from ledger.merkle import HASH_SIZE

    written, colon, root = text.partition(":")
    try:
        size, digest = int(written), bytes.fromhex(root)
    except ValueError as error:
        raise Malformed(option, "write it as SIZE:ROOT, the root in hex") from error
    if size < 1 or (colon and len(digest) != HASH_SIZE):
        raise Malformed(option, f"the size is from 1, the root has {HASH_SIZE} bytes")
    return size, digest if colon else None
