"""The chain itself: py-evm under the rules of Paris, one block per transaction, every block a function of its inputs.

What py-evm leaves to chance or to the clock is fixed here: gas limit, coinbase, mix hash and extra data of every block,
and its time, set on the header before the transaction runs. What py-evm does not check of a transaction, and every
other node does, is checked before it runs. One rule is narrower than Ethereum's: calls among contracts nest some dozens
of levels deep instead of 1024, because each takes Python frames; what goes deeper is refused and leaves no block.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, cast

import rlp
from eth.abc import (
    AtomicDatabaseAPI,
    BlockAPI,
    BlockHeaderAPI,
    ReceiptAPI,
    SignedTransactionAPI,
    StateAPI,
)
from eth.chains.base import MiningChain
from eth.consensus.applier import ConsensusApplier
from eth.consensus.noproof import NoProofConsensus
from eth.constants import BLANK_ROOT_HASH, POST_MERGE_DIFFICULTY, POST_MERGE_MIX_HASH, POST_MERGE_NONCE, ZERO_ADDRESS
from eth.db.atomic import AtomicDB
from eth.db.header import HeaderDB
from eth.estimators.gas import binary_gas_search
from eth.exceptions import CanonicalHeadNotFound, HeaderNotFound, PyEVMError, TransactionNotFound, VMError
from eth.typing import AccountState, HeaderParams
from eth.vm.chain_context import ChainContext
from eth.vm.forks.berlin.transactions import TypedTransaction
from eth.vm.forks.paris import ParisVM
from eth.vm.spoof import SpoofTransaction
from eth_keys.exceptions import BadSignature
from eth_typing import Address, BlockNumber, Hash32
from eth_utils.address import to_canonical_address
from eth_utils.exceptions import ValidationError
from rlp.exceptions import RLPException

from ledger.embedded.genesis import Genesis
from ledger.embedded.state import BlockState, SqliteState
from ledger.errors import LedgerError

GAS_ESTIMATE_TOLERANCE: Final = 1_000
"""An estimate lies at most this much above what is needed; each halving is one more run of the call."""

MAX_SENDERS_KNOWN: Final = 256
"""Transactions kept with their sender: what is asked for again was mostly mined just now. Some kilobytes each."""

_BLOOM_FIELD: Final = 6
"""Place of the logs bloom in a header's list (Yellow Paper §4.3)."""


_NO_TRANSACTION: Final = (
    *(RLPException, ValidationError, PyEVMError, BadSignature, ValueError, IndexError),
    *(TypeError, RecursionError),  # of rlp: a list in the place of a number, lists in lists in lists
)


class Refused(LedgerError):
    """The chain does not take this transaction; `reason` is worded as other nodes word it. Nothing was written."""

    code = "transaction_refused"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Mined:
    """A transaction with the block that holds it, and it alone."""

    header: BlockHeaderAPI
    transaction: SignedTransactionAPI
    receipt: ReceiptAPI


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a call runs: `to` is empty for a creation. `gas` None means as much as a block may use."""

    sender: Address
    to: bytes
    value: int
    data: bytes
    gas: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a call. `error` is None when it succeeded; `output` is then the result, else the revert data."""

    output: bytes
    error: VMError | None


