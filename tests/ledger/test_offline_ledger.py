"""The offline verifier against the real contract on the embedded chain, and on the bundle of a whole ledger."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.receipt import verify_receipt
from ledger.trust import Trust, render_trust
from tests.chains import new_chain
from tests.clock import FixedClock
from tests.faulty_node import FaultyNode, faulty_node
from tests.ledger.audited import fill_small
from tests.ledger.bundled import AnchoredLedger, joined, lines, rewrite
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.receipts import trust_in

pytestmark = pytest.mark.server


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A ledger on a chain, its bundle, and a node of the chain."""

    ledger: AnchoredLedger
    bundle: Path
    node: FaultyNode


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        yield verifier


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    folder = tmp_path_factory.mktemp("shown")
    with new_chain(folder / "chain", clock=FixedClock()) as chain, faulty_node({}) as node:
        node.chain = chain
        ledger = AnchoredLedger(chain)
        fill_small(ledger)
        yield Shown(ledger=ledger, bundle=ledger.export(folder / "ledger.zip"), node=node)


def outcomes(
    verifier: Verifier, shown: Shown, bundle: Path | None = None, *, trust: Trust | None = None, rpc: bool = True
) -> dict[str, str]:
    """The outcome of each row."""
    answer: dict[str, Any] = verifier.ask(
        "ledger",
        data=b64((bundle or shown.bundle).read_bytes()),
        trust=b64(render_trust(trust or shown.ledger.trust)),
        rpc=shown.node.url if rpc else None,
    )
    return {row["key"]: row["outcome"] for row in answer["rows"]}


def test_every_receipt_is_green_by_the_real_contract(verifier: Verifier, shown: Shown) -> None:
    for index in range(shown.ledger.size):
        data = shown.ledger.receipt(index)
        python = verify_receipt(data, trust=shown.ledger.trust, reader=shown.ledger.history)
        javascript = verifier.ask(
            "verify",
            receipt=b64(data),
            trust=b64(render_trust(shown.ledger.trust)),
            rpc=shown.node.url,
            file_sha256=None,
        )
        assert javascript["verdict"] == python.verdict.value == "verified"
        assert javascript["facts"] == dict(python.facts)
        assert javascript["test_network"] is python.test_network is True


def test_whole_ledger_passes_every_row(verifier: Verifier, shown: Shown) -> None:
    rows = outcomes(verifier, shown)
    assert set(rows) == {"ledgerTree", "ledgerSigned", "ledgerAnchored", "ledgerDocuments"}
    assert set(rows.values()) == {"passed"}


def test_ledger_without_a_node_is_not_compared_with_the_chain(verifier: Verifier, shown: Shown) -> None:
    assert outcomes(verifier, shown, rpc=False)["ledgerAnchored"] == "not_checked"


def test_ledger_under_another_trust_file_is_neither_signed_nor_on_the_chain(verifier: Verifier, shown: Shown) -> None:
    rows = outcomes(verifier, shown, trust=trust_in())
    assert (rows["ledgerSigned"], rows["ledgerAnchored"]) == ("failed", "failed")


def test_statement_changed_is_not_in_the_tree(verifier: Verifier, shown: Shown, tmp_path: Path) -> None:
    def change(data: bytes) -> bytes:
        items = lines(data)
        items[1]["statement"] = str(items[1]["statement"]).replace('"recorded_at":"20', '"recorded_at":"19')
        return joined(items)

    changed = rewrite(shown.bundle, tmp_path / "changed.zip", {"statements.jsonl": change})
    assert outcomes(verifier, shown, changed)["ledgerTree"] == "failed"


def test_statement_left_out_cannot_be_read_over(verifier: Verifier, shown: Shown, tmp_path: Path) -> None:
    changed = rewrite(
        shown.bundle,
        tmp_path / "less.zip",
        {"statements.jsonl": lambda data: joined(lines(data)[:1] + lines(data)[2:])},
    )
    assert outcomes(verifier, shown, changed) == {"ledgerUnreadable": "failed"}


def test_newest_statements_left_out_do_not_reach_the_newest_checkpoint(
    verifier: Verifier, shown: Shown, tmp_path: Path
) -> None:
    def cut(data: bytes) -> bytes:
        return joined([item for item in lines(data) if item["leaf_index"] not in {None, shown.ledger.size - 1}])

    changed = rewrite(shown.bundle, tmp_path / "short.zip", {"statements.jsonl": cut})
    assert outcomes(verifier, shown, changed)["ledgerTree"] == "failed"


def test_checkpoint_with_another_signature_is_not_signed(verifier: Verifier, shown: Shown, tmp_path: Path) -> None:
    def forge(data: bytes) -> bytes:
        items = lines(data)
        items[0]["note"] = (
            str(items[0]["note"]).rsplit("\n\n", 1)[0] + "\n\n" + str(items[1]["note"]).rsplit("\n\n", 1)[1]
        )
        return joined(items)

    changed = rewrite(shown.bundle, tmp_path / "forged.zip", {"checkpoints.jsonl": forge})
    rows = outcomes(verifier, shown, changed)
    assert (rows["ledgerTree"], rows["ledgerSigned"]) == ("passed", "failed")


@pytest.mark.parametrize("missing", ["statements.jsonl", "checkpoints.jsonl"])
def test_ledger_without_its_members_cannot_be_read(
    verifier: Verifier, shown: Shown, tmp_path: Path, missing: str
) -> None:
    changed = rewrite(shown.bundle, tmp_path / "part.zip", {missing: lambda _: None})
    assert outcomes(verifier, shown, changed) == {"ledgerUnreadable": "failed"}
