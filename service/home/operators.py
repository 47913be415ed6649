"""A new operator: the contract's owner proposes the key of this home, and that key accepts. What is anchored stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.anchor import parse_finality
from ledger.chain import LogWriter, Waiter
from ledger.errors import Mismatch, NeedsAttention
from ledger.keys import create_chain_key, load_chain_key
from service.home.setup import OPERATOR_KEY, pinned_identity
from service.home.witnesses import FEES_WEI, finish_pending, send_kept

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from service.home.opening import Opened


def name_operator(home: Opened, owner: LocalAccount, *, waiter: Waiter | None = None) -> tuple[str, bool]:
    """Make the key in this home the operator of the log, drawing one where there is none; (address, whether it is new).

    What a crash left under way is finished first, so that a second call ends what the first began. On the embedded
    chain the key is given what it needs for fees. Raises Mismatch when `owner` is not the contract's owner,
    NeedsAttention when the key has nothing to pay fees with, Conflict when a transaction failed, Unavailable.
    """
    waiter = waiter or Waiter()
    owning = _writer(home, owner)
    if home.reader.owner() != owning.address:
        raise Mismatch("owner of the contract", home.reader.owner(), owning.address)
    path = home.layout.keys / OPERATOR_KEY
    operating = _writer(home, load_chain_key(path) if path.exists() else create_chain_key(path))
    finish_pending(home, owning, waiter)
    if home.reader.operator() == operating.address:
        return operating.address, False
    if home.settings.is_embedded and home.node.balance(operating.address) < FEES_WEI // 2:
        transfer = owning.sign_transfer(nonce=owning.next_nonce(), to=operating.address, wei=FEES_WEI)
        send_kept(home, owning, transfer, waiter)
    if operating.balance() == 0:
        detail = f"the new operator {operating.address} has nothing to pay fees with"
        raise NeedsAttention("no_funds", detail, "fund it, then run this again")
    proposal = owning.sign_propose_operator(nonce=owning.next_nonce(), operator=operating.address)
    send_kept(home, owning, proposal, waiter)
    send_kept(home, operating, operating.sign_accept_operator(nonce=operating.next_nonce()), waiter)
    return operating.address, True


def _writer(home: Opened, account: LocalAccount) -> LogWriter:
    return LogWriter(
        home.node,
        home.interface,
        account,
        identity=pinned_identity(home.log),
        finality=parse_finality(home.log.finality),
    )
