"""The transactions of a bundle as a replay executes them."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.audit.sources import EmittedLog, MinedTransaction
from ledger.bundle_source.lines import Line, binary, digest, integer, objects_of, text, texts
from ledger.bundle_source.source import BundleSource
from ledger.replay import Original, Replaced


def originals(source: BundleSource) -> Iterator[Original]:
    """The transactions of the bundle, in chain order, with what became of them."""
    for line in source.transaction_lines():
        yield Original(
            raw=binary(line, "raw"),
            executed=MinedTransaction(
                hash=text(line, "hash"),
                sender=text(line, "from"),
                nonce=integer(line, "nonce"),
                block_number=integer(line, "block_number"),
                block_hash=text(line, "block_hash"),
                block_time=integer(line, "block_time"),
                succeeded=integer(line, "status") == 1,
                gas_used=integer(line, "gas_used"),
                contract_address=None if line["contract_address"] is None else text(line, "contract_address"),
                logs=tuple(_event(log) for log in objects_of(line, "logs", {"address", "topics", "data"})),
            ),
        )


def replaced(source: BundleSource) -> Iterator[Replaced] | None:
    """The transactions that never ran, as signed; None where the bundle does not tell of them."""
    return _replaced(source) if source.tells_replaced else None


def _replaced(source: BundleSource) -> Iterator[Replaced]:
    for line in source.replaced_lines():
        yield Replaced(
            hash=digest(line, "hash"),
            sender=text(line, "from"),
            nonce=integer(line, "nonce"),
            replaced_by=digest(line, "replaced_by"),
        )


def _event(log: Line) -> EmittedLog:
    topics = tuple(binary({"topics": topic}, "topics") for topic in texts(log, "topics"))
    return EmittedLog(address=text(log, "address"), topics=topics, data=binary(log, "data"))
