"""A log that moved to another chain: every checkpoint in its own contract, one head in both, and the log says so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ledger.audit.findings import ABSENT, Code, Outcome
from ledger.audit.moves import NAMES
from ledger.audit.report import AuditReport
from ledger.audit.sampling import Sample, SampledLog
from ledger.audit.sources import StoredStatement
from ledger.chain import Node, connect
from ledger.errors import Malformed
from ledger.log import append, root_at
from ledger.receipt import verify_receipt
from ledger.report import audit_document, render_page, render_text
from ledger.statement import Commitment, commitment
from ledger.trust import TrustedAnchor
from ledger.verdict import Verdict
from tests.anchored import AnchoredLog
from tests.anvil import running_anvil
from tests.chains import fixed_genesis, new_chain
from tests.fakes import MemoryLogStore
from tests.ledger.audited import fill_small
from tests.ledger.moved import INSTANT, MovingLedger

pytestmark = pytest.mark.longer(one_in=3)

MOVED_AT = 6
"""Five statements, and the one that says so."""


@contextmanager
def second_chain(folder: Path) -> Iterator[Node]:
    with new_chain(folder, genesis=fixed_genesis(extra_data=b"\x08" * 32)) as chain:
        yield connect(chain)


@pytest.fixture
def settled(tmp_path: Path) -> Iterator[MovingLedger]:
    """The small ledger before it moves."""
    with new_chain(tmp_path / "old") as chain:
        ledger = MovingLedger(chain)
        fill_small(ledger)
        yield ledger


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Node]:
    """Another chain."""
    with second_chain(tmp_path / "new") as node:
        yield node


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MovingLedger]:
    """The small ledger after it moved, with one more checkpoint on the new chain; for tests that change nothing."""
    folder = tmp_path_factory.mktemp("moved")
    with new_chain(folder / "old") as chain, second_chain(folder / "new") as node:
        ledger = MovingLedger(chain)
        fill_small(ledger)
        ledger.move_to(node)
        go_on(ledger)
        yield ledger


def go_on(ledger: MovingLedger) -> None:
    ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": "迁移之后"})
    ledger.seal()


def found(report: AuditReport) -> list[tuple[Code, str | None, object, object]]:
    return [(item.code, item.field, item.expected, item.found) for item in report.findings]


def codes(report: AuditReport) -> set[Code]:
    return {item.code for item in report.findings}


# ------------------------------------------------------------------------------------------------------- an honest move


def test_honest_move_agrees(ledger: MovingLedger) -> None:
    report = ledger.audit_all()
    assert (report.exit_code, found(report)) == (0, [])
    assert report.chain == ledger.log.identity
    (former,) = report.former
    assert (former.chain, former.until_size) == (ledger.former[0][0].identity, MOVED_AT)
    assert former.custody is not None
    assert report.custody is not None
    assert [holder.from_index for holder in (*former.custody.operators, *report.custody.operators)] == [0, 0]


@pytest.mark.longer
def test_log_that_moved_twice_agrees(settled: MovingLedger, elsewhere: Node, tmp_path: Path) -> None:
    settled.move_to(elsewhere)
    go_on(settled)
    with new_chain(tmp_path / "third", genesis=fixed_genesis(extra_data=b"\x09" * 32)) as chain:
        settled.move_to(connect(chain))
        go_on(settled)
        report = settled.audit_all()
        assert (report.exit_code, found(report)) == (0, [])
        assert [item.until_size for item in report.former] == [MOVED_AT, MOVED_AT + 2]


@pytest.mark.longer
@pytest.mark.server
def test_move_from_the_embedded_chain_to_anvil_agrees(settled: MovingLedger, tmp_path: Path) -> None:
    with running_anvil(tmp_path, fixed_genesis(extra_data=b"\x0a" * 32)) as url:
        settled.move_to(connect(url))
        go_on(settled)
        report = settled.audit_all()
    assert (report.exit_code, found(report)) == (0, [])


def test_report_shows_the_former_contract_in_every_form(ledger: MovingLedger) -> None:
    document = audit_document(ledger.audit_all())
    old = ledger.former[0][0].identity.contract
    assert [(item["until_size"], item["chain"]["contract"]) for item in document["former"]] == [(MOVED_AT, old)]
    assert f"until {MOVED_AT}" in render_text(document)
    assert f"Before the log moved, up to {MOVED_AT} statements" in render_page(document).decode()


# --------------------------------------------------------------------------------------------- what could not be asked


def test_old_chain_without_a_node_could_not_be_checked_and_is_no_finding(ledger: MovingLedger) -> None:
    report = ledger.audit_all(former=[None])
    (layer,) = [item for item in report.layers if item.outcome is Outcome.UNAVAILABLE]
    assert (report.exit_code, found(report)) == (40, [])
    assert layer.layer == "chain"
    assert f"which held the log up to {MOVED_AT} statements" in str(layer.reason)
    assert report.former[0].custody is None


def test_new_chain_without_a_node_could_not_be_checked_and_the_old_one_is(ledger: MovingLedger) -> None:
    report = ledger.audit_all(chain=None)
    assert (report.exit_code, found(report)) == (40, [])
    wrong = replace(ledger.trust, keys=(replace(ledger.trust.keys[0], from_size=4),))
    assert Code.CHECKPOINT_EXTRA_ON_CHAIN in codes(ledger.audit_all(chain=None, trust=wrong))


@pytest.mark.longer
def test_kept_head_from_before_the_move_is_sought_in_the_old_contract(ledger: MovingLedger) -> None:
    kept = replace(ledger.kept, size=4, root=root_at(ledger, 4)) if ledger.kept else None
    assert ledger.audit_all(kept=kept).exit_code == 0
    assert ledger.audit_all(kept=kept, former=[None]).exit_code == 40
    assert kept is not None
    assert Code.HIGH_WATER_MISMATCH in codes(ledger.audit_all(kept=replace(kept, root=bytes(32))))


def test_old_contract_at_another_address_is_an_identity_mismatch(ledger: MovingLedger) -> None:
    report = ledger.audit_all(former=[ledger.history])
    assert Code.IDENTITY_MISMATCH in codes(report)


# ------------------------------------------------------------------------------------------------------- dishonest ones


def start_move(ledger: MovingLedger, node: Node) -> AnchoredLog:
    """Everything up to the first checkpoint on the new chain."""
    new = ledger.open_log(node)
    ledger.say_move(asdict(new.identity))
    ledger.seal()
    ledger.go_on(new)
    return new


def test_new_contract_that_starts_with_another_root_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    start_move(settled, elsewhere)
    forged = MemoryLogStore()
    leaves = [Commitment(commitment(item.body)) for item in settled.held]
    append(forged, 0, [Commitment(bytes(32)), *leaves[1:]])
    settled.anchor_first(MOVED_AT, root_at(forged, MOVED_AT))

    report = settled.audit_all()

    pair = (settled.root_now(), root_at(forged, MOVED_AT))
    assert (Code.LOG_MOVE_HEAD_MISMATCH, "root", *pair) in found(report)
    assert Code.CHECKPOINT_MISMATCH in codes(report)


@pytest.mark.longer
def test_new_contract_that_starts_at_another_size_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    start_move(settled, elsewhere)
    settled.anchor_first(4, root_at(settled, 4))
    report = settled.audit_all()
    assert (Code.LOG_MOVE_HEAD_MISMATCH, "new.size", MOVED_AT, 4) in found(report)


@pytest.mark.longer
def test_new_contract_without_a_checkpoint_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    start_move(settled, elsewhere)
    assert (Code.LOG_MOVE_HEAD_MISMATCH, "new.size", MOVED_AT, ABSENT) in found(settled.audit_all())


@pytest.mark.longer
def test_old_contract_that_never_held_the_moved_head_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    new = settled.open_log(elsewhere)
    settled.say_move(asdict(new.identity))
    settled.go_on(new, at=MOVED_AT)
    settled.seal_first()
    report = settled.audit_all()
    assert (Code.LOG_MOVE_HEAD_MISMATCH, "old.size", MOVED_AT, 5) in found(report)


@pytest.mark.longer
def test_old_contract_that_goes_on_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    settled.move_to(elsewhere)
    go_on(settled)
    old, _ = settled.former[0]
    new, new_history = settled.log, settled.history
    settled.log, settled.history = old, old.history()
    settled.anchor_more(MOVED_AT, settled.size)
    settled.log, settled.history = new, new_history
    report = settled.audit_all()
    assert found(report) == [(Code.LOG_MOVE_CONTINUED, "size", MOVED_AT, settled.size)]


def test_move_that_the_log_does_not_state_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    new = settled.open_log(elsewhere)
    settled.say_move({"facts": "别的"}, required=(), type_="administration.recorded")
    settled.seal()
    settled.go_on(new)
    settled.anchor_first(MOVED_AT, settled.root_now())
    (finding,) = settled.audit_all().findings
    assert (finding.code, finding.leaf_index) == (Code.LOG_MOVE_UNSTATED, MOVED_AT - 1)


def test_statement_that_names_another_contract_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    new = settled.open_log(elsewhere)
    right = asdict(new.identity)
    wrong = {name: 1 if name == "chain_id" else f"{right[name]}0" for name in NAMES}
    settled.say_move(wrong)
    settled.seal()
    settled.go_on(new)
    settled.anchor_first(MOVED_AT, settled.root_now())
    assert found(settled.audit_all()) == [(Code.LOG_MOVE_MISMATCH, name, right[name], wrong[name]) for name in NAMES]


@pytest.mark.longer
def test_statement_whose_receipt_might_leave_out_the_contract_is_found(settled: MovingLedger, elsewhere: Node) -> None:
    new = settled.open_log(elsewhere)
    settled.say_move(asdict(new.identity), required=set(NAMES) - {"contract"})
    settled.seal()
    settled.go_on(new)
    settled.anchor_first(MOVED_AT, settled.root_now())
    expected = (Code.LOG_MOVE_MISMATCH, "contract", new.identity.contract, ABSENT)
    assert found(settled.audit_all()) == [expected]


class Withheld(SampledLog):
    """A log whose fields are not given."""

    def disclosures(self, stored: StoredStatement) -> None:
        """Withheld."""


def test_withheld_fields_of_a_move_are_no_finding(ledger: MovingLedger) -> None:
    log = Withheld(ledger, Sample(subjects=frozenset(), of=0, seed=0))
    assert not codes(ledger.audit_all(log=log)) & {Code.LOG_MOVE_MISMATCH, Code.LOG_MOVE_UNSTATED}


def test_move_that_the_trust_file_does_not_know_is_found(ledger: MovingLedger) -> None:
    old = ledger.former[0][0]
    stale = replace(ledger.trust, anchors=(TrustedAnchor(identity=old.identity, finality=INSTANT),))
    report = ledger.audit_all(trust=stale, chain=old.history(), former=())
    moves = [item for item in report.findings if item.code is Code.LOG_MOVE_UNTRUSTED]
    assert [item.leaf_index for item in moves] == [MOVED_AT - 1]


@pytest.mark.longer
def test_revocation_has_to_come_along(settled: MovingLedger, elsewhere: Node) -> None:
    entry = commitment(settled.held[0].body)
    revoke(settled, entry)
    settled.move_to(elsewhere)
    lost = settled.audit_all()
    revoke(settled, entry)
    assert (Code.LOG_MOVE_REVOCATION_LOST, "commitment", entry, ABSENT) in found(lost)
    assert Code.LOG_MOVE_REVOCATION_LOST not in codes(settled.audit_all())


def revoke(ledger: MovingLedger, entry: bytes) -> None:
    writer = ledger.log.writer()
    ledger.log.mine(writer.sign_revoke(nonce=writer.next_nonce(), commitment=entry, reason=1))


@pytest.mark.parametrize("until", [None, MOVED_AT - 1, MOVED_AT + 1])
def test_trust_file_whose_anchors_do_not_follow_one_another_is_refused(ledger: MovingLedger, until: int | None) -> None:
    first, second = ledger.trust.anchors
    trust = replace(ledger.trust, anchors=(replace(first, until_size=until), second))
    with pytest.raises(Malformed, match="do not follow one another"):
        ledger.audit_all(trust=trust)


# ------------------------------------------------------------------------------------------------------------- receipts


@pytest.mark.parametrize("size", [2, 4, 5, MOVED_AT, MOVED_AT + 1])
def test_receipts_from_before_and_after_the_move_verify_on_their_own_chain(ledger: MovingLedger, size: int) -> None:
    receipt = ledger.receipt_at(0, size)
    readers = {"old": ledger.former[0][0].history(), "new": ledger.history}
    verdicts = {
        name: verify_receipt(receipt, trust=ledger.trust, reader=reader).verdict for name, reader in readers.items()
    }
    assert verdicts == {
        "old": Verdict.VERIFIED if size <= MOVED_AT else Verdict.WRONG_CHAIN,
        "new": Verdict.VERIFIED if size >= MOVED_AT else Verdict.WRONG_CHAIN,
    }
