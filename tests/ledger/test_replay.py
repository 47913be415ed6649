"""Replay: exact on a fresh chain, every difference named, anew where the original bytes cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.findings import ABSENT, Code
from ledger.audit.sources import MinedTransaction
from ledger.bundle_source import BundleSource, originals
from ledger.chain import decode_transaction
from ledger.cli.original_chains import next_base_fee
from ledger.cli.replay import replay_bundle
from ledger.cli.testnets import ForCheckpoints, ForOriginals, heads, open_testnet
from ledger.embedded import render_genesis
from ledger.errors import Malformed, Unavailable
from ledger.keys import create_key_file
from ledger.replay import Mode, Original, ReplayReport, execute_again
from ledger.report import render_json, render_page, render_text, replay_document
from tests.anvil import need_anvil, running_anvil
from tests.chains import OWNER, fixed_genesis
from tests.ledger.bundled import AnchoredLedger, anchored_ledger, joined, lines, rewrite

pytestmark = pytest.mark.longer(one_in=2)

TRANSACTIONS = "chain/transactions.jsonl"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnchoredLedger]:
    with anchored_ledger(tmp_path_factory.mktemp("chain")) as anchored:
        writer = anchored.log.writer()
        # A reverted transaction is part of the history too, and must revert again.
        reverted = writer.sign_append(
            nonce=writer.next_nonce(), old_size=1, new_size=9, new_root=b"\x01" * 32, proof=(b"\x02" * 32,)
        )
        anchored.log.mine(reverted, succeeded=False)
        yield anchored


@pytest.fixture(scope="module")
def bundle(ledger: AnchoredLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ledger.export(tmp_path_factory.mktemp("bundle") / "ledger.zip")


@contextmanager
def opened(path: Path) -> Iterator[BundleSource]:
    with BundleSource.open(path, decode=decode_transaction) as source:
        yield source


def replayed(path: Path, onto: str = "embedded") -> ReplayReport:
    with opened(path) as source, open_testnet(onto, source, None) as testnet:
        return replay_bundle(source, testnet)


def edited(bundle: Path, folder: Path, change: Callable[[list[dict[str, Any]]], object]) -> Path:
    """The bundle with its transactions' lines changed."""

    def changed(data: bytes) -> bytes:
        objects: list[dict[str, Any]] = lines(data)
        change(objects)
        return joined(objects)

    return rewrite(bundle, folder / "edited.zip", {TRANSACTIONS: changed})


def differing(report: ReplayReport) -> set[str]:
    return {item.field for item in report.differences}


# --------------------------------------------------------------------------------------------------------------- exact


def test_replay_onto_the_embedded_chain_has_every_block_and_state_root_equal(
    ledger: AnchoredLedger, bundle: Path
) -> None:
    report = replayed(bundle)
    assert (report.exit_code, report.mode, report.same_blocks) == (0, Mode.EXACT, True)
    assert (report.transactions, report.views, report.different) == (6, 3, 0)
    head = ledger.history.head_block()
    assert report.tip is not None
    assert (report.tip.block_hash, report.tip.state_root) == (head.hash, head.state_root)


def test_same_bundle_gives_the_same_report_byte_for_byte(bundle: Path) -> None:
    first, second = (replay_document(replayed(bundle)) for _ in range(2))
    assert render_json(first) == render_json(second)
    assert render_page(first) == render_page(second)
    assert render_text(first) == render_text(second)


@pytest.mark.server
def test_replay_onto_anvil_agrees_in_all_but_blocks(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_ANVIL", str(need_anvil()))
    report = replayed(bundle, "anvil")
    assert (report.exit_code, report.mode, report.same_blocks) == (0, Mode.EXACT, False)
    assert (report.transactions, report.views, report.different) == (6, 3, 0)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("gas_used", 1, "gas_used"),
        ("status", 0, "succeeded"),
        ("nonce", 77, "nonce"),
        ("from", "0x" + "Ab" * 20, "sender"),
        ("block_hash", "0x" + "00" * 32, "block_hash"),
        ("contract_address", "0x" + "Ab" * 20, "contract_address"),
        ("logs", [], "logs"),
    ],
)
def test_transaction_that_came_out_otherwise_is_named(
    bundle: Path, tmp_path: Path, name: str, value: object, field: str
) -> None:
    report = replayed(edited(bundle, tmp_path, lambda objects: objects[3].update({name: value})))
    assert report.exit_code == 1
    assert differing(report) == {field}


def test_reverted_transaction_told_as_a_success_is_named(bundle: Path, tmp_path: Path) -> None:
    report = replayed(edited(bundle, tmp_path, lambda objects: objects[-1].update(status=1)))
    (difference,) = report.differences
    assert (difference.field, difference.expected, difference.found) == ("succeeded", True, False)


def test_other_block_time_changes_the_block(bundle: Path, tmp_path: Path) -> None:
    def later(objects: list[dict[str, Any]]) -> None:
        objects[-1]["block_time"] += 1

    report = replayed(edited(bundle, tmp_path, later))
    assert {(item.subject == "tip", item.field) for item in report.differences} == {
        (False, "block_hash"),
        (True, "block_hash"),
    }