class Evm:
    """Runs transactions and calls over a state. Not for several threads at once: its owner holds a lock."""

    def __init__(self, state: SqliteState, genesis: Genesis) -> None:
        self.genesis = genesis
        self._state = BlockState(state)
        self._headers = HeaderDB(self._state)
        self._chain_class = _chain_class(genesis)
        self._senders_known: dict[bytes, SignedTransactionAPI] = {}

    def start(self) -> None:
        """Write block 0 if the state is empty."""
        try:
            self.head()
        except CanonicalHeadNotFound:
            _write_genesis(self._state, self.genesis)
            self._state.commit()

    # Looking

    def head(self) -> BlockHeaderAPI:
        """The newest block's header, asked of the state each time: beside another process's writer it moves."""
        return self._headers.get_canonical_head()

    def header(self, number: int) -> BlockHeaderAPI | None:
        """The header of a block, or None above the head."""
        try:
            return self._headers.get_canonical_block_header_by_number(BlockNumber(number))
        except (HeaderNotFound, ValidationError):
            return None

    def header_by_hash(self, block_hash: bytes) -> BlockHeaderAPI | None:
        """The header of the block with this hash, or None."""
        try:
            header = self._headers.get_block_header_by_hash(Hash32(block_hash))
        except (HeaderNotFound, RLPException):
            return None  # the state keeps trie nodes under hashes too
        return header if header.hash == block_hash else None

    def bloom(self, number: int) -> int:
        """The logs bloom of a block that exists, without decoding the rest of its header: log searches read many."""
        encoded = self._state[self._headers.get_canonical_block_hash(BlockNumber(number))]
        return int.from_bytes(rlp.decode(encoded)[_BLOOM_FIELD])

    def block(self, header: BlockHeaderAPI) -> BlockAPI:
        """The whole block of a header."""
        return self._chain.get_block_by_header(header)

    def mined(self, transaction_hash: bytes) -> Mined | None:
        """A mined transaction, found by py-evm's index, or None."""
        chain = self._chain
        try:
            number, index = chain.chaindb.get_transaction_index(Hash32(transaction_hash))
        except TransactionNotFound:
            return None
        return Mined(
            header=chain.chaindb.get_canonical_block_header_by_number(number),
            transaction=self._with_sender(chain.get_canonical_transaction_by_index(number, index)),
            receipt=chain.get_transaction_receipt_by_index(number, index),
        )

    def mined_in(self, header: BlockHeaderAPI) -> Mined | None:
        """The one transaction of a block; None for block 0."""
        if header.block_number == 0:
            return None
        chain, number = self._chain, header.block_number
        return Mined(
            header=header,
            transaction=self._with_sender(chain.get_canonical_transaction_by_index(number, 0)),
            receipt=chain.get_transaction_receipt_by_index(number, 0),
        )

    def state(self, header: BlockHeaderAPI) -> StateAPI:
        """The accounts as that block left them, for reading."""
        return self._chain.get_vm(header).state

    def next_base_fee(self) -> int:
        """The base fee of the block that comes next, in wei."""
        return _base_fee(self._chain.create_header_from_parent(self.head()))

    # Running

    def call(self, message: Message, header: BlockHeaderAPI) -> Outcome:
        """Run a message for free, in the context of a block and on its state; raises Refused when it cannot start."""
        state = self._free_state(header)
        with self._only_reading():
            computation = state.apply_transaction(self._as_transaction(message, header, state))
        if computation.is_error:
            return Outcome(output=computation.output, error=computation.error)
        return Outcome(output=computation.output, error=None)

    def estimate_gas(self, message: Message, header: BlockHeaderAPI) -> int:
        """The gas that a message needs on top of a block; raises VMError when it fails with all gas."""
        state = self._free_state(header)
        with self._only_reading():
            transaction = self._as_transaction(message, header, state)
            return int(binary_gas_search(state, transaction, tolerance=GAS_ESTIMATE_TOLERANCE))

    def mine(self, raw: bytes, *, timestamp: int) -> Mined:
        """Run a signed transaction in a block of its own and make that durable; raises Refused.

        `timestamp` in Unix seconds, later than the parent's. The block depends on nothing but its parent, the bytes and
        the time. Whatever happens on the way, the state is that of this block or of the one before.
        """
        chain = self._chain
        parent = self.head()
        if timestamp <= parent.timestamp:
            raise Refused(f"block time {timestamp} is not after its parent's {parent.timestamp}")
        chain.header = chain.create_header_from_parent(parent, timestamp=timestamp)
        try:
            transaction = decode_signed(raw)
            self._admit(transaction, chain.header, self.state(parent))
            result, receipts, _ = chain.mine_all([transaction])
            self._state.commit()
        except (ValidationError, RecursionError) as error:
            raise Refused(str(error)) from error
        finally:
            self._state.discard()
        mined = self._with_sender(transaction)
        return Mined(header=result.imported_block.header, transaction=mined, receipt=receipts[0])

    def _with_sender(self, transaction: SignedTransactionAPI) -> SignedTransactionAPI:
        """The same transaction as it was read before: it keeps its sender, once that is recovered from the signature.

        Without native code that takes longer than all else that a receipt needs, and each is asked for several times.
        """
        known = self._senders_known.setdefault(transaction.hash, transaction)
        if len(self._senders_known) > MAX_SENDERS_KNOWN:
            del self._senders_known[next(iter(self._senders_known))]
        return known

    @property
    def _chain(self) -> MiningChain:
        return self._chain_class(self._state, self.head())

    def _free_state(self, header: BlockHeaderAPI) -> StateAPI:
        vm = self._chain.get_vm(header)
        free = header.copy(base_fee_per_gas=0)
        return vm.build_state(self._state, free, ChainContext(self.genesis.chain_id), vm.previous_hashes or ())

    @contextmanager
    def _only_reading(self) -> Iterator[None]:
        try:
            yield
        except (ValidationError, RecursionError) as error:
            raise Refused(str(error)) from error
        finally:
            self._state.discard()

    def _as_transaction(self, message: Message, header: BlockHeaderAPI, state: StateAPI) -> SignedTransactionAPI:
        unsigned = self._chain.create_unsigned_transaction(
            nonce=state.get_nonce(message.sender),
            gas_price=0,
            gas=min(message.gas or header.gas_limit, header.gas_limit),
            to=Address(message.to),
            value=message.value,
            data=message.data,
        )
        # py-evm's own type for a call: stands for a signed transaction without being one
        transaction = cast("SignedTransactionAPI", SpoofTransaction(unsigned, from_=message.sender))
        if transaction.gas < transaction.intrinsic_gas:
            raise Refused("intrinsic gas too low")
        return transaction

    def _admit(self, transaction: SignedTransactionAPI, header: BlockHeaderAPI, state: StateAPI) -> None:
        """Check what py-evm does not, or says in words that no client knows (EIP-155, 1559, 2930, 3607)."""
        sender = transaction.sender
        nonce, balance = state.get_nonce(sender), state.get_balance(sender)
        worst_cost = transaction.value + transaction.gas * transaction.max_fee_per_gas
        refusals = {
            "already known": self.mined(transaction.hash) is not None,
            "only replay-protected (EIP-155) transactions allowed": transaction.chain_id is None,
            f"invalid chain id: have {transaction.chain_id} want {self.genesis.chain_id}": (
                transaction.chain_id != self.genesis.chain_id
            ),
            "invalid transaction v, r, s values": (
                isinstance(transaction, TypedTransaction) and transaction.y_parity not in {0, 1}
            ),
            f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}": transaction.nonce < nonce,
            f"nonce too high: next nonce {nonce}, tx nonce {transaction.nonce}": transaction.nonce > nonce,
            "sender not an eoa": state.get_code(sender) != b"",
            "exceeds block gas limit": transaction.gas > header.gas_limit,
            "intrinsic gas too low": transaction.gas < transaction.intrinsic_gas,
            "max priority fee per gas higher than max fee per gas": (
                transaction.max_priority_fee_per_gas > transaction.max_fee_per_gas
            ),
            "max fee per gas less than block base fee": transaction.max_fee_per_gas < _base_fee(header),
            f"insufficient funds for gas * price + value: have {balance} want {worst_cost}": balance < worst_cost,
        }
        for reason, applies in refusals.items():
            if applies:
                raise Refused(reason)


