"""Seeded cases for the differential test: proofs good and spoilt, with the verdict of `ledger.merkle`.

A case is packed as contracts/test/Differential.s.sol reads it.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from ledger.canonical import sha256
from ledger.errors import Malformed, Mismatch
from ledger.merkle import (
    MAX_TREE_SIZE,
    LeafHash,
    NodeId,
    RootHash,
    leaf_hash,
    node_hash,
    prove_consistency,
    prove_inclusion,
    root_from_nodes,
    verify_consistency,
    verify_inclusion,
)

PERIOD_LEVEL = 8
"""Entries repeat after 2^8, so that trees of any size can be read; at higher levels all nodes of a level are equal."""

ANCHORED_LIMIT = 2**24
"""The first checkpoint of a log has at most so many leaves, and no step adds more."""

MOST_SIZE = 2**48 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Consistency: two sizes and roots. Inclusion: index and size, entry and root."""

    number1: int
    number2: int
    word1: bytes
    word2: bytes
    proof: tuple[bytes, ...]

    def packed(self, *, accepted: bool, anchored: bool) -> bytes:
        """The bytes that the Solidity side reads."""
        numbers = struct.pack(">QQ", self.number1, self.number2)
        flags = struct.pack(">BBB", accepted, anchored, len(self.proof))
        return b"".join([numbers, self.word1, self.word2, flags, *self.proof])


Change = Callable[[random.Random, Case], Case]


# --------------------------------------------------------------------------------------------------------------- trees


def entry(index: int) -> bytes:
    return sha256(b"%d" % (index % 2**PERIOD_LEVEL))


@cache
def node(level: int, index: int) -> bytes:
    if level == 0:
        return leaf_hash(entry(index))
    return node_hash(_at(level - 1, 2 * index), _at(level - 1, 2 * index + 1))


def _at(level: int, index: int) -> bytes:
    return node(level, index % (2 ** max(PERIOD_LEVEL - level, 0)))


def read(nodes: Sequence[NodeId]) -> list[bytes]:
    return [_at(wanted.level, wanted.index) for wanted in nodes]


@cache
def root(size: int) -> RootHash:
    return root_from_nodes(size, read)


# --------------------------------------------------------------------------------------------------------------- cases