def test_missing_transaction_stops_at_the_one_that_needed_it(bundle: Path, tmp_path: Path) -> None:
    report = replayed(edited(bundle, tmp_path, lambda objects: objects.pop(1)))
    assert report.exit_code == 1
    assert report.different > 0


def test_missing_last_transaction_is_seen_at_the_tip_and_by_the_audit(bundle: Path, tmp_path: Path) -> None:
    report = replayed(edited(bundle, tmp_path, lambda objects: objects.pop(4)))
    assert "refused" in differing(report)


def test_swapped_transactions_are_refused(bundle: Path, tmp_path: Path) -> None:
    def swap(objects: list[dict[str, Any]]) -> None:
        objects[2], objects[3] = objects[3], objects[2]

    report = replayed(edited(bundle, tmp_path, swap))
    assert [item.field for item in report.differences] == ["refused"]


def test_other_genesis_is_another_chain(bundle: Path, tmp_path: Path) -> None:
    genesis = render_genesis(fixed_genesis(extra_data=b"\x08" * 32))
    report = replayed(rewrite(bundle, tmp_path / "edited.zip", {"genesis.json": lambda _data: genesis}))
    assert report.exit_code == 1
    assert Code.IDENTITY_MISMATCH in {item.code for item in report.audit.findings}


def test_other_state_root_at_the_tip_is_named(bundle: Path, tmp_path: Path) -> None:
    def changed(data: bytes) -> bytes:
        return json.dumps(json.loads(data) | {"state_root": "0x" + "00" * 32}).encode()

    report = replayed(rewrite(bundle, tmp_path / "edited.zip", {"chain/head.json": changed}))
    assert [(item.subject, item.field) for item in report.differences] == [("tip", "state_root")]


def test_edited_record_is_found_by_the_audit_against_the_replayed_chain(bundle: Path, tmp_path: Path) -> None:
    changed = rewrite(
        bundle, tmp_path / "edited.zip", {"rows.jsonl": lambda data: data.replace(b"1864000", b"1864001", 1)}
    )
    report = replayed(changed)
    assert (report.different, report.exit_code) == (0, 1)
    assert [(item.code, item.expected, item.found) for item in report.audit.findings] == [
        (Code.ROW_CHANGED, 1864000, 1864001)
    ]


def test_block_with_two_transactions_is_refused_by_the_embedded_chain(bundle: Path, tmp_path: Path) -> None:
    report = replayed(
        edited(bundle, tmp_path, lambda objects: objects[3].update(block_number=objects[2]["block_number"]))
    )
    assert [item.field for item in report.differences] == ["refused"]


# ----------------------------------------------------------------------------------------------------------------- anew


def test_bundle_without_a_genesis_is_anchored_anew_and_says_what_that_does_not_show(
    ledger: AnchoredLedger, tmp_path: Path
) -> None:
    path = ledger.export(tmp_path / "foreign.zip", genesis=False)
    with opened(path) as source, open_testnet("embedded", source, None) as testnet:
        assert isinstance(testnet, ForCheckpoints)
        report = replay_bundle(source, testnet)
    assert (report.exit_code, report.mode, report.transactions) == (0, Mode.ANEW, 3)
    document = replay_document(report)
    assert any("who anchored them" in note["en"] for note in document["notes"])


def test_replay_anew_gives_the_same_report_byte_for_byte(ledger: AnchoredLedger, tmp_path: Path) -> None:
    path = ledger.export(tmp_path / "foreign.zip", genesis=False)
    assert render_json(replay_document(replayed(path))) == render_json(replay_document(replayed(path)))


def test_log_that_does_not_grow_from_its_checkpoints_is_refused_by_the_contract(
    ledger: AnchoredLedger, tmp_path: Path
) -> None:
    path = ledger.export(tmp_path / "foreign.zip", genesis=False)
    tile = "tiles/tile/0/000.p/5"
    edited_path = rewrite(path, tmp_path / "edited.zip", {tile: lambda data: data[:64] + bytes(32) + data[96:]})
    report = replayed(edited_path)
    assert report.exit_code == 1
    assert differing(report) == {"append"}


@pytest.mark.server
def test_node_at_an_address_takes_the_checkpoints_with_a_key(ledger: AnchoredLedger, tmp_path: Path) -> None:
    path, key = ledger.export(tmp_path / "foreign.zip", genesis=False), tmp_path / "local.key"
    create_key_file(key, bytes(OWNER.key).hex().encode() + b"\n")
    with running_anvil(tmp_path, fixed_genesis()) as url, opened(path) as source:
        with pytest.raises(Unavailable, match="--key"), open_testnet(url, source, None):
            pass
        with open_testnet(url, source, key) as testnet:
            report = replay_bundle(source, testnet)
    assert (report.exit_code, report.mode, report.transactions) == (0, Mode.ANEW, 3)


