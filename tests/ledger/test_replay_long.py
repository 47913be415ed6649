"""Replay of a long ledger that has been through everything: exact, the same every time, every edit named."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ledger.anchor import AnchorState, Unknown
from ledger.audit.findings import ABSENT, Code, Finding
from ledger.audit.run import audit
from ledger.bundle import open_bundle
from ledger.bundle_source import BundleSource, originals, replaced
from ledger.chain import DEFAULT_TIMEOUT, HttpProvider, Rpc, decode_transaction
from ledger.cli.bundles import evidences_of
from ledger.cli.replay import replay_bundle, steps_of
from ledger.cli.testnets import ForCheckpoints, open_testnet
from ledger.errors import Malformed
from ledger.export import Scope
from ledger.joining import join_bundles
from ledger.replay import Mode, ReplayReport, execute_again
from ledger.report import render_text, replay_document
from tests.anvil import need_anvil, running_anvil
from tests.chains import OPERATOR, fixed_genesis, sign
from tests.ledger.audited import fill_small
from tests.ledger.bundled import AnchoredLedger, joined, lines, rewrite
from tests.ledger.eventful import (
    LEAST_CHECKPOINTS,
    REASONS,
    SECOND_OPERATOR,
    WITNESSES,
    EventfulLedger,
    eventful_ledger,
)

TRANSACTIONS = "chain/transactions.jsonl"
REPLACED = "chain/replaced.jsonl"

pytestmark = pytest.mark.scaled(quick=LEAST_CHECKPOINTS, ci=24, full=220)

Lines = list[dict[str, Any]]
Edit = Callable[[Lines], object]


@dataclass(frozen=True, slots=True)
class Exported:
    """A ledger and its bundle."""

    ledger: EventfulLedger
    bundle: Path


@contextmanager
def exported(folder: Path, checkpoints: int) -> Iterator[Exported]:
    with eventful_ledger(folder / "chain", checkpoints) as ledger:
        yield Exported(ledger, ledger.export(folder / "ledger.zip"))


@pytest.fixture(scope="module")
def long(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """As many checkpoints as the tier says."""
    mark = request.node.get_closest_marker("scaled")
    checkpoints = mark.kwargs[request.config.getoption("tier")]
    with exported(tmp_path_factory.mktemp("long"), checkpoints) as made:
        assert made.ledger.anchored == checkpoints
        yield made


@pytest.fixture(scope="module")
def short(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exported]:
    """As few as it takes for everything to happen: for what is replayed again and again."""
    if request.config.getoption("tier") == "quick":
        yield request.getfixturevalue("long")
        return
    with exported(tmp_path_factory.mktemp("short"), LEAST_CHECKPOINTS) as made:
        yield made


@pytest.fixture
def anvil(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LEDGER_ANVIL", str(need_anvil()))
    return "anvil"


def replayed(path: Path, onto: str = "embedded") -> ReplayReport:
    with (
        BundleSource.open(path, decode=decode_transaction) as source,
        open_testnet(onto, source, None) as testnet,
    ):
        return replay_bundle(source, testnet)


def assert_whole_history(report: ReplayReport, made: Exported) -> None:
    """Nothing differs, and everything that happened is in the report."""
    ledger = made.ledger
    assert (report.exit_code, report.mode, report.different, report.audit.found) == (0, Mode.EXACT, 0, 0)
    assert report.transactions == ledger.history.head_block().number
    assert report.views == ledger.anchored + len(REASONS) + len(ledger.cosigned)
    (cheap,) = ledger.replaced
    (listed,) = report.replacements
    assert (report.replaced, listed.hash) == (1, cheap.hash)
    with open_bundle(made.bundle) as bundle:
        mined = lines(bundle.open(TRANSACTIONS).read())
    (instead,) = [line for line in mined if (line["from"], line["nonce"]) == (cheap.sender, cheap.nonce)]
    assert (listed.replaced_by, instead["status"]) == (instead["hash"], 1)
    assert {line["hash"] for line in mined if line["status"] == 0} == {item.hash for item in ledger.reverted}
    custody = report.audit.custody
    assert custody is not None
    assert [item.address for item in custody.operators] == [OPERATOR.address, SECOND_OPERATOR.address]
    assert {item.address: item.cosigned for item in custody.witnesses} == {
        witness.address: sum(address == witness.address for _, address in ledger.cosigned) for witness in WITNESSES
    }


# --------------------------------------------------------------------------------------------------------------- exact


def test_replay_onto_the_embedded_chain_has_every_block_and_the_state_root_equal(long: Exported) -> None:
    report = replayed(long.bundle)
    assert_whole_history(report, long)
    head = long.ledger.history.head_block()
    assert report.same_blocks
    assert report.tip is not None
    assert (report.tip.block_number, report.tip.block_hash, report.tip.state_root) == (
        head.number,
        head.hash,
        head.state_root,
    )


@pytest.mark.server
def test_replay_onto_anvil_agrees_in_all_but_blocks(long: Exported, anvil: str) -> None:
    report = replayed(long.bundle, anvil)
    assert_whole_history(report, long)
    assert not report.same_blocks


@pytest.mark.server
@pytest.mark.longer
def test_replay_onto_a_fresh_node_at_an_address_is_exact(short: Exported, tmp_path: Path) -> None:
    with running_anvil(tmp_path, fixed_genesis(), "--no-mining") as url:
        report = replayed(short.bundle, url)
    assert_whole_history(report, short)
    assert report.target == "node"


@pytest.mark.longer
def test_progress_counts_every_block(short: Exported) -> None:
    seen: list[int] = []
    with (
        BundleSource.open(short.bundle, decode=decode_transaction) as source,
        open_testnet("embedded", source, None) as testnet,
    ):
        assert not isinstance(testnet, ForCheckpoints)
        expected = steps_of(source, testnet)
        execute_again(originals(source), testnet.chain, tip=None, progress=seen.append)
    assert seen == list(range(1, short.ledger.history.head_block().number + 1))
    assert expected == seen[-1]


# ---------------------------------------------------------------------------------------------------------------- anew


@pytest.mark.longer
def test_replay_anew_says_that_the_rest_of_the_history_was_not_executed(short: Exported, tmp_path: Path) -> None:
    bundle = short.ledger.export(tmp_path / "foreign.zip", genesis=False)
    with (
        BundleSource.open(bundle, decode=decode_transaction) as source,
        open_testnet("embedded", source, None) as testnet,
    ):
        assert steps_of(source, testnet) == LEAST_CHECKPOINTS
        report = replay_bundle(source, testnet)
    assert (report.exit_code, report.mode, report.transactions) == (0, Mode.ANEW, LEAST_CHECKPOINTS)
    assert (report.replaced, report.replacements) == (None, ())
    said = " ".join(note["en"] for note in replay_document(report)["notes"])
    for word in ("who anchored", "revocations", "cosignatures", "changes of operator", "failed", "replaced"):
        assert word in said
    custody = report.audit.custody
    assert custody is not None
    assert not custody.witnesses
    assert OPERATOR.address not in {item.address for item in custody.operators}


# -------------------------------------------------------------------------------------------------------------- edited


def edited(made: Exported, folder: Path, member: str, change: Edit) -> Path:
    def changed(data: bytes) -> bytes:
        objects: Lines = lines(data)
        change(objects)
        return joined(objects)

    return rewrite(made.bundle, folder / "edited.zip", {member: changed})


def without(transaction_hash: str) -> Edit:
    def change(objects: Lines) -> None:
        (at,) = [at for at, line in enumerate(objects) if line["hash"] == transaction_hash]
        del objects[at]

    return change


def cosignature(made: Exported, number: int) -> str:
    return made.ledger.history.cosignatures()[number].transaction_hash


@pytest.mark.server
@pytest.mark.longer
@pytest.mark.parametrize("onto", ["embedded", "anvil"])
def test_newest_cosignature_dropped_is_named(
    short: Exported, tmp_path: Path, request: pytest.FixtureRequest, onto: str
) -> None:
    if onto == "anvil":
        request.getfixturevalue("anvil")
    report = replayed(edited(short, tmp_path, TRANSACTIONS, without(cosignature(short, -1))), onto)
    assert report.exit_code == 1
    number = short.ledger.history.head_block().number
    assert ("tip", "block_number", number, number - 1) in told(report)


@pytest.mark.server
@pytest.mark.longer
def test_earlier_cosignature_dropped_is_named_even_where_blocks_are_others(
    short: Exported, tmp_path: Path, anvil: str
) -> None:
    dropped = cosignature(short, 0)
    mined = short.ledger.history.mined(dropped)
    assert mined is not None
    report = replayed(edited(short, tmp_path, TRANSACTIONS, without(dropped)), anvil)
    assert report.exit_code == 1
    first = report.differences[0]
    assert (first.field, first.expected, first.found) == ("block_number", mined.block_number, mined.block_number + 1)


@pytest.mark.longer
def test_acceptance_of_a_new_operator_dropped_is_named(short: Exported, tmp_path: Path) -> None:
    accepted = short.ledger.accepted
    assert accepted is not None
    report = replayed(edited(short, tmp_path, TRANSACTIONS, without(accepted.hash)))
    assert report.exit_code == 1
    assert [item.field for item in report.differences if item.field == "refused"] == ["refused"]


@pytest.mark.longer
def test_reverted_transaction_told_as_a_success_is_named(short: Exported, tmp_path: Path) -> None:
    failed = [item.hash for item in short.ledger.reverted]

    def change(objects: Lines) -> None:
        for line in objects:
            line["status"] = 1

    report = replayed(edited(short, tmp_path, TRANSACTIONS, change))
    assert report.exit_code == 1
    assert told(report) == [(item, "succeeded", True, False) for item in failed]


def told(report: ReplayReport) -> list[tuple[str, str, object, object]]:
    return [(item.subject, item.field, item.expected, item.found) for item in report.differences]


# ------------------------------------------------------------------------------------------------------------ replaced


def change_of(name: str, value: Callable[[dict[str, Any]], object]) -> Edit:
    """Another value in the one line of the list."""

    def change(objects: Lines) -> None:
        (line,) = objects
        line[name] = value(line)

    return change


def flipped(line: dict[str, Any]) -> str:
    """The signature's last byte, another one."""
    raw = bytearray.fromhex(line["raw"].removeprefix("0x"))
    raw[-1] ^= 1
    return "0x" + raw.hex()


