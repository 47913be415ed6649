"""Vectors of the Merkle tree: roots, and proofs as made, changed in one thing, and claimed for other places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tests.oracles import EMPTY_ROOT, NaiveTree, accepts_consistency, accepts_inclusion
from tests.vector_sources.encoding import Case, hexed, sha256

RFC_ENTRIES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOT_SIZES = [0, 1, 2, 3, 7, 8, 255, 256, 257, 300, 600, 65_535, 65_536, 65_537, 70_000]
INCLUSIONS = [(0, 1), (0, 2), (1, 3), (5, 8), (2, 3), (4, 5), (6, 7), (100, 300), (255, 256), (256, 257)]
EDGE_CONSISTENCIES = [(0, 0), (0, 5), (1, 1), (8, 8)]
CONSISTENCIES = [(1, 2), (1, 8), (2, 5), (3, 7), (4, 8), (6, 7), (6, 8), (7, 8), (128, 300), (255, 257), (299, 300)]

LARGEST_CLAIM = 700


def log_entries(count: int) -> list[bytes]:
    return [sha256(str(index).encode()) for index in range(count)]


def roots() -> Case:
    small = NaiveTree([bytes.fromhex(entry) for entry in RFC_ENTRIES])
    log = NaiveTree(log_entries(max(ROOT_SIZES)))
    return {
        "about": "Roots of RFC 9162 §2.1.1. `log`: entry i is SHA-256 of i in ASCII decimal.",
        "small": {"entries": RFC_ENTRIES, "roots": [small.root(size).hex() for size in range(len(RFC_ENTRIES) + 1)]},
        "log": [{"size": size, "root": log.root(size).hex()} for size in ROOT_SIZES],
    }


def inclusion() -> Case:
    tree = NaiveTree(log_entries(LARGEST_CLAIM))
    cases = []
    for index, size in INCLUSIONS:
        made: Case = {"index": index, "size": size, "leaf": tree.leaves[index], "root": tree.root(size)}
        made["proof"] = tree.inclusion(index, size)
        changes = [*changed(made), *renumbered(made, ["index", "size"])]
        # An inclusion proof binds neither index nor size: the very same bytes hold in several places.
        changes += [(f"claimed as leaf {at} of {of}", made | {"index": at, "size": of}) for at, of in also_at(made)]
        cases += [inclusion_case(tree, f"leaf {index} of {size}: {name}", case) for name, case in changes]
    return {"about": "RFC 9162 §2.1.3. `expect`: ok, mismatch (a check failed) or malformed.", "cases": cases}


def consistency() -> Case:
    tree = NaiveTree(log_entries(LARGEST_CLAIM))
    cases = []
    for size1, size2 in EDGE_CONSISTENCIES + CONSISTENCIES:
        made: Case = {"size1": size1, "size2": size2, "root1": tree.root(size1), "root2": tree.root(size2)}
        made["proof"] = tree.consistency(size1, size2)
        changes = [*changed(made), *renumbered(made, ["size1", "size2"])]
        changes += [("roots swapped", made | {"root1": made["root2"], "root2": made["root1"]})]
        changes += [("no proof", made | {"proof": []})]
        # A consistency proof seldom binds the new size: it is for an audit to count the published leaves.
        changes += [(f"claimed for the new size {other}", made | {"size2": other}) for other in also_to(made)]
        cases += [consistency_case(tree, f"{size1} to {size2}: {name}", case) for name, case in changes]
    return {
        "about": "RFC 9162 §2.1.4; size 0 and equal sizes by C2SP tlog-witness. `expect` as in merkle_inclusion.json.",
        "cases": cases,
    }


def also_at(case: Case) -> list[tuple[int, int]]:
    """The first four other places that the proof holds for, besides those one away."""
    places = ((index, size) for size in range(1, 40) for index in range(size))
    far = ((at, of) for at, of in places if abs(at - case["index"]) + abs(of - case["size"]) > 1)
    return [(at, of) for at, of in far if accepts_inclusion(**case | {"index": at, "size": of})][:4]


def also_to(case: Case) -> list[int]:
    """The first three new sizes, farther than one away, that the proof holds for too; after nothing, all sizes do."""
    if not case["proof"]:
        return []
    sizes = (size for size in range(case["size1"] + 1, LARGEST_CLAIM) if abs(size - case["size2"]) > 1)
    return [size for size in sizes if accepts_consistency(**case | {"size2": size})][:3]


def changed(case: Case) -> Iterator[tuple[str, Case]]:
    """Change one thing at a time: what is common to both kinds of proof."""
    proof = case["proof"]
    yield "as made", case
    for at, value in enumerate(proof):
        yield f"bit flipped in proof hash {at}", case | {"proof": [*proof[:at], flipped(value), *proof[at + 1 :]]}
    if proof:
        yield "first proof hash missing", case | {"proof": proof[1:]}
        yield "short proof hash", case | {"proof": [proof[0][:31], *proof[1:]]}
        yield "long proof hash", case | {"proof": [proof[0] + b"\0", *proof[1:]]}
    if len(proof) > 1:
        yield "last proof hash missing", case | {"proof": proof[:-1]}
        yield "proof reversed", case | {"proof": proof[::-1]}
    yield "hash appended", case | {"proof": [*proof, EMPTY_ROOT]}
    yield "hash prepended", case | {"proof": [EMPTY_ROOT, *proof]}
    for key in ("leaf", "root", "root1", "root2"):
        if key in case:
            yield f"bit flipped in {key}", case | {key: flipped(case[key])}
            yield f"{key} of 31 bytes", case | {key: case[key][:31]}
            yield f"{key} empty", case | {key: b""}


def renumbered(case: Case, keys: Sequence[str]) -> Iterator[tuple[str, Case]]:
    for key in keys:
        number = case[key]
        for claim in sorted({-1, number - 1, number + 1, number ^ 2, number * 2, number // 2} - {number}):
            yield f"{key} claimed as {claim}", case | {key: claim}


def flipped(value: bytes) -> bytes:
    return bytes([value[0] ^ 1]) + value[1:]


def inclusion_case(tree: NaiveTree, name: str, case: Case) -> Case:
    index, size = case["index"], case["size"]
    formed = 0 <= index < size and well_formed(case, tree.inclusion(index, size))
    return {"name": name, "expect": verdict(formed=formed, accepted=formed and accepts_inclusion(**case))} | hexed(case)


def consistency_case(tree: NaiveTree, name: str, case: Case) -> Case:
    size1, size2 = case["size1"], case["size2"]
    formed = 0 <= size1 <= size2 and well_formed(case, tree.consistency(size1, size2))
    accepted = formed and accepts_consistency(**case)
    return {"name": name, "expect": verdict(formed=formed, accepted=accepted)} | hexed(case)


def well_formed(case: Case, made: Sequence[bytes]) -> bool:
    hashes = [value for value in case.values() if isinstance(value, bytes)] + case["proof"]
    return len(case["proof"]) == len(made) and all(len(value) == len(EMPTY_ROOT) for value in hashes)


def verdict(*, formed: bool, accepted: bool) -> str:
    if accepted:
        return "ok"
    return "mismatch" if formed else "malformed"
