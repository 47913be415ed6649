"""The committed gas table: within its limits, and what real transactions on the embedded chain cost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.merkle import prove_consistency, root_from_nodes
from tests.chains import OPERATOR, OWNER
from tests.contracts.differential import read
from tests.contracts.foundry import CONTRACTS
from tests.contracts.nodes import Deployed, embedded

RESULT: dict[str, Any] = json.loads((CONTRACTS / "gas.json").read_text(encoding="utf-8"))
APPEND: dict[str, dict[str, Any]] = RESULT["append"]

ZERO_BYTE = 12
"""A zero byte of call data is so much cheaper than another; only the log's id differs from what was measured."""


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with embedded(tmp_path_factory.mktemp("embedded") / "chain") as chain:
        yield Deployed(chain)


def test_worst_append_costs_at_most_92000() -> None:
    assert max(figures["worst"] for figures in APPEND.values()) <= 92_000


def test_median_append_of_random_pairs_below_10000_costs_at_most_75000() -> None:
    assert APPEND["random_below_10000"]["median"] <= 75_000
    assert APPEND["random_below_10000"]["pairs"] >= 1_000


def test_append_costs_less_than_an_attestation_that_checks_nothing() -> None:
    others = RESULT["others"]
    attestation = next(gas for name, gas in others.items() if "EAS" in name)
    assert max(figures["worst"] for figures in APPEND.values()) < attestation


@pytest.mark.parametrize("name", APPEND)
def test_worst_pair_costs_as_much_in_a_real_transaction(name: str, ledger: Deployed) -> None:
    size1, size2 = APPEND[name]["worst_pair"]
    origin = f"gas.example/{name}"
    log_id = hashlib.sha256(origin.encode()).digest()
    ledger.send(OWNER, "openLog", origin, OPERATOR.address)
    if size1:
        ledger.send(OPERATOR, "append", log_id, 0, size1, root_from_nodes(size1, read), [])
    proof = prove_consistency(size1=size1, size2=size2, read=read)
    receipt = ledger.send(OPERATOR, "append", log_id, size1, size2, root_from_nodes(size2, read), proof)
    assert receipt["status"] == "0x1"
    assert abs(int(receipt["gasUsed"], 16) - APPEND[name]["worst"]) <= 3 * ZERO_BYTE