@pytest.mark.longer(one_in=5)
@pytest.mark.parametrize(
    ("change", "fields"),
    [
        (change_of("hash", lambda _: "0x" + "ab" * 32), {"hash"}),
        (change_of("raw", flipped), {"hash", "sender", "replaced_by"}),
        (change_of("from", lambda _: SECOND_OPERATOR.address), {"sender"}),
        (change_of("nonce", lambda line: line["nonce"] + 1), {"nonce"}),
        (change_of("replaced_by", lambda _: "0x" + "ab" * 32), {"replaced_by"}),
    ],
    ids=["hash", "raw", "from", "nonce", "replaced_by"],
)
def test_edited_line_of_a_replaced_transaction_is_named(
    short: Exported, tmp_path: Path, change: Edit, fields: set[str]
) -> None:
    found = audited(edited(short, tmp_path, REPLACED, change), short)
    assert {(item.code, item.record.kind) for item in found} == {(Code.TRANSACTION_MISMATCH, "transaction")}
    assert {item.field for item in found} == fields


@pytest.mark.longer
def test_other_transaction_named_as_the_one_that_took_the_nonce_is_named(short: Exported, tmp_path: Path) -> None:
    other = short.ledger.reverted[0].hash
    report = replayed(edited(short, tmp_path, REPLACED, change_of("replaced_by", lambda _: other)))
    (cheap,) = short.ledger.replaced
    place = (cheap.sender, cheap.nonce)
    mined = short.ledger.history.all_transactions()
    right = next(item.hash for item in mined if (item.sender, item.nonce) == place)
    (finding,) = report.audit.findings
    assert (finding.field, finding.expected, finding.found) == ("replaced_by", right, other)
    (difference,) = report.differences
    assert (difference.subject, difference.field, difference.expected) == (
        cheap.hash,
        "replaced_by",
        place,
    )


