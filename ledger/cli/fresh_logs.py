"""Logs on contracts that a local key deploys, to anchor checkpoints anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from ledger.anchor import Finality
from ledger.chain import Interface, LogHistory, LogWriter, Node, Waiter, load_artifact, set_up_log, settle

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

    from ledger.replay import Head

INSTANT: Final = Finality(kind="instant")


class LocalLog:
    """See `ledger.replay.FreshLog`. One key deploys the contract, opens the log and appends to it."""

    def __init__(
        self, node: Node, account: LocalAccount, *, origin: str, pause: Callable[[float], None] = time.sleep
    ) -> None:
        interface = Interface(load_artifact())
        made = set_up_log(
            node,
            interface,
            owner=account,
            operator=str(account.address),
            origin=origin,
            finality=INSTANT,
            keep=lambda _transaction: None,
        )
        self._waiter = Waiter(pause=pause)
        self._writer = LogWriter(node, interface, account, identity=made.identity, finality=INSTANT)
        self._history = LogHistory(
            node, interface, contract=made.identity.contract, log_id=made.identity.log_id, finality=INSTANT
        )

    def append(self, *, old_size: int, head: Head) -> None:
        """See `FreshLog.append`."""
        refused = self._writer.why_refused("append", old_size, head.size, head.root, head.proof)
        if refused is not None:
            raise refused
        transaction = self._writer.sign_append(
            nonce=self._writer.next_nonce(),
            old_size=old_size,
            new_size=head.size,
            new_root=head.root,
            proof=head.proof,
        )
        settle(self._writer, transaction, self._waiter)

    def ledger(self) -> LogHistory:
        """See `FreshLog.ledger`."""
        return self._history
