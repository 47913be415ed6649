"""One life of a log on every kind of chain: the same answers, the same events, the same gas."""

from __future__ import annotations

import hashlib
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from ledger.merkle import leaf_hash, prove_consistency, prove_inclusion, root_from_nodes
from tests.chains import OPERATOR, OWNER
from tests.contracts.differential import entry, read
from tests.contracts.nodes import ARTIFACT, Deployed, anvil, embedded, fund

ORIGIN = "chains.example/log"
LOG_ID = hashlib.sha256(ORIGIN.encode()).digest()


def root(size: int) -> bytes:
    return root_from_nodes(size, read)


def proof(size1: int, size2: int) -> list[bytes]:
    return prove_consistency(size1=size1, size2=size2, read=read)


def life(ledger: Deployed) -> list[Any]:
    """Everything that comes of a log's life, but for block numbers and times."""
    done = [
        ledger.send(OWNER, "openLog", ORIGIN, OPERATOR.address),
        ledger.send(OPERATOR, "append", LOG_ID, 0, 5, root(5), []),
        ledger.send(OPERATOR, "append", LOG_ID, 5, 13, root(13), proof(5, 13)),
        ledger.send(OPERATOR, "append", LOG_ID, 13, 13, root(13), []),
        ledger.send(OPERATOR, "append", LOG_ID, 13, 13, root(12), []),
        ledger.send(OPERATOR, "append", LOG_ID, 13, 21, root(21), proof(12, 21)),
        ledger.send(OPERATOR, "revoke", LOG_ID, entry(3), 2),
        ledger.send(OWNER, "setWitness", LOG_ID, OPERATOR.address, True),
        ledger.send(OPERATOR, "cosign", LOG_ID, 1, root(13)),
        ledger.send(OWNER, "proposeOperator", LOG_ID, OWNER.address),
        ledger.send(OWNER, "acceptOperator", LOG_ID),
        ledger.send(OPERATOR, "append", LOG_ID, 13, 14, root(14), proof(13, 14)),
        ledger.send(OWNER, "append", LOG_ID, 13, 14, root(14), proof(13, 14)),
    ]
    path = prove_inclusion(index=3, size=13, read=read)
    anchored, reason, _ = ledger.call("verifyEntry", LOG_ID, root(13), entry(3), 3, path)
    return [
        [(receipt["status"], int(receipt["gasUsed"], 16), len(receipt["logs"])) for receipt in done],
        [(log["topics"], log["data"]) for receipt in done for log in receipt["logs"]],
        ledger.call("head", LOG_ID)[:3],
        anchored[:2],
        reason,
        ledger.call("operatorOf", LOG_ID),
        ledger.call("hasCosigned", LOG_ID, 1, OPERATOR.address),
        hashlib.sha256(ledger.code()).hexdigest(),
    ]


REFUSED = {4, 5, 11}
"""Positions in `life` of what the contract refuses: a fork, a wrong proof, the former operator."""


@pytest.fixture(scope="module")
def on_embedded(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    with embedded(tmp_path_factory.mktemp("embedded") / "chain") as chain:
        return life(Deployed(chain))


def test_embedded_chain_takes_and_refuses_what_it_must(on_embedded: list[Any]) -> None:
    statuses = [int(status, 16) for status, _, _ in on_embedded[0]]
    assert statuses == [position not in REFUSED for position in range(len(statuses))]


def test_embedded_chain_ends_with_the_expected_head(on_embedded: list[Any]) -> None:
    assert on_embedded[2] == (3, 14, root(14))


def test_embedded_chain_holds_the_code_of_the_artifact(on_embedded: list[Any]) -> None:
    assert on_embedded[-1] == ARTIFACT["code_sha256"]


@pytest.mark.contract
@pytest.mark.server
@pytest.mark.parametrize("rules", ["london", "paris", "cancun"])
def test_anvil_gives_what_the_embedded_chain_gives(rules: str, on_embedded: list[Any]) -> None:
    with anvil(rules) as rpc:
        fund(rpc, OWNER, OPERATOR)
        assert life(Deployed(rpc)) == on_embedded


def test_leaf_of_the_contract_is_that_of_the_log(tmp_path: Path) -> None:
    with ExitStack() as stack:
        ledger = Deployed(stack.enter_context(embedded(tmp_path / "chain")))
        ledger.send(OWNER, "openLog", ORIGIN, OPERATOR.address)
        ledger.send(OPERATOR, "append", LOG_ID, 0, 1, leaf_hash(entry(7)), [])
        anchored, _, _ = ledger.call("verifyEntry", LOG_ID, leaf_hash(entry(7)), entry(7), 0, [])
        assert anchored[:2] == (0, 1)