def decode_signed(raw: bytes) -> SignedTransactionAPI:
    """Read a signed transaction; raises Refused for bytes that are none."""
    try:
        transaction = ParisVM.get_transaction_builder().decode(raw)
        if transaction.encode() != raw:
            raise Refused("the encoding of the transaction is not canonical")
        _ = transaction.sender
    except _NO_TRANSACTION as error:
        raise Refused(f"invalid transaction: {error}") from error
    return transaction


def _base_fee(header: BlockHeaderAPI) -> int:
    return cast("int", header.base_fee_per_gas)  # None only before London


def genesis_hash(genesis: Genesis) -> bytes:
    """Compute the hash of block 0."""
    return _write_genesis(AtomicDB(), genesis).hash


def _write_genesis(db: AtomicDatabaseAPI, genesis: Genesis) -> BlockHeaderAPI:
    accounts: AccountState = {
        to_canonical_address(address): {"balance": wei, "nonce": 0, "code": b"", "storage": {}}
        for address, wei in genesis.funds.items()
    }
    parameters: dict[str, HeaderParams] = {
        "coinbase": ZERO_ADDRESS,
        "difficulty": POST_MERGE_DIFFICULTY,
        "extra_data": genesis.extra_data,
        "gas_limit": genesis.gas_limit,
        "mix_hash": POST_MERGE_MIX_HASH,
        "nonce": POST_MERGE_NONCE,
        "receipt_root": BLANK_ROOT_HASH,
        "timestamp": genesis.timestamp,
        "transaction_root": BLANK_ROOT_HASH,
    }
    return _chain_class(genesis).from_genesis(db, parameters, accounts).get_canonical_head()


def _chain_class(genesis: Genesis) -> type[MiningChain]:
    class EmbeddedParisChain(MiningChain):
        chain_id = genesis.chain_id
        vm_configuration = ConsensusApplier(NoProofConsensus).amend_vm_configuration(((BlockNumber(0), ParisVM),))

        def create_header_from_parent(self, parent_header: BlockHeaderAPI, **params: HeaderParams) -> BlockHeaderAPI:
            return super().create_header_from_parent(parent_header, **{**params, "gas_limit": parent_header.gas_limit})

    return EmbeddedParisChain
