"""Setting up a home, step by step. Each step looks whether it was done: a set-up that was cut off is run again."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import col, select

from ledger.anchor import AnchorState, ChainIdentity, Finality, SignedTransaction, parse_finality, render_finality
from ledger.canonical import canonical_bytes, render_time
from ledger.chain import Interface, Sender, SetUp, connect, load_artifact, set_up_log
from ledger.durable import replace_file
from ledger.embedded import EmbeddedChain, new_genesis
from ledger.errors import Conflict, NeedsAttention
from ledger.keys import create_chain_key, create_note_key, create_secret, load_chain_key, load_note_signer, load_secret
from ledger.store.database import Database
from ledger.store.journal import store_transaction
from ledger.store.tables import ChainTransaction, Log
from ledger.trust import Evidence, Trust, TrustedAnchor, TrustedKey, render_trust
from service.accounts import SYSTEM, add_institution
from service.home.layout import DEMO_PREFIX, FORMAT, Description, Layout, exclusive, load_description
from service.migrations import upgrade
from service.recording import Recorder, utc_now
from service.tables import Institution

if TYPE_CHECKING:
    from pathlib import Path

    from eth_account.signers.local import LocalAccount

    from ledger.chain import InProcessNode, Node
    from service.home.layout import Mark
    from service.inputs import InstitutionInput
    from service.settings import Settings

INSTANT = Finality(kind="instant")
GENESIS_RANDOM_BYTES = 32
"""In the genesis, so that no two installations share its hash."""
SET_UP = "set_up"
"""The purpose of the owner's transactions: they deploy the contract, open the log, name witnesses and pay them."""

OWNER_KEY, OPERATOR_KEY, NOTE_KEY, WRAP_KEY, SESSION_KEY = (
    f"{name}.key" for name in ("owner", "operator", "note", "wrap", "session")
)
"""The key files of a home."""

Tell = Callable[[str], None]
"""Shows a line of progress."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a new home is to be. `origin` None draws a name that nobody else has."""

    mark: Mark
    institution: InstitutionInput
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _ChainKeys:
    owner: LocalAccount = field(repr=False)
    operator: LocalAccount = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUpHome:
    """Runs the steps. Time and randomness are arguments."""

    settings: Settings
    tell: Tell
    clock: Callable[[], datetime] = utc_now
    random: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    def run(self, wanted: Wanted) -> Description:
        """Set the home up, or finish what an earlier call began; a finished one is left as it is.

        Raises Conflict when the home is of the other mark, or somebody is using it; Unavailable when the chain cannot
        be reached; NeedsAttention when a person must look.
        """
        layout = Layout(root=self.settings.home)
        with exclusive(layout):
            description = self._describe(layout, wanted)
            self._create_keys(layout)
            database = Database(database_url(self.settings, layout))
            try:
                self.tell("database")
                upgrade(database)
                self._found(database, layout, wanted.institution)
                self._anchor(database, layout, description)
            finally:
                database.close()
        return description

    def _describe(self, layout: Layout, wanted: Wanted) -> Description:
        found = load_description(layout)
        if found is not None:
            if found.mark != wanted.mark or wanted.origin not in {None, found.origin}:
                raise Conflict("home", f"{layout.root} is a {found.mark} home of the log {found.origin}")
            return found
        origin = wanted.origin or f"{DEMO_PREFIX if wanted.mark == 'demo' else ''}ledger-{self.random(6).hex()}.local"
        if (wanted.mark == "demo") != origin.startswith(DEMO_PREFIX):
            raise Conflict("origin", f"only the demo's log has a name that begins with {DEMO_PREFIX}")
        content = {"format": FORMAT, "mark": wanted.mark, "origin": origin, "created_at": render_time(self.clock())}
        replace_file(layout.description, canonical_bytes(content) + b"\n")
        return Description(mark=wanted.mark, origin=origin)

    def _create_keys(self, layout: Layout) -> None:
        self.tell("keys")
        layout.keys.mkdir(exist_ok=True, mode=0o700)
        for name, create in (
            (OWNER_KEY, create_chain_key),
            (OPERATOR_KEY, create_chain_key),
            (NOTE_KEY, create_note_key),
            (WRAP_KEY, create_secret),
            (SESSION_KEY, create_secret),
        ):
            if not (layout.keys / name).exists():
                create(layout.keys / name)
        layout.blobs.mkdir(exist_ok=True, mode=0o700)

    def _found(self, database: Database, layout: Layout, institution: InstitutionInput) -> None:
        """Enter the first office, with its streams, unless there is one."""
        recorder = Recorder(wrapping_key=load_secret(layout.keys / "wrap.key"), clock=self.clock, random=self.random)
        with database.write() as session:
            if session.exec(select(Institution).limit(1)).first() is None:
                self.tell(f"institution {institution.code}")
                add_institution(session, recorder, institution, entered_by=SYSTEM)

    def _anchor(self, database: Database, layout: Layout, description: Description) -> None:
        """Bring the contract on the chain, pin what was found, and write the trust file last."""
        if layout.trust.exists():
            return
        keys = _ChainKeys(
            owner=load_chain_key(layout.keys / "owner.key"), operator=load_chain_key(layout.keys / "operator.key")
        )
        if not self.settings.is_embedded:
            made = self._set_up_log(database, description.origin, self.settings.chain_url, keys)
        else:
            with self._embedded(layout.chain, keys) as chain:
                made = self._set_up_log(database, description.origin, chain, keys)
        self._pin(database, description.origin, made)
        signer = load_note_signer(layout.keys / "note.key", name=description.origin)
        trust = Trust(
            origin=description.origin,
            keys=(TrustedKey(vkey=signer.vkey),),
            anchors=(TrustedAnchor(identity=made.identity, finality=self._finality, evidence=Evidence.NONE),),
        )
        replace_file(layout.trust, render_trust(trust))

    @property
    def _finality(self) -> Finality:
        return INSTANT if self.settings.is_embedded else parse_finality(self.settings.finality)

    def _embedded(self, folder: Path, keys: _ChainKeys) -> EmbeddedChain:
        self.tell("embedded chain")
        if (folder / "genesis.json").exists():
            return EmbeddedChain.open(folder, clock=self.clock)
        genesis = new_genesis(
            funded=[str(keys.owner.address), str(keys.operator.address)],
            timestamp=int(self.clock().timestamp()),
            extra_data=self.random(GENESIS_RANDOM_BYTES),
        )
        return EmbeddedChain.create(folder, genesis=genesis, clock=self.clock)

    def _set_up_log(self, database: Database, origin: str, chain: str | InProcessNode, keys: _ChainKeys) -> SetUp:
        self.tell("contract")
        node = connect(chain)
        if not self.settings.is_embedded:
            _require_funds(node, keys, self._finality)
        return set_up_log(
            node,
            Interface(load_artifact()),
            owner=keys.owner,
            operator=str(keys.operator.address),
            origin=origin,
            finality=self._finality,
            keep=lambda transaction: self._keep(database, transaction),
            earlier=_kept(database),
        )

    def _keep(self, database: Database, transaction: SignedTransaction) -> None:
        with database.write() as session:
            store_transaction(session, transaction, purpose=SET_UP, signed_at=render_time(self.clock()))

    def _pin(self, database: Database, origin: str, made: SetUp) -> None:
        with database.write() as session:
            if session.get(Log, origin) is None:
                session.add(log_row(origin, made.identity, self._finality, opened_at=render_time(self.clock())))
            for transaction in made.transactions:
                session.get_one(ChainTransaction, transaction.hash).state = AnchorState.MINED


