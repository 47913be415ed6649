"""A ledger that was lost, what is left of it in other hands, and its restoring; mirrors of a running service."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.bundle import open_bundle
from ledger.errors import Unavailable
from ledger.export import WHOLE, Scope
from ledger.mirror import Mirror, MirrorFolder, Round
from ledger.tiles import EntriesId, TileId
from ledger.trust import Trust, parse_trust
from service.access import NotFound
from service.audit_source import live_evidences
from service.edge.runtime import Runtime
from service.home.export import export_ledger
from service.home.opening import opened
from service.home.restoring import Restore, Restored, SavedKeys, Wanted
from service.publication import published_checkpoint, published_tile
from service.settings import EMBEDDED
from tests.clock import FixedClock
from tests.service.conftest import Service, running, settings_of

PAPER = b"%PDF-1.7 wage slip"


def later() -> FixedClock:
    """A clock at a time after everything that was recorded."""
    clock = FixedClock()
    clock.advance(timedelta(days=61))
    return clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """A lost home, as it was, and what is left of it: a bundle, a mirror that holds the same, a backup of the keys."""

    home: Path
    folder: Path
    receipt: bytes = b""
    document: dict[str, Any] = field(default_factory=dict)

    @property
    def bundle(self) -> Path:
        return self.folder / "ledger.zip"

    @property
    def mirror(self) -> Path:
        return self.folder / "mirror"

    @property
    def keys(self) -> dict[str, Any]:
        return {name: self.home / "keys" / f"{name}.key" for name in ("operator", "note", "owner")}


def lose(home: Path, folder: Path, *, chain_url: str = EMBEDDED, **known: Any) -> Lost:
    """Export the ledger and mirror it, before it is lost."""
    lost = Lost(home=home, folder=folder, **known)
    export(home, lost.bundle, chain_url=chain_url)
    lost.mirror.mkdir()
    with running(home, later(), chain_url=chain_url) as service:
        look(lost.mirror, service)
    shutil.copy(lost.bundle, lost.mirror / "ledger.zip")
    return lost


def lose_small(fresh_home: Path, folder: Path) -> Lost:
    """A ledger of one case with a document, all final, lost."""
    home = Path(shutil.copytree(fresh_home, folder / "var"))
    with running(home, later()) as service:
        case = service.register(username="mediator")
        document = service.ask(
            *("POST", f"/api/v1/cases/{case['id']}/documents", "mediator"),
            files={"file": ("工资条.pdf", PAPER, "application/pdf")},
            data={"doc_type": "wage_record", "title": "工资条"},
        ).json()
        service.wait_until_final()
        receipt = service.ask("GET", f"/api/v1/statements/{document['statement']['id']}/receipt", "mediator").content
    return lose(home, folder, receipt=receipt, document=document)


def export(home: Path, path: Path, scope: Scope = WHOLE, *, chain_url: str = EMBEDDED) -> Path:
    """Write the bundle of a home."""
    settings = settings_of(home, chain_url=chain_url)
    with opened(settings, clock=later()) as old, path.open("w+b") as file:
        export_ledger(file, old, scope)
    return path


def restore(home: Path, source: Path, *, rpc: str | None = None, **saved: Any) -> Restored:
    """Restore into `home` with these saved keys."""
    wanted = Wanted(source=source, rpc=rpc, saved=SavedKeys(**saved))
    return Restore(settings=settings_of(home), tell=lambda _: None, clock=later()).run(wanted)


def audit_home(home: Path, *, chain_url: str = EMBEDDED) -> AuditReport:
    """Audit a home, beside whoever serves it in this process."""
    with (
        opened(settings_of(home, chain_url=chain_url), clock=later()) as here,
        live_evidences(here, chain=here.history, no_chain="") as evidences,
    ):
        return audit(evidences, now=later()())


def rows_of(home: Path) -> dict[str, dict[tuple[str, int], Any]]:
    """Every readable record of a home by kind, subject and version."""
    found: dict[str, dict[tuple[str, int], Any]] = {}
    with opened(settings_of(home), clock=later()) as here, live_evidences(here, chain=None, no_chain="") as evidences:
        for row in evidences.records.rows():
            found.setdefault(row.kind, {})[row.subject, row.version] = row.values
    return found


def trust_of(home: Path) -> Trust:
    return parse_trust((home / "trust.json").read_bytes())


def statements_in(bundle: Path) -> int:
    with open_bundle(bundle) as opened_one:
        return len(opened_one.open("statements.jsonl").read().splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """The public log of a running service, without a network between."""

    runtime: Runtime
    name: str = "the service"

    def checkpoint(self) -> bytes:
        with self.runtime.read() as session:
            return published_checkpoint(session).encode()

    def get(self, tile: TileId | EntriesId) -> bytes | None:
        with self.runtime.read() as session:
            try:
                return published_tile(session, tile.path)
            except NotFound:
                return None


def look(folder: Path, service: Service, *, trust: Trust | None = None) -> Round:
    """One look of a mirror at a running service and its chain; raises Alarm when anything contradicts."""
    with opened(service.runtime.settings, clock=service.clock) as beside:
        found = Mirror(
            folder=MirrorFolder(folder),
            log=_Served(runtime=service.runtime),
            trust=trust or service.runtime.trust,
            clock=service.clock,
            chain=beside.history,
        ).update()
    if found.chain is not None:
        raise Unavailable("chain", found.chain)
    return found
