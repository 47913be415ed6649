"""The whole ledger in one bundle: the live sources, and what the chain shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from sqlmodel import col, select

from ledger.chain import read_artifact
from ledger.embedded import GENESIS_FILE
from ledger.export import WHOLE, ChainHead, ExportedChain, Scope, write_ledger_bundle
from ledger.store.tables import ChainTransaction
from service.audit_source import LiveSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ledger.export import Mined
    from service.home.opening import Opened


def export_ledger(file: BinaryIO, home: Opened, scope: Scope = WHOLE) -> None:
    """Write the `ledger` bundle of `home`, as much of it as `scope` says, to the seekable, empty `file`.

    Raises Unavailable when the chain or database cannot be read; the file then holds no bundle.
    """
    head = home.history.head_block()
    chain = ExportedChain(
        genesis=_genesis(home),
        contract=read_artifact(),
        head=ChainHead(block_number=head.number, block_hash=head.hash, state_root=head.state_root),
        transactions=_transactions(home),
    )
    with LiveSource.open(home) as source:
        write_ledger_bundle(
            file,
            source,
            chain,
            trust=home.layout.trust.read_bytes(),
            created_at=home.clock().replace(microsecond=0),
            scope=scope,
        )


def _genesis(home: Opened) -> bytes | None:
    return (home.layout.chain / GENESIS_FILE).read_bytes() if home.settings.is_embedded else None


def _transactions(home: Opened) -> Iterable[Mined]:
    """On the embedded chain all there are; elsewhere those that this installation signed."""
    if home.settings.is_embedded:
        return home.history.all_transactions()
    with home.database.read() as session:
        rows = session.exec(select(ChainTransaction).order_by(col(ChainTransaction.ordinal))).all()
    return home.history.transactions([row.hash for row in rows], raw={row.hash: row.raw for row in rows})
