"""Naming witnesses: the contract's owner says whose cosignatures count. Each naming is an event on the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from eth_utils.address import is_checksum_address
from sqlmodel import col, select

from ledger.anchor import AnchorState, SignedTransaction, parse_finality
from ledger.canonical import render_time
from ledger.chain import LogWriter, Waiter, settle
from ledger.errors import Malformed, Mismatch
from ledger.store.journal import store_transaction
from ledger.store.tables import ChainTransaction
from service.home.setup import SET_UP, pinned_identity

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from service.home.opening import Opened

FEES_WEI: Final = 10**18
"""What a witness is given on the embedded chain, where nothing has a price: some thousands of cosignatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """A witness as the contract has it. `cosigned` counts its checkpoints."""

    address: str
    named: bool
    cosigned: int


def name_witness(home: Opened, address: str, owner: LocalAccount, *, named: bool, waiter: Waiter | None = None) -> bool:
    """Name a witness, or end its naming; False when it was so already. What a crash left under way is finished first.

    Raises Malformed for another address than an EIP-55 one, Mismatch when the key is not the contract's owner's,
    Conflict when the transaction failed, Unavailable.
    """
    address, waiter = _checked(address), waiter or Waiter()
    writer = LogWriter(
        home.node,
        home.interface,
        owner,
        identity=pinned_identity(home.log),
        finality=parse_finality(home.log.finality),
    )
    if home.reader.owner() != writer.address:
        raise Mismatch("owner of the contract", home.reader.owner(), writer.address)
    finish_pending(home, writer, waiter)
    changes = home.reader.is_witness(address) != named
    if changes:
        send_kept(
            home, writer, writer.sign_set_witness(nonce=writer.next_nonce(), witness=address, named=named), waiter
        )
    if named and home.settings.is_embedded and home.node.balance(address) < FEES_WEI // 2:
        send_kept(home, writer, writer.sign_transfer(nonce=writer.next_nonce(), to=address, wei=FEES_WEI), waiter)
    return changes


def list_witnesses(home: Opened) -> list[Witness]:
    """Everybody who was ever named, in that order. Raises Unavailable."""
    cosigned: dict[str, int] = {}
    for item in home.history.cosignatures():
        cosigned[item.witness] = cosigned.get(item.witness, 0) + 1
    addresses = dict.fromkeys(str(event.arguments["witness"]) for event in home.history.events("WitnessChanged"))
    return [
        Witness(address=address, named=home.reader.is_witness(address), cosigned=cosigned.get(address, 0))
        for address in addresses
    ]


def finish_pending(home: Opened, writer: LogWriter, waiter: Waiter) -> None:
    """Bring in what was kept and may not have been sent. Raises as `settle` does."""
    query = (
        select(ChainTransaction)
        .where(ChainTransaction.purpose == SET_UP)
        .where(ChainTransaction.state == AnchorState.SIGNED)
        .order_by(col(ChainTransaction.ordinal))
    )
    with home.database.read() as session:
        rows = session.exec(query).all()
    for row in rows:
        _settle(
            home,
            writer,
            SignedTransaction(raw=row.raw, hash=row.hash, sender=row.sender, nonce=row.nonce),
            waiter,
        )


def send_kept(home: Opened, writer: LogWriter, signed: SignedTransaction, waiter: Waiter) -> None:
    """Keep a transaction, then let it out."""
    with home.database.write() as session:
        store_transaction(session, signed, purpose=SET_UP, signed_at=render_time(home.clock()))
    _settle(home, writer, signed, waiter)


def _settle(home: Opened, writer: LogWriter, signed: SignedTransaction, waiter: Waiter) -> None:
    settle(writer, signed, waiter)
    with home.database.write() as session:
        session.get_one(ChainTransaction, signed.hash).state = AnchorState.MINED


def _checked(address: str) -> str:
    if not is_checksum_address(address):
        raise Malformed("address of the witness", "it is 0x and 40 hexadecimal digits in the mixed case of EIP-55")
    return address
