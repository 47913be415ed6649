"""The committed artifact: what the sources give, free of anything that could differ between two builds."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import pytest

from tests.contracts.foundry import CONTRACTS, need_foundry
from tests.contracts.nodes import ARTIFACT

LARGEST_CODE = 24_576
"""EIP-170."""

INTERFACE = {
    "openLog(string,address)",
    "proposeOperator(bytes32,address)",
    "setWitness(bytes32,address,bool)",
    "acceptOperator(bytes32)",
    "append(bytes32,uint64,uint64,bytes32,bytes32[])",
    "revoke(bytes32,bytes32,uint8)",
    "cosign(bytes32,uint64,bytes32)",
    "head(bytes32)",
    "checkpoint(bytes32,bytes32)",
    "operatorOf(bytes32)",
    "isWitness(bytes32,address)",
    "hasCosigned(bytes32,uint64,address)",
    "revocation(bytes32,bytes32)",
    "verifyEntry(bytes32,bytes32,bytes32,uint64,bytes32[])",
    "owner()",
    "pendingOwner()",
    "transferOwnership(address)",
    "acceptOwnership()",
    "renounceOwnership()",
}


@pytest.mark.contract
def test_rebuild_gives_the_same_artifact() -> None:
    need_foundry("forge")
    command = [sys.executable, "scripts/build_contracts.py", "--check", "--compiler", "npm"]
    done = subprocess.run(command, cwd=CONTRACTS.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_code_sha256_is_that_of_the_deployed_code() -> None:
    code = bytes.fromhex(ARTIFACT["deployed_bytecode"][2:])
    assert ARTIFACT["code_sha256"] == hashlib.sha256(code).hexdigest()


def test_deployed_code_is_part_of_the_creation_code() -> None:
    # With an immutable the two would differ.
    assert ARTIFACT["deployed_bytecode"][2:] in ARTIFACT["bytecode"]


def test_deployed_code_fits_every_chain() -> None:
    assert len(ARTIFACT["deployed_bytecode"]) // 2 - 1 <= LARGEST_CODE


def test_functions_are_those_agreed_upon() -> None:
    found = {
        f"{entry['name']}({','.join(each['type'] for each in entry['inputs'])})"
        for entry in ARTIFACT["abi"]
        if entry["type"] == "function"
    }
    assert found == INTERFACE


def test_no_function_takes_ether() -> None:
    assert all(entry.get("stateMutability") != "payable" for entry in ARTIFACT["abi"])
    assert not any(entry["type"] in {"fallback", "receive"} for entry in ARTIFACT["abi"])


@pytest.mark.parametrize("entry", [e for e in ARTIFACT["abi"] if e["type"] == "error"], ids=lambda entry: entry["name"])
def test_every_refusal_has_arguments(entry: dict[str, object]) -> None:
    # What a chain without SHA-256 could say about itself is nothing.
    assert bool(entry["inputs"]) or entry["name"] == "Sha256Unavailable"
