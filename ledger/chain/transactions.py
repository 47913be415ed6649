"""What the bytes of a signed transaction say of themselves, read without any node."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import rlp
from eth_account import Account
from eth_keys.exceptions import BadSignature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from ledger.audit.sources import DecodedTransaction
from ledger.errors import Malformed

MAX_TRANSACTION_SIZE: Final = 128 * 1024
"""Bytes: what nodes take of one transaction (geth's `txMaxSize`)."""

# Places of (nonce, gas, to, value, data) in each kind's list, and how many members the list has
_LEGACY: Final = ((0, 2, 3, 4, 5), 9)
_TYPED: Final = {1: ((1, 3, 4, 5, 6), 11), 2: ((1, 4, 5, 6, 7), 12)}
_EIP155_OFFSET: Final = 35
_FIRST_LIST_BYTE: Final = 0xC0
_NUMBER_SIZE: Final = 32
_ADDRESS_SIZES: Final = {0, 20}
_NO_TRANSACTION: Final = (
    *(RLPException, ValidationError, BadSignature, ValueError),
    *(TypeError, RecursionError),  # of rlp: a list in the place of a number, lists in lists in lists
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTransaction(DecodedTransaction):
    """A signed transaction. `to` is an EIP-55 address, None for a creation; `chain_id` None before EIP-155."""

    chain_id: int | None
    gas: int
    to: str | None
    value: int
    data: bytes


def decode_transaction(raw: bytes) -> RawTransaction:
    """Read a signed transaction (legacy, EIP-2930 or EIP-1559); raises Malformed for any other bytes."""
    if not 0 < len(raw) <= MAX_TRANSACTION_SIZE:
        raise Malformed("transaction", f"expected 1 to {MAX_TRANSACTION_SIZE} bytes, got {len(raw)}")
    typed = raw[0] < _FIRST_LIST_BYTE
    if typed and raw[0] not in _TYPED:
        raise Malformed("transaction", f"of the unknown type {raw[0]}")
    places, count = _TYPED[raw[0]] if typed else _LEGACY
    try:
        members: Any = rlp.decode(raw[1:] if typed else raw)
        if not isinstance(members, Sequence) or len(members) != count:
            raise Malformed("transaction", f"not a list of {count}")
        nonce, gas, to, value, data = (members[place] for place in places)
        chain_id = _number(members[0]) if typed else _legacy_chain_id(_number(members[6]))
        sender = str(Account.recover_transaction(raw))
    except _NO_TRANSACTION as error:
        raise Malformed("transaction", f"cannot be read: {type(error).__name__}") from error
    if not isinstance(to, bytes) or len(to) not in _ADDRESS_SIZES or not isinstance(data, bytes):
        raise Malformed("transaction", "no address in the place of the receiver, or no bytes in that of the data")
    return RawTransaction(
        hash="0x" + keccak(raw).hex(),
        sender=sender,
        nonce=_number(nonce),
        chain_id=chain_id,
        gas=_number(gas),
        to=to_checksum_address(to) if to else None,
        value=_number(value),
        data=data,
    )


def _number(member: object) -> int:
    if not isinstance(member, bytes) or len(member) > _NUMBER_SIZE or member.startswith(b"\0"):
        raise Malformed("transaction", "a number is not in its shortest form")
    return int.from_bytes(member)


def _legacy_chain_id(v: int) -> int | None:
    return (v - _EIP155_OFFSET) // 2 if v >= _EIP155_OFFSET else None
