"""Nobody rewrites history: not the operator with every key of the house, not by building the chain anew."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, col, select

from ledger.anchor import Included, parse_finality
from ledger.audit.findings import Code, Layer
from ledger.audit.report import AuditReport
from ledger.audit.run import audit
from ledger.chain import ContractRefused, Interface, LogWriter, connect, load_artifact, set_up_log
from ledger.embedded import EmbeddedChain, load_genesis
from ledger.keys import load_chain_key, load_note_signer, load_secret
from ledger.log import AppendResult, append, consistency
from ledger.log_folder import LogFolder
from ledger.mirror import Alarm, AlarmKind, Mirror, MirrorFolder
from ledger.receipt import verify_receipt
from ledger.statement import Commitment
from ledger.store.database import Database
from ledger.store.logstore import SqlLogStore
from ledger.store.tables import CheckpointRow, Log, StatementRow
from ledger.trust import parse_trust
from ledger.verdict import Verdict
from ledger.web import HttpLog
from service.audit_source import live_evidences
from service.home.layout import Layout
from service.home.opening import Opened, opened
from service.home.setup import database_url, pinned_identity
from service.publication import publish_log
from service.tables import Case
from tests.clock import FixedClock
from tests.http_site import files_below, serving
from tests.service.conftest import running, settings_of
from tests.service.rewriting import rewrite

pytestmark = pytest.mark.longer(one_in=3)

FORGED = "从未欠薪。"
FOUND_BY_THE_CHAIN = {
    Code.ROOT_MISMATCH,
    Code.CHECKPOINT_MISMATCH,
    Code.HIGH_WATER_MISMATCH,
}
"""The codes of what contract and kept mark say; whatever the operator holds agrees with itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a worker was given before the operator set to work."""

    statement_id: str
    receipt: bytes
    trust: bytes


@pytest.fixture(scope="module")
def honest_home(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Past]:
    """A home with three cases, all final, and what the worker of the first was given."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("honest") / "var"))
    with running(home, FixedClock()) as service:
        first = service.register()
        service.wait_until_final()
        for _ in range(2):
            service.register()
            service.wait_until_final()
        statement_id = first["statement"]["id"]
        receipt = service.ask("GET", f"/api/v1/statements/{statement_id}/receipt").content
        return home, Past(statement_id=statement_id, receipt=receipt, trust=service.runtime.trust_file)


@pytest.fixture
def home(honest_home: tuple[Path, Past], tmp_path: Path) -> Path:
    """A copy of that home for the operator of this test."""
    return Path(shutil.copytree(honest_home[0], tmp_path / "var"))


@pytest.fixture
def past(honest_home: tuple[Path, Past]) -> Past:
    return honest_home[1]


@contextmanager
def _mirror(home: Path, clock: FixedClock, folder: Path, published: Path) -> Iterator[Mirror]:
    """Another office's mirror, over HTTP, of the log as this home publishes it now, beside its chain."""
    with opened(settings_of(home), clock=clock) as reading:
        with reading.database.read() as session:
            publish_log(session, LogFolder(published), origin=reading.log.origin)
        with serving(files_below(published)) as url:
            yield Mirror(
                folder=MirrorFolder(folder),
                log=HttpLog(url),
                trust=parse_trust(reading.layout.trust.read_bytes()),
                clock=clock,
                chain=reading.history,
            )


@contextmanager
def _database(home: Path) -> Iterator[Session]:
    layout = Layout(root=home)
    database = Database(database_url(settings_of(home), layout))
    with database.write() as session:
        yield session
    database.close()


def _rewrite(home: Path, past: Past) -> AppendResult:
    layout = Layout(root=home)
    with _database(home) as session:
        origin = session.exec(select(Log.origin)).one()
        return rewrite(
            session,
            statement_id=past.statement_id,
            name="facts",
            value=FORGED,
            wrapping_key=load_secret(layout.keys / "wrap.key"),
            signer=load_note_signer(layout.keys / "note.key", name=origin),
        )


