"""What each column of the live database means: whose record a row belongs to, and under which field it is recorded.

Written from the tables and their declarations, not from what an audit says.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any, Final

from ledger.audit.seen import number_of
from service.audit_source import COLUMN_CLASSES, ColumnClass
from service.declarations import DECLARATIONS
from tests.service.edit_shapes import ANY, NONE

Row = Mapping[str, Any]

RECORD_TABLES: Final = {declaration.table.__tablename__: kind for kind, declaration in DECLARATIONS.items()}
"""Tables whose `id` is the subject of a record, with its kind."""

PARTS: Final = {
    "agent": ("case_id", "agents"),
    "aid_request": ("case_id", "aid"),
    "case_share": ("case_id", "shares"),
    "case_step": ("case_id", "steps|step_details"),
    "claim": ("case_id", "claims"),
    "consultation": ("case_id", "consultation"),
    "document_version": ("document_id", NONE),
    "match_key": ("case_id", "match_key"),
    "party": ("case_id", "parties|party_details"),
    "signature": ("agreement_id", "terms"),
}
"""Tables whose rows are part of another record: the column that names it, and the field that the rows are listed under.
A version of a document is a row of its own, so that nothing of it is listed anywhere."""

PLACES: Final = {
    "agent": ("id", "case_id", "party_id", "position"),
    "aid_request": ("case_id",),
    "case_share": ("id", "case_id", "position"),
    "case_step": ("id", "case_id", "position"),
    "chain_transaction": ("hash", "ordinal"),
    "checkpoint": ("size",),
    "claim": ("id", "case_id", "position"),
    "consultation": ("case_id",),
    "document_version": ("document_id", "version"),
    "instalment": ("id", "agreement_id", "position"),
    "log": ("origin",),
    "match_key": ("case_id",),
    "party": ("id", "case_id", "position"),
    "record": ("subject",),
    "revocation": ("commitment",),
    "signature": ("id", "agreement_id", "position"),
    "statement": ("ordinal", "leaf_index"),
    "tile": ("level", "number"),
}
"""table → the columns that say which row this is; two rows are swapped by exchanging all others. Elsewhere `id`."""

FIELDS: Final = {
    "chain_transaction.raw": "raw|hash|sender|nonce",
    "checkpoint.note": ANY,
    "checkpoint.size": "size",
    "dispute.id": "dispute_id|id",
    "document_version.document_id": f"{NONE}|document_id|case",
    "document_version.version": f"{NONE}|version",
    "instalment.agreement_id": "agreement|agreement_id|terms.*",
    "instalment.version": f"{NONE}|version",
    "match_key.case_id": "match_key|case_id",
    "match_key.key": "match_key",
    "party.id": r"agents.*|claims.*|terms.*|party|party_id|id|reported_by|answered_by",
    "record.subject": f"{NONE}|id",
    "revocation.commitment": "ground|reason|commitment|transaction_hash",
    "statement.body": "body.*|leaf|leaf_index",
    "statement.disclosures": NONE,
    "stream.id": f"{NONE}|id|access_stream|administration_stream",
    "stream.wrapped_key": f"{NONE}|wrapped_key",
    "tile.hashes": r"hashes.*",
    "tile.level": r"hashes.*|level",
    "tile.number": r"hashes.*|level|number",
}
"""Columns that are found under another name than their own. A statement's text and a checkpoint's note are whole: the
field is what of them no longer fits."""

POSITIONS: Final = frozenset({"position", "party_id"})
"""An edit of these moves an element of a list, so that every other member of it may differ."""


def contents(table: str, columns: list[str]) -> list[str]:
    """The columns that two rows exchange when they are swapped."""
    place = PLACES.get(table, ("id",))
    return [name for name in columns if name not in place and not is_outside(f"{table}.{name}")]


def is_outside(column: str) -> bool:
    """Whether nothing that was recorded depends on a column."""
    return COLUMN_CLASSES[column] is ColumnClass.OUTSIDE


def fields_of(table: str, column: str) -> str:
    """The fields under which an edit of a column is found, as a regular expression."""
    name = f"{table}.{column}"
    if name in FIELDS:
        return FIELDS[name]
    if COLUMN_CLASSES[name] is ColumnClass.DISCLOSED:
        return _disclosed(name, column)
    if table in PARTS and column == PARTS[table][0]:
        return f"({PARTS[table][1]}).*"
    if column == "id" and table in RECORD_TABLES:
        return {"document": f"{NONE}|version|case|document_id", "instalment": f"{NONE}|id"}.get(table, NONE)
    return rf"{column}(\[.*)?"


def _disclosed(name: str, column: str) -> str:
    """`name` is found under its disclosed name: alone, or as a member of a list or object by the column's own name."""
    below: set[str] = set()
    for declaration in DECLARATIONS.values():
        for item in declaration.names:
            if name in item.columns:
                whole = len({one.partition(".")[2] for one in item.columns}) == 1
                below.add(f"{item.name}(\\[.*)?" if whole else f"{item.name}.*{_last(column)}")
    return "|".join(sorted(below))


