"""A witness's word in the contract: the `Cosigner` of a mirror."""

from __future__ import annotations

from ledger.chain.reader import LogReader
from ledger.chain.writer import LogWriter, Waiter, settle


class ContractCosigner:
    """See `ledger.mirror.Cosigner`. The key is the witness's alone: nothing else may send with it."""

    def __init__(self, reader: LogReader, writer: LogWriter, *, waiter: Waiter | None = None) -> None:
        self._reader = reader
        self._writer = writer
        self._waiter = waiter or Waiter()

    def refusal(self, *, index: int, root: bytes) -> str | None:
        """See `Cosigner.refusal`."""
        if not self._reader.is_witness(self._writer.address):
            return f"the contract's owner has not named {self._writer.address} a witness of this log"
        if self._reader.has_cosigned(index=index, witness=self._writer.address):
            return None
        refused = self._writer.why_refused("cosign", index, root)
        if refused is not None:
            return str(refused)
        return None if self._writer.balance() else f"{self._writer.address} has nothing to pay fees with"

    def cosign(self, *, index: int, root: bytes) -> bool:
        """See `Cosigner.cosign`. After a crash the same call is made again, and finds what arrived."""
        if self._reader.has_cosigned(index=index, witness=self._writer.address):
            return False
        signed = self._writer.sign_cosign(nonce=self._writer.next_nonce(), index=index, root=root)
        settle(self._writer, signed, self._waiter)
        return True