def _append_call(home: Path, *, from_size: int) -> tuple[Any, ...]:
    """The best an operator can offer: one leaf more than the contract holds, proved on the rewritten tree."""
    with _database(home) as session:
        store = SqlLogStore(session)
        grown = append(store, from_size, [Commitment(bytes(32))])
        session.flush()
        call = (from_size, grown.size, grown.root, tuple(consistency(store, from_size, grown.size)))
        session.rollback()
    return call


def _writer(home: Opened) -> LogWriter:
    return LogWriter(
        home.node,
        Interface(load_artifact()),
        load_chain_key(home.layout.keys / "operator.key"),
        identity=pinned_identity(home.log),
        finality=parse_finality("instant"),
    )


def test_contract_refuses_the_head_of_a_rewritten_log(home: Path, clock: FixedClock, past: Past) -> None:
    rewritten = _rewrite(home, past)
    call = _append_call(home, from_size=rewritten.size)

    with opened(settings_of(home), clock=clock) as reading:
        before = reading.reader.head()
        refused = _writer(reading).why_refused("append", *call)

    assert before.size == rewritten.size
    assert before.root != rewritten.root
    assert isinstance(refused, ContractRefused)
    assert refused.name == "NotConsistent"


def test_mined_append_of_a_rewritten_log_reverts_and_changes_nothing(home: Path, clock: FixedClock, past: Past) -> None:
    rewritten = _rewrite(home, past)
    old_size, new_size, new_root, proof = _append_call(home, from_size=rewritten.size)
    with opened(settings_of(home), clock=clock) as reading:
        before, writer = reading.reader.head(), _writer(reading)
        signed = writer.sign_append(
            nonce=writer.next_nonce(), old_size=old_size, new_size=new_size, new_root=new_root, proof=proof
        )

    with EmbeddedChain.open(home / "chain", clock=clock) as chain:
        chain.send(signed.raw)

    with opened(settings_of(home), clock=clock) as reading:
        seen = _writer(reading).observe(signed)
        assert isinstance(seen, Included)
        assert not seen.succeeded
        assert reading.reader.head() == before


def test_anchorer_stops_at_a_rewritten_log(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)

    with running(home, clock) as service:
        while service.runtime.anchoring().state == "starting":
            pass
        assert service.runtime.anchoring().cause == "history_differs"


def test_look_up_in_a_rewritten_log_is_never_green(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)
    with running(home, clock) as service:
        number = service.ask("GET", f"/api/v1/statements/{past.statement_id}").json()["record_no"]
        answer = service.client.post("/api/v1/verifications", json={"record_no": number}).json()

    assert answer["verdict"] == Verdict.LEDGER_MISMATCH


def test_old_receipt_still_verifies_beside_a_rewritten_log(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)
    with opened(settings_of(home), clock=clock) as reading:
        report = verify_receipt(past.receipt, trust=parse_trust(past.trust), reader=reading.reader)

    assert report.verdict is Verdict.VERIFIED


def _rebuild_chain(home: Path, clock: FixedClock) -> None:
    """Throw the embedded chain away and build it again, same genesis, same keys, with the heads of today's database."""
    layout = Layout(root=home)
    genesis = load_genesis(layout.chain)
    shutil.rmtree(layout.chain)
    owner, operator = (load_chain_key(layout.keys / f"{name}.key") for name in ("owner", "operator"))
    with _database(home) as session, EmbeddedChain.create(layout.chain, genesis=genesis, clock=clock) as chain:
        log = session.exec(select(Log)).one()
        node, interface = connect(chain), Interface(load_artifact())
        made = set_up_log(
            node,
            interface,
            owner=owner,
            operator=str(operator.address),
            origin=log.origin,
            finality=parse_finality("instant"),
            keep=lambda _: None,
        )
        assert made.identity == pinned_identity(log), "the forger's chain has every pinned fact of the true one"
        writer = LogWriter(node, interface, operator, identity=made.identity, finality=parse_finality("instant"))
        store, size = SqlLogStore(session), 0
        for checkpoint in session.exec(select(CheckpointRow).order_by(col(CheckpointRow.size))).all():
            proof = tuple(consistency(store, size, checkpoint.size))
            signed = writer.sign_append(
                nonce=writer.next_nonce(),
                old_size=size,
                new_size=checkpoint.size,
                new_root=bytes.fromhex(checkpoint.root),
                proof=proof,
            )
            writer.send(signed.raw)
            size = checkpoint.size