def database_url(settings: Settings, layout: Layout) -> str:
    """The SQLAlchemy address of a home's database."""
    if settings.database_url is not None:
        return settings.database_url.get_secret_value()
    return f"sqlite:///{layout.database.resolve()}"


@contextmanager
def open_records(settings: Settings, layout: Layout) -> Iterator[tuple[Database, Recorder]]:
    """A home's database and what records in it; needs no chain, and nobody else to stop."""
    recorder = Recorder(wrapping_key=load_secret(layout.keys / "wrap.key"))
    database = Database(database_url(settings, layout))
    try:
        yield database, recorder
    finally:
        database.close()


def pinned_identity(log: Log) -> ChainIdentity:
    """The chain identity that `init` pinned."""
    return ChainIdentity(
        chain_id=log.chain_id,
        genesis_hash=log.genesis_hash,
        contract=log.contract,
        code_sha256=log.code_sha256,
        log_id=log.log_id,
    )


def log_row(
    origin: str, identity: ChainIdentity, finality: Finality, *, opened_at: str, evidence: Evidence = Evidence.NONE
) -> Log:
    """The row that pins a log to its contract."""
    return Log(
        origin=origin,
        chain_id=identity.chain_id,
        genesis_hash=identity.genesis_hash,
        contract=identity.contract,
        code_sha256=identity.code_sha256,
        log_id=identity.log_id,
        finality=render_finality(finality),
        evidence=evidence,
        opened_at=opened_at,
    )


def _kept(database: Database) -> Sequence[SignedTransaction]:
    query = select(ChainTransaction).where(ChainTransaction.purpose == SET_UP).order_by(col(ChainTransaction.ordinal))
    with database.read() as session:
        return [
            SignedTransaction(raw=row.raw, hash=row.hash, sender=row.sender, nonce=row.nonce)
            for row in session.exec(query)
        ]


def _require_funds(node: Node, keys: _ChainKeys, finality: Finality) -> None:
    for role, account in (("owner", keys.owner), ("operator", keys.operator)):
        sender = Sender(node, account, chain_id=node.chain_id(), finality=finality)
        if sender.balance() == 0:
            detail = f"the {role} {sender.address} has nothing to pay fees with"
            raise NeedsAttention("no_funds", detail, "fund it, then run init again")
