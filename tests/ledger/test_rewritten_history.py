"""An operator with every key rewrites an old statement and everything that follows from it; each witness says no."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ledger.audit.findings import Code
from ledger.checkpoint import Checkpoint, sign_checkpoint
from ledger.errors import Mismatch
from ledger.log import append, consistency, root_at
from ledger.merkle import verify_consistency
from ledger.mirror import Alarm, AlarmKind, Round
from ledger.receipt import verify_receipt
from ledger.statement import Commitment, commitment
from ledger.verdict import Verdict
from tests.chains import new_chain
from tests.fakes import MemoryLogStore
from tests.ledger.audited import MemoryLedger, fill_small
from tests.ledger.bundled import AnchoredLedger, anchored_ledger
from tests.ledger.mirrored import LedgerTree, Operator, Site

pytestmark = pytest.mark.longer(one_in=2)

OLD, NEW = "欠发工资", "未欠发工资"


@pytest.fixture
def honest(tmp_path: Path) -> Iterator[AnchoredLedger]:
    with anchored_ledger(tmp_path / "chain") as ledger:
        yield ledger


@pytest.fixture
def rebuilt(tmp_path: Path) -> Iterator[AnchoredLedger]:
    """The chain wiped and made again from the same genesis, with all keys, under a ledger with another first record."""
    with new_chain(tmp_path / "rebuilt") as chain:
        ledger = AnchoredLedger(chain)
        record = ledger.record
        ledger.record = lambda **whole: record(**whole | {"values": _rewritten(whole["values"])})  # type: ignore[method-assign]
        fill_small(ledger)
        yield ledger


def _rewritten(values: dict[str, object]) -> dict[str, object]:
    return {name: NEW if value == OLD else value for name, value in values.items()}


def rewritten_log(ledger: MemoryLedger) -> MemoryLogStore:
    """The log's tree as it would be with another first statement."""
    store = MemoryLogStore()
    bodies = [held.body for held in ledger.held]
    first = json.loads(bodies[0]) | {"institution": "LS-OTHER"}
    bodies[0] = json.dumps(first, sort_keys=True, separators=(",", ":")).encode()
    append(store, 0, [Commitment(commitment(body)) for body in bodies])
    return store


def test_contract_refuses_the_head_of_a_rewritten_log(honest: AnchoredLedger) -> None:
    store = rewritten_log(honest)
    append(store, 5, [Commitment(bytes(32))])
    proof = tuple(consistency(store, 5, 6))
    refused = honest.log.writer().why_refused("append", 5, 6, root_at(store, 6), proof)
    assert refused is not None
    assert refused.name == "NotConsistent"


def test_python_refuses_what_the_contract_refuses(honest: AnchoredLedger) -> None:
    store = rewritten_log(honest)
    append(store, 5, [Commitment(bytes(32))])
    with pytest.raises(Mismatch):
        verify_consistency(
            size1=5, size2=6, root1=root_at(honest, 5), root2=root_at(store, 6), proof=consistency(store, 5, 6)
        )


def test_rewritten_log_with_new_notes_is_found_by_the_contract(honest: AnchoredLedger) -> None:
    store = rewritten_log(honest)
    honest.tiles_held = store.tiles
    first = json.loads(honest.held[0].body) | {"institution": "LS-OTHER"}
    honest.held[0].body = json.dumps(first, sort_keys=True, separators=(",", ":")).encode()
    honest.held[0].columns |= {"institution": "LS-OTHER", "commitment": commitment(honest.held[0].body).hex()}
    honest.notes = [
        type(note)(
            size=note.size,
            note=sign_checkpoint(
                Checkpoint(origin=honest.trust.origin, size=note.size, root=root_at(store, note.size)), honest.signer
            ),
            root=root_at(store, note.size).hex(),
            signed_at=note.signed_at,
            state=note.state,
        )
        for note in honest.notes
    ]
    report = honest.audit(chain=honest.history, kept=None)
    found = {item.code for item in report.findings}
    assert report.exit_code == 1
    assert {Code.ROOT_MISMATCH, Code.CHECKPOINT_MISMATCH} <= found


