"""The Merkle tree of RFC 9162 §2.1 (the hashes of RFC 6962): roots, and proofs made and verified.

Words: a *leaf* is numbered from 0; a *perfect subtree* (level, index) covers the leaves index·2^level up to, not
including, (index + 1)·2^level; a tree of `size` leaves is split at the largest power of two below its size.

An inclusion proof binds neither index nor size, and a consistency proof most often holds for several new sizes: the
caller takes index, sizes and roots from what was signed or anchored, never from where the proof came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NewType, TypeAlias

from ledger.canonical import sha256
from ledger.errors import Malformed, Mismatch

LeafHash = NewType("LeafHash", bytes)
NodeHash = NewType("NodeHash", bytes)
RootHash = NewType("RootHash", bytes)

HASH_SIZE = 32
"""Bytes of SHA-256."""

MAX_PROOF_LENGTH = 63
"""Hashes. The bound of C2SP tlog-witness."""

MAX_TREE_SIZE = 2**62
"""Leaves. Up to here MAX_PROOF_LENGTH is enough: an inclusion proof has at most 62 hashes, a consistency proof 63."""

EMPTY_ROOT = RootHash(sha256(b""))
"""The root of the tree without leaves, SHA-256("") (RFC 9162 §2.1.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeId:
    """A perfect subtree: the leaves from index·2^level up to, not including, (index + 1)·2^level."""

    level: int
    index: int


NodeReader: TypeAlias = Callable[[Sequence[NodeId]], list[bytes]]
"""Gives the hashes of the perfect subtrees asked for, in that order, 32 bytes each. Asked once per root or proof."""


def leaf_hash(entry: bytes) -> LeafHash:
    """Return SHA-256(0x00 ‖ entry) (RFC 9162 §2.1.1)."""
    return LeafHash(sha256(b"\x00" + entry))


def node_hash(left: bytes, right: bytes) -> NodeHash:
    """Return SHA-256(0x01 ‖ left ‖ right) (RFC 9162 §2.1.1). Raises Malformed unless both are 32 bytes."""
    _check_hash("left node", left)
    _check_hash("right node", right)
    return NodeHash(sha256(b"\x01" + left + right))


def subtree_root(hashes: Sequence[bytes]) -> NodeHash:
    """Return the root above 2^n neighbouring nodes of one level, n ≥ 0. Raises Malformed for any other number."""
    if len(hashes).bit_count() != 1:
        raise Malformed("perfect subtree", f"{len(hashes)} nodes are not a power of two")
    row = [NodeHash(node) for node in hashes]
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    _check_hash("node", row[0])
    return row[0]


# ------------------------------------------------------------------------------------------------------- verifying


def root_from_inclusion_proof(*, index: int, size: int, leaf: LeafHash, proof: Sequence[bytes]) -> RootHash:
    """Compute the root that `proof` leads to from leaf `index` in a tree of `size` (RFC 9162 §2.1.3.2).

    Requires 0 ≤ index < size ≤ 2^62; `proof` begins at the leaf's sibling. Raises Malformed for a number outside its
    range, a hash that is not 32 bytes, and a proof of another length than index and size call for.
    """
    _check_size("size", size)
    if not 0 <= index < size:
        raise Malformed("index", f"{index} is not in a tree of {size}")
    _check_hash("leaf", leaf)
    inner, border = _inclusion_shape(index, size)
    _check_proof(proof, inner + border)
    return RootHash(_climb(leaf, proof, inner=inner, path=index))


def verify_inclusion(*, index: int, size: int, leaf: LeafHash, proof: Sequence[bytes], root: RootHash) -> None:
    """Return when `proof` shows `leaf` at `index` in the tree of `size` leaves with this `root`.

    Raises Mismatch when it leads to another root, Malformed as `root_from_inclusion_proof` does.
    """
    _check_hash("root", root)
    _check_equal("root", root, root_from_inclusion_proof(index=index, size=size, leaf=leaf, proof=proof))


def verify_consistency(*, size1: int, size2: int, root1: RootHash, root2: RootHash, proof: Sequence[bytes]) -> None:
    """Return when `proof` shows that the tree (size2, root2) begins with all leaves of (size1, root1).

    RFC 9162 §2.1.4.2 for 0 < size1 < size2. Equal sizes need equal roots, and size1 = 0 needs root1 = SHA-256("");
    both need an empty proof (the rule of C2SP tlog-witness). Requires 0 ≤ size1 ≤ size2 ≤ 2^62. Raises Mismatch when
    a root differs; Malformed for a number outside its range, a hash that is not 32 bytes, and a proof of another
    length than the two sizes call for.
    """
    _check_sizes(size1, size2)
    _check_hash("first root", root1)
    _check_hash("second root", root2)
    if size1 == 0:
        _check_proof(proof, 0)
        _check_equal("root of the empty tree", EMPTY_ROOT, root1)
    if size1 == size2:
        _check_proof(proof, 0)
        _check_equal("root of the same size", root1, root2)
    if 0 < size1 < size2:
        _verify_growth(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)


def _verify_growth(*, size1: int, size2: int, root1: RootHash, root2: RootHash, proof: Sequence[bytes]) -> None:
    # The proof starts from the last perfect subtree of the old tree, 2^height leaves, and goes on as the inclusion
    # proof of the old tree's last leaf in the new tree does from that height.
    height = (size1 & -size1).bit_length() - 1
    fork, border = _inclusion_shape(size1 - 1, size2)
    inner = fork - height
    old_tree_is_perfect = size1 == 1 << height
    _check_proof(proof, inner + border + (0 if old_tree_is_perfect else 1))

    start, siblings = (root1, proof) if old_tree_is_perfect else (proof[0], proof[1:])
    path = (size1 - 1) >> height
    # Siblings on the left belong to both trees, those on the right only to the new one.
    old = start
    for level, sibling in enumerate(siblings):
        if level >= inner or path >> level & 1:
            old = node_hash(sibling, old)
    _check_equal("first root", root1, old)
    _check_equal("second root", root2, _climb(start, siblings, inner=inner, path=path))


def _inclusion_shape(index: int, size: int) -> tuple[int, int]:
    """Count the proof's hashes for 0 ≤ index < size: those below, and those above, the fork with the last leaf.

    Below the fork the path has a sibling on either side at each level; above it the path runs along the right edge,
    where the tree has only the left siblings, one for each bit set in what is left of the index.
    """
    fork = (index ^ (size - 1)).bit_length()
    return fork, (index >> fork).bit_count()


def _climb(start: bytes, siblings: Sequence[bytes], *, inner: int, path: int) -> bytes:
    node = start
    for level, sibling in enumerate(siblings):
        on_the_left = level >= inner or path >> level & 1
        node = node_hash(sibling, node) if on_the_left else node_hash(node, sibling)
    return node


# ---------------------------------------------------------------------------------------------------------- making


def root_from_nodes(size: int, read: NodeReader) -> RootHash:
    """Compute the root of the first `size` leaves, 0 ≤ size ≤ 2^62, from at most 62 perfect subtrees."""
    _check_size("size", size)
    if size == 0:
        return EMPTY_ROOT
    return RootHash(_read_ranges([(0, size)], read)[0])


def prove_inclusion(*, index: int, size: int, read: NodeReader) -> list[bytes]:
    """Make the inclusion proof of leaf `index` in the tree of `size` leaves (RFC 9162 §2.1.3.1), sibling first.

    Requires 0 ≤ index < size ≤ 2^62; reads O(log size) nodes. Raises Malformed outside the range.
    """
    _check_size("size", size)
    if not 0 <= index < size:
        raise Malformed("index", f"{index} is not in a tree of {size}")
    ranges = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return _read_ranges(ranges[::-1], read)


def prove_consistency(*, size1: int, size2: int, read: NodeReader) -> list[bytes]:
    """Make the proof that the tree of `size2` leaves begins with that of `size1` (RFC 9162 §2.1.4.1).

    Requires 0 ≤ size1 ≤ size2 ≤ 2^62; reads O(log size2) nodes. Empty when size1 is 0 or both are equal.
    Raises Malformed outside the range.
    """
    _check_sizes(size1, size2)
    if size1 == 0:
        return []
    ranges = []
    start, end = 0, size2
    while end != size1:
        middle = start + _split(end - start)
        if size1 <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # otherwise what is left is the whole old tree, whose root the verifier knows
        ranges.append((start, end))
    return _read_ranges(ranges[::-1], read)


def _split(count: int) -> int:
    """Return the largest power of two below `count`, count ≥ 2."""
    return 1 << ((count - 1).bit_length() - 1)


def _read_ranges(ranges: Sequence[tuple[int, int]], read: NodeReader) -> list[bytes]:
    """Give the hash of each range of leaves; every range is a subtree of RFC 9162, so all is read in one call."""
    parts = [_perfect_subtrees(start, end) for start, end in ranges]
    wanted = [node for part in parts for node in part]
    if not wanted:
        return []
    nodes = read(wanted)
    if len(nodes) != len(wanted):
        raise Malformed("nodes read", f"{len(nodes)} hashes for {len(wanted)} nodes")
    found = iter(nodes)
    return [_fold([next(found) for _ in part]) for part in parts]


def _perfect_subtrees(start: int, end: int) -> list[NodeId]:
    """Split the leaves start…end - 1, a subtree of RFC 9162, into perfect subtrees from left to right."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(NodeId(level=level, index=start >> level))
        start += 1 << level
    return nodes


def _fold(nodes: Sequence[bytes]) -> bytes:
    root = nodes[-1]
    _check_hash("node", root)
    for left in reversed(nodes[:-1]):
        root = node_hash(left, root)
    return root


# --------------------------------------------------------------------------------------------------------- checking


def _check_size(what: str, size: int) -> None:
    if not 0 <= size <= MAX_TREE_SIZE:
        raise Malformed(what, f"{size} is not a tree size (0 to 2^62)")


def _check_sizes(size1: int, size2: int) -> None:
    _check_size("first size", size1)
    _check_size("second size", size2)
    if size1 > size2:
        raise Malformed("first size", f"{size1} is larger than the second, {size2}")


def _check_hash(what: str, value: object) -> None:
    if not isinstance(value, bytes) or len(value) != HASH_SIZE:
        raise Malformed(what, f"not a hash of {HASH_SIZE} bytes")


def _check_proof(proof: Sequence[bytes], length: int) -> None:
    if len(proof) > MAX_PROOF_LENGTH:
        raise Malformed("proof", f"{len(proof)} hashes, at most {MAX_PROOF_LENGTH} are read")
    if len(proof) != length:
        raise Malformed("proof", f"{len(proof)} hashes, these sizes call for {length}")
    for at, value in enumerate(proof):
        _check_hash(f"proof hash {at}", value)


def _check_equal(what: str, expected: bytes, got: bytes) -> None:
    if got != expected:
        raise Mismatch(what, expected, got)
