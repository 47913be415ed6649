"""What is to be revoked in the contract: ordered with its ground in one transaction, taken when the ground is final."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlmodel import Session, col, func, or_, select

from ledger.anchor import AnchorState
from ledger.anchorer import Attempt, RevocationMaker
from ledger.canonical import render_time
from ledger.store.journal import REVOKE, anchored_sizes, attempt_of, due_of, store_transaction
from ledger.store.tables import ChainTransaction, RevocationRow, StatementRow

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.store.database import Database


def order_revocation(session: Session, ground: StatementRow, *, reason: int) -> None:
    """Ask for the revocation of every earlier version of the record of `ground` that nobody has asked for yet.

    Runs inside the caller's transaction, with the stream's row locked. A revocation is write-once in the contract, so
    that the first ground stands.
    """
    earlier = (
        select(StatementRow.commitment)
        .outerjoin(RevocationRow, col(RevocationRow.commitment) == col(StatementRow.commitment))
        .where(StatementRow.subject == ground.subject)
        .where(StatementRow.version < ground.version)
        .where(col(RevocationRow.commitment).is_(None))
        .order_by(col(StatementRow.version))
    )
    for commitment in session.exec(earlier).all():
        session.add(RevocationRow(commitment=commitment, reason=reason, ground=ground.id))
    session.flush()


def waiting_revocations(session: Session) -> int:
    """How many ordered revocations are not final in the contract yet."""
    query = (
        select(func.count())
        .select_from(RevocationRow)
        .outerjoin(ChainTransaction, col(ChainTransaction.hash) == col(RevocationRow.transaction_hash))
        .where(or_(col(ChainTransaction.hash).is_(None), ChainTransaction.state != AnchorState.FINAL))
    )
    return session.exec(query).one()


class SqlRevocationQueue:
    """The `RevocationQueue` of `ledger.anchorer` over the tables of the log."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def seal(self, make: RevocationMaker) -> Attempt | None:
        """See `RevocationQueue.seal`."""
        with self._database.read() as session:
            if _next_due(session) is None:
                return None
        with self._database.write() as session:
            due = _next_due(session)
            if due is None or (_was_last(session) and _statements_wait(session)):
                return None
            goal = due_of(due)
            row = store_transaction(session, make(goal), purpose=REVOKE, signed_at=render_time(self._clock()))
            due.transaction_hash = row.hash
            return attempt_of(row, goal)


def _next_due(session: Session) -> RevocationRow | None:
    _, final = anchored_sizes(session)
    due = (
        select(RevocationRow)
        .join(StatementRow, col(StatementRow.id) == col(RevocationRow.ground))
        .where(col(RevocationRow.transaction_hash).is_(None))
        .where(col(StatementRow.leaf_index) < final)
        .order_by(col(StatementRow.leaf_index), col(RevocationRow.commitment))
        .limit(1)
    )
    return session.exec(due).first()


def _was_last(session: Session) -> bool:
    newest = session.exec(select(ChainTransaction).order_by(col(ChainTransaction.ordinal).desc()).limit(1)).first()
    return newest is not None and newest.purpose == REVOKE


def _statements_wait(session: Session) -> bool:
    waiting = select(StatementRow.id).where(col(StatementRow.leaf_index).is_(None)).limit(1)
    return session.exec(waiting).first() is not None
