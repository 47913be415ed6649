"""What tests believe in: each stand-in does what the real adapter does, by the same tests on both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pytest
from sqlmodel import SQLModel

from ledger.anchor import AnchorReader, Finality, LogHead, Revocation
from ledger.chain import connect
from ledger.errors import Unavailable
from ledger.log import LogStore, append, consistency, inclusion, root_at
from ledger.receipt import render_receipt, verify_receipt
from ledger.statement import Commitment
from ledger.store.database import Database
from ledger.store.logstore import SqlLogStore
from ledger.verdict import Verdict
from tests.anchored import AnchoredLog, set_up
from tests.chains import new_chain
from tests.clock import FixedClock
from tests.fakes import FakeChain, MemoryLogStore
from tests.oracles import NaiveTree
from tests.receipts import FILE_SHA256, make_world, trust_in

WORLD = make_world((3, 5))
TREE = NaiveTree([WORLD.commitment(index) for index in range(5)])


class Anchoring(Protocol):
    """What these tests do to either chain."""

    reader: AnchorReader

    def append(self, old: int, new: int) -> None: ...

    def revoke(self, commitment: bytes, reason: int) -> None: ...


@dataclass
class InMemory:
    chain: FakeChain

    @property
    def reader(self) -> AnchorReader:
        return self.chain

    def append(self, old: int, new: int) -> None:
        assert old < new
        self.chain.append(new, TREE.root(new))

    def revoke(self, commitment: bytes, reason: int) -> None:
        self.chain.revoke(commitment, reason)


@dataclass
class OnChain:
    log: AnchoredLog

    @property
    def reader(self) -> AnchorReader:
        return self.log.history()

    def append(self, old: int, new: int) -> None:
        self.log.append(old, new)

    def revoke(self, commitment: bytes, reason: int) -> None:
        writer = self.log.writer()
        self.log.mine(writer.sign_revoke(nonce=writer.next_nonce(), commitment=commitment, reason=reason))


@pytest.fixture
def in_memory() -> InMemory:
    return InMemory(FakeChain(depth=2))


@pytest.fixture
def embedded(tmp_path: Path, clock: FixedClock) -> Iterator[OnChain]:
    with new_chain(tmp_path / "chain", clock=clock) as chain:
        node = connect(chain)
        yield OnChain(AnchoredLog(node=node, set_up=set_up(node), tree=TREE, finality=Finality(kind="depth", depth=2)))


@pytest.fixture(params=["in_memory", "embedded"])
def anchoring(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


# --------------------------------------------------------------------------------------------------------- the chain


def test_reader_gives_the_same_identity_each_time(anchoring: Anchoring) -> None:
    assert anchoring.reader.identity() == anchoring.reader.identity()


def test_reader_gives_zeros_for_an_empty_log(anchoring: Anchoring) -> None:
    assert anchoring.reader.head() == LogHead(count=0, size=0, root=bytes(32), time=0)


def test_reader_gives_the_newest_head(anchoring: Anchoring) -> None:
    anchoring.append(0, 3)
    anchoring.append(3, 5)
    head = anchoring.reader.head()
    newest = anchoring.reader.checkpoint(TREE.root(5))
    assert newest is not None
    assert head == LogHead(count=2, size=5, root=TREE.root(5), time=newest.time)


def test_reader_gives_every_checkpoint_by_its_root(anchoring: Anchoring) -> None:
    anchoring.append(0, 3)
    anchoring.append(3, 5)
    older, newer = (anchoring.reader.checkpoint(TREE.root(size)) for size in (3, 5))
    assert older is not None
    assert newer is not None
    assert (older.index, older.size, older.previous_block) == (0, 3, 0)
    assert (newer.index, newer.size, newer.previous_block) == (1, 5, older.block_number)
    assert newer.block_number == older.block_number + 1
    assert newer.time > older.time


def test_reader_gives_none_for_a_root_that_is_not_held(anchoring: Anchoring) -> None:
    anchoring.append(0, 3)
    assert anchoring.reader.checkpoint(TREE.root(2)) is None


def test_reader_gives_a_revocation_once_it_is_there(anchoring: Anchoring) -> None:
    assert anchoring.reader.revocation(TREE.leaves[0]) is None
    anchoring.revoke(TREE.leaves[0], 3)
    found = anchoring.reader.revocation(TREE.leaves[0])
    assert found == Revocation(reason=3, time=found.time if found else 0)
    assert anchoring.reader.revocation(TREE.leaves[1]) is None


def test_reader_counts_the_blocks_above_for_finality(anchoring: Anchoring) -> None:
    anchoring.append(0, 3)
    held = anchoring.reader.checkpoint(TREE.root(3))
    assert held is not None
    seen = [anchoring.reader.is_final(held.block_number)]
    for number in range(2):
        anchoring.revoke(bytes([number]) * 32, 1)
        seen.append(anchoring.reader.is_final(held.block_number))
    assert seen == [False, False, True]


def test_reader_knows_nothing_of_a_block_to_come(anchoring: Anchoring) -> None:
    anchoring.append(0, 3)
    held = anchoring.reader.checkpoint(TREE.root(3))
    assert held is not None
    with pytest.raises(Unavailable):
        anchoring.reader.is_final(held.block_number + 1)


def _nothing(_: Anchoring) -> None:
    pass


def _revoked(anchoring: Anchoring) -> None:
    anchoring.revoke(WORLD.commitment(2), 3)


def _replaced(anchoring: Anchoring) -> None:
    anchoring.revoke(WORLD.commitment(2), 2)


def _settled(anchoring: Anchoring) -> None:
    for number in range(2):
        anchoring.revoke(bytes([number]) * 32, 1)


@pytest.mark.parametrize(
    ("after", "verdict"),
    [
        (_nothing, Verdict.VERIFIED_NOT_FINAL),
        (_settled, Verdict.VERIFIED),
        (_revoked, Verdict.REVOKED),
        (_replaced, Verdict.SUPERSEDED),
    ],
)
def test_receipt_gets_the_same_verdict_from_either_chain(
    anchoring: Anchoring, after: Callable[[Anchoring], None], verdict: Verdict
) -> None:
    anchoring.append(0, 5)
    after(anchoring)
    receipt = render_receipt(WORLD.receipt_without_signpost(2))
    reader = anchoring.reader
    report = verify_receipt(receipt, trust=trust_in(reader.identity()), reader=reader, file_sha256=FILE_SHA256)
    assert report.verdict is verdict


def test_receipt_is_behind_until_either_chain_has_its_size(anchoring: Anchoring) -> None:
    receipt = render_receipt(WORLD.receipt_without_signpost(2))
    trust = trust_in(anchoring.reader.identity())
    anchoring.append(0, 3)
    _settled(anchoring)
    assert verify_receipt(receipt, trust=trust, reader=anchoring.reader).verdict is Verdict.CHAIN_UNREACHABLE


def test_receipt_of_another_history_contradicts_either_chain(anchoring: Anchoring) -> None:
    other = make_world((2, 4), fields={"title": "另一份"})
    trust = trust_in(anchoring.reader.identity())
    anchoring.append(0, 5)
    _settled(anchoring)
    receipt = render_receipt(other.receipt_without_signpost(2))
    assert verify_receipt(receipt, trust=trust, reader=anchoring.reader).verdict is Verdict.LEDGER_MISMATCH


# ---------------------------------------------------------------------------------------------------------- the tiles


@pytest.fixture
def memory_store() -> MemoryLogStore:
    return MemoryLogStore()


@pytest.fixture
def sql_store(tmp_path: Path) -> Iterator[SqlLogStore]:
    database = Database(f"sqlite:///{tmp_path}/ledger.db")
    SQLModel.metadata.create_all(database.engine)
    with database.write() as session:
        yield SqlLogStore(session)
    database.close()


@pytest.fixture(params=["memory_store", "sql_store"])
def store(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(request.param)


def test_store_gives_the_newest_state_of_a_tile(store: LogStore) -> None:
    store.write_tile(0, 7, b"a" * 32)
    store.write_tile(0, 7, b"a" * 32 + b"b" * 32)
    assert store.read_tile(0, 7) == b"a" * 32 + b"b" * 32


def test_store_keeps_levels_and_numbers_apart(store: LogStore) -> None:
    for level, index in ((0, 1), (1, 0)):
        store.write_tile(level, index, bytes([level]) * 32)
    assert [store.read_tile(0, 1), store.read_tile(1, 0)] == [bytes(32), b"\x01" * 32]


def test_store_has_no_tile_that_was_not_written(store: LogStore) -> None:
    with pytest.raises(Unavailable):
        store.read_tile(0, 0)


def test_log_over_either_store_is_the_naive_tree(store: LogStore) -> None:
    entries = [Commitment(number.to_bytes(32, "big")) for number in range(600)]
    tree = NaiveTree(entries)
    for old, new in ((0, 1), (1, 255), (255, 256), (256, 257), (257, 600)):
        assert append(store, old, entries[old:new]).root == tree.root(new)
    assert [root_at(store, size) for size in (0, 1, 300)] == [tree.root(size) for size in (0, 1, 300)]
    assert inclusion(store, 299, 301) == tree.inclusion(299, 301)
    assert consistency(store, 255, 600) == tree.consistency(255, 600)
