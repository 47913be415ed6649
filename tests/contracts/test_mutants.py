"""The maker of mutants makes what it says, and the committed result is of the present sources."""

from __future__ import annotations

import json

import pytest

from scripts.contract_mutants import RESULT, all_mutants, source_hash
from scripts.mutators import Mutant
from tests.contracts.foundry import need_foundry

pytestmark = pytest.mark.longer(one_in=3)


@pytest.fixture(scope="module")
def mutants() -> list[Mutant]:
    need_foundry("forge")
    return all_mutants()


@pytest.mark.contract
def test_mutants_are_all_different(mutants: list[Mutant]) -> None:
    assert len({(mutant.file, mutant.source) for mutant in mutants}) == len(mutants)
    assert len({mutant.name for mutant in mutants}) == len(mutants)


@pytest.mark.contract
@pytest.mark.parametrize(
    "change",
    [
        "`oldSize != last.size` becomes `oldSize == last.size`",
        "`onlyOwner` becomes ``",
        "`revert ReasonZero(commitment);` becomes `{}`",
        "`nodeHash(sibling, r)` becomes `nodeHash(r, sibling)`",
        "`block.timestamp` becomes `block.number`",
        "`mstore(buffer, 0x01)` becomes `{}`",
        "`true` becomes `false`",
    ],
)
def test_mutants_hold_the_change(change: str, mutants: list[Mutant]) -> None:
    assert any(change in mutant.name for mutant in mutants)


def test_result_is_of_the_present_sources() -> None:
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    assert result["source_sha256"] == source_hash()


def test_result_has_a_reason_for_every_survivor() -> None:
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    assert all(result["survivors"].values())
    assert result["fates"].get("survived", 0) == len(result["survivors"])
