"""Reading, writing, history and set-up of a log's contract, on the embedded chain and on Anvil."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.anchor import (
    AnchorReader,
    AnchorWriter,
    ChainIdentity,
    Finality,
    Included,
    LogHead,
    Observation,
    Revocation,
    SignedTransaction,
    Unknown,
    Waiting,
    verify_identity,
)
from ledger.audit.sources import AuditedChain
from ledger.canonical import JsonValue
from ledger.chain import (
    DEFAULT_TIMEOUT,
    Call,
    ContractRefused,
    HttpProvider,
    Interface,
    Rpc,
    Sender,
    connect,
    decode_transaction,
    load_artifact,
    parse_artifact,
)
from ledger.embedded import CHAIN_ID, EmbeddedChain, Refused
from ledger.errors import LedgerError, Malformed, Mismatch, NeedsAttention, Unavailable, WrongChain
from ledger.recursion import recursion_limit_kept
from tests.anchored import INSTANT, INTERFACE, ORIGIN, AnchoredLog, commitments, set_up
from tests.anvil import running_anvil
from tests.chains import CLOCK_INIT, OPERATOR, OWNER, STRANGER, fixed_genesis, head, new_chain, sign
from tests.clock import START, FixedClock
from tests.oracles import NaiveTree

pytestmark = pytest.mark.longer(one_in=4)

NOW = int(START.timestamp())
ZERO = bytes(32)


@pytest.fixture
def chain(tmp_path: Path, clock: FixedClock) -> Iterator[EmbeddedChain]:
    with new_chain(tmp_path / "chain", clock=clock) as chain:
        yield chain


@pytest.fixture
def embedded(chain: EmbeddedChain) -> AnchoredLog:
    node = connect(chain)
    return AnchoredLog(node=node, set_up=set_up(node))


@dataclass(frozen=True, slots=True)
class Anvil:
    """A log on a running Anvil, and the levers that make trouble there."""

    rpc: Rpc
    log: AnchoredLog

    def stop_mining(self) -> None:
        self.rpc.ask("evm_setAutomine", False)

    def mine(self, blocks: int = 1) -> None:
        self.rpc.ask("anvil_mine", hex(blocks))

    def go_back(self, snapshot: JsonValue) -> None:
        """Go back to a snapshot. The pool is no part of one: mined at once, it would be there before the next test."""
        self.rpc.ask("anvil_dropAllTransactions")
        self.rpc.ask("evm_revert", snapshot)
        self.rpc.ask("evm_setAutomine", True)


@pytest.fixture(scope="module")
def anvil_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_anvil(tmp_path_factory.mktemp("anvil"), fixed_genesis(), "--slots-in-an-epoch", "2") as url:
        yield url


@pytest.fixture
def anvil(anvil_url: str) -> Iterator[Anvil]:
    """The module's Anvil, which goes back to its first block afterwards."""
    rpc = Rpc(HttpProvider(anvil_url, timeout=DEFAULT_TIMEOUT), "anvil")
    snapshot = rpc.ask("evm_snapshot")
    node = connect(anvil_url)
    anvil = Anvil(rpc=rpc, log=AnchoredLog(node=node, set_up=set_up(node)))
    yield anvil
    anvil.go_back(snapshot)


@pytest.fixture(params=["embedded", pytest.param("anvil", marks=pytest.mark.server)])
def log(request: pytest.FixtureRequest) -> AnchoredLog:
    """A log just opened, on either chain."""
    backend: Any = request.getfixturevalue(request.param)
    return backend.log if isinstance(backend, Anvil) else backend


class Between:
    """Stands between client and chain, and changes what passes."""

    def __init__(self, chain: EmbeddedChain, change: Callable[[str, JsonValue, dict[str, Any]], Any]) -> None:
        self._chain = chain
        self._change = change

    def request(self, method: str, params: JsonValue) -> Any:
        return self._change(method, params, self._chain.request(method, params))


def answering(method: str, answer: Any) -> Callable[[str, JsonValue, Any], Any]:
    """Change the result of one method, or its error where `answer` is an error object."""

    def change(asked: str, _: JsonValue, given: Any) -> Any:
        if asked != method:
            return given
        return answer if isinstance(answer, dict) and "error" in answer else {"result": answer}

    return change


# Identity


def test_identity_is_what_chain_and_contract_are(log: AnchoredLog) -> None:
    reader: AnchorReader = log.history()
    found = reader.identity()
    assert found == log.identity
    assert found.chain_id == CHAIN_ID
    assert found.code_sha256 == load_artifact().code_sha256
    assert found.log_id == "0x" + hashlib.sha256(ORIGIN.encode()).hexdigest()
    verify_identity(pinned=log.identity, found=found)


@pytest.mark.parametrize("field", [field.name for field in fields(ChainIdentity)])
def test_identity_pinned_otherwise_is_the_wrong_chain(embedded: AnchoredLog, field: str) -> None:
    other: Any = 1 if field == "chain_id" else "0x00"
    pinned = replace(embedded.identity, **{field: other})
    with pytest.raises(WrongChain) as refusal:
        verify_identity(pinned=pinned, found=embedded.history().identity())
    assert refusal.value.field == field


def found_on(chain: EmbeddedChain, identity: ChainIdentity) -> ChainIdentity:
    """What a reader that was given this identity's contract and log finds on another chain."""
    log = AnchoredLog(node=connect(chain), set_up=set_up(connect(chain)))
    assert log.identity.contract == identity.contract
    return log.history().identity()