@pytest.mark.longer
def test_transactions_that_nobody_replaced_are_named(short: Exported, tmp_path: Path) -> None:
    mined = next(iter(short.ledger.history.all_transactions()))
    never = short.ledger.log.writer(OPERATOR).sign_append(
        nonce=999, old_size=1, new_size=2, new_root=b"\x01" * 32, proof=(b"\x02" * 32,)
    )
    (cheap,) = short.ledger.replaced

    def add(objects: Lines) -> None:
        objects.append(line_of(mined.hash, mined.raw, mined.sender, mined.nonce, mined.hash))
        objects.append(line_of(never.hash, never.raw, never.sender, never.nonce, objects[0]["replaced_by"]))

    report = replayed(edited(short, tmp_path, REPLACED, add))
    assert [(item.record.number, item.field, item.expected) for item in report.audit.findings] == [
        (mined.hash, "state", AnchorState.FINAL),
        (never.hash, "replaced_by", ABSENT),
    ]
    assert told(report) == [
        (mined.hash, "block_number", ABSENT, mined.block_number),
        (never.hash, "replaced_by", (OPERATOR.address, 999), (cheap.sender, cheap.nonce)),
    ]


def line_of(found: str, raw: bytes, sender: str, nonce: int, replaced_by: str) -> dict[str, Any]:
    return {"hash": found, "raw": "0x" + raw.hex(), "from": sender, "nonce": nonce, "replaced_by": replaced_by}


