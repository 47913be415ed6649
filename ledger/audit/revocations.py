"""Revocations in the contract against statements: what is revoked is in the log, and a later statement says why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.audit.chain import ChainRevocation
from ledger.audit.findings import Code, Finding, Layer, Record
from ledger.audit.seen import Seen


class Revocations:
    """Follows the revoked commitments through the log. Each needs a later version of its own record as its ground."""

    def __init__(self, revocations: Sequence[ChainRevocation]) -> None:
        self._unlogged = {item.commitment: item for item in revocations}
        self._groundless: dict[str, list[tuple[Seen, ChainRevocation]]] = {}

    def add(self, seen: Seen) -> None:
        """Take the next statement."""
        if seen.parsed is None or not (self._unlogged or self._groundless):
            return
        self._groundless.pop(seen.parsed.subject, None)
        revocation = self._unlogged.pop(seen.commitment, None)
        if revocation is not None:
            self._groundless.setdefault(seen.parsed.subject, []).append((seen, revocation))

    def findings(self) -> Iterator[Finding]:
        """What is left when all statements were taken."""
        for commitment, revocation in self._unlogged.items():
            yield Finding(
                code=Code.REVOCATION_UNLOGGED,
                layer=Layer.CHAIN,
                record=Record(kind="revocation", number=commitment.hex()),
                field="commitment",
                found=revocation.reason,
            )
        for entries in self._groundless.values():
            for seen, revocation in entries:
                yield Finding(
                    code=Code.REVOCATION_WITHOUT_STATEMENT,
                    layer=Layer.CHAIN,
                    record=seen.record,
                    field="revocation",
                    found=revocation.reason,
                    leaf_index=seen.leaf_index,
                )
