"""Opening a home: the parts that a running service is made of, in the order in which they depend on each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import select

from ledger.anchor import parse_finality, verify_identity
from ledger.anchorer import Anchorer
from ledger.chain import Interface, LogHistory, LogReader, LogWriter, Node, connect, load_artifact
from ledger.embedded import EmbeddedChain, allowed_rpc
from ledger.errors import NeedsAttention
from ledger.keys import load_chain_key, load_note_signer, load_secret
from ledger.store.database import Database
from ledger.store.journal import FileHighWater, SqlAnchorJournal
from ledger.store.revocations import SqlRevocationQueue
from ledger.store.tables import Log
from ledger.trust import MAX_TRUST_BYTES, parse_trust
from service.accounts import Passwords
from service.anchoring import Anchoring, NoOperator, OnlyByOperator, Steps
from service.blobs import BlobStore
from service.cases import PURPOSE, index_again
from service.clocks import load_clocks
from service.edge.limits import Limits
from service.edge.runtime import Runtime
from service.home.export import export_ledger
from service.home.layout import (
    Description,
    Layout,
    Mark,
    announced,
    exclusive,
    load_serving,
    require_home,
    require_mark,
)
from service.home.setup import OPERATOR_KEY, database_url, pinned_identity
from service.migrations import is_current, upgrade
from service.recording import Recorder, utc_now
from service.settings import Settings
from service.typesetting import Typesetter

CHAIN_TIMEOUT = timedelta(seconds=10)
"""For one request to a node elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A home opened for reading and recording. `embedded` is None where the chain is elsewhere."""

    settings: Settings
    layout: Layout
    description: Description
    database: Database
    log: Log
    node: Node
    embedded: EmbeddedChain | None
    recorder: Recorder
    blobs: BlobStore
    clock: Callable[[], datetime] = field(repr=False)

    @property
    def interface(self) -> Interface:
        """The contract's interface."""
        return Interface(load_artifact())

    @property
    def reader(self) -> LogReader:
        """Reads this home's log from its contract."""
        return LogReader(
            self.node,
            self.interface,
            contract=self.log.contract,
            log_id=self.log.log_id,
            finality=parse_finality(self.log.finality),
        )

    @property
    def history(self) -> LogHistory:
        """Reads what this home's log went through."""
        return LogHistory(
            self.node,
            self.interface,
            contract=self.log.contract,
            log_id=self.log.log_id,
            finality=parse_finality(self.log.finality),
        )

    @property
    def high_water(self) -> FileHighWater:
        """The kept mark."""
        return FileHighWater(self.layout.high_water, clock=self.clock)