def test_identity_on_a_chain_of_another_genesis_is_wrong(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "other", genesis=fixed_genesis(extra_data=b"\x08" * 32)) as other:
        found = found_on(other, embedded.identity)
    with pytest.raises(WrongChain) as refusal:
        verify_identity(pinned=embedded.identity, found=found)
    assert refusal.value.field == "genesis_hash"


def test_identity_on_a_chain_of_another_id_is_wrong(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "other", genesis=replace(fixed_genesis(), chain_id=5)) as other:
        found = found_on(other, embedded.identity)
    with pytest.raises(WrongChain) as refusal:
        verify_identity(pinned=embedded.identity, found=found)
    assert refusal.value.field == "chain_id"


def test_identity_of_other_code_at_the_address_is_wrong(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "other") as other:
        other.send(sign(OWNER, 0, to=b"", data=CLOCK_INIT))
        reader = embedded.history(node=connect(other))
        with pytest.raises(WrongChain) as refusal:
            verify_identity(pinned=embedded.identity, found=reader.identity())
        assert refusal.value.field == "code_sha256"
        with pytest.raises(Unavailable):
            reader.head()


def test_identity_of_a_wiped_chain_is_wrong(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "wiped") as wiped:
        found = embedded.history(node=connect(wiped)).identity()
    with pytest.raises(WrongChain) as refusal:
        verify_identity(pinned=embedded.identity, found=found)
    assert refusal.value.field == "code_sha256"


def test_identity_on_a_node_that_is_catching_up_is_unavailable(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "young") as young:
        catching_up = Between(young, answering("eth_syncing", {"currentBlock": "0x0"}))
        with pytest.raises(Unavailable, match="catching up"):
            embedded.history(node=connect(catching_up)).identity()


def test_views_without_a_contract_are_unavailable_and_never_zero(embedded: AnchoredLog, tmp_path: Path) -> None:
    with new_chain(tmp_path / "wiped") as wiped:
        reader = embedded.history(node=connect(wiped))
        for view in (reader.head, lambda: reader.checkpoint(ZERO), lambda: reader.revocation(ZERO), reader.operator):
            with pytest.raises(Unavailable):
                view()


# Reading


def test_head_of_an_empty_log_is_all_zero(log: AnchoredLog) -> None:
    assert log.history().head() == LogHead(count=0, size=0, root=ZERO, time=0)


