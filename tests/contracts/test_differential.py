"""The Python verifiers and the contract agree on seeded proofs, good and spoilt: accept alike, refuse alike."""

from __future__ import annotations

import random
import re
import struct

import pytest

from tests.contracts import differential
from tests.contracts.foundry import CONTRACTS, forge

BATCH = 5_000
"""Cases a file: the EVM's memory grows dearer with its square."""

NEW_ROOT = slice(48, 80)
ACCEPTED, ANCHORED = 80, 81


def new_size(case: bytes) -> int:
    return int(struct.unpack(">QQ", case[:16])[1])


def compare(kind: str, cases: list[bytes]) -> None:
    """Let Solidity try the cases; it stops at the first that it judges otherwise."""
    folder = CONTRACTS / "cache" / "differential"
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, len(cases), BATCH)):
        batch = cases[start : start + BATCH]
        path = folder / f"{kind}-{number}.bin"
        path.write_bytes(b"".join(batch))
        printed = forge(
            "script", "test/Differential.s.sol", "--sig", f"{kind}(string)", str(path.relative_to(CONTRACTS))
        )
        counted = dict(re.findall(r"(tried|anchored): uint256 (\d+)", printed))
        assert int(counted["tried"]) == len(batch)
        assert int(counted["anchored"]) == sum(case[ANCHORED] for case in batch)
        path.unlink()


@pytest.mark.contract
@pytest.mark.scaled(quick=2_000, ci=5_000, full=120_000)
def test_consistency_is_judged_alike_by_python_and_contract(scale: int, seed: int) -> None:
    cases = list(differential.consistency_cases(random.Random(seed), scale))
    accepted = [case for case in cases if case[ACCEPTED]]
    with_another_size = [case for case in accepted if case[NEW_ROOT] != differential.root(new_size(case))]
    assert len(accepted) > len(cases) / 5
    assert len(with_another_size) > len(cases) / 100
    compare("consistency", cases)


@pytest.mark.contract
@pytest.mark.scaled(quick=2_000, ci=5_000, full=120_000)
def test_inclusion_is_judged_alike_by_python_and_contract(scale: int, seed: int) -> None:
    cases = list(differential.inclusion_cases(random.Random(seed), scale))
    assert sum(case[ACCEPTED] for case in cases) > len(cases) / 5
    compare("inclusion", cases)
