"""What finds an edit of each column, in one table. A column in none of the classes fails a test."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from sqlmodel import SQLModel

from ledger.store import tables as log_tables
from service import tables
from service.declarations import DECLARATIONS


class ColumnClass(StrEnum):
    """Why an edit is found.

    `disclosed`: its value is in a statement. `derived`: it follows from others that are. `log`: it is part of the log,
    whose roots are on the chain. `outside`: nothing that was recorded depends on it, and an edit is not looked for.
    """

    DISCLOSED = "disclosed"
    DERIVED = "derived"
    LOG = "log"
    OUTSIDE = "outside"


DERIVED: Final = frozenset(
    {
        "access_record.id",
        "access_record.version",
        "agreement.id",
        "agreement.version",
        "chain_transaction.cause",
        "chain_transaction.purpose",
        "dispute.id",
        "document.id",
        "document.version",
        "document_version.document_id",
        "document_version.version",
        "instalment.id",
        "instalment.version",
        "key_date.id",
        "key_date.version",
        "nonperformance.id",
        "nonperformance.version",
        "entry.id",
        "entry.version",
        "institution.id",
        "institution.version",
        "legal_case.id",
        "legal_case.stream",
        "legal_case.version",
        "agent.case_id",
        "case_share.case_id",
        "case_step.case_id",
        "aid_request.case_id",
        "consultation.case_id",
        "match_key.case_id",
        "match_key.key",
        "claim.case_id",
        "paper_code.id",
        "paper_code.version",
        "party.case_id",
        "party.id",
        "proceeding.id",
        "proceeding.version",
        "paper_release.id",
        "paper_release.version",
        "party_link.id",
        "party_link.version",
        "record.record_no",
        "record.stream",
        "record.subject",
        "revocation.commitment",
        "revocation.ground",
        "revocation.reason",
        "revocation.transaction_hash",
        "signature.agreement_id",
        "stream.id",
        "stream.institution",
        "stream.kind",
        "user_account.id",
        "user_account.version",
    }
)

LOG: Final = frozenset(
    {
        "chain_transaction.block_hash",
        "chain_transaction.block_number",
        "chain_transaction.checkpoint_size",
        "chain_transaction.hash",
        "chain_transaction.nonce",
        "chain_transaction.raw",
        "chain_transaction.sender",
        "chain_transaction.state",
        "checkpoint.note",
        "checkpoint.root",
        "checkpoint.size",
        "log.chain_id",
        "log.code_sha256",
        "log.contract",
        "log.evidence",
        "log.finality",
        "log.genesis_hash",
        "log.log_id",
        "log.origin",
        "statement.body",
        "statement.commitment",
        "statement.disclosures",
        "statement.id",
        "statement.institution",
        "statement.leaf_index",
        "statement.recorded_at",
        "statement.stream",
        "statement.stream_seq",
        "statement.subject",
        "statement.type",
        "statement.version",
        "stream.wrapped_key",
        "tile.hashes",
        "tile.level",
        "tile.number",
    }
)

OUTSIDE: Final[Mapping[str, str]] = {
    "agent.id": "names the row; what is said of the agent goes by position",
    "case_share.id": "names the row; the share goes by position",
    "case_step.id": "names the row; the step goes by position",
    "chain_transaction.ordinal": "orders a list for people",
    "chain_transaction.signed_at": "for people; the time that counts is the block's",
    "checkpoint.signed_at": "for people; the time that counts is the block's",
    "calendar_feed.*": "who has their deadlines sent to a calendar",
    "claim.id": "names the row; what is claimed goes by position",
    "dispute.opened_at": "the day of each case on the dispute is recorded with the case",
    "institution.created_at": "the statement has the time",
    "legal_case.created_at": "the statement has the time",
    "log.opened_at": "the block has the time",
    "idempotency_key.*": "answers repeated requests",
    "match_key.maker": "says which rules made a key; keys of others are made anew when the service starts",
    "signature.id": "names the row; the signature goes by position",
    "statement.ordinal": "orders what waits for the log; streams have numbers of their own",
    "stream.opened_at": "the stream's first statement has the time",
    "user_account.created_at": "the statement has the time",
    "user_account.password_hash": "a secret that its owner may change",
    "web_session.*": "who is signed in",
}
"""Column → why an edit changes nothing that was recorded."""


def _classes() -> dict[str, ColumnClass]:
    disclosed = {column for kind in DECLARATIONS.values() for name in kind.names for column in name.columns}
    classes: dict[str, ColumnClass] = {}
    for column in all_columns():
        table = column.partition(".")[0]
        if column in disclosed:
            classes[column] = ColumnClass.DISCLOSED
        elif column in DERIVED:
            classes[column] = ColumnClass.DERIVED
        elif column in LOG:
            classes[column] = ColumnClass.LOG
        elif column in OUTSIDE or f"{table}.*" in OUTSIDE:
            classes[column] = ColumnClass.OUTSIDE
    return classes


def all_columns() -> tuple[str, ...]:
    """Every `table.column` of the ledger's and the service's tables, sorted."""
    known = {
        model.__tablename__ for module in (log_tables, tables) for model in vars(module).values() if _is_table(model)
    }
    return tuple(
        sorted(
            f"{table.name}.{column.name}"
            for table in SQLModel.metadata.tables.values()
            if table.name in known
            for column in table.columns
        )
    )


def _is_table(model: object) -> bool:
    return isinstance(model, type) and issubclass(model, SQLModel) and hasattr(model, "__table__")


COLUMN_CLASSES: Final[Mapping[str, ColumnClass]] = _classes()
"""`table.column` → its class, for every column that has one."""
