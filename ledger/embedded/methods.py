"""The JSON-RPC methods of the embedded chain (execution-apis; error codes of EIP-1474 and of geth).

There is no pool: a transaction sent is in a block when the call returns, so `pending`, `safe` and `finalized` all mean
the newest block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from eth import __version__ as pyevm_version
from eth.abc import BlockHeaderAPI
from eth.exceptions import Revert, VMError

from ledger.canonical import JsonValue
from ledger.embedded.answers import data, quantity, render_block, render_receipt, render_transaction
from ledger.embedded.evm import Evm, Mined, Refused
from ledger.embedded.logs import find_logs, parse_log_filter
from ledger.embedded.params import (
    EXECUTION_REVERTED,
    METHOD_NOT_FOUND,
    SERVER_ERROR,
    Params,
    RpcError,
    expect_block,
    expect_count,
    find_block,
    parse_address,
    parse_data,
    parse_flag,
    parse_hash,
    parse_message,
    parse_quantity,
    parse_slot,
)

MAX_FEE_HISTORY: Final = 1024
"""Blocks per call, as in geth."""

Send: TypeAlias = Callable[[bytes], bytes]
"""Takes the raw bytes of a transaction to the writer, who knows the time; gives its hash or raises Refused."""


def answer(evm: Evm, send: Send, method: str, params: Params) -> JsonValue:
    """Run a method; raises RpcError."""
    try:
        if method == "eth_sendRawTransaction":
            expect_count(params, 1, 1)
            return data(send(parse_data(params[0])))
        if method not in _METHODS:
            raise RpcError(METHOD_NOT_FOUND, f"the method {method} does not exist/is not available")
        fewest, most, run = _METHODS[method]
        expect_count(params, fewest, most)
        return run(evm, params)
    except Refused as error:
        raise RpcError(SERVER_ERROR, error.reason) from error


def _get_block_by_number(evm: Evm, params: Params) -> JsonValue:
    return _show_block(evm, find_block(evm, params[0]), params)


def _get_block_by_hash(evm: Evm, params: Params) -> JsonValue:
    return _show_block(evm, evm.header_by_hash(parse_hash(params[0])), params)


def _show_block(evm: Evm, header: BlockHeaderAPI | None, params: Params) -> JsonValue:
    full = parse_flag(params, 1)
    return None if header is None else render_block(evm.block(header), full=full)


def _get_transaction_count_in_number(evm: Evm, params: Params) -> JsonValue:
    return _show_count(evm, find_block(evm, params[0]))


def _get_transaction_count_in_hash(evm: Evm, params: Params) -> JsonValue:
    return _show_count(evm, evm.header_by_hash(parse_hash(params[0])))


def _show_count(evm: Evm, header: BlockHeaderAPI | None) -> JsonValue:
    return None if header is None else quantity(len(evm.block(header).transactions))


def _get_transaction(evm: Evm, params: Params) -> JsonValue:
    return _show_transaction(evm, evm.mined(parse_hash(params[0])))


def _get_transaction_in_number(evm: Evm, params: Params) -> JsonValue:
    return _show_transaction(evm, _at(evm, find_block(evm, params[0]), params[1]))


def _get_transaction_in_hash(evm: Evm, params: Params) -> JsonValue:
    return _show_transaction(evm, _at(evm, evm.header_by_hash(parse_hash(params[0])), params[1]))


def _at(evm: Evm, header: BlockHeaderAPI | None, index: JsonValue) -> Mined | None:
    return None if parse_quantity(index) != 0 or header is None else evm.mined_in(header)


def _show_transaction(evm: Evm, mined: Mined | None) -> JsonValue:
    return None if mined is None else render_transaction(mined, evm.block(mined.header))


def _get_raw_transaction(evm: Evm, params: Params) -> JsonValue:
    mined = evm.mined(parse_hash(params[0]))
    return None if mined is None else data(mined.transaction.encode())


def _get_receipt(evm: Evm, params: Params) -> JsonValue:
    mined = evm.mined(parse_hash(params[0]))
    return None if mined is None else render_receipt(mined, evm.block(mined.header))


def _get_block_receipts(evm: Evm, params: Params) -> JsonValue:
    header = find_block(evm, params[0])
    if header is None:
        return None
    mined = evm.mined_in(header)
    return [] if mined is None else [render_receipt(mined, evm.block(header))]


def _get_nonce(evm: Evm, params: Params) -> JsonValue:
    return quantity(evm.state(expect_block(evm, params, 1)).get_nonce(parse_address(params[0])))


def _get_balance(evm: Evm, params: Params) -> JsonValue:
    return quantity(evm.state(expect_block(evm, params, 1)).get_balance(parse_address(params[0])))


def _get_code(evm: Evm, params: Params) -> JsonValue:
    return data(evm.state(expect_block(evm, params, 1)).get_code(parse_address(params[0])))


def _get_storage_at(evm: Evm, params: Params) -> JsonValue:
    state = evm.state(expect_block(evm, params, 2))
    return data(state.get_storage(parse_address(params[0]), parse_slot(params[1])).to_bytes(32))


def _call(evm: Evm, params: Params) -> JsonValue:
    outcome = evm.call(parse_message(params[0]), expect_block(evm, params, 1))
    if outcome.error is not None:
        raise _execution_error(outcome.error, outcome.output)
    return data(outcome.output)


def _estimate_gas(evm: Evm, params: Params) -> JsonValue:
    message, header = parse_message(params[0]), expect_block(evm, params, 1)
    try:
        return quantity(evm.estimate_gas(message, header))
    except VMError as error:
        # The search keeps no output, and the revert data is what the caller needs.
        raise _execution_error(error, evm.call(message, header).output) from error


def _execution_error(error: VMError, output: bytes) -> RpcError:
    if isinstance(error, Revert):
        return RpcError(EXECUTION_REVERTED, "execution reverted", data(output))
    return RpcError(SERVER_ERROR, f"execution failed: {type(error).__name__}")


def _get_logs(evm: Evm, params: Params) -> JsonValue:
    return list(find_logs(evm, parse_log_filter(evm, params[0])))


def _fee_history(evm: Evm, params: Params) -> JsonValue:
    newest = expect_block(evm, params, 1).block_number
    oldest = max(0, newest + 1 - min(parse_quantity(params[0]), MAX_FEE_HISTORY))
    headers = [header for number in range(oldest, newest + 1) if (header := evm.header(number))]
    following = evm.header(newest + 1)
    next_fee = evm.next_base_fee() if following is None else following.base_fee_per_gas
    fees = [*(header.base_fee_per_gas for header in headers), next_fee]
    history: dict[str, Any] = {
        "oldestBlock": quantity(oldest),
        "baseFeePerGas": [quantity(fee or 0) for fee in fees],
        # The only fractions in the whole interface.
        "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
    }
    percentiles = params[2] if len(params) > 2 else None  # noqa: PLR2004  # the third, optional parameter
    if isinstance(percentiles, list) and percentiles:
        # Nobody competes for a place in a block, so no tip is ever needed.
        history["reward"] = [[quantity(0) for _ in percentiles] for _ in headers]
    return history


_Run: TypeAlias = Callable[[Evm, Params], JsonValue]

_METHODS: Final[Mapping[str, tuple[int, int, _Run]]] = {
    # name: fewest parameters, most parameters, what it does
    "eth_accounts": (0, 0, lambda _evm, _params: []),
    "eth_blockNumber": (0, 0, lambda evm, _params: quantity(evm.head().block_number)),
    "eth_call": (1, 2, _call),
    "eth_chainId": (0, 0, lambda evm, _params: quantity(evm.genesis.chain_id)),
    "eth_estimateGas": (1, 2, _estimate_gas),
    "eth_feeHistory": (2, 3, _fee_history),
    "eth_gasPrice": (0, 0, lambda evm, _params: quantity(evm.next_base_fee())),
    "eth_getBalance": (1, 2, _get_balance),
    "eth_getBlockByHash": (1, 2, _get_block_by_hash),
    "eth_getBlockByNumber": (1, 2, _get_block_by_number),
    "eth_getBlockReceipts": (1, 1, _get_block_receipts),
    "eth_getBlockTransactionCountByHash": (1, 1, _get_transaction_count_in_hash),
    "eth_getBlockTransactionCountByNumber": (1, 1, _get_transaction_count_in_number),
    "eth_getCode": (1, 2, _get_code),
    "eth_getLogs": (1, 1, _get_logs),
    "eth_getRawTransactionByHash": (1, 1, _get_raw_transaction),
    "eth_getStorageAt": (2, 3, _get_storage_at),
    "eth_getTransactionByBlockHashAndIndex": (2, 2, _get_transaction_in_hash),
    "eth_getTransactionByBlockNumberAndIndex": (2, 2, _get_transaction_in_number),
    "eth_getTransactionByHash": (1, 1, _get_transaction),
    "eth_getTransactionCount": (1, 2, _get_nonce),
    "eth_getTransactionReceipt": (1, 1, _get_receipt),
    "eth_maxPriorityFeePerGas": (0, 0, lambda _evm, _params: quantity(0)),
    "eth_syncing": (0, 0, lambda _evm, _params: False),
    "net_listening": (0, 0, lambda _evm, _params: False),
    "net_version": (0, 0, lambda evm, _params: str(evm.genesis.chain_id)),
    "web3_clientVersion": (0, 0, lambda _evm, _params: f"legal-ledger/embedded/py-evm-{pyevm_version}"),
}
