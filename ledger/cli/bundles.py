"""Bundles that commands are given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.audit.run import Evidences
from ledger.bundle_source import BundleSource
from ledger.cli.files import load_trust
from ledger.errors import Malformed, Mismatch

if TYPE_CHECKING:
    from ledger.audit.findings import KeptHead
    from ledger.audit.sources import AuditedChain, DecodedTransaction


@contextmanager
def opened_bundle(path: Path, trust: Path | None = None) -> Iterator[BundleSource]:
    """Open a bundle; raises Malformed when it is missing or none. `trust` is the reader's own trust file."""
    try:
        source = BundleSource.open(path, decode=_decode, trust=load_trust(trust) if trust else None)
    except OSError as error:
        raise Malformed(str(path), error.strerror or type(error).__name__) from error
    except Mismatch as error:
        raise Malformed(str(path), f"damaged: {error.what} is not what the manifest says") from error
    with source:
        yield source


def evidences_of(
    source: BundleSource,
    *,
    chain: AuditedChain | None,
    former: Sequence[AuditedChain | None] = (),
    kept: KeptHead | None = None,
) -> Evidences:
    """What an audit of a bundle compares."""
    return Evidences(
        log=source,
        records=source,
        trust=source.trust,
        own_trust=source.own_trust,
        files=source if source.has_documents else None,
        transactions=source,
        chain=chain,
        former=former,
        kept=kept,
        members=len(source.bundle.members),
    )


def _decode(raw: bytes) -> DecodedTransaction:
    from ledger.chain import decode_transaction

    return decode_transaction(raw)