@pytest.mark.server
def test_fresh_node_at_an_address_takes_the_originals(bundle: Path, tmp_path: Path) -> None:
    with running_anvil(tmp_path, fixed_genesis(), "--no-mining") as url:
        report = replayed(bundle, url)
    assert (report.exit_code, report.mode, report.different) == (0, Mode.EXACT, 0)


def test_anvil_without_a_genesis_is_not_to_be_had(ledger: AnchoredLedger, tmp_path: Path) -> None:
    path = ledger.export(tmp_path / "foreign.zip", genesis=False)
    with pytest.raises(Unavailable, match=r"genesis\.json"):
        replayed(path, "anvil")


@pytest.mark.parametrize("onto", ["besu", "", "ftp://127.0.0.1"])
def test_unknown_target_is_malformed(bundle: Path, onto: str) -> None:
    with pytest.raises(Malformed):
        replayed(bundle, onto)


# ---------------------------------------------------------------------------------------------------------------- parts


def test_originals_are_what_the_chain_says(ledger: AnchoredLedger, bundle: Path) -> None:
    with opened(bundle) as source:
        told = list(originals(source))
        tip = source.head()
    known = list(ledger.history.all_transactions())
    assert [item.raw for item in told] == [item.raw for item in known]
    assert [item.executed.gas_used for item in told] == [item.gas_used for item in known]
    assert [len(item.executed.logs) for item in told] == [len(item.logs) for item in known]
    assert tip is not None
    assert tip.block_hash == ledger.history.head_block().hash


def test_heads_of_a_bundle_extend_each_other(ledger: AnchoredLedger, bundle: Path) -> None:
    with opened(bundle) as source:
        found = list(heads(source))
    assert [head.size for head in found] == [2, 4, 5]
    assert [len(head.proof) for head in found] == [0, 1, 1]
    assert [head.root for head in found] == [item.root for item in ledger.history.checkpoints()]


def test_embedded_testnet_of_a_bundle_takes_originals(bundle: Path) -> None:
    with opened(bundle) as source, open_testnet("embedded", source, None) as testnet:
        assert isinstance(testnet, ForOriginals)
        assert testnet.chain.same_blocks


def test_base_fee_follows_the_gas_of_the_block_before() -> None:
    assert next_base_fee(10**9, gas_used=0, gas_limit=30_000_000) == 875_000_000
    assert next_base_fee(10**9, gas_used=15_000_000, gas_limit=30_000_000) == 10**9
    assert next_base_fee(10**9, gas_used=30_000_000, gas_limit=30_000_000) == 1_125_000_000
    assert next_base_fee(7, gas_used=15_000_001, gas_limit=30_000_000) == 8
    assert next_base_fee(7, gas_used=0, gas_limit=30_000_000) == 7


def test_base_fee_is_that_of_the_embedded_chain(ledger: AnchoredLedger) -> None:
    base_fee, gas_used = 10**9, 0
    for number, transaction in enumerate(ledger.history.all_transactions(), start=1):
        base_fee = next_base_fee(base_fee, gas_used=gas_used, gas_limit=fixed_genesis().gas_limit)
        assert ledger.node.expect_block(number).base_fee == base_fee
        gas_used = transaction.gas_used


class ForgetfulChain:
    """A chain that takes everything and remembers nothing."""

    same_blocks = False

    def __init__(self, ledger: AnchoredLedger) -> None:
        self._ledger = ledger

    def execute(self, raw: list[bytes], *, block_time: int) -> None:
        assert raw
        assert block_time

    def executed(self, _transaction_hash: str) -> MinedTransaction | None:
        return None

    def tip(self) -> Any:
        return None

    def ledger(self) -> Any:
        return replace_events(self._ledger)


def replace_events(ledger: AnchoredLedger) -> Any:
    class Silent:
        def events(self) -> Iterator[Any]:
            yield from ledger.history.events("CheckpointAppended")

        def checkpoint(self, _root: bytes) -> None:
            return None

    return Silent()


def test_transactions_that_vanished_and_views_without_ground_are_differences(
    ledger: AnchoredLedger, bundle: Path
) -> None:
    with opened(bundle) as source:
        told: list[Original] = list(originals(source))
    chain: Any = ForgetfulChain(ledger)
    outcome = execute_again(told, chain, tip=None)
    vanished = [item for item in outcome.differences if item.field == "hash"]
    assert [item.found for item in vanished] == [ABSENT] * len(told)
    unexplained = [item for item in outcome.differences if item.field == "transaction"]
    assert len(unexplained) == 3


def test_progress_counts_blocks(bundle: Path) -> None:
    seen: list[int] = []
    with opened(bundle) as source, open_testnet("embedded", source, None) as testnet:
        assert isinstance(testnet, ForOriginals)
        execute_again(originals(source), testnet.chain, tip=None, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_report_has_no_truth_value(bundle: Path) -> None:
    with pytest.raises(TypeError):
        bool(replayed(bundle))


def test_differences_weigh_more_than_an_audit_that_agrees(bundle: Path) -> None:
    report = replayed(bundle)
    assert replace(report, different=1).exit_code == 1
