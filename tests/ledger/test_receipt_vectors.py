"""Receipts made by a second implementation get the outcomes and verdicts that it expects."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.anchor import AnchoredCheckpoint, ChainIdentity, Revocation
from ledger.receipt import (
    parse_receipt,
    render_receipt,
    verify_receipt,
)
from ledger.trust import parse_trust
from tests.fakes import FakeChain
from tests.receipts import (
    outcomes,
)
from tests.vector_files import load_vectors, named

VECTORS = load_vectors("receipts")


def chain_of(answers: dict[str, Any] | None) -> FakeChain | None:
    if answers is None:
        return None
    checkpoints = [dict(checkpoint) for checkpoint in answers["checkpoints"]]
    return FakeChain(
        identity_=ChainIdentity(**answers["identity"]),
        depth=answers["depth"],
        block=answers["newest_block"],
        checkpoints=[(bytes.fromhex(item.pop("root")), AnchoredCheckpoint(**item)) for item in checkpoints],
        revocations={
            bytes.fromhex(item["commitment"]): (Revocation(reason=item["reason"], time=item["time"]), 0)
            for item in answers["revocations"]
        },
    )


@pytest.mark.parametrize("case", named(VECTORS["cases"]))
def test_receipt_of_the_vectors_gets_its_outcomes_and_verdict(case: dict[str, Any]) -> None:
    given = VECTORS["given"] | case
    report = verify_receipt(
        given["receipt"].encode(),
        trust=None if given["trust"] is None else parse_trust(given["trust"].encode()),
        reader=chain_of(given["chain"]),
        file_sha256=given["file_sha256"],
        newer=given["newer"],
    )
    assert (outcomes(report), report.verdict.value) == (case["outcomes"], case["verdict"])


def test_receipt_of_the_vectors_is_what_we_would_write() -> None:
    data = VECTORS["given"]["receipt"].encode()
    assert render_receipt(parse_receipt(data)) == data
