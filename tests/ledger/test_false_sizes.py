"""A false size, or leaves that nobody sees, in the real contract: the audit finds it, and a witness does not cosign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.audit.findings import Code
from ledger.audit.sources import StoredCheckpoint
from ledger.errors import Mismatch, Unavailable
from ledger.log import append, consistency, root_at
from ledger.merkle import RootHash, verify_consistency
from ledger.mirror import Alarm, AlarmKind
from ledger.statement import Commitment, commitment
from tests.ledger.bundled import AnchoredLedger, anchored_ledger
from tests.ledger.mirrored import LedgerTree, Operator, Site, signed

HIDDEN = [Commitment(bytes([number]) * 32) for number in (1, 2)]


@dataclass
class World:
    """A ledger of five statements in three checkpoints, all cosigned by a witness with a mirror."""

    ledger: AnchoredLedger
    operator: Operator
    mirror: Path

    @property
    def cosigned(self) -> list[int]:
        return [item.index for item in self.ledger.history.cosignatures()]

    def sign(self, size: int, note: str, root: RootHash) -> None:
        """Keep a note among the ledger's, as the operator does."""
        self.ledger.notes.append(StoredCheckpoint(size=size, note=note, root=root.hex()))

    def look(self, site: Site) -> None:
        """What the witness does: look at what is served and at the contract, and cosign what holds."""
        mirror = self.operator.mirror(
            self.mirror, site, trust=self.ledger.trust, cosigner=self.operator.cosigner(), chain=self.ledger.history
        )
        mirror.update()


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with anchored_ledger(tmp_path / "chain") as ledger:
        tree = LedgerTree(ledger)
        world = World(ledger, Operator(log=ledger.log, tree=tree), tmp_path / "mirror")
        world.operator.name_witness()
        world.look(Site(tree, tree.size))
        assert world.cosigned == [2]
        yield world


def false_size(old: int, tree: LedgerTree) -> int:
    """A larger size than the tree has that its consistency proof holds for as well."""
    proof = consistency(tree, old, tree.size)
    for claimed in range(tree.size + 1, 64):
        try:
            verify_consistency(size1=old, size2=claimed, root1=tree.root(old), root2=tree.root(tree.size), proof=proof)
        except Mismatch:
            continue
        return claimed
    raise AssertionError("no proof fits another size")


def grow(world: World) -> LedgerTree:
    """Two more statements of the ledger, whose leaves are published and not anchored yet."""
    ledger = world.ledger
    for facts in ("欠发奖金", "欠发加班费"):
        ledger.record(stream=ledger.new_id(), subject=ledger.new_id(), values={"facts": facts})
    waiting = [item for item in ledger.held if item.leaf_index is None]
    append(ledger, ledger.size, [Commitment(commitment(item.body)) for item in waiting])
    for index, item in enumerate(waiting, start=ledger.size):
        item.leaf_index = index
    return LedgerTree(ledger)


def test_false_size_in_the_contract_is_found_by_the_audit_and_not_cosigned(world: World) -> None:
    tree = grow(world)
    claimed = false_size(5, tree)
    world.operator.claim(5, claimed, tree.root(7), consistency(tree, 5, 7))
    world.sign(7, tree.note(7), tree.root(7))

    with pytest.raises(Alarm) as alarm:
        world.look(Site(tree, 7))

    assert alarm.value.kind is AlarmKind.SIZE_MISSTATED
    assert world.cosigned == [2]
    report = world.ledger.audit(chain=world.ledger.history)
    (misstated, *_) = [item for item in report.findings if item.code is Code.SIZE_MISSTATED]
    assert (report.exit_code, misstated.expected, misstated.found) == (1, 7, claimed)


@pytest.mark.longer
def test_false_size_that_the_operator_also_signed_is_found_by_the_audit_and_not_cosigned(world: World) -> None:
    tree = grow(world)
    claimed = false_size(5, tree)
    world.operator.claim(5, claimed, tree.root(7), consistency(tree, 5, 7))
    false_note = signed(tree, claimed, tree.root(7))
    world.sign(claimed, false_note, tree.root(7))

    with pytest.raises(Unavailable, match="is not published"):
        world.look(Site(tree, 7, note=false_note))

    assert world.cosigned == [2]
    report = world.ledger.audit(chain=world.ledger.history)
    (misstated,) = [item for item in report.findings if item.code is Code.SIZE_MISSTATED]
    assert (report.exit_code, misstated.expected, misstated.found) == (1, 7, claimed)


def test_anchored_leaves_that_are_never_published_are_found_by_the_audit_and_not_cosigned(world: World) -> None:
    hidden = LedgerTree(world.ledger, HIDDEN)
    world.operator.claim(5, 7, hidden.root(7), consistency(hidden, 5, 7))

    world.look(Site(world.operator.tree, 5))

    assert world.cosigned == [2]
    report = world.ledger.audit(chain=world.ledger.history)
    (unpublished,) = [item for item in report.findings if item.code is Code.LEAF_UNPUBLISHED]
    assert (report.exit_code, unpublished.expected, unpublished.found, unpublished.leaf_index) == (1, 7, 5, 5)
    assert Code.CHECKPOINT_EXTRA_ON_CHAIN in {item.code for item in report.findings}


@pytest.mark.longer
def test_unpublished_leaves_under_a_signed_note_are_found_by_the_audit_and_not_cosigned(world: World) -> None:
    hidden = LedgerTree(world.ledger, HIDDEN)
    world.operator.claim(5, 7, hidden.root(7), consistency(hidden, 5, 7))
    world.sign(7, hidden.note(7), hidden.root(7))

    with pytest.raises(Unavailable, match="is not published"):
        world.look(Site(world.operator.tree, 5, note=hidden.note(7)))

    assert world.cosigned == [2]
    report = world.ledger.audit(chain=world.ledger.history)
    assert report.exit_code == 1
    assert Code.LEAF_UNPUBLISHED in {item.code for item in report.findings}


@pytest.mark.longer
def test_witness_cosigns_again_when_the_leaves_are_published(world: World) -> None:
    tree = grow(world)
    world.operator.claim(5, 7, tree.root(7), consistency(tree, 5, 7))
    world.look(Site(world.operator.tree, 5))
    assert world.cosigned == [2]

    world.look(Site(tree, 7))

    assert world.cosigned == [2, 3]
    assert root_at(world.ledger, 7) == tree.root(7)
