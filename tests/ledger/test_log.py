"""The log over tiles: the same roots and proofs as the naive tree, with a bounded number of tiles touched."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from ledger.errors import Malformed, Unavailable
from ledger.log import MAX_APPEND, MAX_LOG_SIZE, AppendResult, append, consistency, inclusion, root_at
from ledger.merkle import EMPTY_ROOT, RootHash, leaf_hash, verify_consistency, verify_inclusion
from ledger.statement import Commitment
from ledger.tiles import tiles_of
from tests.fakes import MemoryLogStore
from tests.oracles import NaiveTree

pytestmark = pytest.mark.longer(one_in=2)


def some(count: int, start: int = 0) -> list[Commitment]:
    return [Commitment(number.to_bytes(32, "big")) for number in range(start, start + count)]


def filled(size: int) -> MemoryLogStore:
    store = MemoryLogStore()
    append(store, 0, some(size))
    store.forget_counts()
    return store


def head_of(tree: NaiveTree, size: int) -> AppendResult:
    return AppendResult(size=size, root=RootHash(tree.root(size)))


@cache
def large() -> tuple[MemoryLogStore, NaiveTree]:
    return filled(70_000), NaiveTree(some(70_000))


def test_append_of_nothing_to_an_empty_log_gives_the_empty_root() -> None:
    assert append(MemoryLogStore(), 0, []) == AppendResult(size=0, root=EMPTY_ROOT)


def test_append_of_nothing_writes_nothing() -> None:
    store = filled(300)
    assert append(store, 300, []) == AppendResult(size=300, root=root_at(store, 300))
    assert not store.writes


def test_append_one_by_one_gives_the_roots_of_the_naive_tree() -> None:
    store, tree = MemoryLogStore(), NaiveTree(some(600))
    for size in range(600):
        assert append(store, size, some(1, size)) == head_of(tree, size + 1)


def test_append_leaves_the_same_tiles_in_one_batch_as_one_by_one() -> None:
    store = MemoryLogStore()
    for size in range(600):
        append(store, size, some(1, size))
    assert store.tiles == filled(600).tiles


@pytest.mark.parametrize("size", [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000])
def test_append_writes_exactly_the_tiles_of_the_specification(size: int) -> None:
    store = filled(size)
    expected = {(tile.level, tile.index): tile.width * 32 for tile in tiles_of(size)}
    assert {place: len(data) for place, data in store.tiles.items()} == expected


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 65_534, 65_535, 65_536, 69_999])
def test_append_of_one_touches_at_most_one_tile_a_level(size: int) -> None:
    store = filled(size)
    append(store, size, some(1, size))
    levels = len({tile.level for tile in tiles_of(size + 1)})
    assert max(store.reads.values(), default=0) <= 1
    assert max(store.writes.values()) == 1
    for touched in (store.reads, store.writes):
        assert len(touched) <= levels
        assert len({level for level, _ in touched}) == len(touched)


def test_append_reads_each_tile_once_and_writes_only_what_changes() -> None:
    store = filled(65_530)
    append(store, 65_530, some(10, 65_530))
    assert sorted(store.reads.elements()) == [(0, 255), (1, 0)]
    assert sorted(store.writes.elements()) == [(0, 255), (0, 256), (1, 0), (2, 0)]


def test_append_overwrites_what_an_append_that_never_counted_left() -> None:
    store = filled(300)
    append(store, 300, some(500, 9_000_000))
    assert append(store, 300, some(20, 300)).root == NaiveTree(some(320)).root(320)
    assert root_at(store, 320) == NaiveTree(some(320)).root(320)


def test_append_of_a_short_commitment_is_malformed() -> None:
    with pytest.raises(Malformed, match="32 bytes"):
        append(MemoryLogStore(), 0, [Commitment(bytes(31))])


def test_append_beyond_the_contract_is_malformed() -> None:
    with pytest.raises(Malformed, match="outside its bounds"):
        append(MemoryLogStore(), MAX_LOG_SIZE, some(1))


def test_append_to_a_negative_size_is_malformed() -> None:
    with pytest.raises(Malformed, match="outside its bounds"):
        append(MemoryLogStore(), -1, some(2))


def test_append_of_more_than_one_checkpoint_takes_is_malformed() -> None:
    with pytest.raises(Malformed, match="outside its bounds"):
        append(MemoryLogStore(), 0, [Commitment(bytes(32))] * (MAX_APPEND + 1))


def test_append_refuses_before_it_writes() -> None:
    store = MemoryLogStore()
    with pytest.raises(Malformed):
        append(store, 0, [*some(300), Commitment(b"")])
    assert not store.writes


def test_append_without_the_last_tile_is_unavailable() -> None:
    store = filled(300)
    del store.tiles[0, 1]
    with pytest.raises(Unavailable, match="level 0, number 1"):
        append(store, 300, some(1))


def test_root_of_a_tile_cut_short_is_unavailable() -> None:
    store = filled(300)
    store.tiles[0, 1] = store.tiles[0, 1][:-32]
    with pytest.raises(Unavailable, match="44 hashes are needed"):
        root_at(store, 300)


def test_proofs_verify_for_every_pair_to_a_hundred() -> None:
    store, tree = filled(100), NaiveTree(some(100))
    for size in range(101):
        root = root_at(store, size)
        assert root == tree.root(size)
        for index in range(size):
            proof = inclusion(store, index, size)
            assert proof == tree.inclusion(index, size)
            verify_inclusion(index=index, size=size, leaf=leaf_hash(some(1, index)[0]), proof=proof, root=root)
        for size1 in range(size + 1):
            proof = consistency(store, size1, size)
            assert proof == tree.consistency(size1, size)
            verify_consistency(size1=size1, size2=size, root1=root_at(store, size1), root2=root, proof=proof)


@given(data=st.data())
def test_proofs_are_those_of_the_naive_tree_at_any_size_to_70000(data: Any) -> None:
    store, tree = large()
    size = data.draw(st.integers(1, 70_000) | st.sampled_from([256, 512, 65_535, 65_536, 65_537, 70_000]))
    index = data.draw(st.integers(0, size - 1))
    size1 = data.draw(st.integers(0, size))
    assert root_at(store, size) == tree.root(size)
    assert inclusion(store, index, size) == tree.inclusion(index, size)
    assert consistency(store, size1, size) == tree.consistency(size1, size)


def test_proofs_read_at_most_two_tiles_a_level() -> None:
    store, _ = large()
    draw = Random(20260720)
    for _ in range(50):
        size = draw.randint(66_000, 70_000)
        store.forget_counts()
        inclusion(store, draw.randrange(size), size)
        assert max(store.reads.values()) == 1
        assert len(store.reads) <= 2 * 3


def test_inclusion_outside_the_log_is_malformed() -> None:
    with pytest.raises(Malformed):
        inclusion(filled(5), 5, 5)


def test_consistency_with_a_larger_log_is_malformed() -> None:
    with pytest.raises(Malformed):
        consistency(filled(5), 5, 4)


class GrowingLog(RuleBasedStateMachine):
    """Any mix of batches, and of appends that never counted, keeps every old root and proves every growth."""

    @initialize()
    def begin(self) -> None:
        self.store = MemoryLogStore()
        self.entries: list[Commitment] = []
        self.heads: list[AppendResult] = [AppendResult(size=0, root=EMPTY_ROOT)]

    @rule(count=st.integers(0, 5) | st.integers(250, 260) | st.integers(500, 700))
    def append(self, count: int) -> None:
        batch = some(count, len(self.entries))
        self.heads.append(append(self.store, len(self.entries), batch))
        self.entries += batch

    @rule(count=st.integers(1, 300))
    def append_in_vain(self, count: int) -> None:
        append(self.store, len(self.entries), some(count, 10**9))

    @rule(data=st.data())
    def prove(self, data: Any) -> None:
        old, new = sorted(
            (data.draw(st.sampled_from(self.heads)), data.draw(st.sampled_from(self.heads))), key=lambda head: head.size
        )
        proof = consistency(self.store, old.size, new.size)
        verify_consistency(size1=old.size, size2=new.size, root1=old.root, root2=new.root, proof=proof)

    @invariant()
    def heads_are_those_of_the_naive_tree(self) -> None:
        newest = self.heads[-1]
        assert newest == head_of(NaiveTree(self.entries), len(self.entries))
        assert all(root_at(self.store, head.size) == head.root for head in self.heads[-3:])


GrowingLog.TestCase.settings = settings(stateful_step_count=10)
TestGrowingLog = GrowingLog.TestCase
