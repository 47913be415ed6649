"""Bundles that commands are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.audit.run import Evidences
from ledger.bundle_source import BundleSource
from ledger.bundle_source.source import MAX_SMALL_BYTES
from ledger.cli.files import load_trust
from ledger.errors import Malformed, Mismatch

if TYPE_CHECKING:
    from ledger.audit.findings import KeptHead
    from ledger.audit.sources import AuditedChain, Comparison, DecodedTransaction

GENESIS: Final = "genesis.json"
CONTRACT: Final = "contract.json"


@contextmanager
def opened_bundle(path: Path, trust: Path | None = None) -> Iterator[BundleSource]:
    """Open a bundle; raises Malformed when it is missing or none. `trust` is the reader's own trust file."""
    try:
        own = load_trust(trust) if trust else None
        source = BundleSource.open(path, decode=_decode, trust=own, pinned=pinned)
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
    """What an audit of a bundle compares.

    Of an embedded chain on which the log began, a bundle has every transaction, and a newest block that stays. A shared
    chain may yet replace its newest block, so that the one named in the bundle says nothing.
    """
    is_whole = GENESIS in source.bundle.members and len(source.trust.anchors) == 1
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
        newest=source.head() if is_whole else None,
        whole_chain=is_whole,
        members=len(source.bundle.members),
    )


def pinned(source: BundleSource) -> Iterator[Comparison]:
    """The first block of an embedded chain and the contract's artifact, with what the trusted anchor pins of both."""
    from ledger.audit.findings import ABSENT
    from ledger.audit.sources import Comparison
    from ledger.canonical import parse_json
    from ledger.chain import code_digest, read_artifact

    identity = source.trust.anchors[-1].identity
    if GENESIS in source.bundle.members:
        expected_first = {"genesis_hash": identity.genesis_hash, "chain_id": identity.chain_id}
        found_first = _first_block(source.bundle.read(GENESIS, max_bytes=MAX_SMALL_BYTES))
        for name, found in found_first.items():
            yield Comparison(kind="genesis", number=GENESIS, field=name, expected=expected_first[name], found=found)
    artifact, own = source.small(CONTRACT) or {}, parse_json(read_artifact(), max_bytes=MAX_SMALL_BYTES)
    if isinstance(own, Mapping) and own["code_sha256"] == identity.code_sha256:
        for name in sorted({*own, *artifact}):
            expected, held = own.get(name, ABSENT), artifact.get(name, ABSENT)
            yield Comparison(kind="contract", number=CONTRACT, field=name, expected=expected, found=held)
        return
    # Of a contract that another version of this software was released with, only the code is pinned.
    code = code_digest(_bytes_of(artifact.get("deployed_bytecode")))
    yield Comparison(
        kind="contract", number=CONTRACT, field="deployed_bytecode", expected=identity.code_sha256, found=code
    )


def _first_block(data: bytes) -> dict[str, object]:
    """The hash of the block that a genesis file leads to, and its chain id, which the hash does not cover.

    Of a file that leads to no block, why, in place of the hash.
    """
    from ledger.embedded import genesis_hash, parse_genesis

    try:
        genesis = parse_genesis(data)
    except Malformed as error:
        return {"genesis_hash": str(error)}
    return {"genesis_hash": "0x" + genesis_hash(genesis).hex(), "chain_id": genesis.chain_id}


def _bytes_of(text: object) -> bytes:
    try:
        return bytes.fromhex(str(text).removeprefix("0x"))
    except ValueError:
        return b""


def _decode(raw: bytes) -> DecodedTransaction:
    from ledger.chain import decode_transaction

    return decode_transaction(raw)
