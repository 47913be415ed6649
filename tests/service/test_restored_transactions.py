"""A transaction that another one replaced is exported with its ledger and restored with it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from ledger.anchor import AnchorState, SignedTransaction
from ledger.chain import decode_transaction
from ledger.keys import load_chain_key
from ledger.store.journal import APPEND, store_transaction
from ledger.store.tables import ChainTransaction
from service.home.opening import opened
from tests.chains import sign
from tests.service.conftest import running, settings_of
from tests.service.lost import audit_home, later, lose, restore


def keep_replaced(session: Session, home: Path) -> str:
    """Keep a transaction that offered too little for the newest checkpoint; return its hash."""
    taken = session.exec(
        select(ChainTransaction)
        .where(ChainTransaction.purpose == APPEND)
        .order_by(col(ChainTransaction.nonce).desc())
        .limit(1)
    ).one()
    raw = sign(load_chain_key(home / "keys" / "operator.key"), taken.nonce, maxFeePerGas=1)
    cheap = decode_transaction(raw)
    store_transaction(
        session,
        SignedTransaction(raw=raw, hash=cheap.hash, sender=cheap.sender, nonce=cheap.nonce),
        purpose=APPEND,
        checkpoint_size=taken.checkpoint_size,
        signed_at=taken.signed_at,
        state=AnchorState.REPLACED,
    )
    return cheap.hash


@pytest.mark.longer
def test_replaced_transaction_is_audited_exported_and_restored(fresh_home: Path, tmp_path: Path) -> None:
    home, again = Path(shutil.copytree(fresh_home, tmp_path / "var")), tmp_path / "again"
    with running(home, later()) as service:
        service.register(username="mediator")
        service.wait_until_final()
        with service.runtime.database.write() as session:
            cheap = keep_replaced(session, home)
    assert audit_home(home).exit_code == 0

    lost = lose(home, tmp_path)
    restore(again, lost.bundle, **lost.keys)

    with opened(settings_of(again), clock=later()) as here, here.database.read() as session:
        restored = session.get_one(ChainTransaction, cheap)
        assert (restored.state, restored.block_number) == (AnchorState.REPLACED, None)
    assert audit_home(again).exit_code == 0