@contextmanager
def opened(
    settings: Settings, *, chain_url: str | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[Opened]:
    """Open a home beside whoever serves it: its chain is then read through the server's `/rpc`, or at `chain_url`.

    Raises Conflict when there is no home, NeedsAttention when its schema or files are not as they must be.
    """
    layout = Layout(root=settings.home)
    serving = load_serving(layout)
    chain = chain_url or (f"{serving.url}/rpc" if serving and settings.is_embedded else None)
    with _opened(settings, layout, clock, chain=chain) as home:
        yield home


@contextmanager
def changing(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Iterator[Opened]:
    """Open a home to send a transaction of its own: beside its server, or as the one process that has the chain.

    Raises as `opened` does.
    """
    layout = Layout(root=settings.home)
    if not settings.is_embedded or load_serving(layout):
        with opened(settings, clock=clock) as home:
            yield home
    else:
        require_home(layout)
        with exclusive(layout), _opened(settings, layout, clock, chain=None, writing=True) as home:
            yield home


@contextmanager
def serving(
    settings: Settings, *, mark: Mark, url: str | None = None, clock: Callable[[], datetime] = utc_now
) -> Iterator[Runtime]:
    """Be the one process that serves this home, at `url`: its anchorer runs inside.

    Raises as `opened` does, and Conflict when the home is of the other mark or another process serves it.
    """
    layout = Layout(root=settings.home)
    require_mark(layout, mark)
    with exclusive(layout), _opened(settings, layout, clock, chain=None, writing=True) as home:
        home.blobs.sweep()
        _index(home)
        anchoring = Anchoring(_anchorer(home), interval=timedelta(seconds=settings.anchor_interval), clock=clock)
        runtime = _runtime(home, anchoring)
        anchoring.start()
        try:
            with announced(layout, url) if url else nullcontext():
                yield runtime
        finally:
            anchoring.stop()


@contextmanager
def _opened(
    settings: Settings, layout: Layout, clock: Callable[[], datetime], *, chain: str | None, writing: bool = False
) -> Iterator[Opened]:
    description = require_home(layout)
    if not layout.trust.exists():
        raise NeedsAttention("set_up_unfinished", f"{layout.root} has no trust file", "run `legal-ledger init` again")
    with ExitStack() as stack:
        database = Database(database_url(settings, layout))
        stack.callback(database.close)
        if writing:
            upgrade(database)
        elif not is_current(database):
            raise NeedsAttention("schema_behind", "the database is at an older step", "start the service once")
        embedded = None
        if settings.is_embedded and chain is None:
            embedded = stack.enter_context(EmbeddedChain.open(layout.chain, clock=clock, read_only=not writing))
        yield Opened(
            settings=settings,
            layout=layout,
            description=description,
            database=database,
            log=_log(database, description),
            node=connect(embedded or chain or settings.chain_url, timeout=CHAIN_TIMEOUT),
            embedded=embedded,
            recorder=Recorder(wrapping_key=load_secret(layout.keys / "wrap.key"), clock=clock),
            blobs=BlobStore(layout.blobs, min_free_bytes=settings.min_free_bytes),
            clock=clock,
        )


def _index(home: Opened) -> None:
    """Bring what duplicates are found by up to the present rules; nothing where it is."""
    hash_key = home.recorder.derived_key(PURPOSE)
    last: str | None = ""
    while last is not None:
        with home.database.write() as session:
            last = index_again(session, hash_key, after=last)


def _anchorer(home: Opened) -> Steps:
    key = home.layout.keys / OPERATOR_KEY
    if not key.exists():
        return NoOperator()
    pinned = pinned_identity(home.log)
    writer = LogWriter(
        home.node, home.interface, load_chain_key(key), identity=pinned, finality=parse_finality(home.log.finality)
    )

    def operator() -> str | None:
        verify_identity(pinned=pinned, found=home.reader.identity())
        return home.reader.operator()

    anchorer = Anchorer(
        journal=SqlAnchorJournal(home.database, clock=home.clock),
        revocations=SqlRevocationQueue(home.database, clock=home.clock),
        reader=home.reader,
        writer=writer,
        high_water=home.high_water,
        signer=load_note_signer(home.layout.keys / "note.key", name=home.log.origin),
        origin=home.log.origin,
        pinned=pinned,
    )
    return OnlyByOperator(anchorer, address=writer.address, operator=operator)


def _runtime(home: Opened, anchoring: Anchoring) -> Runtime:
    trust_file = _read(home.layout.trust)
    return Runtime(
        settings=home.settings,
        database=home.database,
        recorder=home.recorder,
        blobs=home.blobs,
        trust=parse_trust(trust_file),
        trust_file=trust_file,
        reader=home.reader,
        rpc=_public_rpc(home),
        export=lambda file, scope: export_ledger(file, home, scope),
        originals=home.node.originals,
        typesetter=Typesetter(home.settings.certificate_fonts),
        passwords=Passwords(),
        limits=Limits(
            sign_in=home.settings.sign_in_limit,
            public=home.settings.public_limit,
            paper_code=home.settings.paper_code_limit,
        ),
        clocks=load_clocks(holidays=home.settings.holidays, local_terms=home.settings.local_terms),
        anchoring=lambda: anchoring.status,
        wake=anchoring.wake,
        session_key=load_secret(home.layout.keys / "session.key"),
    )


def _public_rpc(home: Opened) -> Callable[[bytes], bytes] | None:
    chain, contract = home.embedded, home.log.contract
    if chain is None:
        return None
    return lambda body: allowed_rpc(chain, body, contract=contract)


def _log(database: Database, description: Description) -> Log:
    with database.read() as session:
        log = session.exec(select(Log)).one_or_none()
    if log is None or log.origin != description.origin:
        raise NeedsAttention(
            "other_database",
            f"the database does not hold the log {description.origin}",
            "check LEDGER_DATABASE_URL and LEDGER_HOME: they belong together",
        )
    return log


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_TRUST_BYTES + 1)