def test_head_is_the_newest_checkpoint(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    embedded.append(0, 1, 5, 9)
    now = head(chain)[0]
    found = embedded.history().head()
    assert (found.count, found.size, found.root) == (3, 9, embedded.tree.root(9))
    assert found.time == NOW + now - 1


def test_checkpoint_is_what_the_contract_holds(log: AnchoredLog) -> None:
    first, second = log.append(0, 3, 8)
    reader = log.history()
    blocks = [log.node.receipt(transaction.hash) for transaction in (first, second)]
    assert None not in blocks
    one, two = (block.block_number for block in blocks if block)
    stored = reader.checkpoint(log.tree.root(8))
    assert stored is not None
    assert (stored.index, stored.size, stored.block_number, stored.previous_block) == (1, 8, two, one)
    block = log.node.block(two)
    assert block is not None
    assert stored.time == block.time


def test_checkpoint_of_an_unknown_root_is_none(log: AnchoredLog) -> None:
    log.append(0, 3)
    assert log.history().checkpoint(log.tree.root(2)) is None


def test_revocation_is_none_until_it_is_mined(log: AnchoredLog) -> None:
    reader, writer = log.history(), log.writer()
    commitment = commitments(1)[0]
    assert reader.revocation(commitment) is None
    log.mine(writer.sign_revoke(nonce=writer.next_nonce(), commitment=commitment, reason=3))
    found = reader.revocation(commitment)
    assert found is not None
    block = log.node.expect_block("latest")
    assert found == Revocation(reason=3, time=block.time)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_reading_by_something_else_than_32_bytes_is_malformed(embedded: AnchoredLog, size: int) -> None:
    reader = embedded.history()
    for view in (reader.checkpoint, reader.revocation):
        with pytest.raises(Malformed):
            view(bytes(size))


def test_operator_is_the_one_of_the_opening(log: AnchoredLog) -> None:
    assert log.history().operator() == OPERATOR.address


def test_operator_of_a_log_never_opened_is_none(embedded: AnchoredLog) -> None:
    other = replace(embedded.set_up, identity=replace(embedded.identity, log_id="0x" + "11" * 32))
    assert AnchoredLog(node=embedded.node, set_up=other).history().operator() is None


def test_contract_verifies_an_entry(log: AnchoredLog) -> None:
    log.append(0, 7)
    anchored = log.history().verify_entry(
        root=log.tree.root(7),
        commitment=commitments(7)[4],
        leaf_index=4,
        proof=tuple(log.tree.inclusion(4, 7)),
    )
    assert (anchored.index, anchored.size) == (0, 7)


def test_contract_refuses_an_entry_that_is_not_there(log: AnchoredLog) -> None:
    log.append(0, 7)
    with pytest.raises(ContractRefused) as refusal:
        log.history().verify_entry(
            root=log.tree.root(7),
            commitment=commitments(7)[3],
            leaf_index=4,
            proof=tuple(log.tree.inclusion(4, 7)),
        )
    assert refusal.value.name == "NotIncluded"
    assert refusal.value.arguments == {"commitment": commitments(7)[3], "leafIndex": 4}


# Writing


def test_append_is_included_once_mined(log: AnchoredLog) -> None:
    writer: AnchorWriter = log.writer()
    signed = log.sign_append(0, 1)
    assert writer.observe(signed) == Unknown(nonce_used=False)
    log.mine(signed)
    newest = log.node.expect_block("latest")
    assert writer.observe(signed) == Included(
        block_number=newest.number, block_hash=newest.hash, succeeded=True, final=True
    )
    assert writer.next_nonce() == 1


def test_append_fits_its_gas_for_every_length_of_proof(embedded: AnchoredLog) -> None:
    tree = NaiveTree(commitments(300))
    for signed in embedded.append(0, 1, 2, 3, 5, 9, 17, 33, 65, 129, 255, 257, 300):
        receipt = embedded.node.receipt(signed.hash)
        assert receipt is not None
        assert receipt.gas_used < decode_transaction(signed.raw).gas * 0.7
    assert embedded.history().head().root == tree.root(300)


def test_append_signed_twice_is_the_same_bytes(embedded: AnchoredLog) -> None:
    assert embedded.sign_append(0, 1) == embedded.sign_append(0, 1)


def test_append_names_its_chain_contract_and_sender(embedded: AnchoredLog) -> None:
    said = decode_transaction(embedded.sign_append(0, 1).raw)
    assert (said.chain_id, said.to, said.sender, said.nonce) == (
        CHAIN_ID,
        embedded.identity.contract,
        OPERATOR.address,
        0,
    )


def test_bytes_sent_again_are_unavailable_and_change_nothing(log: AnchoredLog) -> None:
    signed = log.append(0, 1)[0]
    with pytest.raises(Unavailable):
        log.writer().send(signed.raw)
    assert isinstance(log.writer().observe(signed), Included)
    assert log.history().head().count == 1


def test_nonce_taken_by_another_transaction_is_seen(log: AnchoredLog) -> None:
    signed = log.sign_append(0, 1)
    writer = log.writer()
    log.mine(writer.sign_transfer(nonce=0, to=OWNER.address, wei=1))
    assert writer.observe(signed) == Unknown(nonce_used=True)


def test_append_that_reverts_is_included_as_failed(log: AnchoredLog) -> None:
    signed = log.writer().sign_append(nonce=0, old_size=5, new_size=6, new_root=b"\x01" * 32, proof=())
    log.mine(signed, succeeded=False)
    assert log.history().head().count == 0


@pytest.mark.parametrize(
    ("arguments", "name", "facts"),
    [
        ((2, 4, b"\x01" * 32, ()), "SizeConflict", {"stored": 3}),
        ((3, 2, b"\x01" * 32, ()), "SizeShrinks", {"stored": 3, "offered": 2}),
        ((3, 4, ZERO, ()), "ZeroRoot", None),
        ((3, 4, b"\x01" * 32, ()), "ProofLength", {"length": 0}),
        ((3, 4, b"\x01" * 32, (ZERO,) * 64), "ProofLength", {"length": 64}),
        ((3, 4, b"\x01" * 32, (ZERO,)), "NotConsistent", {"oldSize": 3, "newSize": 4}),
        ((3, 3, b"\x01" * 32, ()), "RootConflict", None),
        ((3, 2**48, b"\x01" * 32, (ZERO,)), "SizeOutOfRange", {"size": 2**48}),
    ],
)
def test_refusal_of_the_contract_has_name_and_facts(
    log: AnchoredLog, arguments: tuple[Any, ...], name: str, facts: dict[str, int] | None
) -> None:
    log.append(0, 3)
    refusal = log.writer().why_refused("append", *arguments)
    assert refusal is not None
    assert refusal.name == name
    if facts is not None:
        assert refusal.arguments == facts


def test_refusal_names_a_stranger(log: AnchoredLog) -> None:
    refusal = log.writer(STRANGER).why_refused("append", 0, 1, b"\x01" * 32, ())
    assert refusal is not None
    assert (refusal.name, refusal.arguments) == ("NotOperator", {"caller": STRANGER.address})
    assert isinstance(refusal, LedgerError)
    assert STRANGER.address in str(refusal)


def test_call_that_the_contract_takes_has_no_refusal(log: AnchoredLog) -> None:
    assert log.writer().why_refused("append", 0, 1, b"\x01" * 32, ()) is None


def test_history_rewritten_is_refused_by_the_contract(log: AnchoredLog) -> None:
    """The operator edits statement 2 of 5, rebuilds the whole tree consistently and tries every way to put it there."""
    honest = commitments(8)
    edited = [*honest[:2], hashlib.sha256(b"edited").digest(), *honest[3:]]
    log.tree, forged = NaiveTree(honest), NaiveTree(edited)
    log.append(0, 3, 5)
    writer = log.writer()
    for size in (5, 6, 7, 8):
        attempts = [tuple(forged.consistency(old, size)) for old in range(size + 1)]
        attempts += [tuple(log.tree.consistency(5, size)), tuple(log.tree.consistency(3, size))]
        for proof in attempts:
            assert writer.why_refused("append", 5, size, forged.root(size), proof) is not None
    signed = writer.sign_append(
        nonce=writer.next_nonce(),
        old_size=5,
        new_size=8,
        new_root=forged.root(8),
        proof=tuple(forged.consistency(5, 8)),
    )
    log.mine(signed, succeeded=False)
    assert log.history().checkpoint(forged.root(8)) is None
    assert log.history().head().root == log.tree.root(5)
    assert writer.why_refused("append", 5, 8, log.tree.root(8), tuple(log.tree.consistency(5, 8))) is None


# Fees


def test_fee_covers_a_doubled_base_fee(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    base_fee = embedded.node.expect_block("latest").base_fee
    assert base_fee is not None
    signed = embedded.sign_append(0, 1)
    embedded.mine(signed)
    shown: Any = chain.request("eth_getTransactionByHash", [signed.hash])["result"]
    assert int(shown["maxFeePerGas"], 16) == 2 * base_fee


def test_fee_is_cut_to_the_cap(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    base_fee = embedded.node.expect_block("latest").base_fee
    assert base_fee is not None
    writer = embedded.writer(max_fee_per_gas=base_fee)
    signed = writer.sign_append(nonce=0, old_size=0, new_size=1, new_root=embedded.tree.root(1), proof=())
    embedded.mine(signed)
    shown: Any = chain.request("eth_getTransactionByHash", [signed.hash])["result"]
    assert int(shown["maxFeePerGas"], 16) == base_fee


def test_fee_above_the_cap_is_unavailable(embedded: AnchoredLog) -> None:
    base_fee = embedded.node.expect_block("latest").base_fee
    assert base_fee is not None
    writer = embedded.writer(max_fee_per_gas=base_fee - 1)
    with pytest.raises(Unavailable, match="the cap is"):
        writer.sign_append(nonce=0, old_size=0, new_size=1, new_root=embedded.tree.root(1), proof=())


def without_base_fee(method: str, _: JsonValue, answer: Any) -> Any:
    """A chain from before London, as some consortia run: legacy transactions and eth_gasPrice."""
    if method == "eth_getBlockByNumber" and answer["result"] is not None:
        return {"result": {name: value for name, value in answer["result"].items() if name != "baseFeePerGas"}}
    return answer


def test_fee_without_base_fees_is_a_gas_price(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    old_fashioned = connect(Between(chain, without_base_fee))
    sender = Sender(old_fashioned, OPERATOR, chain_id=CHAIN_ID, finality=INSTANT)
    signed = sender.sign(Call(to=OWNER.address, data=b""), nonce=0, gas=21_000)
    sender.send(signed.raw)
    shown: Any = chain.request("eth_getTransactionByHash", [signed.hash])["result"]
    assert shown["type"] == "0x0"
    assert decode_transaction(signed.raw).chain_id == CHAIN_ID
    assert embedded.writer().observe(signed) != Unknown(nonce_used=False)


def test_gas_price_above_the_cap_is_unavailable(chain: EmbeddedChain) -> None:
    old_fashioned = connect(Between(chain, without_base_fee))
    sender = Sender(old_fashioned, OPERATOR, chain_id=CHAIN_ID, finality=INSTANT, max_fee_per_gas=1)
    with pytest.raises(Unavailable, match="the cap is 1"):
        sender.sign(Call(to=OWNER.address, data=b""), nonce=0, gas=21_000)


def test_tip_of_a_node_without_the_method_is_zero(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    refusing = answering("eth_maxPriorityFeePerGas", {"error": {"code": -32601, "message": "no"}})
    sender = Sender(connect(Between(chain, refusing)), OPERATOR, chain_id=CHAIN_ID, finality=INSTANT)
    sender.send(sender.sign(Call(to=OWNER.address, data=b""), nonce=0, gas=21_000).raw)
    assert embedded.writer().next_nonce() == 1


# Finality


def test_instant_finality_is_having_the_block(embedded: AnchoredLog) -> None:
    newest = embedded.node.head_number()
    assert embedded.history().is_final(newest)


def test_depth_finality_counts_blocks_on_top(embedded: AnchoredLog) -> None:
    newest = embedded.node.head_number()
    embedded.append(0, 1, 2)
    reader = embedded.history(finality=Finality(kind="depth", depth=2))
    assert [reader.is_final(number) for number in (newest - 1, newest, newest + 1, newest + 2)] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("finality", [INSTANT, Finality(kind="depth", depth=1), Finality(kind="tag")])
def test_finality_of_a_block_that_the_node_lacks_is_unavailable(embedded: AnchoredLog, finality: Finality) -> None:
    with pytest.raises(Unavailable, match="behind"):
        embedded.history(finality=finality).is_final(embedded.node.head_number() + 1)


@pytest.mark.parametrize(
    "nowhere",
    [
        None,
        {"error": {"code": -32000, "message": "finalized block not found"}},
        {"error": {"code": -39001, "message": "Unknown block"}},
    ],
    ids=["null", "geth", "Besu"],
)
def test_tag_that_leads_nowhere_is_not_final(embedded: AnchoredLog, chain: EmbeddedChain, nowhere: Any) -> None:
    def change(method: str, params: Any, answer: Any) -> Any:
        if method == "eth_getBlockByNumber" and params[0] == "finalized":
            return nowhere or {"result": None}
        return answer

    reader = embedded.history(node=connect(Between(chain, change)), finality=Finality(kind="tag"))
    assert reader.is_final(1) is False


@pytest.mark.parametrize("code", [-32601, -32602])
def test_tag_that_the_node_does_not_know_is_unavailable(embedded: AnchoredLog, chain: EmbeddedChain, code: int) -> None:
    def change(method: str, params: Any, answer: Any) -> Any:
        if method == "eth_getBlockByNumber" and params[0] == "finalized":
            return {"error": {"code": code, "message": "invalid block tag"}}
        return answer

    reader = embedded.history(node=connect(Between(chain, change)), finality=Finality(kind="tag"))
    with pytest.raises(Unavailable, match="does not know the tag"):
        reader.is_final(1)


@pytest.mark.server
def test_tag_finality_follows_the_finalized_block(anvil: Anvil) -> None:
    anvil.log.append(0, 1)
    number = anvil.log.node.head_number()
    reader = anvil.log.history(finality=Finality(kind="tag"))
    assert not reader.is_final(number)
    anvil.mine(4)
    assert reader.is_final(number)
    assert not reader.is_final(number + 1)


# What a public chain does to a transaction


@pytest.mark.server
def test_transaction_in_the_pool_is_waiting(anvil: Anvil) -> None:
    anvil.stop_mining()
    signed, writer = anvil.log.sign_append(0, 1), anvil.log.writer()
    writer.send(signed.raw)
    assert writer.observe(signed) == Waiting()
    assert writer.next_nonce() == 0
    anvil.mine()
    assert isinstance(writer.observe(signed), Included)


@pytest.mark.server
def test_what_one_test_leaves_in_the_pool_is_not_there_for_the_next(anvil: Anvil) -> None:
    head, snapshot = anvil.log.node.head_number(), anvil.rpc.ask("evm_snapshot")
    anvil.stop_mining()
    anvil.log.writer().send(anvil.log.sign_append(0, 1).raw)
    anvil.go_back(snapshot)
    anvil.mine()
    assert anvil.log.node.head_number() == head + 1
    assert anvil.log.writer().next_nonce() == 0


@pytest.mark.server
def test_transaction_dropped_from_the_pool_is_unknown(anvil: Anvil) -> None:
    anvil.stop_mining()
    signed, writer = anvil.log.sign_append(0, 1), anvil.log.writer()
    writer.send(signed.raw)
    anvil.rpc.ask("anvil_dropTransaction", signed.hash)
    assert writer.observe(signed) == Unknown(nonce_used=False)
    writer.send(signed.raw)
    assert writer.observe(signed) == Waiting()


@pytest.mark.server
def test_transaction_replaced_is_unknown_with_its_nonce_used(anvil: Anvil) -> None:
    anvil.stop_mining()
    signed, writer = anvil.log.sign_append(0, 1), anvil.log.writer()
    writer.send(signed.raw)
    fields = {"maxFeePerGas": 10**12, "maxPriorityFeePerGas": 10**11}
    anvil.rpc.ask("eth_sendRawTransaction", "0x" + sign(OPERATOR, 0, **fields).hex())
    anvil.mine()
    assert writer.observe(signed) == Unknown(nonce_used=True)


@pytest.mark.server
def test_transaction_reorganised_out_is_no_longer_included(anvil: Anvil) -> None:
    anvil.log.finality = Finality(kind="depth", depth=3)
    signed = anvil.log.append(0, 1)[0]
    anvil.mine()
    before = anvil.log.writer().observe(signed)
    assert isinstance(before, Included)
    assert not before.final
    anvil.stop_mining()
    anvil.rpc.ask("anvil_reorg", 2, [])
    assert not isinstance(anvil.log.writer().observe(signed), Included)
    assert anvil.log.history().head().count == 0


@pytest.mark.server
def test_two_checkpoints_in_one_block_are_both_found(anvil: Anvil) -> None:
    log, writer = anvil.log, anvil.log.writer()
    log.append(0, 1)
    anvil.stop_mining()
    for nonce, old, new in ((1, 1, 4), (2, 4, 6)):
        proof = tuple(log.tree.consistency(old, new))
        signed = writer.sign_append(nonce=nonce, old_size=old, new_size=new, new_root=log.tree.root(new), proof=proof)
        writer.send(signed.raw)
    anvil.mine()
    found = log.history().checkpoints()
    assert [(checkpoint.index, checkpoint.size) for checkpoint in found] == [(0, 1), (1, 4), (2, 6)]
    assert found[1].block_number == found[2].block_number == found[2].previous_block


def test_receipt_of_a_block_that_left_the_chain_is_not_believed(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    signed = embedded.append(0, 1)[0]

    def change(method: str, params: Any, answer: Any) -> Any:
        if method == "eth_getBlockByNumber" and params[0] not in {"0x0", "latest"}:
            return {"result": {**answer["result"], "hash": "0x" + "99" * 32}}
        return answer

    writer = AnchoredLog(node=connect(Between(chain, change)), set_up=embedded.set_up).writer()
    assert writer.observe(signed) == Waiting()


# History


def test_checkpoints_are_complete_and_in_order(log: AnchoredLog) -> None:
    signed = log.append(0, 1, 2, 7, 8, 100, 101)
    found = log.history().checkpoints()
    assert [(checkpoint.index, checkpoint.size) for checkpoint in found] == list(enumerate([1, 2, 7, 8, 100, 101]))
    assert [checkpoint.root for checkpoint in found] == [log.tree.root(size) for size in (1, 2, 7, 8, 100, 101)]
    assert [checkpoint.transaction_hash for checkpoint in found] == [transaction.hash for transaction in signed]
    assert [c.previous_block for c in found] == [0, *(c.block_number for c in found[:-1])]


def test_checkpoints_of_an_empty_log_are_none(log: AnchoredLog) -> None:
    assert log.history().checkpoints() == ()


def test_checkpoints_of_two_logs_do_not_mix(embedded: AnchoredLog) -> None:
    owner = embedded.writer(OWNER)
    call = Call(to=embedded.identity.contract, data=INTERFACE.encode("openLog", "another", OPERATOR.address))
    embedded.mine(owner.sign(call, nonce=2, gas=200_000))
    other_id = "0x" + hashlib.sha256(b"another").hexdigest()
    other = AnchoredLog(
        node=embedded.node, set_up=replace(embedded.set_up, identity=replace(embedded.identity, log_id=other_id))
    )
    embedded.append(0, 1, 2)
    other.append(0, 5)
    embedded.append(2, 9)
    assert [checkpoint.size for checkpoint in embedded.history().checkpoints()] == [1, 2, 9]
    assert [checkpoint.size for checkpoint in other.history().checkpoints()] == [5]
    assert other.history().log_opened().origin == "another"


def without_logs_of(block: int) -> Callable[[str, JsonValue, Any], Any]:
    def change(method: str, _: JsonValue, answer: Any) -> Any:
        if method != "eth_getLogs":
            return answer
        return {"result": [shown for shown in answer["result"] if int(shown["blockNumber"], 16) != block]}

    return change


def test_checkpoint_whose_event_a_node_hides_is_missed(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    embedded.append(0, 1, 2, 3)
    for block in (3, 4, 5):
        history = embedded.history(node=connect(Between(chain, without_logs_of(block))))
        with pytest.raises(Unavailable, match=f"block {block} must hold checkpoint"):
            history.checkpoints()


def test_checkpoint_whose_event_lies_about_its_size_is_not_believed(
    embedded: AnchoredLog, chain: EmbeddedChain
) -> None:
    embedded.append(0, 1, 2)

    def change(method: str, _: JsonValue, answer: Any) -> Any:
        if method != "eth_getLogs":
            return answer
        return {
            "result": [
                {**shown, "data": "0x" + (9).to_bytes(32).hex() + shown["data"][66:]} for shown in answer["result"]
            ]
        }

    with pytest.raises(Unavailable, match="differ about checkpoint 1"):
        embedded.history(node=connect(Between(chain, change))).checkpoints()


def test_history_tells_operators_witnesses_revocations_and_cosignatures(log: AnchoredLog) -> None:
    operator, owner = log.writer(), log.writer(OWNER)
    log.append(0, 4)
    log.mine(operator.sign_revoke(nonce=1, commitment=commitments(1)[0], reason=2))
    log.mine(owner.sign_set_witness(nonce=2, witness=OWNER.address, named=True))
    log.mine(owner.sign_cosign(nonce=3, index=0, root=log.tree.root(4)))
    log.mine(owner.sign_transfer(nonce=4, to=STRANGER.address, wei=10**18))
    log.mine(owner.sign_propose_operator(nonce=5, operator=STRANGER.address))
    log.mine(log.writer(STRANGER).sign_accept_operator(nonce=0))
    history: AuditedChain = log.history()
    assert [event.name for event in history.events()] == [
        "LogOpened",
        "CheckpointAppended",
        "EntryRevoked",
        "WitnessChanged",
        "CheckpointCosigned",
        "OperatorProposed",
        "OperatorChanged",
    ]
    told = log.history()
    assert [(r.commitment, r.reason) for r in told.revocations()] == [(commitments(1)[0], 2)]
    assert [(c.index, c.witness) for c in told.cosignatures()] == [(0, OWNER.address)]
    assert [change.operator for change in told.operator_changes()] == [OPERATOR.address, STRANGER.address]
    assert told.log_opened().operator == OPERATOR.address
    assert told.operator() == STRANGER.address


def test_events_carry_their_arguments_in_plain_types(embedded: AnchoredLog) -> None:
    embedded.append(0, 4)
    opened, appended = embedded.history().events()
    assert opened.arguments == {"origin": ORIGIN, "operator": OPERATOR.address}
    assert appended.arguments == {"index": 0, "size": 4, "root": embedded.tree.root(4)}
    assert type(appended.arguments["root"]) is bytes
    assert (opened.block_number, appended.block_number) == (2, 3)


@pytest.mark.parametrize(
    ("event", "read"),
    [
        ("EntryRevoked", lambda history: history.revocations()),
        ("CheckpointCosigned", lambda history: history.cosignatures()),
        ("OperatorChanged", lambda history: history.operator_changes()),
    ],
)
def test_event_that_storage_does_not_confirm_is_not_believed(
    embedded: AnchoredLog, chain: EmbeddedChain, event: str, read: Callable[[Any], Any]
) -> None:
    invented = {
        "EntryRevoked": ["0x" + "55" * 32],
        "CheckpointCosigned": ["0x" + (0).to_bytes(32).hex(), "0x" + bytes(12).hex() + STRANGER.address[2:].lower()],
        "OperatorChanged": ["0x" + bytes(12).hex() + a[2:].lower() for a in (OPERATOR.address, STRANGER.address)],
    }

    def change(method: str, params: Any, answer: Any) -> Any:
        topic = "0x" + INTERFACE.topic(event).hex()
        if method != "eth_getLogs" or topic not in params[0]["topics"][0]:
            return answer
        forged = {
            "address": embedded.identity.contract.lower(),
            "topics": [topic, embedded.identity.log_id, *invented[event]],
            "data": "0x" + (2).to_bytes(32).hex() if event == "EntryRevoked" else "0x",
            "blockNumber": "0x2",
            "transactionHash": "0x" + "44" * 32,
            "logIndex": "0x0",
        }
        return {"result": [forged]}

    with pytest.raises(Unavailable):
        read(embedded.history(node=connect(Between(chain, change))))


def test_log_search_shrinks_its_range_until_the_node_takes_it(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    embedded.append(0, 1, 2, 3, 4, 5, 6)
    refused: list[int] = []

    def change(method: str, params: Any, answer: Any) -> Any:
        if method == "eth_getLogs":
            blocks = int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1
            if blocks > 2:
                refused.append(blocks)
                return {"error": {"code": -32005, "message": "query returned more than 2 results"}}
        return answer

    found = list(embedded.history(node=connect(Between(chain, change))).events())
    assert found == list(embedded.history().events())
    assert refused


def test_log_search_refused_for_one_block_is_unavailable(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    refusing = answering("eth_getLogs", {"error": {"code": -32005, "message": "no"}})
    with pytest.raises(Unavailable):
        list(embedded.history(node=connect(Between(chain, refusing))).events())


def test_mined_transaction_is_found_by_hash(log: AnchoredLog) -> None:
    signed = log.append(0, 1)[0]
    found = log.history().mined(signed.hash)
    newest = log.node.expect_block("latest")
    assert found is not None
    assert (found.hash, found.sender, found.nonce, found.succeeded) == (signed.hash, OPERATOR.address, 0, True)
    assert (found.block_number, found.block_hash, found.block_time) == (newest.number, newest.hash, newest.time)
    assert log.history().mined("0x" + "99" * 32) is None


def test_all_transactions_come_in_chain_order_with_what_became_of_them(embedded: AnchoredLog) -> None:
    appended = embedded.append(0, 1)[0]
    failed = embedded.writer().sign_append(nonce=1, old_size=9, new_size=10, new_root=b"\x01" * 32, proof=())
    embedded.mine(failed, succeeded=False)
    found = list(embedded.history().all_transactions())
    sent = [*embedded.set_up.transactions, appended, failed]
    assert [(transaction.hash, transaction.raw) for transaction in found] == [(t.hash, t.raw) for t in sent]
    assert [transaction.succeeded for transaction in found] == [True, True, True, False]
    assert found[0].contract_address == embedded.identity.contract
    assert [len(transaction.logs) for transaction in found] == [1, 1, 1, 0]
    assert embedded.history().head_block().hash == found[-1].block_hash


def test_known_transactions_come_in_chain_order(log: AnchoredLog) -> None:
    sent = [*log.set_up.transactions, *log.append(0, 1, 2)]
    unknown = "0x" + "99" * 32
    hashes = [unknown, *(transaction.hash for transaction in reversed(sent))]
    found = log.history().transactions(hashes, raw={transaction.hash: transaction.raw for transaction in sent})
    assert [transaction.hash for transaction in found] == [transaction.hash for transaction in sent]


# Setting up


def test_set_up_opens_the_log_for_its_operator(log: AnchoredLog) -> None:
    opened = log.history().log_opened()
    assert (opened.origin, opened.operator) == (ORIGIN, OPERATOR.address)
    assert [transaction.nonce for transaction in log.set_up.transactions] == [0, 1]


class Crash(BaseException):
    """The process ends here."""


class Fragile:
    """A chain whose client crashes at the n-th request, before or after the chain has acted on it."""

    def __init__(self, chain: EmbeddedChain, *, at: int, after: bool) -> None:
        self._chain = chain
        self._left = at
        self._after = after

    def request(self, method: str, params: JsonValue) -> Any:
        self._left -= 1
        if self._left == 0 and not self._after:
            raise Crash
        answer = self._chain.request(method, params)
        if self._left == 0:
            raise Crash
        return answer


@pytest.mark.longer
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_set_up_crashed_at_any_request_is_finished_by_the_next(
    tmp_path_factory: pytest.TempPathFactory, after: bool
) -> None:
    at, crashed = 0, True
    while crashed:
        at += 1
        kept: list[SignedTransaction] = []
        with new_chain(tmp_path_factory.mktemp("chain")) as chain:
            try:
                set_up(connect(Fragile(chain, at=at, after=after)), kept=kept)
                crashed = False
            except Crash:
                done = set_up(connect(chain), earlier=kept, kept=kept)
                assert done.transactions == tuple(kept)
                assert [transaction.nonce for transaction in kept] == [0, 1]
                assert head(chain)[0] == 2
                reader = AnchoredLog(node=connect(chain), set_up=done).history()
                assert reader.identity() == done.identity
                assert reader.operator() == OPERATOR.address
    assert at > 10


def test_set_up_repeated_changes_nothing(embedded: AnchoredLog, chain: EmbeddedChain) -> None:
    before = head(chain)
    assert set_up(embedded.node, earlier=embedded.set_up.transactions) == embedded.set_up
    assert head(chain) == before


def test_set_up_sends_nothing_before_it_is_kept(chain: EmbeddedChain) -> None:
    kept: list[SignedTransaction] = []

    def change(method: str, params: Any, answer: Any) -> Any:
        if method == "eth_sendRawTransaction":
            assert params[0] in {"0x" + transaction.raw.hex() for transaction in kept}
        return answer

    set_up(connect(Between(chain, change)), kept=kept)
    assert len(kept) == 2


def test_set_up_whose_nonce_was_taken_needs_attention(embedded: AnchoredLog) -> None:
    foreign = replace(embedded.set_up.transactions[0], hash="0x" + "99" * 32)
    with pytest.raises(NeedsAttention) as stuck:
        set_up(embedded.node, earlier=[foreign])
    assert stuck.value.cause == "nonce_taken"


def test_set_up_whose_deployment_failed_needs_attention(chain: EmbeddedChain) -> None:
    node = connect(chain)
    sender = Sender(node, OWNER, chain_id=CHAIN_ID, finality=INSTANT)
    starved = sender.sign(Call(to=None, data=INTERFACE.encode_creation(OWNER.address)), nonce=0, gas=300_000)
    with pytest.raises(NeedsAttention) as stuck:
        set_up(node, earlier=[starved])
    assert stuck.value.cause == "set_up_reverted"


def test_set_up_of_another_contract_is_a_mismatch(chain: EmbeddedChain) -> None:
    node = connect(chain)
    sender = Sender(node, OWNER, chain_id=CHAIN_ID, finality=INSTANT)
    other = sender.sign(Call(to=None, data=CLOCK_INIT), nonce=0, gas=300_000)
    with pytest.raises(Mismatch):
        set_up(node, earlier=[other])


def test_set_up_of_another_owner_is_a_mismatch(embedded: AnchoredLog) -> None:
    with pytest.raises(Mismatch):
        set_up(embedded.node, owner=OPERATOR, earlier=embedded.set_up.transactions)


def test_set_up_without_funds_is_unavailable_and_says_why(chain: EmbeddedChain) -> None:
    with pytest.raises(Unavailable, match="insufficient funds"):
        set_up(connect(chain), owner=STRANGER)


@pytest.mark.server
def test_set_up_that_is_never_mined_runs_out_of_patience(anvil: Anvil) -> None:
    anvil.stop_mining()
    with pytest.raises(Unavailable, match="not in a block yet"):
        set_up(anvil.log.node, origin="another", owner=OWNER)


# Signed bytes and the artifact


def test_transaction_decodes_to_what_was_signed() -> None:
    raw = sign(OWNER, 7, value=5, data=b"\x01\x02", gas=99_000)
    said = decode_transaction(raw)
    assert (said.sender, said.nonce, said.to, said.value) == (OWNER.address, 7, OPERATOR.address, 5)
    assert (said.data, said.gas, said.chain_id) == (b"\x01\x02", 99_000, CHAIN_ID)


@pytest.mark.parametrize(
    ("extra", "chain_id"),
    [
        ({"gasPrice": 5, "chainId": CHAIN_ID}, CHAIN_ID),
        ({"gasPrice": 5}, None),
        ({"type": 1, "gasPrice": 5, "chainId": CHAIN_ID, "accessList": []}, CHAIN_ID),
    ],
    ids=["EIP-155", "before EIP-155", "EIP-2930"],
)
def test_transaction_of_an_older_kind_decodes(extra: dict[str, Any], chain_id: int | None) -> None:
    signed = OWNER.sign_transaction(
        {"nonce": 3, "to": OPERATOR.address, "value": 1, "gas": 30_000, "data": b"", **extra}
    )
    said = decode_transaction(bytes(signed.raw_transaction))
    assert (said.hash, said.sender, said.nonce, said.chain_id) == (
        "0x" + bytes(signed.hash).hex(),
        OWNER.address,
        3,
        chain_id,
    )


def test_transaction_that_creates_has_no_receiver() -> None:
    assert decode_transaction(sign(OWNER, 0, to=b"", data=CLOCK_INIT)).to is None


RAW = sign(OWNER, 0)


@given(st.binary(max_size=200) | st.integers(0, len(RAW) - 1).map(lambda at: RAW[:at]))
def test_transaction_of_garbage_is_malformed(garbage: bytes) -> None:
    with pytest.raises(Malformed):
        decode_transaction(garbage)


def nested(depth: int) -> bytes:
    """Lists in lists, in RLP."""
    raw = b""
    for _ in range(depth):
        size = len(raw).to_bytes((len(raw).bit_length() + 7) // 8)
        raw = bytes([0xC0 + len(raw)]) + raw if len(raw) < 56 else bytes([0xF7 + len(size)]) + size + raw
    return raw


@pytest.mark.parametrize("kind", [b"", b"\x01", b"\x02"])
def test_transaction_of_lists_in_lists_is_refused(chain: EmbeddedChain, kind: bytes) -> None:
    raw = kind + nested(5_000)
    with recursion_limit_kept():
        sys.setrecursionlimit(1000)  # as in the service; the libraries that tests import have lifted it
        with pytest.raises(Malformed):
            decode_transaction(raw)
        with pytest.raises(Refused):
            chain.send(raw)


@given(at=st.integers(0, len(RAW) - 1), bit=st.integers(0, 7))
def test_transaction_with_a_changed_bit_is_another_or_malformed(at: int, bit: int) -> None:
    changed = bytearray(RAW)
    changed[at] ^= 1 << bit
    try:
        said = decode_transaction(bytes(changed))
    except Malformed:
        return
    original = decode_transaction(RAW)
    assert said.hash != original.hash
    assert said.sender != original.sender


def test_artifact_is_the_one_that_was_built() -> None:
    artifact = load_artifact()
    assert hashlib.sha256(artifact.deployed_bytecode).hexdigest() == artifact.code_sha256
    assert artifact.deployed_bytecode in artifact.bytecode


ARTIFACT = Path(__file__).parents[2] / "contracts" / "artifacts" / "LegalLedger.json"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_sha256": "00" * 32}, Mismatch),
        ({"deployed_bytecode": "0x00"}, Mismatch),
        ({"bytecode": "0xzz"}, Malformed),
        ({"abi": {}}, Malformed),
    ],
)
def test_artifact_damaged_is_refused(change: dict[str, Any], error: type[LedgerError]) -> None:
    document = {**json.loads(ARTIFACT.read_bytes()), **change}
    with pytest.raises(error):
        parse_artifact(json.dumps(document).encode())


def test_refusal_of_an_unknown_kind_is_not_ours() -> None:
    interface = Interface(load_artifact())
    assert interface.decode_error(b"") is None
    assert interface.decode_error(bytes.fromhex("08c379a0") + bytes(64)) is None
    assert interface.decode_error(bytes.fromhex("08c379a0")) is None


def test_observations_of_a_writer_are_the_protocols(embedded: AnchoredLog) -> None:
    seen: Observation = embedded.writer().observe(embedded.sign_append(0, 1))
    assert seen == Unknown(nonce_used=False)
