"""Receipts of recorded statements: what they show is decided by the declaration of their kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlmodel import col, func, select

from ledger.anchor import AnchorState
from ledger.disclosure import Disclosure
from ledger.errors import Unavailable
from ledger.log import inclusion
from ledger.proof_file import TlogProof
from ledger.receipt import AnchorHint, Receipt, make_receipt, redact_receipt, render_receipt
from ledger.store.journal import APPEND
from ledger.store.logstore import SqlLogStore
from ledger.store.statements import open_disclosures, parse_row
from ledger.store.tables import ChainTransaction, CheckpointRow, Log, StatementRow, Stream
from service.access import Action, Actor
from service.declarations import DECLARATIONS, RECORD_NAME
from service.inputs import Refused, refuse
from service.recording import Recorder
from service.statements import find_statement

if TYPE_CHECKING:
    from sqlmodel import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFile:
    """A receipt as a file. `name` is fit for any file system."""

    name: str
    data: bytes


def read_receipt(
    session: Session, actor: Actor, recorder: Recorder, statement_id: str, *, disclose: Sequence[str] | None = None
) -> ReceiptFile:
    """The receipt of a statement within reach, by default with all that its kind shows; `disclose` names fewer.

    Raises NotFound, Refused with `not_anchored` before it is on the chain, InvalidInput as `shorten` does.
    """
    row = find_statement(session, actor, Action.RECEIPT_READ, statement_id)
    receipt = shorten(build_receipt(session, row, recorder), disclose)
    return ReceiptFile(name=f"{receipt.record_no}.v{row.version}.receipt.json", data=render_receipt(receipt))


def build_receipt(session: Session, row: StatementRow, recorder: Recorder) -> Receipt:
    """The receipt of an anchored statement with the disclosures of its kind's default.

    It stands on the earliest final checkpoint that covers the statement, or on the earliest mined one while none is
    final, so that the same receipt is made again later. Raises Refused with `not_anchored`.
    """
    found = None if row.leaf_index is None else _checkpoint_over(session, row.leaf_index)
    if found is None or row.leaf_index is None:
        raise Refused("not_anchored")
    checkpoint, transaction = found
    hashes = inclusion(SqlLogStore(session), row.leaf_index, checkpoint.size)
    return make_receipt(
        statement=row.body.encode(),
        disclosures=_shown(row, open_disclosures(row, session.get_one(Stream, row.stream), recorder.wrapping_key)),
        proof=TlogProof(index=row.leaf_index, hashes=tuple(hashes), note=checkpoint.note),
        anchors=[_hint(session, checkpoint, transaction)],
    )


def shorten(receipt: Receipt, disclose: Sequence[str] | None) -> Receipt:
    """The receipt with only the names in `disclose` and those that the record requires; None leaves it whole.

    Raises InvalidInput for a name that it does not show: more than its kind's default is given to nobody.
    """
    if disclose is None:
        return receipt
    shown = sorted(item.name for item in receipt.disclosures)
    for name in disclose:
        if name not in shown:
            raise refuse("/disclose", "not_disclosed", expected=", ".join(shown))
    return redact_receipt(receipt, disclose)


def _checkpoint_over(session: Session, leaf_index: int) -> tuple[CheckpointRow, ChainTransaction] | None:
    query = (
        select(CheckpointRow, ChainTransaction)
        .join(ChainTransaction, col(ChainTransaction.checkpoint_size) == col(CheckpointRow.size))
        .where(ChainTransaction.purpose == APPEND)
        .where(CheckpointRow.size > leaf_index)
        .order_by(col(CheckpointRow.size))
        .limit(1)
    )
    for state in (AnchorState.FINAL, AnchorState.MINED):
        if (found := session.exec(query.where(ChainTransaction.state == state)).first()) is not None:
            return found
    return None


def _shown(row: StatementRow, disclosures: tuple[Disclosure, ...]) -> list[Disclosure]:
    required = parse_row(row).required
    kind = next((item.value for item in disclosures if item.name == RECORD_NAME), None)
    declaration = DECLARATIONS.get(kind) if isinstance(kind, str) else None
    shown = declaration.receipt_names if declaration else frozenset[str]()
    return [item for item in disclosures if item.name in shown or item.digest in required]


def _hint(session: Session, checkpoint: CheckpointRow, transaction: ChainTransaction) -> AnchorHint:
    log = session.exec(select(Log)).one()
    before = session.exec(select(func.count()).select_from(CheckpointRow).where(CheckpointRow.size < checkpoint.size))
    if transaction.block_number is None or transaction.block_hash is None:
        raise Unavailable("anchor", f"the block of checkpoint {checkpoint.size} is not known")
    return AnchorHint(
        chain_id=log.chain_id,
        contract=log.contract,
        log_id=log.log_id,
        checkpoint_index=before.one(),
        transaction_hash=transaction.hash,
        block_number=transaction.block_number,
        block_hash=transaction.block_hash,
    )
