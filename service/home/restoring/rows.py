"""The tables of the readable records, made of what their statements disclose: the inverse of `service.declarations`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import SQLModel, col, insert, select

from ledger.audit.seen import number_of
from ledger.errors import Malformed
from ledger.store.refilling import register
from ledger.store.tables import Record, StatementRow
from service.cases import index_again
from service.declarations import DECLARATIONS, Declaration, Later, Places, Recorded
from service.tables import Dispute, Instalment

if TYPE_CHECKING:
    from sqlmodel import Session

    from ledger.audit.sources import StoredRow
    from ledger.bundle_source import BundleSource

BATCH: Final = 200
"""Records whose rows are written at once."""

_ORDER: Final[Mapping[str, int]] = {table.name: place for place, table in enumerate(SQLModel.metadata.sorted_tables)}
"""Tables, each after those it refers to."""


def fill_rows(session: Session, source: BundleSource, places: Places, *, hash_key: bytes) -> None:
    """Write every readable record of the bundle, and what follows from them.

    Raises Malformed for values of which no rows can be made.
    """
    for declaration in sorted(DECLARATIONS.values(), key=lambda item: _ORDER[str(item.table.__tablename__)]):
        later: list[Later] = []
        for batch in _batches(row for row in source.rows() if row.kind == declaration.kind):
            later += _write(session, declaration, batch, places)
        for change in later:
            table: Any = change.table
            session.execute(update(table).where(table.id == change.id).values(**change.values))
        session.expire_all()
    last: str | None = ""
    while last is not None:
        last = index_again(session, hash_key, after=last)


def _write(session: Session, declaration: Declaration, batch: Sequence[StoredRow], places: Places) -> list[Later]:
    first = _first_statements(session, [row.subject for row in batch])
    rows: dict[type[SQLModel], list[SQLModel]] = {}
    later: list[Later] = []
    for row in batch:
        stream, recorded_at = first[row.subject]
        record = Recorded(
            subject=row.subject,
            version=row.version,
            values=row.values,
            stream=stream,
            recorded_at=recorded_at,
            places=places,
        )
        try:
            for written in declaration.write(record):
                if isinstance(written, Later):
                    later.append(written)
                else:
                    rows.setdefault(type(written), []).append(written)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise _malformed(declaration, row.subject, error) from error
        _register_instalments(session, rows.get(Instalment, ()), stream)
    try:
        _insert(session, rows)
    except (IntegrityError, StatementError) as error:
        raise _malformed(declaration, batch[0].subject, error) from error
    return later


def _insert(session: Session, rows: dict[type[SQLModel], list[SQLModel]]) -> None:
    if Dispute in rows:
        rows[Dispute] = _new_disputes(session, rows[Dispute])
    for table in sorted(rows, key=lambda item: _ORDER[str(item.__tablename__)]):
        if rows[table]:
            session.exec(insert(table), params=[row.model_dump() for row in rows[table]])


def _new_disputes(session: Session, rows: Iterable[SQLModel]) -> list[SQLModel]:
    """Each dispute once: several cases may be about it."""
    by_id = {row.id: row for row in rows if isinstance(row, Dispute)}
    known = set(session.exec(select(Dispute.id).where(col(Dispute.id).in_(by_id))).all())
    return [row for identifier, row in by_id.items() if identifier not in known]


def _register_instalments(session: Session, rows: Iterable[SQLModel], stream: str) -> None:
    """Enter what was promised and not paid: it has no statement, and so no entry in the register yet."""
    ids = [row.id for row in rows if isinstance(row, Instalment)]
    known = set(session.exec(select(Record.subject).where(col(Record.subject).in_(ids))).all())
    session.add_all(register(identifier, stream=stream) for identifier in ids if identifier not in known)
    session.flush()


def _first_statements(session: Session, subjects: Sequence[str]) -> dict[str, tuple[str, str]]:
    query = select(StatementRow.subject, StatementRow.stream, StatementRow.recorded_at)
    query = query.where(StatementRow.version == 1).where(col(StatementRow.subject).in_(subjects))
    return {subject: (stream, recorded_at) for subject, stream, recorded_at in session.exec(query)}


def _batches(rows: Iterable[StoredRow]) -> Iterator[list[StoredRow]]:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield batch


def _malformed(declaration: Declaration, subject: str, error: Exception) -> Malformed:
    where = f"{declaration.kind} {number_of(subject)}"
    return Malformed("rows.jsonl", f"no rows can be made of {where}: {type(error).__name__}")
