"""Vectors of the contract: calls of `append` and `verifyEntry`, and what the contract answers, to the byte.

The order in which `append` looks is that of its interface; the arithmetic is that of RFC 9162 in `tests.oracles`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from tests.oracles import NaiveTree, accepts_consistency, accepts_inclusion, hash_leaf
from tests.vector_sources import merkle
from tests.vector_sources.encoding import Case, sha256

ORIGIN = "vectors.example/log"
LOG_ID = sha256(ORIGIN.encode())

APPEND = "append(bytes32,uint64,uint64,bytes32,bytes32[])"
VERIFY_ENTRY = "verifyEntry(bytes32,bytes32,bytes32,uint64,bytes32[])"

SIZE_LIMIT = 2**48
MAX_STEP = 2**24
MAX_PROOF_LENGTH = 63
HASH_SIZE = 32
ZERO = bytes(HASH_SIZE)

Refusal: TypeAlias = tuple[str, tuple[int | bytes, ...]]
"""Signature of an error, and its arguments."""


def call_data(signature: str, *values: object) -> bytes:
    """Encode a call or an error by the contract ABI; the signature holds no nested parentheses."""
    types = signature.rstrip(")").partition("(")[2]
    return keccak(text=signature)[:4] + encode(types.split(",") if types else [], values)


def append_refusal(*, head: tuple[int, bytes], call: Case) -> Refusal | None:
    """Say why `append` refuses the operator's call when the log's last checkpoint is `head`; None when it takes it."""
    size, root = head
    old, new, new_root, proof = call["old_size"], call["new_size"], call["new_root"], call["proof"]
    if old != size:
        return "SizeConflict(uint64)", (size,)
    if not 0 < new < SIZE_LIMIT:
        return "SizeOutOfRange(uint64)", (new,)
    if new < old:
        return "SizeShrinks(uint64,uint64)", (old, new)
    if new - old > MAX_STEP:
        return "StepTooLarge(uint64,uint64)", (old, new)
    if new_root == ZERO:
        return "ZeroRoot(bytes32)", (LOG_ID,)
    if len(proof) > MAX_PROOF_LENGTH:
        return "ProofLength(uint256)", (len(proof),)
    if new == old and new_root != root:
        return "RootConflict(bytes32,bytes32)", (root, new_root)
    if bool(proof) != (0 < old < new):
        return "ProofLength(uint256)", (len(proof),)
    if 0 < old < new and not accepts_consistency(size1=old, size2=new, root1=root, root2=new_root, proof=proof):
        return "NotConsistent(uint64,uint64)", (old, new)
    return None


def entry_refusal(*, head: tuple[int, bytes], call: Case) -> Refusal | None:
    """Say why `verifyEntry` refuses when `head` is the log's only checkpoint; None when the entry is included."""
    size, root = head
    if call["root"] != root:
        return "UnknownCheckpoint(bytes32)", (call["root"],)
    if len(call["proof"]) > MAX_PROOF_LENGTH:
        return "ProofLength(uint256)", (len(call["proof"]),)
    leaf = hash_leaf(call["commitment"])
    if not accepts_inclusion(index=call["index"], size=size, leaf=leaf, proof=call["proof"], root=root):
        return "NotIncluded(bytes32,uint64)", (call["commitment"], call["index"])
    return None


def consistency() -> Case:
    """Calls of `append` on a log whose only checkpoint is the head given; none where its size is 0."""
    cases = []
    for name, head, call in [*_from_proofs(), *_beyond_proofs()]:
        refusal = append_refusal(head=head, call=call)
        # The head has index 0, so what is stored upon it has 1.
        index = 1 if 0 < call["old_size"] < call["new_size"] else 0
        data = call_data(APPEND, LOG_ID, call["old_size"], call["new_size"], call["new_root"], call["proof"])
        cases.append(_case(name, head, data, refusal, returns=encode(["uint64"], [index])))
    return _file("append, called by the log's operator; `answer` is the returned index, or the error.", cases)


def inclusion() -> Case:
    """Calls of `verifyEntry` on a log whose only checkpoint is the head given."""
    tree = NaiveTree(merkle.log_entries(merkle.LARGEST_CLAIM))
    cases = []
    for index, size in merkle.INCLUSIONS:
        head = (size, tree.root(size))
        entry = sha256(str(index).encode())
        made: Case = {"root": head[1], "commitment": entry, "index": index, "proof": tree.inclusion(index, size)}
        for change, call in [*_changed_entry(made), *_renumbered_entry(made)]:
            refusal = entry_refusal(head=head, call=call)
            data = call_data(VERIFY_ENTRY, LOG_ID, call["root"], call["commitment"], call["index"], call["proof"])
            cases.append(_case(f"leaf {index} of {size}: {change}", head, data, refusal, returns=b""))
    about = "verifyEntry, called by anyone; `answer` is the error, and empty where the entry is included."
    return _file(about, cases)