def test_chain_rebuilt_with_all_keys_has_the_same_identity_and_agrees_with_itself(
    honest: AnchoredLedger, rebuilt: AnchoredLedger
) -> None:
    assert rebuilt.log.identity == honest.log.identity
    assert rebuilt.audit(chain=rebuilt.history).exit_code == 0


def test_kept_head_exposes_a_rebuilt_chain(honest: AnchoredLedger, rebuilt: AnchoredLedger) -> None:
    report = rebuilt.audit(chain=rebuilt.history, kept=honest.kept)
    assert (report.exit_code, {item.code for item in report.findings}) == (1, {Code.HIGH_WATER_MISMATCH})


@pytest.mark.parametrize("leaf_index", range(5))
def test_old_receipt_exposes_a_rebuilt_chain(honest: AnchoredLedger, rebuilt: AnchoredLedger, leaf_index: int) -> None:
    receipt = honest.receipt(leaf_index)
    assert verify_receipt(receipt, trust=honest.trust, reader=honest.history).verdict is Verdict.VERIFIED
    report = verify_receipt(receipt, trust=honest.trust, reader=rebuilt.history)
    assert report.verdict is Verdict.LEDGER_MISMATCH


@pytest.fixture
def kept_mirror(honest: AnchoredLedger, tmp_path: Path) -> Callable[[AnchoredLedger, LedgerTree], Round]:
    """Another office's mirror of the honest log; it looks again at any log and any chain."""

    def look(shown: AnchoredLedger, tree: LedgerTree) -> Round:
        office = Operator(log=shown.log, tree=tree)
        site = Site(tree, tree.size)
        return office.mirror(tmp_path / "mirror", site, trust=honest.trust, chain=shown.history).update()

    assert look(honest, LedgerTree(honest)).anchored == 5
    return look


def test_mirror_exposes_a_rebuilt_chain_that_is_shown_with_its_log(
    honest: AnchoredLedger,
    rebuilt: AnchoredLedger,
    kept_mirror: Callable[[AnchoredLedger, LedgerTree], Round],
) -> None:
    with pytest.raises(Alarm) as alarm:
        kept_mirror(rebuilt, LedgerTree(rebuilt))
    # the contract is asked first, and no longer holds what was final before
    assert alarm.value.kind is AlarmKind.CHAIN_REWRITTEN
    assert (alarm.value.evidence / "served.note").read_text() == LedgerTree(honest).note(5)


@pytest.mark.longer
def test_mirror_exposes_a_rebuilt_chain_behind_the_honest_log(
    honest: AnchoredLedger,
    rebuilt: AnchoredLedger,
    kept_mirror: Callable[[AnchoredLedger, LedgerTree], Round],
) -> None:
    with pytest.raises(Alarm) as alarm:
        kept_mirror(rebuilt, LedgerTree(honest))
    assert alarm.value.kind is AlarmKind.CHAIN_REWRITTEN


def test_mirror_exposes_a_rewritten_log_before_the_chain(
    honest: AnchoredLedger,
    rebuilt: AnchoredLedger,
    kept_mirror: Callable[[AnchoredLedger, LedgerTree], Round],
) -> None:
    with pytest.raises(Alarm) as alarm:
        kept_mirror(honest, LedgerTree(rebuilt))
    assert alarm.value.kind is AlarmKind.FORK


def test_replay_of_the_honest_ledger_exposes_a_rebuilt_chain(honest: AnchoredLedger, rebuilt: AnchoredLedger) -> None:
    report = honest.audit(chain=rebuilt.history, kept=None)
    found = {item.code for item in report.findings}
    assert {Code.CHECKPOINT_MISMATCH, Code.ROOT_MISMATCH} <= found