def _last(column: str) -> str:
    if column in POSITIONS:
        return ANY
    return (
        rf"[.]({column})(\[.*|[.].*)?|{ANY}parties.*" if column == "party_details" else rf"[.]({column})(\[.*|[.].*)?"
    )


NAMED_BY: Final = {
    "chain_transaction": "{hash}",
    "checkpoint": "{size}",
    "log": "{origin}",
    "revocation": "{commitment}",
    "tile": "{level}/{number}",
}
"""Tables whose rows are no records and have no `id`: how a finding names one."""


def numbers_of(table: str, row: Row, connection: sqlite3.Connection) -> set[str]:
    """The numbers under which a finding about a row names what the row belongs to."""
    if table in NAMED_BY:
        return {NAMED_BY[table].format_map(row)}
    if table in PARTS:
        return {number_of(row[PARTS[table][0]])}
    if table == "statement":
        return {number_of(row["subject"]), str(row["leaf_index"])}
    if table == "dispute":
        cases = connection.execute("SELECT id FROM legal_case WHERE dispute_id = ?", (row["id"],)).fetchall()
        return {str(row["id"]), *(number_of(case) for (case,) in cases)}
    if table == "stream":
        return {str(row["id"])}
    names = {number_of(row["subject" if table == "record" else "id"])}
    return names | {number_of(row["agreement_id"])} if table == "instalment" else names


REFERRING: Final = (
    ("agent", "case_id"),
    ("claim", "case_id"),
    ("signature", "agreement_id"),
    ("entry", "id"),
    ("nonperformance", "id"),
    ("party_link", "id"),
    ("paper_release", "id"),
)
"""Tables with a `party_id` or the like, and what names the record that they belong to."""


def referring(party: str, connection: sqlite3.Connection) -> set[str]:
    """The records in which a party is referred to by the row's own name."""
    found: set[str] = set()
    for table, owner in REFERRING:
        for column in ("reported_by", "answered_by") if table == "nonperformance" else ("party_id",):
            query = f"SELECT id, {owner} FROM {table} WHERE {column} = ?"
            for row, subject in connection.execute(query, (party,)).fetchall():
                found |= {row, number_of(subject)}
    return found


# ------------------------------------------------------------------------------------------------------------- meaning


def meaning(table: str, connection: sqlite3.Connection) -> list[str]:
    """What the rows of a table say, each as text, sorted: without the columns outside, JSON as its value.

    The name of a party's row says nothing but where it is referred to, so that a row named anew to which nothing refers
    means the same.
    """
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    kept = [name for name in columns if not is_outside(f"{table}.{name}")]
    said = []
    for cells in connection.execute(f"SELECT {', '.join(kept)} FROM {table}").fetchall():
        row = dict(zip(kept, map(_plain, cells), strict=True))
        if table == "party":
            row["id"] = sorted(referring(str(row["id"]), connection))
        said.append(repr(sorted(row.items())))
    return sorted(said)


def _plain(cell: Any) -> Any:
    if isinstance(cell, str) and cell[:1] in {"[", "{"}:
        try:
            return json.loads(cell)
        except ValueError:
            return cell
    return cell
