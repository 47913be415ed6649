"""The embedded chain's JSON-RPC: what any Ethereum client expects, and what the public may ask."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import rlp
from eth_account import Account
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3
from web3.providers.base import BaseProvider
from web3.types import RPCEndpoint, RPCResponse

import ledger
from ledger.chain import connect
from ledger.embedded import CHAIN_ID, FUNDS_WEI, MAX_BODY_SIZE, EmbeddedChain, allowed_rpc, genesis_hash
from ledger.embedded.public import ALLOWED_METHODS, MAX_BATCH, MAX_CALL_GAS, MAX_LOG_BLOCKS, SEND, SENDABLE
from tests.anchored import AnchoredLog, commitments, set_up
from tests.chains import (
    CLOCK_CODE,
    GENESIS_TIME,
    OPERATOR,
    OWNER,
    STRANGER,
    deploy_clock,
    error,
    head,
    new_chain,
    result,
    sign,
)
from tests.clock import START, FixedClock

NOW = int(START.timestamp())
WORD = "0x" + "11" * 32


@pytest.fixture
def chain(tmp_path: Path, clock: FixedClock) -> Iterator[EmbeddedChain]:
    with new_chain(tmp_path / "chain", clock=clock) as chain:
        yield chain


@pytest.fixture
def contract(chain: EmbeddedChain) -> str:
    """Block 1: the clock contract. Blocks 2 and 3: called with the words 1 and 2. Block 4: reverted."""
    address = deploy_clock(chain)
    chain.send(sign(OWNER, 1, to=address, data=(1).to_bytes(32)))
    chain.send(sign(OWNER, 2, to=address, data=(2).to_bytes(32)))
    chain.send(sign(OWNER, 3, to=address))
    return address


def number(value: str) -> int:
    assert value == hex(int(value, 16))
    return int(value, 16)


# Identity and fees


def test_chain_id_is_the_true_one(chain: EmbeddedChain) -> None:
    assert result(chain, "eth_chainId") == hex(CHAIN_ID)
    assert result(chain, "net_version") == str(CHAIN_ID)


def test_client_version_names_the_machine(chain: EmbeddedChain) -> None:
    assert result(chain, "web3_clientVersion").startswith("legal-ledger/embedded/py-evm-")


def test_gas_price_is_the_next_blocks_base_fee(chain: EmbeddedChain) -> None:
    expected = number(result(chain, "eth_gasPrice"))
    chain.send(sign(OWNER, 0))
    assert number(result(chain, "eth_getBlockByNumber", "latest")["baseFeePerGas"]) == expected


def test_fee_history_ends_with_the_next_blocks_base_fee(chain: EmbeddedChain) -> None:
    chain.send(sign(OWNER, 0))
    chain.send(sign(OWNER, 1))
    history = result(chain, "eth_feeHistory", "0x2", "latest", [50])
    fees = [result(chain, "eth_getBlockByNumber", hex(n))["baseFeePerGas"] for n in (1, 2)]
    assert history["oldestBlock"] == "0x1"
    assert history["baseFeePerGas"] == [*fees, result(chain, "eth_gasPrice")]
    assert history["gasUsedRatio"] == [21000 / 30_000_000] * 2
    assert history["reward"] == [["0x0"], ["0x0"]]


def test_fee_history_of_an_old_block_ends_with_its_followers_base_fee(chain: EmbeddedChain) -> None:
    chain.send(sign(OWNER, 0))
    history = result(chain, "eth_feeHistory", "0x1", "0x0")
    assert history["baseFeePerGas"][-1] == result(chain, "eth_getBlockByNumber", "0x1")["baseFeePerGas"]


# Blocks


def recomputed_hash(block: dict[str, Any]) -> str:
    """The hash of a header of London to Paris, from the answer alone (EIP-1559, Yellow Paper §4.3)."""
    words = ["parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom"]
    counts = ["difficulty", "number", "gasLimit", "gasUsed", "timestamp"]
    fields = [bytes.fromhex(block[name][2:]) for name in words]
    fields += [int(block[name], 16).to_bytes((int(block[name], 16).bit_length() + 7) // 8) for name in counts]
    fields += [bytes.fromhex(block[name][2:]) for name in ("extraData", "mixHash", "nonce")]
    base_fee = int(block["baseFeePerGas"], 16)
    fields.append(base_fee.to_bytes((base_fee.bit_length() + 7) // 8))
    return "0x" + keccak(rlp.encode(fields)).hex()


@pytest.mark.usefixtures("contract")
def test_block_hash_follows_from_the_answer(chain: EmbeddedChain) -> None:
    blocks = [result(chain, "eth_getBlockByNumber", hex(n)) for n in range(5)]
    assert [recomputed_hash(block) for block in blocks] == [block["hash"] for block in blocks]


def test_block_zero_is_the_genesis(chain: EmbeddedChain) -> None:
    block = result(chain, "eth_getBlockByNumber", "earliest")
    assert block["hash"] == "0x" + genesis_hash(chain.genesis).hex()
    assert block["extraData"] == "0x" + "07" * 32
    assert number(block["timestamp"]) == GENESIS_TIME
    assert block["transactions"] == []


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize("tag", ["latest", "safe", "finalized", "pending", "0x4"])
def test_block_tags_name_the_newest(chain: EmbeddedChain, tag: str) -> None:
    assert result(chain, "eth_getBlockByNumber", tag)["number"] == "0x4"


@pytest.mark.usefixtures("contract")
def test_block_by_hash_is_the_block_by_number(chain: EmbeddedChain) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x2", True)
    assert result(chain, "eth_getBlockByHash", block["hash"], True) == block


@pytest.mark.usefixtures("contract")
def test_block_unknown_is_null(chain: EmbeddedChain) -> None:
    assert result(chain, "eth_getBlockByNumber", "0x5") is None
    assert result(chain, "eth_getBlockByNumber", "0x" + "f" * 64) is None
    assert result(chain, "eth_getBlockByHash", WORD) is None
    assert result(chain, "eth_getBlockReceipts", "0x5") is None
    assert result(chain, "eth_getBlockTransactionCountByNumber", "0x5") is None


@pytest.mark.usefixtures("contract")
def test_block_by_the_hash_of_a_trie_node_is_null(chain: EmbeddedChain) -> None:
    # The state keeps headers and trie nodes under hashes alike.
    root = result(chain, "eth_getBlockByNumber", "latest")["stateRoot"]
    assert result(chain, "eth_getBlockByHash", root) is None


@pytest.mark.usefixtures("contract")
def test_block_transaction_counts(chain: EmbeddedChain) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x1")
    assert result(chain, "eth_getBlockTransactionCountByNumber", "0x0") == "0x0"
    assert result(chain, "eth_getBlockTransactionCountByNumber", "0x1") == "0x1"
    assert result(chain, "eth_getBlockTransactionCountByHash", block["hash"]) == "0x1"


# Transactions and receipts


def test_transaction_reads_back_as_signed(chain: EmbeddedChain, contract: str) -> None:
    raw = sign(OWNER, 4, to=contract, data=(9).to_bytes(32), maxPriorityFeePerGas=5)
    sent = result(chain, "eth_sendRawTransaction", "0x" + raw.hex())
    shown = result(chain, "eth_getTransactionByHash", sent)
    assert sent == "0x" + keccak(raw).hex() == shown["hash"]
    assert shown["from"] == OWNER.address.lower()
    assert shown["to"] == contract.lower()
    assert shown["input"] == "0x" + (9).to_bytes(32).hex()
    assert (shown["nonce"], shown["type"], shown["chainId"]) == ("0x4", "0x2", hex(CHAIN_ID))
    assert (shown["maxFeePerGas"], shown["maxPriorityFeePerGas"]) == (hex(2 * 10**9), "0x5")
    assert (shown["blockNumber"], shown["transactionIndex"]) == ("0x5", "0x0")
    assert result(chain, "eth_getRawTransactionByHash", sent) == "0x" + raw.hex()


@pytest.mark.usefixtures("contract")
def test_transaction_by_place_is_the_transaction_by_hash(chain: EmbeddedChain) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x2")
    shown = result(chain, "eth_getTransactionByHash", block["transactions"][0])
    assert result(chain, "eth_getTransactionByBlockNumberAndIndex", "0x2", "0x0") == shown
    assert result(chain, "eth_getTransactionByBlockHashAndIndex", block["hash"], "0x0") == shown
    assert result(chain, "eth_getBlockByNumber", "0x2", True)["transactions"] == [shown]


@pytest.mark.usefixtures("contract")
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("eth_getTransactionByHash", [WORD]),
        ("eth_getTransactionReceipt", [WORD]),
        ("eth_getRawTransactionByHash", [WORD]),
        ("eth_getTransactionByBlockNumberAndIndex", ["0x2", "0x1"]),
        ("eth_getTransactionByBlockNumberAndIndex", ["0x0", "0x0"]),
        ("eth_getTransactionByBlockNumberAndIndex", ["0x5", "0x0"]),
        ("eth_getTransactionByBlockHashAndIndex", [WORD, "0x0"]),
    ],
)
def test_transaction_unknown_is_null(chain: EmbeddedChain, method: str, params: list[Any]) -> None:
    assert result(chain, method, *params) is None


def test_receipt_of_a_creation_names_the_contract(chain: EmbeddedChain, contract: str) -> None:
    created = result(chain, "eth_getBlockByNumber", "0x1")["transactions"][0]
    receipt = result(chain, "eth_getTransactionReceipt", created)
    assert receipt["contractAddress"] == contract.lower()
    assert receipt["to"] is None
    assert receipt["status"] == "0x1"
    assert result(chain, "eth_getCode", contract) == "0x" + CLOCK_CODE.hex()


@pytest.mark.usefixtures("contract")
def test_receipt_of_a_reverted_transaction_has_status_zero(chain: EmbeddedChain) -> None:
    (receipt,) = result(chain, "eth_getBlockReceipts", "latest")
    assert (receipt["status"], receipt["logs"]) == ("0x0", [])
    assert receipt["contractAddress"] is None


def test_receipt_shows_its_logs(chain: EmbeddedChain, contract: str) -> None:
    (receipt,) = result(chain, "eth_getBlockReceipts", "0x2")
    block = result(chain, "eth_getBlockByNumber", "0x2")
    assert receipt["logs"] == [
        {
            "address": contract.lower(),
            "topics": ["0x" + (1).to_bytes(32).hex()],
            "data": "0x",
            "blockNumber": "0x2",
            "blockHash": block["hash"],
            "blockTimestamp": block["timestamp"],
            "transactionHash": block["transactions"][0],
            "transactionIndex": "0x0",
            "logIndex": "0x0",
            "removed": False,
        }
    ]
    assert receipt["logsBloom"] == block["logsBloom"]
    assert receipt["gasUsed"] == receipt["cumulativeGasUsed"] == block["gasUsed"]


def test_effective_gas_price_is_what_was_paid(chain: EmbeddedChain) -> None:
    before = number(result(chain, "eth_getBalance", OWNER.address))
    sent = chain.send(sign(OWNER, 0, maxPriorityFeePerGas=7))
    receipt = result(chain, "eth_getTransactionReceipt", sent)
    paid = number(receipt["effectiveGasPrice"]) * number(receipt["gasUsed"])
    assert before - number(result(chain, "eth_getBalance", OWNER.address)) == paid


# Accounts


@pytest.mark.usefixtures("contract")
def test_account_reads_as_of_a_block(chain: EmbeddedChain) -> None:
    assert result(chain, "eth_getTransactionCount", OWNER.address) == "0x4"
    assert result(chain, "eth_getTransactionCount", OWNER.address, "0x2") == "0x2"
    assert number(result(chain, "eth_getBalance", OPERATOR.address, "0x0")) == FUNDS_WEI
    assert result(chain, "eth_getBalance", STRANGER.address) == "0x0"


def test_account_reads_as_of_a_block_hash(chain: EmbeddedChain, contract: str) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x2")
    assert result(chain, "eth_getCode", contract, {"blockHash": block["hash"]}) == "0x" + CLOCK_CODE.hex()
    assert result(chain, "eth_getCode", contract, {"blockNumber": "0x0"}) == "0x"


def test_storage_reads_by_quantity_and_by_word(chain: EmbeddedChain, contract: str) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x3")
    stored = "0x" + number(block["timestamp"]).to_bytes(32).hex()
    assert result(chain, "eth_getStorageAt", contract, "0x2") == stored
    assert result(chain, "eth_getStorageAt", contract, "0x" + (2).to_bytes(32).hex(), "latest") == stored
    assert result(chain, "eth_getStorageAt", contract, "0x2", "0x2") == "0x" + "00" * 32


def test_account_at_an_unknown_block_is_an_error_and_no_zero(chain: EmbeddedChain) -> None:
    assert error(chain, "eth_getBalance", OWNER.address, "0x9") == {"code": -32000, "message": "header not found"}
    assert error(chain, "eth_getCode", OWNER.address, {"blockHash": WORD})["code"] == -32000


# Calls


def test_call_runs_in_the_context_of_its_block(chain: EmbeddedChain, clock: FixedClock) -> None:
    # TIMESTAMP, NUMBER and CHAINID, each stored in memory and returned together
    code = bytes.fromhex("42600052436020524660405260606000f3")
    chain.send(sign(OWNER, 0))
    clock.set(START.replace(year=2030))
    output = result(chain, "eth_call", {"data": "0x" + code.hex()}, "0x1")
    words = [int(output[2 + 64 * n : 66 + 64 * n], 16) for n in range(3)]
    assert words == [NOW, 1, CHAIN_ID]


@pytest.mark.usefixtures("contract")
def test_call_changes_nothing(chain: EmbeddedChain, contract: str) -> None:
    before = head(chain), result(chain, "eth_getStorageAt", contract, "0x7")
    assert result(chain, "eth_call", {"to": contract, "data": "0x" + (7).to_bytes(32).hex()}) == "0x"
    assert (head(chain), result(chain, "eth_getStorageAt", contract, "0x7")) == before


def test_call_that_reverts_gives_code_three_and_the_data(chain: EmbeddedChain) -> None:
    # PUSH1 0xab PUSH1 0 MSTORE8 PUSH1 1 PUSH1 0 REVERT
    assert error(chain, "eth_call", {"data": "0x60ab60005360016000fd"}) == {
        "code": 3,
        "message": "execution reverted",
        "data": "0xab",
    }


@pytest.mark.parametrize("code", ["0xfe", "0x5b600056", "0x50"], ids=["invalid opcode", "endless", "empty stack"])
def test_call_that_fails_otherwise_is_a_server_error(chain: EmbeddedChain, code: str) -> None:
    failure = error(chain, "eth_call", {"data": code, "gas": "0x186a0"})
    assert failure["code"] == -32000
    assert failure["message"].startswith("execution failed")


def test_call_without_the_funds_it_sends_is_an_error(chain: EmbeddedChain) -> None:
    assert error(chain, "eth_call", {"from": STRANGER.address, "to": OWNER.address, "value": "0x1"})["code"] == -32000


def test_call_below_the_intrinsic_gas_is_an_error(chain: EmbeddedChain) -> None:
    assert error(chain, "eth_call", {"to": OWNER.address, "gas": "0x1"})["message"] == "intrinsic gas too low"


def test_gas_estimate_suffices_and_is_close(chain: EmbeddedChain, contract: str) -> None:
    data = (8).to_bytes(32)
    estimate = number(
        result(chain, "eth_estimateGas", {"from": OWNER.address, "to": contract, "data": "0x" + data.hex()})
    )
    sent = chain.send(sign(OWNER, 4, to=contract, data=data, gas=estimate))
    receipt = result(chain, "eth_getTransactionReceipt", sent)
    assert receipt["status"] == "0x1"
    assert estimate - number(receipt["gasUsed"]) <= 1000


def test_gas_estimate_of_a_reverting_call_gives_the_data(chain: EmbeddedChain) -> None:
    assert error(chain, "eth_estimateGas", {"data": "0x60ab60005360016000fd"})["data"] == "0xab"


# Logs


def topics(chain: EmbeddedChain, **wanted: Any) -> list[int]:
    return [int(log["topics"][0], 16) for log in result(chain, "eth_getLogs", wanted)]


def test_logs_are_found_by_range_address_and_topic(chain: EmbeddedChain, contract: str) -> None:
    second = "0x" + (2).to_bytes(32).hex()
    assert topics(chain, fromBlock="0x0") == [1, 2]
    assert topics(chain, fromBlock="0x0", toBlock="0x2") == [1]
    assert topics(chain, fromBlock="0x3", toBlock="0x99") == [2]
    assert topics(chain, fromBlock="0x0", address=contract) == [1, 2]
    assert topics(chain, fromBlock="0x0", address=[OWNER.address, contract]) == [1, 2]
    assert topics(chain, fromBlock="0x0", address=OWNER.address) == []
    assert topics(chain, fromBlock="0x0", topics=[second]) == [2]
    assert topics(chain, fromBlock="0x0", topics=[[WORD, second]]) == [2]
    assert topics(chain, fromBlock="0x0", topics=[None]) == [1, 2]
    assert topics(chain, fromBlock="0x0", topics=[None, None]) == []
    assert topics(chain, fromBlock="0x0", topics=[WORD]) == []
    assert topics(chain) == []


def test_logs_are_found_by_block_hash(chain: EmbeddedChain, contract: str) -> None:
    block = result(chain, "eth_getBlockByNumber", "0x3")
    assert topics(chain, blockHash=block["hash"], address=contract) == [2]
    assert error(chain, "eth_getLogs", {"blockHash": WORD})["message"] == "unknown block"


# Wrong questions


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("eth_mine", [], -32601),
        ("eth_accounts ", [], -32601),
        ("", [], -32601),
        ("eth_getBlockByNumber", [], -32602),
        ("eth_getBlockByNumber", ["latest", False, 1], -32602),
        ("eth_getBlockByNumber", ["newest"], -32602),
        ("eth_getBlockByNumber", ["0x01"], -32602),
        ("eth_getBlockByNumber", ["1"], -32602),
        ("eth_getBlockByNumber", [1], -32602),
        ("eth_getBlockByNumber", ["latest", "yes"], -32602),
        ("eth_getBlockByHash", ["0x11"], -32602),
        ("eth_getBalance", ["0x11"], -32602),
        ("eth_getBalance", [OWNER.address[2:]], -32602),
        ("eth_getStorageAt", [OWNER.address, "0x" + "f" * 65], -32602),
        ("eth_call", ["0x"], -32602),
        ("eth_call", [{"to": "0x"}], -32602),
        ("eth_call", [{"data": "0x1"}], -32602),
        ("eth_call", [{"data": "0x11", "input": "0x22"}], -32602),
        ("eth_call", [{"stateOverride": {}}], -32602),
        ("eth_getLogs", [[]], -32602),
        ("eth_getLogs", [{"fromBlock": "0x2", "toBlock": "0x1"}], -32602),
        ("eth_getLogs", [{"blockHash": WORD, "fromBlock": "0x0"}], -32602),
        ("eth_getLogs", [{"topics": [None] * 5}], -32602),
        ("eth_getLogs", [{"topics": ["0x11"]}], -32602),
        ("eth_getLogs", [{"address": [OWNER.address] * 1001}], -32602),
        ("eth_getLogs", [{"adress": OWNER.address}], -32602),
        ("eth_sendRawTransaction", [], -32602),
        ("eth_sendRawTransaction", ["0xzz"], -32602),
        ("eth_sendRawTransaction", ["0x"], -32000),
    ],
)
def test_wrong_question_gets_its_error_code(chain: EmbeddedChain, method: str, params: list[Any], code: int) -> None:
    assert error(chain, method, *params)["code"] == code


def test_params_by_name_are_refused(chain: EmbeddedChain) -> None:
    assert chain.request("eth_blockNumber", {"a": 1}) == {"error": {"code": -32602, "message": "params is a list"}}


METHODS = [
    "eth_call",
    "eth_chainId",
    "eth_estimateGas",
    "eth_feeHistory",
    "eth_getBalance",
    "eth_getBlockByHash",
    "eth_getBlockByNumber",
    "eth_getBlockReceipts",
    "eth_getCode",
    "eth_getLogs",
    "eth_getRawTransactionByHash",
    "eth_getStorageAt",
    "eth_sendRawTransaction",
    "eth_getTransactionByBlockNumberAndIndex",
    "eth_getTransactionCount",
    "eth_getTransactionReceipt",
]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=6)
    | st.sampled_from(["latest", "0x0", "0x1", "0x", WORD, OWNER.address, "0x" + "f" * 64, "0x60ab60005360016000fd"])
)
KEYS = st.sampled_from(["to", "from", "data", "gas", "value", "address", "topics", "fromBlock", "toBlock", "blockHash"])
PARAMS = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedChain]:
    with new_chain(tmp_path_factory.mktemp("shared")) as chain:
        deploy_clock(chain)
        yield chain


@given(method=st.sampled_from(METHODS), params=st.lists(PARAMS, max_size=4))
def test_any_question_gets_an_answer(shared: EmbeddedChain, method: str, params: list[Any]) -> None:
    answer = shared.request(method, params)
    assert len(answer) == 1
    assert set(answer) <= {"result", "error"}
    json.dumps(answer)
    assert head(shared)[0] == 1


# A client that is not ours


class InProcess(BaseProvider):
    def __init__(self, chain: EmbeddedChain) -> None:
        super().__init__()
        self._chain = chain

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        answer: Any = self._chain.request(method, list(params))
        return cast("RPCResponse", {"jsonrpc": "2.0", "id": 0, **answer})


def test_web3_reads_everything(chain: EmbeddedChain, contract: str) -> None:
    web3 = Web3(InProcess(chain))
    block = web3.eth.get_block(2, full_transactions=True)
    (log,) = web3.eth.get_logs({"fromBlock": 2, "toBlock": 2})
    receipt = web3.eth.get_transaction_receipt(log["transactionHash"])
    assert web3.eth.chain_id == CHAIN_ID
    assert receipt["blockHash"] == block["hash"]
    assert receipt["status"] == 1
    assert log["address"] == contract
    assert web3.eth.get_code(Web3.to_checksum_address(contract)) == CLOCK_CODE
    assert web3.eth.get_balance(OPERATOR.address) == FUNDS_WEI
    assert web3.eth.fee_history(2, "latest")["oldestBlock"] == 3


def test_web3_sends_and_waits(chain: EmbeddedChain) -> None:
    web3 = Web3(InProcess(chain))
    account = Account.from_key(OWNER.key)
    filled = {"from": account.address, "to": OPERATOR.address, "value": 5, "nonce": 0, "chainId": web3.eth.chain_id}
    filled["gas"] = web3.eth.estimate_gas({"from": account.address, "to": OPERATOR.address, "value": 5})  # type: ignore[typeddict-item]
    filled["maxPriorityFeePerGas"] = web3.eth.max_priority_fee
    filled["maxFeePerGas"] = 2 * web3.eth.gas_price
    del filled["from"]
    sent = web3.eth.send_raw_transaction(account.sign_transaction(filled).raw_transaction)
    assert web3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    assert web3.eth.get_balance(OPERATOR.address) == FUNDS_WEI + 5


# The public


def ask(chain: EmbeddedChain, payload: Any, *, contract: str = OWNER.address) -> Any:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    answer = allowed_rpc(chain, body, contract=contract)
    return json.loads(answer) if answer else None


def call(method: str, *params: Any, call_id: Any = 1) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": call_id, "method": method, "params": list(params)}


@pytest.mark.parametrize("call_id", [1, 0, -5, "a", "", None])
def test_public_answer_carries_the_id(chain: EmbeddedChain, call_id: Any) -> None:
    assert ask(chain, call("eth_chainId", call_id=call_id)) == {"jsonrpc": "2.0", "id": call_id, "result": "0x14ebdf"}


def test_public_answer_needs_no_params(chain: EmbeddedChain) -> None:
    assert ask(chain, {"jsonrpc": "2.0", "id": 1, "method": "eth_blockNumber"})["result"] == "0x0"


@pytest.mark.parametrize(
    "method",
    ["eth_sendTransaction", "eth_estimateGas", "eth_feeHistory", "debug_traceTransaction"],
)
def test_public_method_not_on_the_list_does_not_exist(chain: EmbeddedChain, method: str) -> None:
    assert ask(chain, call(method, "0x" + sign(OWNER, 0).hex()))["error"]["code"] == -32601
    assert head(chain)[0] == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff", -32700),
        (b'{"jsonrpc":"2.0","id":1,"id":2,"method":"eth_chainId"}', -32700),
        (b"[" * 100_000, -32700),  # killed the process once, since web3 lifts the recursion limit
        (b"1", -32600),
        (b"null", -32600),
        (b"[]", -32600),
        (b'{"id":1,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":5}', -32600),
        (b'{"jsonrpc":"2.0","id":[],"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","extra":1}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_call","params":[]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_call","params":["0x"]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[]}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_getLogs","params":[1]}', -32602),
        (b" " * (MAX_BODY_SIZE + 1), -32005),
    ],
)
def test_public_body_that_is_no_request_gets_its_error(chain: EmbeddedChain, body: bytes, code: int) -> None:
    assert ask(chain, body)["error"]["code"] == code


@given(
    st.binary(max_size=120)
    | st.recursive(SCALARS, lambda x: st.lists(x) | st.dictionaries(KEYS, x)).map(
        lambda value: json.dumps(value).encode()
    )
)
def test_public_body_of_any_bytes_gets_an_answer(shared: EmbeddedChain, body: bytes) -> None:
    answers = ask(shared, body)
    assert all("error" in answer for answer in (answers if isinstance(answers, list) else [answers]))


def test_public_batch_is_answered_in_order(chain: EmbeddedChain) -> None:
    answers = ask(chain, [call("eth_chainId", call_id=7), call("nothing", call_id="b"), 5])
    assert [answer["id"] for answer in answers] == [7, "b", None]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, -32601, -32600]


def test_public_batch_of_fifty_is_the_largest(chain: EmbeddedChain) -> None:
    assert len(ask(chain, [call("eth_chainId")] * 50)) == 50
    assert ask(chain, [call("eth_chainId")] * 51)["error"]["code"] == -32005


def test_public_notifications_are_not_answered(chain: EmbeddedChain) -> None:
    silent = {"jsonrpc": "2.0", "method": "eth_chainId"}
    assert ask(chain, silent) is None
    assert ask(chain, [silent, silent]) is None
    assert len(ask(chain, [silent, call("eth_chainId")])) == 1


def test_public_call_reaches_the_contract_alone(chain: EmbeddedChain, contract: str) -> None:
    data = "0x" + (1).to_bytes(32).hex()
    assert ask(chain, call("eth_call", {"to": contract.lower(), "data": data}), contract=contract)["result"] == "0x"
    for other in ({"to": OPERATOR.address}, {"data": "0x00"}, {"to": None}, {"to": 5}):
        assert ask(chain, call("eth_call", other), contract=contract)["error"]["code"] == -32602


def test_public_call_reads_an_older_block(chain: EmbeddedChain, contract: str) -> None:
    old = ask(chain, call("eth_call", {"to": contract, "data": "0x"}, "0x0"), contract=contract)
    new = ask(chain, call("eth_call", {"to": contract, "data": "0x"}, "latest"), contract=contract)
    assert (old["result"], new["error"]["code"]) == ("0x", 3)


@pytest.mark.parametrize("asked", [None, hex(30_000_000), hex(3_000_001), hex(3_000_000)])
def test_public_call_gets_at_most_three_million_gas(chain: EmbeddedChain, asked: str | None) -> None:
    # GAS PUSH1 0 MSTORE PUSH1 32 PUSH1 0 RETURN, deployed by a copy of itself
    runtime = bytes.fromhex("5a60005260206000f3")
    init = bytes.fromhex(f"60{len(runtime):02x}80600b6000396000f3") + runtime
    sent = chain.send(sign(OWNER, 0, to=b"", data=init))
    meter = result(chain, "eth_getTransactionReceipt", sent)["contractAddress"]
    wanted = {"to": meter} if asked is None else {"to": meter, "gas": asked}
    left = int(ask(chain, call("eth_call", wanted), contract=meter)["result"], 16)
    assert 3_000_000 - 21_100 < left < 3_000_000


def test_public_call_of_less_gas_gets_less(chain: EmbeddedChain, contract: str) -> None:
    wanted = {"to": contract, "gas": "0x1"}
    assert ask(chain, call("eth_call", wanted), contract=contract)["error"]["message"] == "intrinsic gas too low"


class Tall:
    """Stands for a chain of a million blocks: only its height and what reaches it matter here."""

    def __init__(self) -> None:
        self.searched: list[Any] = []

    def request(self, method: str, params: Any = ()) -> dict[str, Any]:
        if method == "eth_blockNumber":
            return {"result": hex(1_000_000)}
        self.searched.append(params)
        return {"result": []}


@pytest.mark.parametrize(
    ("wanted", "allowed"),
    [
        ({"fromBlock": "0x1", "toBlock": hex(10_000)}, True),
        ({"fromBlock": "0x1", "toBlock": hex(10_001)}, False),
        ({"fromBlock": "0x0"}, False),
        ({"fromBlock": "earliest", "toBlock": "latest"}, False),
        ({"fromBlock": hex(990_001)}, True),
        ({"fromBlock": hex(990_001), "toBlock": "0x" + "f" * 60}, True),
        ({}, True),
        ({"blockHash": WORD}, True),
    ],
)
def test_public_log_search_is_bounded(wanted: dict[str, str], allowed: bool) -> None:
    tall: Any = Tall()
    answer = ask(tall, call("eth_getLogs", wanted))
    assert ("result" in answer) is allowed
    assert len(tall.searched) == allowed


def test_public_log_search_is_bounded_over_a_batch() -> None:
    tall: Any = Tall()
    half = call("eth_getLogs", {"fromBlock": "0x1", "toBlock": hex(5_000)})
    answers = ask(tall, [half, half, call("eth_getLogs", {})])
    assert ["error" in answer for answer in answers] == [False, False, True]


class Public:
    """A node that can be asked over the public door alone."""

    def __init__(self, chain: EmbeddedChain, contract: str) -> None:
        self._chain = chain
        self._contract = contract

    def request(self, method: str, params: Any) -> Any:
        answer = ask(self._chain, call(method, *params), contract=self._contract)
        return {name: answer[name] for name in ("result", "error") if name in answer}


def test_public_door_offers_all_that_an_auditor_asks(chain: EmbeddedChain) -> None:
    inside = AnchoredLog(node=connect(chain), set_up=set_up(connect(chain)))
    inside.append(0, 1, 4)
    outside = connect(Public(chain, inside.identity.contract))
    proof = tuple(inside.tree.inclusion(2, 4))
    entry: dict[str, Any] = {
        "root": inside.tree.root(4),
        "commitment": commitments(3)[2],
        "leaf_index": 2,
        "proof": proof,
    }
    answers = [
        (
            history.identity(),
            history.head(),
            history.checkpoint(inside.tree.root(4)),
            history.revocation(entry["commitment"]),
            history.is_final(4),
            history.verify_entry(**entry),
            history.checkpoints(),
            list(history.events()),
            history.operator_changes(),
            list(history.all_transactions()),
            history.mined(inside.set_up.transactions[0].hash),
            history.head_block(),
        )
        for history in (inside.history(), inside.history(node=outside))
    ]
    assert answers[0] == answers[1]


def test_docs_name_what_the_public_door_offers() -> None:
    page = (Path(ledger.__file__).parent / "docs" / "chains.md").read_text(encoding="utf-8")
    section = page[page.index("## What `/rpc` answers") : page.index("## Any other chain")]
    assert set(re.findall(r"`([a-z0-9]+_[A-Za-z]+)`", section)) == ALLOWED_METHODS | {SEND}
    for signature in SENDABLE:
        assert f"`{signature.partition('(')[0]}`" in section
    for limit in (MAX_BODY_SIZE, MAX_LOG_BLOCKS, MAX_CALL_GAS):
        assert f"{limit:,}" in section
    assert f"{MAX_BATCH} calls" in section