def _from_proofs() -> Iterator[tuple[str, tuple[int, bytes], Case]]:
    """Take every consistency vector that an EVM call can hold at all."""
    for case in merkle.consistency()["cases"]:
        values = {key: bytes.fromhex(case[key]) for key in ("root1", "root2")}
        proof = [bytes.fromhex(value) for value in case["proof"]]
        if (
            any(len(value) != HASH_SIZE for value in [*values.values(), *proof])
            or min(case["size1"], case["size2"]) < 0
        ):
            continue
        head = (case["size1"], values["root1"]) if case["size1"] else (0, ZERO)
        call = {"old_size": case["size1"], "new_size": case["size2"], "new_root": values["root2"], "proof": proof}
        yield case["name"], head, call


def _beyond_proofs() -> Iterator[tuple[str, tuple[int, bytes], Case]]:
    """Refuse what is no matter of proofs, from an empty log and from one of six leaves."""
    tree = NaiveTree(merkle.log_entries(11))
    empty: Case = {"old_size": 0, "new_size": 6, "new_root": tree.root(6), "proof": []}
    six: Case = {"old_size": 6, "new_size": 11, "new_root": tree.root(11), "proof": tree.consistency(6, 11)}
    for what, head, made in (("from 0", (0, ZERO), empty), ("from 6", (6, tree.root(6)), six)):
        proof = made["proof"]
        yield f"{what}: as made", head, made
        yield f"{what}: old size one more", head, made | {"old_size": made["old_size"] + 1}
        yield f"{what}: new size 0", head, made | {"new_size": 0}
        yield f"{what}: new size 2^48", head, made | {"new_size": SIZE_LIMIT}
        yield f"{what}: new size 2^64 - 1", head, made | {"new_size": 2**64 - 1}
        yield f"{what}: largest step", head, made | {"new_size": made["old_size"] + MAX_STEP}
        yield f"{what}: step too large", head, made | {"new_size": made["old_size"] + MAX_STEP + 1}
        yield f"{what}: root 0", head, made | {"new_root": ZERO}
        yield f"{what}: 63 hashes", head, made | {"proof": [tree.root(1)] * 63}
        yield f"{what}: 64 hashes", head, made | {"proof": [tree.root(1)] * 64}
        for at in range(len(proof) - 1):
            swapped = [*proof[:at], proof[at + 1], proof[at], *proof[at + 2 :]]
            yield f"{what}: hashes {at} and {at + 1} swapped", head, made | {"proof": swapped}
            yield f"{what}: hash {at} repeated", head, made | {"proof": [*proof[: at + 1], *proof[at:]]}
    yield "from 6: shrinks", (6, tree.root(6)), six | {"new_size": 5, "new_root": tree.root(5)}


def _changed_entry(made: Case) -> Iterator[tuple[str, Case]]:
    yield "as made", made
    for key in ("commitment", "root"):
        yield f"bit flipped in {key}", made | {key: merkle.flipped(made[key])}
    yield "leaf hash in place of the entry", made | {"commitment": hash_leaf(made["commitment"])}
    for name, case in merkle.changed({"proof": made["proof"]}):
        if name != "as made" and all(len(value) == HASH_SIZE for value in case["proof"]):
            yield name, made | case
    yield "64 hashes", made | {"proof": [made["root"]] * 64}


def _renumbered_entry(made: Case) -> Iterator[tuple[str, Case]]:
    for claim in sorted({made["index"] + 1, made["index"] ^ 2, 2**64 - 1, max(made["index"] - 1, 0)} - {made["index"]}):
        yield f"index claimed as {claim}", made | {"index": claim}


def _case(name: str, head: tuple[int, bytes], data: bytes, refusal: Refusal | None, *, returns: bytes) -> Case:
    signature, arguments = refusal or ("", ())
    answer = call_data(signature, *arguments) if refusal else returns
    return {
        "name": name,
        "head_size": head[0],
        "head_root": "0x" + head[1].hex(),
        "call": "0x" + data.hex(),
        "accepted": refusal is None,
        "error": signature,
        "answer": "0x" + answer.hex(),
    }


def _file(about: str, cases: Sequence[Case]) -> Case:
    return {"about": f"Calls of {about}", "origin": ORIGIN, "cases": list(cases)}