def consistency_cases(rng: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        size1, size2 = sorted(rng.sample(range(1, 65), 2)) if rng.random() < 0.3 else _sizes(rng)
        proof = prove_consistency(size1=size1, size2=size2, read=read)
        made = Case(number1=size1, number2=size2, word1=root(size1), word2=root(size2), proof=tuple(proof))
        case = _spoilt(rng, made)
        in_range = 0 < case.number1 < case.number2
        if not in_range and rng.random() < 0.9:
            continue
        # At the edges the ledger, not the library, has rules of its own, and other tests.
        accepted = in_range and _holds(
            partial(
                verify_consistency,
                size1=case.number1,
                size2=case.number2,
                root1=RootHash(case.word1),
                root2=RootHash(case.word2),
                proof=case.proof,
            )
        )
        anchored = in_range and case.number1 <= ANCHORED_LIMIT and case.number2 - case.number1 <= ANCHORED_LIMIT
        yield case.packed(accepted=accepted, anchored=anchored and case.number2 <= MOST_SIZE)


def inclusion_cases(rng: random.Random, count: int) -> Iterator[bytes]:
    for _ in range(count):
        size = rng.randrange(1, 65) if rng.random() < 0.3 else _sizes(rng)[1]
        index = rng.choice((0, size - 1, rng.randrange(size)))
        proof = prove_inclusion(index=index, size=size, read=read)
        made = Case(number1=index, number2=size, word1=entry(index), word2=root(size), proof=tuple(proof))
        case = _spoilt(rng, made)
        accepted = _holds(
            partial(
                verify_inclusion,
                index=case.number1,
                size=case.number2,
                leaf=LeafHash(leaf_hash(case.word1)),
                proof=case.proof,
                root=RootHash(case.word2),
            )
        )
        yield case.packed(accepted=accepted, anchored=0 < case.number2 <= ANCHORED_LIMIT)


def _sizes(rng: random.Random) -> tuple[int, int]:
    """Two sizes of all magnitudes, often near powers of two."""
    size1 = _size(rng, MOST_SIZE - 1)
    size2 = _size(rng, MOST_SIZE) if rng.random() < 0.5 else size1 + rng.choice((1, 2, 7, rng.randrange(1, 20_000)))
    size1, size2 = min(size1, size2), max(size1, size2)
    return (size1, size2) if size1 < size2 else (size1, size2 + 1)


def _size(rng: random.Random, most: int) -> int:
    power = 1 << rng.randrange(25 if rng.random() < 0.8 else 48)
    near = rng.choice((power - 1, power, power + 1, rng.randrange(power, 2 * power)))
    return max(1, min(near, most))


def _holds(verify: Callable[[], None]) -> bool:
    try:
        verify()
    except (Malformed, Mismatch):
        return False
    return True


# ------------------------------------------------------------------------------------------------------------- changes


def _spoilt(rng: random.Random, made: Case) -> Case:
    """Change one thing, or nothing in a quarter of the cases, or two in a tenth."""
    case = made
    for _ in range(rng.choices((0, 1, 2), (25, 65, 10))[0]):
        case = rng.choice(CHANGES)(rng, case)
    return case


def _flip(rng: random.Random, value: bytes) -> bytes:
    at = rng.randrange(len(value))
    return value[:at] + bytes([value[at] ^ 1 << rng.randrange(8)]) + value[at + 1 :]


def _number1(rng: random.Random, case: Case) -> Case:
    return replace(case, number1=_near(rng, case.number1))


def _number2(rng: random.Random, case: Case) -> Case:
    return replace(case, number2=_near(rng, case.number2))


def _near(rng: random.Random, number: int) -> int:
    others = (
        number - 1,
        number + 1,
        number + 2,
        2 * number,
        number // 2,
        number ^ (1 << rng.randrange(8)),
        _size(rng, MOST_SIZE),
    )
    return max(0, min(rng.choice(others), MAX_TREE_SIZE))


def _word1(rng: random.Random, case: Case) -> Case:
    return replace(case, word1=_flip(rng, case.word1))


def _word2(rng: random.Random, case: Case) -> Case:
    return replace(case, word2=_flip(rng, case.word2))


def _words_swapped(_: random.Random, case: Case) -> Case:
    return replace(case, word1=case.word2, word2=case.word1)


def _hash_flipped(rng: random.Random, case: Case) -> Case:
    if not case.proof:
        return case
    at = rng.randrange(len(case.proof))
    return replace(case, proof=(*case.proof[:at], _flip(rng, case.proof[at]), *case.proof[at + 1 :]))


def _hash_dropped(rng: random.Random, case: Case) -> Case:
    at = rng.randrange(len(case.proof) + 1)
    return replace(case, proof=case.proof[:at] + case.proof[at + 1 :])


def _hash_repeated(rng: random.Random, case: Case) -> Case:
    at = rng.randrange(len(case.proof) + 1)
    return replace(case, proof=case.proof[: at + 1] + case.proof[at:])


def _hash_added(rng: random.Random, case: Case) -> Case:
    at = rng.randrange(len(case.proof) + 1)
    added = rng.choice((case.word1, case.word2, rng.randbytes(32)))
    return replace(case, proof=(*case.proof[:at], added, *case.proof[at:]))


def _hashes_swapped(rng: random.Random, case: Case) -> Case:
    proof = list(case.proof)
    if len(proof) > 1:
        at = rng.randrange(len(proof) - 1)
        proof[at], proof[at + 1] = proof[at + 1], proof[at]
    return replace(case, proof=tuple(proof))


def _length(rng: random.Random, case: Case) -> Case:
    length = rng.choice((0, 1, 62, 63, 64, 65))
    return replace(case, proof=(case.proof * 65 + (case.word2,) * 65)[:length])


CHANGES: tuple[Change, ...] = (
    _number1,
    _number2,
    _number2,
    _word1,
    _word2,
    _words_swapped,
    _hash_flipped,
    _hash_dropped,
    _hash_repeated,
    _hash_added,
    _hashes_swapped,
    _length,
)