def test_old_receipt_exposes_a_rebuilt_chain(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)
    _rebuild_chain(home, clock)

    with opened(settings_of(home), clock=clock) as reading:
        report = verify_receipt(past.receipt, trust=parse_trust(past.trust), reader=reading.reader)

    assert report.verdict is Verdict.LEDGER_MISMATCH


def test_kept_mark_exposes_a_rebuilt_chain(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)
    _rebuild_chain(home, clock)

    with running(home, clock) as service:
        while service.runtime.anchoring().state == "starting":
            pass
        assert service.runtime.anchoring().cause == "kept_head_unknown"


def _audit(home: Path, clock: FixedClock) -> AuditReport:
    with (
        opened(settings_of(home), clock=clock) as reading,
        live_evidences(reading, chain=reading.history, no_chain="") as evidences,
    ):
        return audit(evidences, now=clock())


def test_audit_finds_rows_statements_tiles_and_notes_rewritten_together_by_the_chain_alone(
    home: Path, clock: FixedClock, past: Past
) -> None:
    rewritten = _rewrite(home, past)
    with _database(home) as session:
        statement = session.exec(select(StatementRow).where(StatementRow.id == past.statement_id)).one()
        session.get_one(Case, statement.subject).facts = FORGED
        first = statement.leaf_index

    report = _audit(home, clock)

    by_code = {item.code: item for item in report.findings}
    assert {Code.ROOT_MISMATCH, Code.CHECKPOINT_MISMATCH} <= set(by_code) <= FOUND_BY_THE_CHAIN
    root = by_code[Code.ROOT_MISMATCH]
    assert root.leaf_index is not None
    assert first is not None
    assert root.leaf_index <= first < int(root.record.number) <= rewritten.size


def test_audit_finds_a_rebuilt_chain_by_the_kept_mark(home: Path, clock: FixedClock, past: Past) -> None:
    _rewrite(home, past)
    _rebuild_chain(home, clock)

    report = _audit(home, clock)

    marks = [item for item in report.findings if item.code is Code.HIGH_WATER_MISMATCH]
    assert {item.layer for item in marks} == {Layer.TREE, Layer.CHAIN}
    assert Code.CHECKPOINT_MISMATCH not in {item.code for item in report.findings}


@pytest.mark.server
def test_mirror_exposes_a_rewritten_log_and_a_rebuilt_chain(
    home: Path, clock: FixedClock, past: Past, tmp_path: Path
) -> None:
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    with _mirror(home, clock, mirror, tmp_path / "honest") as office:
        before = office.update()
    _rewrite(home, past)
    with _mirror(home, clock, mirror, tmp_path / "rewritten") as office, pytest.raises(Alarm) as rewritten:
        office.update()
    _rebuild_chain(home, clock)
    with _mirror(home, clock, mirror, tmp_path / "rebuilt") as office, pytest.raises(Alarm) as rebuilt:
        office.update()

    assert (before.size, before.chain) == (before.anchored, None)
    assert (rewritten.value.kind, rebuilt.value.kind) == (AlarmKind.FORK, AlarmKind.CHAIN_REWRITTEN)
    held = MirrorFolder(mirror).tiles.checkpoint()
    assert held is not None
    assert (held.size, held.root) == (before.size, before.root)


def test_rebuilt_chain_with_the_true_history_is_not_called_forged(home: Path, clock: FixedClock, past: Past) -> None:
    _rebuild_chain(home, clock)

    with opened(settings_of(home), clock=clock) as reading:
        report = verify_receipt(past.receipt, trust=parse_trust(past.trust), reader=reading.reader)

    assert report.verdict is Verdict.VERIFIED
