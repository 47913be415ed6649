"""The RFC 9162 tree: known answers, public vectors, a naive oracle, an independent library, hostile input."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle
from ledger.errors import Malformed, Mismatch
from ledger.merkle import EMPTY_ROOT, LeafHash, NodeId, NodeReader, RootHash
from tests.oracles import NaiveTree, accepts_consistency, accepts_inclusion
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case
from tests.vector_sources.merkle import RFC_ENTRIES, log_entries

MAX_SIZE = 300

# Roots of the eight entries that the reference implementations of RFC 6962 publish, by size.
KNOWN_ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

# draft-ietf-plants-merkle-tree-certs, appendix "Subtree Test Vectors": one SHA-256 over every answer up to size 130.
DRAFT_SIZE = 130
DRAFT_ROOTS = "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81"
DRAFT_INCLUSION_PROOFS = "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f"


@cache
def log() -> NaiveTree:
    return NaiveTree(log_entries(2 * MAX_SIZE))


def reader(tree: NaiveTree, *, offset: int = 0) -> NodeReader:
    """Read perfect subtrees of the leaves from `offset` on."""

    def read(nodes: Sequence[NodeId]) -> list[bytes]:
        return [
            tree.mth(offset + (node.index << node.level), offset + ((node.index + 1) << node.level)) for node in nodes
        ]

    return read


# ---------------------------------------------------------------------------------------------------- known answers


@pytest.mark.parametrize("size", range(len(KNOWN_ROOTS)))
def test_root_is_the_published_one(size: int) -> None:
    tree = NaiveTree([bytes.fromhex(entry) for entry in RFC_ENTRIES])

    assert merkle.root_from_nodes(size, reader(tree)).hex() == KNOWN_ROOTS[size]


@pytest.mark.parametrize("at", range(len(RFC_ENTRIES)))
def test_leaf_hash_is_that_of_the_oracle(at: int) -> None:
    entry = bytes.fromhex(RFC_ENTRIES[at])

    assert merkle.leaf_hash(entry) == NaiveTree([entry]).root(1)


def test_empty_root_is_the_hash_of_nothing() -> None:
    assert EMPTY_ROOT.hex() == KNOWN_ROOTS[0]


def draft_subtrees() -> list[tuple[int, int]]:
    """[start, end) where start is a multiple of the smallest power of two that is not below the length."""
    ranges = [(start, end) for end in range(DRAFT_SIZE + 1) for start in range(end + 1)]
    return [(start, end) for start, end in ranges if start % (1 << max(end - start - 1, 0).bit_length()) == 0]


def test_roots_add_up_to_the_published_digest() -> None:
    tree = NaiveTree([bytes([at]) for at in range(DRAFT_SIZE)])
    digest = hashlib.sha256()
    for start, end in draft_subtrees():
        root = merkle.root_from_nodes(end - start, reader(tree, offset=start))
        digest.update(f"[{start}, {end}) {root.hex()}\n".encode())

    assert digest.hexdigest() == DRAFT_ROOTS


def test_inclusion_proofs_add_up_to_the_published_digest() -> None:
    tree = NaiveTree([bytes([at]) for at in range(DRAFT_SIZE)])
    digest = hashlib.sha256()
    for start, end in draft_subtrees():
        for index in range(end - start):
            proof = merkle.prove_inclusion(index=index, size=end - start, read=reader(tree, offset=start))
            hashes = "".join(f" {value.hex()}" for value in proof)
            digest.update(f"{start + index} [{start}, {end}){hashes}\n".encode())

    assert digest.hexdigest() == DRAFT_INCLUSION_PROOFS


# --------------------------------------------------------------------------------------------------- public vectors


def outcome(check: Callable[[], None]) -> str:
    try:
        check()
    except Mismatch:
        return "mismatch"
    except Malformed:
        return "malformed"
    return "ok"


@pytest.mark.parametrize("case", load_vectors("merkle_roots")["log"], ids=lambda case: str(case["size"]))
def test_root_is_that_of_the_vector(case: Case) -> None:
    size = case["size"]
    tree = log() if size <= len(log().leaves) else NaiveTree(log_entries(size))

    assert merkle.root_from_nodes(size, reader(tree)).hex() == case["root"]


@pytest.mark.parametrize("case", named(load_vectors("merkle_inclusion")["cases"]))
def test_inclusion_verdict_is_that_of_the_vector(case: Case) -> None:
    claim: dict[str, Any] = {
        "index": case["index"],
        "size": case["size"],
        "leaf": bytes.fromhex(case["leaf"]),
        "root": bytes.fromhex(case["root"]),
        "proof": [bytes.fromhex(value) for value in case["proof"]],
    }

    assert outcome(lambda: merkle.verify_inclusion(**claim)) == case["expect"]


@pytest.mark.parametrize("case", named(load_vectors("merkle_consistency")["cases"]))
def test_consistency_verdict_is_that_of_the_vector(case: Case) -> None:
    claim: dict[str, Any] = {
        "size1": case["size1"],
        "size2": case["size2"],
        "root1": bytes.fromhex(case["root1"]),
        "root2": bytes.fromhex(case["root2"]),
        "proof": [bytes.fromhex(value) for value in case["proof"]],
    }

    assert outcome(lambda: merkle.verify_consistency(**claim)) == case["expect"]


# -------------------------------------------------------------------------------------- every size, against the oracle


def test_roots_of_all_sizes_are_those_of_the_oracle() -> None:
    for size in range(MAX_SIZE + 1):
        assert merkle.root_from_nodes(size, reader(log())) == log().root(size)


def test_inclusion_proofs_of_all_leaves_of_all_sizes_are_those_of_the_oracle() -> None:
    for size in range(1, MAX_SIZE + 1):
        for index in range(size):
            proof = merkle.prove_inclusion(index=index, size=size, read=reader(log()))
            assert proof == log().inclusion(index, size), (index, size)


def test_inclusion_proofs_of_all_leaves_of_all_sizes_verify() -> None:
    for size in range(1, MAX_SIZE + 1):
        root = RootHash(log().root(size))
        for index in range(size):
            leaf, proof = LeafHash(log().leaves[index]), log().inclusion(index, size)
            merkle.verify_inclusion(index=index, size=size, leaf=leaf, proof=proof, root=root)


def test_consistency_proofs_of_all_sizes_are_those_of_the_oracle() -> None:
    for size2 in range(MAX_SIZE + 1):
        for size1 in range(size2 + 1):
            proof = merkle.prove_consistency(size1=size1, size2=size2, read=reader(log()))
            assert proof == log().consistency(size1, size2), (size1, size2)


def test_consistency_proofs_of_all_sizes_verify() -> None:
    for size2 in range(MAX_SIZE + 1):
        for size1 in range(size2 + 1):
            root1, root2 = RootHash(log().root(size1)), RootHash(log().root(size2))
            proof = log().consistency(size1, size2)
            merkle.verify_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)


sizes = st.integers(1, MAX_SIZE)


@st.composite
def inclusions(draw: st.DrawFn) -> Case:
    size = draw(sizes)
    index = draw(st.integers(0, size - 1))
    tree = log()
    made = {"index": index, "size": size, "leaf": tree.leaves[index], "root": tree.root(size)}
    return made | {"proof": tree.inclusion(index, size)}


@st.composite
def consistencies(draw: st.DrawFn) -> Case:
    size2 = draw(st.integers(2, MAX_SIZE))
    size1 = draw(st.integers(1, size2 - 1))
    tree = log()
    made = {"size1": size1, "size2": size2, "root1": tree.root(size1), "root2": tree.root(size2)}
    return made | {"proof": tree.consistency(size1, size2)}


def flip_one_bit(draw: Callable[[st.SearchStrategy[int]], int], value: bytes) -> bytes:
    bit = draw(st.integers(0, 8 * len(value) - 1))
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(value))


@given(inclusions(), st.sampled_from(["leaf", "root"]), st.data())
def test_inclusion_with_one_bit_of_leaf_or_root_flipped_is_a_mismatch(
    case: Case, key: str, data: st.DataObject
) -> None:
    case[key] = flip_one_bit(data.draw, case[key])

    with pytest.raises(Mismatch):
        merkle.verify_inclusion(**case)


@given(inclusions().filter(lambda case: case["proof"]), st.data())
def test_inclusion_with_one_bit_of_the_proof_flipped_is_a_mismatch(case: Case, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(case["proof"]) - 1))
    case["proof"][at] = flip_one_bit(data.draw, case["proof"][at])

    with pytest.raises(Mismatch):
        merkle.verify_inclusion(**case)


@given(inclusions().filter(lambda case: len(case["proof"]) > 1), st.data())
def test_inclusion_with_two_proof_hashes_swapped_is_a_mismatch(case: Case, data: st.DataObject) -> None:
    proof = case["proof"]
    at = data.draw(st.integers(0, len(proof) - 2))
    proof[at], proof[at + 1] = proof[at + 1], proof[at]

    with pytest.raises(Mismatch):
        merkle.verify_inclusion(**case)


@given(inclusions(), st.data())
def test_inclusion_with_a_hash_more_is_malformed(case: Case, data: st.DataObject) -> None:
    case["proof"].insert(data.draw(st.integers(0, len(case["proof"]))), case["root"])

    with pytest.raises(Malformed, match="call for"):
        merkle.verify_inclusion(**case)


@given(inclusions().filter(lambda case: case["proof"]), st.data())
def test_inclusion_with_a_hash_less_is_malformed(case: Case, data: st.DataObject) -> None:
    del case["proof"][data.draw(st.integers(0, len(case["proof"]) - 1))]

    with pytest.raises(Malformed, match="call for"):
        merkle.verify_inclusion(**case)


near = st.integers(-3, 3)


@given(inclusions(), near, near)
def test_inclusion_claimed_nearby_is_accepted_exactly_as_by_the_oracle(case: Case, of_index: int, of_size: int) -> None:
    case |= {"index": max(case["index"] + of_index, 0), "size": max(case["size"] + of_size, 0)}

    assert (outcome(lambda: merkle.verify_inclusion(**case)) == "ok") == accepts_inclusion(**case)


@given(consistencies(), near, near)
def test_consistency_claimed_nearby_is_accepted_exactly_as_by_the_oracle(case: Case, of_1: int, of_2: int) -> None:
    case |= {"size1": max(case["size1"] + of_1, 0), "size2": max(case["size2"] + of_2, 0)}

    assert (outcome(lambda: merkle.verify_consistency(**case)) == "ok") == accepts_consistency(**case)


@given(consistencies(), st.sampled_from(["root1", "root2"]), st.data())
def test_consistency_with_one_bit_of_a_root_flipped_is_a_mismatch(case: Case, key: str, data: st.DataObject) -> None:
    case[key] = flip_one_bit(data.draw, case[key])

    with pytest.raises(Mismatch):
        merkle.verify_consistency(**case)


@given(consistencies(), st.data())
def test_consistency_with_one_bit_of_the_proof_flipped_is_a_mismatch(case: Case, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(case["proof"]) - 1))
    case["proof"][at] = flip_one_bit(data.draw, case["proof"][at])

    with pytest.raises(Mismatch):
        merkle.verify_consistency(**case)


@given(consistencies())
def test_consistency_with_roots_swapped_is_a_mismatch(case: Case) -> None:
    case["root1"], case["root2"] = case["root2"], case["root1"]

    with pytest.raises(Mismatch):
        merkle.verify_consistency(**case)


@given(consistencies())
def test_consistency_with_sizes_swapped_is_malformed(case: Case) -> None:
    case["size1"], case["size2"] = case["size2"], case["size1"]

    with pytest.raises(Malformed, match="larger than the second"):
        merkle.verify_consistency(**case)


@given(consistencies(), st.data())
def test_consistency_with_a_hash_more_is_malformed(case: Case, data: st.DataObject) -> None:
    case["proof"].insert(data.draw(st.integers(0, len(case["proof"]))), case["root1"])

    with pytest.raises(Malformed, match="call for"):
        merkle.verify_consistency(**case)


@given(consistencies(), st.data())
def test_consistency_with_a_hash_less_is_malformed(case: Case, data: st.DataObject) -> None:
    del case["proof"][data.draw(st.integers(0, len(case["proof"]) - 1))]

    with pytest.raises(Malformed, match="call for"):
        merkle.verify_consistency(**case)


def test_history_rewritten_in_one_old_entry_has_no_consistency_proof() -> None:
    entries = log_entries(40)
    rewritten = NaiveTree([*entries[:7], b"another", *entries[8:]])

    with pytest.raises(Mismatch, match="first root"):
        merkle.verify_consistency(
            size1=20,
            size2=40,
            root1=RootHash(NaiveTree(entries).root(20)),
            root2=RootHash(rewritten.root(40)),
            proof=merkle.prove_consistency(size1=20, size2=40, read=reader(rewritten)),
        )


# ------------------------------------------------------------------------------------------- the independent library


@cache
def foreign_log() -> pymerkle.InmemoryTree:
    return pymerkle.InmemoryTree.init_from_entries(log_entries(MAX_SIZE), algorithm="sha256")


def test_pymerkle_agrees_on_all_roots() -> None:
    for size in range(1, MAX_SIZE + 1):
        assert foreign_log().get_root(size) == merkle.root_from_nodes(size, reader(log()))


@given(inclusions())
def test_pymerkle_makes_the_same_inclusion_proof(case: Case) -> None:
    # It counts leaves from 1 and begins the path with the leaf itself.
    theirs = foreign_log().prove_inclusion(case["index"] + 1, case["size"])

    assert merkle.prove_inclusion(index=case["index"], size=case["size"], read=reader(log())) == theirs.path[1:]


@given(inclusions())
def test_pymerkle_accepts_our_inclusion_proof(case: Case) -> None:
    index, size, leaf = case["index"] + 1, case["size"], case["leaf"]
    proof = foreign_log().prove_inclusion(index, size)
    proof.path = [leaf, *merkle.prove_inclusion(index=case["index"], size=size, read=reader(log()))]

    pymerkle.verify_inclusion(leaf, case["root"], proof, index=index, size=size, algorithm="sha256")


# --------------------------------------------------------------------------------------------------- very large trees


@cache
def uniform(level: int) -> bytes:
    """The root over 2^level equal leaves: with it, trees of any size can be read."""
    if level == 0:
        return hashlib.sha256(b"\x00leaf").digest()
    return hashlib.sha256(b"\x01" + uniform(level - 1) * 2).digest()


def read_uniform(nodes: Sequence[NodeId]) -> list[bytes]:
    return [uniform(node.level) for node in nodes]


large_sizes = st.integers(1, merkle.MAX_TREE_SIZE) | st.integers(0, 62).map(lambda level: 1 << level)


@given(large_sizes, st.data())
def test_inclusion_in_a_large_tree_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.prove_inclusion(index=index, size=size, read=read_uniform)
    root = merkle.root_from_nodes(size, read_uniform)

    merkle.verify_inclusion(index=index, size=size, leaf=LeafHash(uniform(0)), proof=proof, root=root)
    assert accepts_inclusion(index=index, size=size, leaf=uniform(0), proof=proof, root=root)


@given(large_sizes, large_sizes)
def test_consistency_of_large_trees_verifies(one: int, other: int) -> None:
    size1, size2 = sorted((one, other))
    root1, root2 = merkle.root_from_nodes(size1, read_uniform), merkle.root_from_nodes(size2, read_uniform)
    proof = merkle.prove_consistency(size1=size1, size2=size2, read=read_uniform)

    merkle.verify_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)
    assert accepts_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)


def test_longest_consistency_proof_has_63_hashes() -> None:
    proof = merkle.prove_consistency(size1=3, size2=merkle.MAX_TREE_SIZE, read=read_uniform)

    assert len(proof) == merkle.MAX_PROOF_LENGTH


@given(large_sizes, st.data())
def test_inclusion_proof_asks_once_for_at_most_two_nodes_a_level(size: int, data: st.DataObject) -> None:
    calls: list[Sequence[NodeId]] = []

    def read(nodes: Sequence[NodeId]) -> list[bytes]:
        calls.append(nodes)
        return read_uniform(nodes)

    merkle.prove_inclusion(index=data.draw(st.integers(0, size - 1)), size=size, read=read)

    assert len(calls) == (size > 1)
    assert sum(map(len, calls)) <= 2 * size.bit_length()


# ----------------------------------------------------------------------------------------------------- hostile input

numbers = st.integers(-2, 2**70) | st.integers(-2, 10)
hashes = st.binary(min_size=32, max_size=32) | st.binary(max_size=40) | st.just(EMPTY_ROOT)
proofs = st.lists(hashes, max_size=70)


@given(index=numbers, size=numbers, leaf=hashes, proof=proofs, root=hashes)
def test_inclusion_of_garbage_raises_only_our_errors(**garbage: Any) -> None:
    assert outcome(lambda: merkle.verify_inclusion(**garbage)) != "ok" or accepts_inclusion(**garbage)


@given(size1=numbers, size2=numbers, root1=hashes, root2=hashes, proof=proofs)
def test_consistency_of_garbage_raises_only_our_errors(**garbage: Any) -> None:
    assert outcome(lambda: merkle.verify_consistency(**garbage)) != "ok" or accepts_consistency(**garbage)


@pytest.mark.parametrize("value", ["x" * 32, bytearray(32), memoryview(bytes(32)), None, [0] * 32])
def test_hash_that_is_not_bytes_is_malformed(value: Any) -> None:
    with pytest.raises(Malformed):
        merkle.verify_inclusion(index=0, size=1, leaf=value, proof=[], root=RootHash(bytes(32)))


def test_proof_of_64_hashes_is_refused_for_its_length() -> None:
    with pytest.raises(Malformed, match="at most 63"):
        merkle.verify_inclusion(
            index=0, size=2, leaf=LeafHash(bytes(32)), proof=[bytes(32)] * 64, root=RootHash(bytes(32))
        )


@pytest.mark.parametrize("proof", [[], [EMPTY_ROOT]], ids=["no proof", "a proof"])
def test_old_tree_larger_than_the_new_one_is_malformed(proof: list[bytes]) -> None:
    with pytest.raises(Malformed, match="larger than the second"):
        merkle.verify_consistency(size1=2, size2=1, root1=EMPTY_ROOT, root2=EMPTY_ROOT, proof=proof)


def test_empty_old_tree_with_another_root_is_a_mismatch() -> None:
    with pytest.raises(Mismatch) as caught:
        merkle.verify_consistency(size1=0, size2=1, root1=RootHash(bytes(32)), root2=EMPTY_ROOT, proof=[])

    assert (caught.value.expected, caught.value.got) == (EMPTY_ROOT, bytes(32))


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 1), (0, -1), (0, 2**62 + 1)])
def test_proof_of_a_leaf_outside_the_tree_cannot_be_made(index: int, size: int) -> None:
    with pytest.raises(Malformed):
        merkle.prove_inclusion(index=index, size=size, read=read_uniform)


@pytest.mark.parametrize(("size1", "size2"), [(2, 1), (-1, 1), (1, 2**62 + 1)])
def test_proof_between_impossible_sizes_cannot_be_made(size1: int, size2: int) -> None:
    with pytest.raises(Malformed):
        merkle.prove_consistency(size1=size1, size2=size2, read=read_uniform)


@pytest.mark.parametrize("answer", [[], [bytes(32)] * 3, [bytes(31), bytes(32)], [bytes(32), bytes(33)]])
def test_reader_that_answers_wrongly_is_refused(answer: list[bytes]) -> None:
    with pytest.raises(Malformed):
        merkle.root_from_nodes(3, lambda _: answer)


@pytest.mark.parametrize("count", [0, 3, 5, 255])
def test_subtree_root_needs_a_power_of_two(count: int) -> None:
    with pytest.raises(Malformed, match="power of two"):
        merkle.subtree_root([bytes(32)] * count)


@pytest.mark.parametrize("level", range(9))
def test_subtree_root_is_that_of_the_oracle(level: int) -> None:
    assert merkle.subtree_root(log().leaves[: 1 << level]) == log().root(1 << level)
