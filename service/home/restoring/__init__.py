"""A lost ledger made anew from its bundle: a new home, new keys for what is sealed, the same log.

    restored = Restore(settings=settings, tell=print).run(Wanted(source=Path("mirror"), saved=SavedKeys(operator=key)))

1. What is restored from is audited, against the chain; an embedded chain is made again from its own transactions.
2. Everything is written into a folder beside the new home, and one transaction of the database.
3. What was written is audited like any live ledger: a value that did not come back is a finding, and the end.
4. The transaction is committed and the folder takes its place. A crash before leaves nothing that could be served.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import select

from ledger.canonical import canonical_bytes, render_time
from ledger.cli.bundles import opened_bundle
from ledger.durable import replace_file
from ledger.errors import Conflict
from ledger.keys import load_secret
from ledger.store.database import Database
from ledger.store.journal import FileHighWater
from ledger.store.tables import Log, Stream
from ledger.trust import render_trust
from service.blobs import BlobStore
from service.cases import PURPOSE
from service.home.layout import DEMO_PREFIX, FORMAT, Layout
from service.home.restoring.checking import (
    GENESIS,
    AuditRefused,
    audit_restored,
    audited_chain,
    bundle_of,
    require_same_log,
    require_undamaged,
    require_whole,
)
from service.home.restoring.documents import seal_documents
from service.home.restoring.folder import built_beside
from service.home.restoring.keys import NamedKeys, SavedKeys, put_keys, trust_for
from service.home.restoring.log import Anchored, fill_log, read_anchored
from service.home.restoring.places import find_places
from service.home.restoring.rows import fill_rows
from service.home.setup import WRAP_KEY, Tell, database_url
from service.migrations import upgrade
from service.recording import Recorder, utc_now

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.bundle_source import BundleSource
    from ledger.chain import LogHistory
    from ledger.mirror import MirrorFolder
    from ledger.trust import Trust
    from service.settings import Settings

__all__ = ["AuditRefused", "Restore", "Restored", "SavedKeys", "Wanted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to restore from: a whole `ledger` bundle, or a mirror that holds one.

    `rpc` is a node of a chain elsewhere, `trust` the trust file of whoever restores.
    """

    source: Path
    rpc: str | None = None
    trust: Path | None = None
    saved: SavedKeys = field(default_factory=SavedKeys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """What was made. `waiting` statements are not in the log yet; `chain_url` is to be set, None for an embedded chain.

    `anchors` says whether the operator's key is there, `new_note_key` whether the trust file is another one.
    """

    origin: str
    size: int
    waiting: int
    documents: int
    anchors: bool
    new_note_key: bool
    chain_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agreed:
    """What was found to agree: the bundle, its chain, and what the contract holds; and whom the new home trusts."""

    source: BundleSource
    history: LogHistory
    anchored: Anchored
    trust: Trust


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Restores into the home of `settings`. Time and randomness are arguments."""

    settings: Settings
    tell: Tell
    clock: Callable[[], datetime] = utc_now
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    def run(self, wanted: Wanted) -> Restored:
        """Make the home; nothing is left of it when this raises.

        Raises AuditRefused with the report, Conflict when the home is not new or the bundle is no whole one, Malformed,
        Mismatch, NeedsAttention for a key file, Unavailable when the chain or the database cannot be reached.
        """
        path, mirror = bundle_of(wanted.source)
        trust = wanted.trust or (mirror.root / "trust.json" if mirror else None)
        with built_beside(self.settings.home) as folder, opened_bundle(path, trust) as source:
            return self._build(Layout(root=folder), source, wanted, mirror=mirror, path=path)

    def _build(
        self, layout: Layout, source: BundleSource, wanted: Wanted, *, mirror: MirrorFolder | None, path: Path
    ) -> Restored:
        embedded = GENESIS in source.bundle.members
        rpc = wanted.rpc or (None if self.settings.is_embedded else self.settings.chain_url)
        if embedded and not self.settings.is_embedded:
            raise Conflict("LEDGER_CHAIN_URL", "the chain of this bundle is an embedded one: leave the setting out")
        require_undamaged(source)
        require_whole(source)
        if mirror is not None:
            require_same_log(path, mirror, source)
        self.tell("audit" if not embedded else "chain and audit")
        with audited_chain(source, layout.chain, rpc) as history, ExitStack() as stack:
            anchored = read_anchored(history)
            named = NamedKeys(operator=history.operator(), owner=history.owner())
            put_keys(layout, wanted.saved, named)
            signed = max((item.size for item in source.checkpoints()), default=0)
            trust = trust_for(layout, source.trust, wanted.saved, size=anchored.head.size, signed=signed)
            self._describe(layout, source, anchored, trust)
            waiting = sum(1 for _ in source.statements()) - anchored.head.size
            agreed = _Agreed(source=source, history=history, anchored=anchored, trust=trust)
            database = Database(database_url(self.settings, layout))
            stack.callback(database.close)
            upgrade(database)
            with database.write() as session:
                documents = self._fill(session, layout, agreed)
        return Restored(
            origin=trust.origin,
            size=anchored.head.size,
            waiting=waiting,
            documents=documents,
            anchors=wanted.saved.operator is not None,
            new_note_key=wanted.saved.note is None,
            chain_url=None if embedded else rpc,
        )

    def _describe(self, layout: Layout, source: BundleSource, anchored: Anchored, trust: Trust) -> None:
        """What the home is, whom it trusts, and what was final when it began."""
        layout.blobs.mkdir(mode=0o700)
        content = {
            "format": FORMAT,
            "mark": "demo" if trust.origin.startswith(DEMO_PREFIX) else "production",
            "origin": trust.origin,
            "created_at": render_time(self.clock()),
        }
        replace_file(layout.description, canonical_bytes(content) + b"\n")
        replace_file(layout.trust, render_trust(trust))
        if anchored.head.size:
            FileHighWater(layout.high_water, clock=lambda: source.bundle.created_at).keep(anchored.head)

    def _fill(self, session: Session, layout: Layout, agreed: _Agreed) -> int:
        if session.exec(select(Log)).first() is not None or session.exec(select(Stream)).first() is not None:
            raise Conflict("database", "it is not empty: LEDGER_DATABASE_URL must name a new one")
        source, anchored = agreed.source, agreed.anchored
        wrapping_key = load_secret(layout.keys / WRAP_KEY)
        blobs = BlobStore(layout.blobs, min_free_bytes=self.settings.min_free_bytes)
        found, places = find_places(source, session)
        self.tell("statements")
        fill_log(session, source, anchored, found, wrapping_key=wrapping_key, random=self.random)
        self.tell("records")
        fill_rows(session, source, places, hash_key=Recorder(wrapping_key=wrapping_key).derived_key(PURPOSE))
        self.tell("documents")
        documents = seal_documents(session, source, blobs, wrapping_key=wrapping_key)
        self.tell("audit of what was restored")
        audit_restored(
            session,
            agreed.history,
            wrapping_key=wrapping_key,
            blobs=blobs,
            trust=agreed.trust,
            kept=anchored.head,
            now=source.bundle.created_at,
        )
        return documents
