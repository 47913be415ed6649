"""What anybody may ask of the embedded chain over HTTP: reading, in bounded portions, and a witness's word.

A witness has its key elsewhere and no other way to the chain; its cosignature is the one thing of which the operator
cannot make a false one. So is the owner's naming of witnesses, and the payment of their fees.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from eth_utils.crypto import keccak

from ledger.canonical import JsonValue, parse_json
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.evm import Refused, decode_signed
from ledger.embedded.params import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    SERVER_ERROR,
    RpcError,
    parse_data,
    parse_number,
    parse_quantity,
)
from ledger.errors import Malformed

PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
LIMIT_EXCEEDED: Final = -32005

MAX_BODY_SIZE: Final = 256 * 1024
"""Bytes. The largest honest call, a proof of 63 hashes, takes five kilobytes; a batch of 50 fits."""

MAX_BATCH: Final = 50
MAX_LOG_BLOCKS: Final = 10_000
"""Blocks searched per body: a batch is worth no more than a call. About a second of work."""

MAX_CALL_GAS: Final = 3_000_000
"""Thirty times the dearest view of the contract."""

ALLOWED_METHODS: Final = frozenset(
    {
        "eth_blockNumber",
        "eth_call",
        "eth_chainId",
        "eth_getBalance",
        "eth_getBlockByHash",
        "eth_getBlockByNumber",
        "eth_getBlockReceipts",
        "eth_getBlockTransactionCountByHash",
        "eth_getBlockTransactionCountByNumber",
        "eth_getCode",
        "eth_getLogs",
        "eth_getRawTransactionByHash",
        "eth_getStorageAt",
        "eth_getTransactionByBlockHashAndIndex",
        "eth_getTransactionByBlockNumberAndIndex",
        "eth_getTransactionByHash",
        "eth_getTransactionCount",
        "eth_getTransactionReceipt",
        "eth_syncing",
        "net_version",
        "web3_clientVersion",
    }
)

SEND: Final = "eth_sendRawTransaction"
SENDABLE: Final = frozenset({"cosign(bytes32,uint64,bytes32)", "setWitness(bytes32,address,bool)"})
"""The functions of the contract that may be called by a transaction from outside, when they would succeed."""

SELECTOR_SIZE: Final = 4
_SELECTORS: Final = frozenset(keccak(text=signature)[:SELECTOR_SIZE] for signature in SENDABLE)
_OWNER: Final = "0x" + keccak(text="owner()")[:SELECTOR_SIZE].hex()

_MEMBERS: Final = frozenset({"jsonrpc", "id", "method", "params"})


def allowed_rpc(chain: EmbeddedChain, body: bytes, *, contract: str) -> bytes:
    """Answer the body of a `POST /rpc` (JSON-RPC 2.0, one call or a batch); never raises for any input.

    `contract` is the address of the ledger's contract, the only one that may be called. The answer is JSON, or empty
    when the body holds notifications alone. Blocks the thread: to be run off the event loop; the chain's lock is taken
    per call, so that a batch does not keep the writer out.
    """
    if len(body) > MAX_BODY_SIZE:
        return _dump(_failure(None, RpcError(LIMIT_EXCEEDED, f"at most {MAX_BODY_SIZE} bytes")))
    try:
        payload = parse_json(body, max_bytes=MAX_BODY_SIZE)
    except Malformed as error:
        return _dump(_failure(None, RpcError(PARSE_ERROR, error.reason)))
    portion = _Portion(chain, contract)
    if not isinstance(payload, list):
        answer = portion.answer(payload)
        return b"" if answer is None else _dump(answer)
    if not payload:
        return _dump(_failure(None, RpcError(INVALID_REQUEST, "the batch is empty")))
    if len(payload) > MAX_BATCH:
        return _dump(_failure(None, RpcError(LIMIT_EXCEEDED, f"at most {MAX_BATCH} calls in a batch")))
    answers = [answer for call in payload if (answer := portion.answer(call)) is not None]
    return _dump(answers) if answers else b""


class _Portion:
    """The calls of one body, and what is left of what they may use together."""

    def __init__(self, chain: EmbeddedChain, contract: str) -> None:
        self._chain = chain
        self._contract = contract.lower()
        self._log_blocks = MAX_LOG_BLOCKS

    def answer(self, call: JsonValue) -> dict[str, JsonValue] | None:
        """The answer to one call; None for a notification."""
        if not isinstance(call, Mapping) or not _is_request(call):
            return _failure(None, RpcError(INVALID_REQUEST, "not a JSON-RPC 2.0 request"))
        try:
            outcome = self._run(str(call["method"]), call.get("params", []))
        except RpcError as error:
            outcome = {"error": error.render()}
        return {"jsonrpc": "2.0", "id": call["id"], **outcome} if "id" in call else None

    def _run(self, method: str, params: JsonValue) -> dict[str, JsonValue]:
        if method == SEND and isinstance(params, list) and len(params) == 1:
            self._check_sendable(parse_data(params[0]))
            return self._chain.request(method, params)
        if method not in ALLOWED_METHODS:
            raise RpcError(METHOD_NOT_FOUND, f"the method {method} does not exist/is not available")
        if not isinstance(params, list):
            raise RpcError(INVALID_PARAMS, "params is a list")
        if method == "eth_call" and params:
            params = [self._bounded_call(params[0]), *params[1:]]
        if method == "eth_getLogs" and params:
            self._spend_log_blocks(params[0])
        return self._chain.request(method, params)

    def _check_sendable(self, raw: bytes) -> None:
        """Refuse every transaction but a call of `SENDABLE` that succeeds now, and a payment by the owner."""
        try:
            signed = decode_signed(raw)
        except Refused as error:
            raise RpcError(SERVER_ERROR, error.reason) from error
        sender, to = "0x" + signed.sender.hex(), "0x" + signed.to.hex()
        call = {"from": sender, "to": to, "data": "0x" + signed.data.hex(), "gas": hex(MAX_CALL_GAS)}
        if to == self._contract and not signed.value and signed.data[:SELECTOR_SIZE] in _SELECTORS:
            refused = self._chain.request("eth_call", [call]).get("error")
            if isinstance(refused, Mapping):
                raise RpcError(int(str(refused["code"])), str(refused["message"]), _text(refused.get("data")))
            return
        owner = self._chain.request("eth_call", [{"to": self._contract, "data": _OWNER}]).get("result")
        if signed.data or not signed.to or str(owner)[-40:] != signed.sender.hex():
            raise RpcError(INVALID_PARAMS, f"only these may be sent here: {', '.join(sorted(SENDABLE))}")

    def _bounded_call(self, call: JsonValue) -> JsonValue:
        if not isinstance(call, Mapping):
            raise RpcError(INVALID_PARAMS, "the call is not an object")
        if str(call.get("to", "")).lower() != self._contract:
            raise RpcError(INVALID_PARAMS, f"calls go to the ledger's contract alone: {self._contract}")
        gas = MAX_CALL_GAS if call.get("gas") is None else min(parse_quantity(call["gas"]), MAX_CALL_GAS)
        return {**call, "gas": hex(gas)}

    def _spend_log_blocks(self, wanted: JsonValue) -> None:
        if not isinstance(wanted, Mapping):
            raise RpcError(INVALID_PARAMS, "the filter is not an object")
        if "blockHash" in wanted:
            blocks = 1
        else:
            newest = int(str(self._chain.request("eth_blockNumber")["result"]), 16)
            first, last = (parse_number(wanted.get(name), newest=newest) for name in ("fromBlock", "toBlock"))
            blocks = min(last, newest) - first + 1
        if blocks > self._log_blocks:
            raise RpcError(LIMIT_EXCEEDED, f"at most {MAX_LOG_BLOCKS} blocks are searched per request")
        self._log_blocks -= max(blocks, 0)


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _is_request(call: Mapping[str, JsonValue]) -> bool:
    return (
        call.get("jsonrpc") == "2.0"
        and isinstance(call.get("method"), str)
        and set(call) <= _MEMBERS
        and (call.get("id") is None or type(call["id"]) in {str, int})
    )


def _failure(call_id: JsonValue, error: RpcError) -> dict[str, JsonValue]:
    return {"jsonrpc": "2.0", "id": call_id, "error": error.render()}


def _dump(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
