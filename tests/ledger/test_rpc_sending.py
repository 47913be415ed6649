"""What may be sent through `/rpc`: a witness's word, the owner's naming of witnesses and their fees. Nothing else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from eth_account.signers.local import LocalAccount

from ledger.anchor import SignedTransaction
from ledger.chain import SetUp, connect
from ledger.embedded import EmbeddedChain, allowed_rpc
from tests.anchored import AnchoredLog, set_up
from tests.chains import CLOCK_INIT, OPERATOR, OWNER, STRANGER, head, new_chain, result, sign
from tests.clock import FixedClock


@dataclass(frozen=True, slots=True)
class Public:
    """A chain with an open log, as the world may use it. The stranger has funds and is no witness yet."""

    chain: EmbeddedChain
    log: AnchoredLog

    def send(self, raw: bytes) -> dict[str, Any]:
        body = {"jsonrpc": "2.0", "id": 1, "method": "eth_sendRawTransaction", "params": ["0x" + raw.hex()]}
        answer: dict[str, Any] = json.loads(
            allowed_rpc(self.chain, json.dumps(body).encode(), contract=self.log.identity.contract)
        )
        return answer

    def name(self, account: LocalAccount) -> SignedTransaction:
        writer = self.log.writer(OWNER)
        return writer.sign_set_witness(nonce=writer.next_nonce(), witness=account.address, named=True)

    def cosign(self, account: LocalAccount, index: int = 0) -> SignedTransaction:
        writer = self.log.writer(account)
        return writer.sign_cosign(nonce=writer.next_nonce(), index=index, root=self.log.tree.root(5))

    def refuses(self, raw: bytes) -> dict[str, Any]:
        """The error, and no block was made."""
        before = head(self.chain)
        error: dict[str, Any] = self.send(raw)["error"]
        assert head(self.chain) == before
        return error


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, SetUp]:
    """A chain whose log has one checkpoint, and on which the stranger was paid."""
    folder = tmp_path_factory.mktemp("prepared") / "chain"
    with new_chain(folder) as chain:
        node = connect(chain)
        log = AnchoredLog(node=node, set_up=set_up(node))
        log.append(0, 5)
        writer = log.writer(OWNER)
        log.mine(writer.sign_transfer(nonce=writer.next_nonce(), to=STRANGER.address, wei=10**18))
        return folder, log.set_up


@pytest.fixture
def public(prepared: tuple[Path, SetUp], tmp_path: Path) -> Iterator[Public]:
    folder = Path(shutil.copytree(prepared[0], tmp_path / "chain"))
    with EmbeddedChain.open(folder, clock=FixedClock(), durable=False) as chain:
        yield Public(chain, AnchoredLog(node=connect(chain), set_up=prepared[1]))


def test_owner_names_a_witness_and_the_witness_cosigns(public: Public) -> None:
    named = public.name(STRANGER)
    assert public.send(named.raw)["result"] == named.hash
    said = public.cosign(STRANGER)

    assert public.send(said.raw)["result"] == said.hash

    assert [item.witness for item in public.log.history().cosignatures()] == [STRANGER.address]


def test_owner_pays_a_witness(public: Public) -> None:
    writer = public.log.writer(OWNER)

    paid = public.send(writer.sign_transfer(nonce=writer.next_nonce(), to=OPERATOR.address, wei=1).raw)

    assert result(public.chain, "eth_getTransactionReceipt", paid["result"])["status"] == "0x1"


def test_word_of_no_witness_is_refused_with_the_contracts_reason(public: Public) -> None:
    refused = public.refuses(public.cosign(STRANGER).raw)

    assert refused["code"] == 3
    assert refused["data"].startswith("0x")


def test_word_for_another_index_is_refused(public: Public) -> None:
    public.send(public.name(STRANGER).raw)

    assert public.refuses(public.cosign(STRANGER, index=1).raw)["code"] == 3


def test_second_word_for_one_checkpoint_is_refused(public: Public) -> None:
    public.send(public.name(STRANGER).raw)
    public.send(public.cosign(STRANGER).raw)

    assert public.refuses(public.cosign(STRANGER).raw)["code"] == 3


def test_nobody_but_the_owner_names_a_witness(public: Public) -> None:
    writer = public.log.writer(STRANGER)
    own = writer.sign_set_witness(nonce=writer.next_nonce(), witness=STRANGER.address, named=True)

    assert public.refuses(own.raw)["code"] == 3


def test_operators_append_is_refused(public: Public) -> None:
    assert public.refuses(public.log.sign_append(5, 7).raw)["code"] == -32602


@pytest.mark.parametrize(
    "fields",
    [
        {"to": b"", "data": CLOCK_INIT},
        {"data": b"\x01"},
        {"to": b"", "data": b""},
    ],
    ids=["a contract", "a call of something else", "a contract of nothing"],
)
def test_owner_sends_nothing_else(public: Public, fields: dict[str, Any]) -> None:
    nonce = public.log.writer(OWNER).next_nonce()

    assert public.refuses(sign(OWNER, nonce, **fields))["code"] == -32602


def test_payment_by_anybody_else_is_refused(public: Public) -> None:
    assert public.refuses(sign(STRANGER, 0, value=1))["code"] == -32602


def test_word_with_money_is_refused(public: Public) -> None:
    public.send(public.name(STRANGER).raw)
    data = public.log.writer(STRANGER)._interface.encode(
        "cosign", bytes.fromhex(public.log.identity.log_id[2:]), 0, public.log.tree.root(5)
    )

    assert public.refuses(sign(STRANGER, 0, to=public.log.identity.contract, data=data, value=1))["code"] == -32602


@pytest.mark.parametrize("raw", [b"", b"\x00", b"\x02\xc0", b"\xc0" * 100], ids=lambda raw: f"{len(raw)} bytes")
def test_bytes_that_are_no_transaction_are_refused(public: Public, raw: bytes) -> None:
    assert public.refuses(raw)["code"] == -32000