def audited(bundle: Path, made: Exported) -> Sequence[Finding]:
    """The findings of an audit of a bundle against the chain that it came from."""
    with BundleSource.open(bundle, decode=decode_transaction) as source:
        evidences = evidences_of(source, chain=made.ledger.history)
        return audit(evidences, now=source.bundle.created_at).findings


@pytest.mark.longer
@pytest.mark.parametrize("name", ["hash", "replaced_by"])
def test_list_of_replaced_transactions_with_something_that_is_no_hash_is_malformed(
    short: Exported, tmp_path: Path, name: str
) -> None:
    with pytest.raises(Malformed, match=name):
        audited(edited(short, tmp_path, REPLACED, change_of(name, lambda _: "0xAB")), short)


@pytest.mark.longer
def test_bundle_of_an_earlier_program_is_replayed_and_said_not_to_tell(short: Exported, tmp_path: Path) -> None:
    report = replayed(rewrite(short.bundle, tmp_path / "earlier.zip", {REPLACED: lambda _data: None}))
    assert (report.exit_code, report.replaced, report.replacements) == (0, None, ())
    assert "does not tell of replaced" in render_text(replay_document(report))


@pytest.mark.longer
def test_increment_holds_all_replaced_transactions_and_joins_to_the_whole(short: Exported, tmp_path: Path) -> None:
    size = short.ledger.size - 2
    newer = short.ledger.export(tmp_path / "newer.zip", scope=Scope(since=size))
    whole = io.BytesIO()
    with open_bundle(short.bundle) as earlier, open_bundle(newer) as increment:
        assert increment.read(REPLACED, max_bytes=1 << 20) == earlier.read(REPLACED, max_bytes=1 << 20) != b""
        join_bundles(whole, earlier, increment)
    assert whole.getvalue() == short.bundle.read_bytes()


def live(made: Exported, **changes: Any) -> list[Finding]:
    """The findings of an audit of the ledger as its own database holds it, with its replaced transaction edited."""
    ledger, (cheap,) = made.ledger, made.ledger.replaced
    before = ledger.sent
    ledger.sent = [replace(item, **changes) if item.hash == cheap.hash else item for item in before]
    try:
        return ledger.findings(chain=ledger.history)
    finally:
        ledger.sent = before


@pytest.mark.longer
def test_replaced_transaction_of_the_live_ledger_agrees(short: Exported) -> None:
    assert not live(short)


def test_state_replaced_without_another_that_took_the_nonce_is_named(short: Exported) -> None:
    never = short.ledger.log.writer(OPERATOR).sign_append(
        nonce=999, old_size=1, new_size=2, new_root=b"\x01" * 32, proof=(b"\x02" * 32,)
    )
    (finding,) = live(short, raw=never.raw, hash=never.hash, nonce=never.nonce)
    assert (finding.code, finding.record.number) == (Code.TRANSACTION_MISMATCH, never.hash)
    assert (finding.field, finding.expected, finding.found) == ("state", ABSENT, AnchorState.REPLACED)


@pytest.mark.server
@pytest.mark.longer
def test_transaction_replaced_in_the_pool_of_a_real_node_is_exported_and_agrees(tmp_path: Path) -> None:
    with running_anvil(tmp_path, fixed_genesis()) as url:
        ledger, rpc = AnchoredLedger(url), Rpc(HttpProvider(url, timeout=DEFAULT_TIMEOUT), "anvil")
        rpc.ask("evm_setAutomine", False)
        writer = ledger.log.writer()
        cheap = writer.sign_append(nonce=0, old_size=0, new_size=1, new_root=b"\x01" * 32, proof=())
        writer.send(cheap.raw)
        dear = sign(OPERATOR, 0, maxFeePerGas=10**12, maxPriorityFeePerGas=10**11)
        writer.send(dear)
        rpc.ask("evm_mine")
        assert writer.observe(cheap) == Unknown(nonce_used=True)
        rpc.ask("evm_setAutomine", True)
        ledger.keep(cheap.raw, state=AnchorState.REPLACED)
        ledger.keep(dear)
        fill_small(ledger)
        bundle = ledger.export(tmp_path / "ledger.zip", genesis=False)
        with BundleSource.open(bundle, decode=decode_transaction) as source:
            told_replaced = list(replaced(source) or ())
            report = audit(evidences_of(source, chain=ledger.history), now=source.bundle.created_at)
        assert ledger.findings(chain=ledger.history) == []
    (item,) = told_replaced
    assert (item.hash, item.replaced_by) == (cheap.hash, decode_transaction(dear).hash)
    assert report.exit_code == 0
