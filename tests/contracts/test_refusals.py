"""What must be refused is refused with the right error: on a chain, and in Python where it is a matter of proofs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from ledger.errors import Malformed, Mismatch
from ledger.merkle import RootHash, prove_consistency, root_from_nodes, verify_consistency
from tests.chains import OPERATOR, OWNER, STRANGER
from tests.contracts.differential import entry, read
from tests.contracts.nodes import Deployed, Reverted, account, embedded
from tests.vector_files import load_vectors

ORIGIN = "refusals.example/log"
LOG_ID = hashlib.sha256(ORIGIN.encode()).digest()
NO_LOG = b"\x04" * 32
PROPOSED = account(7)
FIRST, SIZE, LATER = 3, 6, 11


def root(size: int) -> RootHash:
    return root_from_nodes(size, read)


PROOF = prove_consistency(size1=SIZE, size2=LATER, read=read)
SWAPPED = [PROOF[1], PROOF[0], *PROOF[2:]]
REPEATED = [PROOF[0], PROOF[0], *PROOF[2:]]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    """A log of six leaves at its second checkpoint, with a witness, a revocation and a proposed operator."""
    with embedded(tmp_path_factory.mktemp("embedded") / "chain") as chain:
        ledger = Deployed(chain)
        for sender, function, *arguments in (
            (OWNER, "openLog", ORIGIN, OPERATOR.address),
            (OPERATOR, "append", LOG_ID, 0, FIRST, root(FIRST), []),
            (
                OPERATOR,
                "append",
                LOG_ID,
                FIRST,
                SIZE,
                root(SIZE),
                prove_consistency(size1=FIRST, size2=SIZE, read=read),
            ),
            (OPERATOR, "revoke", LOG_ID, entry(0), 1),
            (OWNER, "setWitness", LOG_ID, OPERATOR.address, True),
            (OPERATOR, "cosign", LOG_ID, 0, root(FIRST)),
            (OWNER, "proposeOperator", LOG_ID, PROPOSED.address),
        ):
            assert ledger.send(sender, function, *arguments)["status"] == "0x1"
        yield ledger


def append(old: int, new: int, new_root: bytes, proof: Sequence[bytes], log: bytes = LOG_ID) -> tuple[Any, ...]:
    return ("append", log, old, new, new_root, list(proof))


CALLS: dict[str, tuple[LocalAccount, tuple[Any, ...], str]] = {
    "shrink": (OPERATOR, append(SIZE, 5, root(5), []), "SizeShrinks(6, 5)"),
    "fork_at_the_same_size": (
        OPERATOR,
        append(SIZE, SIZE, root(5), []),
        f"RootConflict({root(SIZE).hex()}, {root(5).hex()})",
    ),
    "wrong_old_size": (OPERATOR, append(5, LATER, root(LATER), PROOF), "SizeConflict(6)"),
    "proof_too_long": (OPERATOR, append(SIZE, LATER, root(LATER), [*PROOF, PROOF[0]]), "NotConsistent(6, 11)"),
    "proof_too_short": (OPERATOR, append(SIZE, LATER, root(LATER), PROOF[:-1]), "NotConsistent(6, 11)"),
    "proof_of_64_hashes": (OPERATOR, append(SIZE, LATER, root(LATER), PROOF[:1] * 64), "ProofLength(64)"),
    "proof_empty": (OPERATOR, append(SIZE, LATER, root(LATER), []), "ProofLength(0)"),
    "proof_at_the_same_size": (OPERATOR, append(SIZE, SIZE, root(SIZE), PROOF[:1]), "ProofLength(1)"),
    "hashes_swapped": (OPERATOR, append(SIZE, LATER, root(LATER), SWAPPED), "NotConsistent(6, 11)"),
    "hash_repeated": (OPERATOR, append(SIZE, LATER, root(LATER), REPEATED), "NotConsistent(6, 11)"),
    "root_zero": (OPERATOR, append(SIZE, LATER, bytes(32), PROOF), f"ZeroRoot({LOG_ID.hex()})"),
    "size_zero": (OPERATOR, append(SIZE, 0, root(LATER), PROOF), "SizeOutOfRange(0)"),
    "size_2_48": (OPERATOR, append(SIZE, 2**48, root(LATER), PROOF), f"SizeOutOfRange({2**48})"),
    "step_above_2_24": (
        OPERATOR,
        append(SIZE, SIZE + 2**24 + 1, root(LATER), PROOF),
        f"StepTooLarge(6, {SIZE + 2**24 + 1})",
    ),
    "unknown_log": (OPERATOR, append(0, 1, root(1), [], NO_LOG), f"UnknownLog({NO_LOG.hex()})"),
    "foreign_operator": (
        STRANGER,
        append(SIZE, LATER, root(LATER), PROOF),
        f"NotOperator({STRANGER.address.lower()})",
    ),
    "owner_as_operator": (OWNER, append(SIZE, LATER, root(LATER), PROOF), f"NotOperator({OWNER.address.lower()})"),
    "operator_not_yet_accepted": (
        PROPOSED,
        append(SIZE, LATER, root(LATER), PROOF),
        f"NotOperator({PROPOSED.address.lower()})",
    ),
    "acceptance_by_a_stranger": (
        STRANGER,
        ("acceptOperator", LOG_ID),
        f"NotProposedOperator({STRANGER.address.lower()})",
    ),
    "second_revocation": (OPERATOR, ("revoke", LOG_ID, entry(0), 2), f"AlreadyRevoked({entry(0).hex()})"),
    "reason_zero": (OPERATOR, ("revoke", LOG_ID, entry(1), 0), f"ReasonZero({entry(1).hex()})"),
    "cosign_of_a_missing_index": (OPERATOR, ("cosign", LOG_ID, 2, root(SIZE)), "IndexConflict(1, 2)"),
    "cosign_with_the_wrong_root": (OPERATOR, ("cosign", LOG_ID, 1, root(5)), f"UnknownCheckpoint({root(5).hex()})"),
    "cosign_of_another_index": (OPERATOR, ("cosign", LOG_ID, 1, root(FIRST)), "IndexConflict(0, 1)"),
    "second_cosign": (
        OPERATOR,
        ("cosign", LOG_ID, 0, root(FIRST)),
        f"AlreadyCosigned(0, {OPERATOR.address.lower()})",
    ),
    "cosign_by_no_witness": (STRANGER, ("cosign", LOG_ID, 1, root(SIZE)), f"NotWitness({STRANGER.address.lower()})"),
    "log_opened_twice": (OWNER, ("openLog", ORIGIN, STRANGER.address), f"LogExists({LOG_ID.hex()})"),
    "log_without_origin": (OWNER, ("openLog", "", STRANGER.address), "InvalidOrigin(0)"),
    "log_opened_by_a_stranger": (
        STRANGER,
        ("openLog", "x", STRANGER.address),
        f"OwnableUnauthorizedAccount({STRANGER.address.lower()})",
    ),
    "ownership_renounced": (OWNER, ("renounceOwnership",), f"CannotRenounce({OWNER.address.lower()})"),
}


@pytest.mark.parametrize("name", CALLS)
def test_contract_refuses_with_its_error(name: str, ledger: Deployed) -> None:
    sender, (function, *arguments), expected = CALLS[name]
    with pytest.raises(Reverted) as refused:
        ledger.call(function, *arguments, sender=sender)
    assert refused.value.error == expected


def test_contract_takes_the_honest_append(ledger: Deployed) -> None:
    assert ledger.call(*append(SIZE, LATER, root(LATER), PROOF)) == (2,)


@pytest.mark.parametrize("function", ["append", "openLog", "renounceOwnership"])
def test_contract_refuses_ether_with_a_call(function: str, ledger: Deployed) -> None:
    arguments = {"append": append(SIZE, LATER, root(LATER), PROOF)[1:], "openLog": ("x", OWNER.address)}
    sender = OPERATOR if function == "append" else OWNER
    with pytest.raises(Reverted) as refused:
        ledger.call(function, *arguments.get(function, ()), sender=sender, value=1)
    assert not refused.value.error


def test_contract_refuses_ether_alone(ledger: Deployed) -> None:
    with pytest.raises(Reverted):
        ledger.call_raw("0x", value=1)


CLAIMS: dict[str, tuple[int, int, RootHash, RootHash, list[bytes], type[Exception]]] = {
    "shrink": (SIZE, 5, root(SIZE), root(5), [], Malformed),
    "fork_at_the_same_size": (SIZE, SIZE, root(SIZE), root(5), [], Mismatch),
    "wrong_old_size": (5, LATER, root(SIZE), root(LATER), PROOF, Malformed),
    "proof_too_long": (SIZE, LATER, root(SIZE), root(LATER), [*PROOF, PROOF[0]], Malformed),
    "proof_too_short": (SIZE, LATER, root(SIZE), root(LATER), PROOF[:-1], Malformed),
    "proof_of_64_hashes": (SIZE, LATER, root(SIZE), root(LATER), PROOF[:1] * 64, Malformed),
    "proof_empty": (SIZE, LATER, root(SIZE), root(LATER), [], Malformed),
    "proof_at_the_same_size": (SIZE, SIZE, root(SIZE), root(SIZE), PROOF[:1], Malformed),
    "hashes_swapped": (SIZE, LATER, root(SIZE), root(LATER), SWAPPED, Mismatch),
    "hash_repeated": (SIZE, LATER, root(SIZE), root(LATER), REPEATED, Mismatch),
    "root_zero": (SIZE, LATER, root(SIZE), RootHash(bytes(32)), PROOF, Mismatch),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_python_refuses_the_same_claim(name: str) -> None:
    size1, size2, root1, root2, proof, expected = CLAIMS[name]
    with pytest.raises(expected):
        verify_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)


def test_every_refusal_of_the_vectors_is_one_of_the_contract(ledger: Deployed) -> None:
    named = {entry["name"] for entry in ledger.errors.values()}
    cases = [*load_vectors("evm_consistency")["cases"], *load_vectors("evm_inclusion")["cases"]]
    assert {case["error"].partition("(")[0] for case in cases if not case["accepted"]} <= named
