"""Statements as people see them: which there are, what each is about, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import defer
from sqlmodel import col, func, select

from ledger.anchor import StatementState, statement_state
from ledger.store.journal import anchored_sizes
from ledger.store.tables import Record, StatementRow
from service.access import Action, Actor, NotFound, Reach, reach, visible_cases
from service.tables import Case

if TYPE_CHECKING:
    from sqlmodel import Session

Item = TypeVar("Item")

Key = tuple[str, str] | tuple[int]
"""Where a page of a list ended: the sort values of its last item."""


_WITHOUT_CONTENT = tuple(defer(getattr(StatementRow, name)) for name in ("body", "disclosures"))
"""For lists: what a statement says and discloses is not read to tell how far it has come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page of a list; `next_key` is None on the last one."""

    items: tuple[Item, ...]
    next_key: Key | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementRef:
    """The statement that a change became: `record_no` names the record on paper, `state` is received … final."""

    id: str
    record_no: str
    state: StatementState


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementView:
    """One statement without what it discloses. `leaf_index` is None until it is sequenced; `commitment` is hex."""

    id: str
    record_no: str
    state: StatementState
    type: str
    subject: str
    version: int
    institution: str
    stream: str
    stream_seq: int
    recorded_at: str
    commitment: str
    leaf_index: int | None

    @property
    def ref(self) -> StatementRef:
        """The short form."""
        return StatementRef(id=self.id, record_no=self.record_no, state=self.state)


def view_statements(session: Session, rows: Iterable[StatementRow]) -> tuple[StatementView, ...]:
    """The views of these rows, in their order."""
    rows = tuple(rows)
    subjects = {row.subject for row in rows}
    records = session.exec(select(Record).where(col(Record.subject).in_(subjects))).all()
    numbers = {record.subject: record.record_no for record in records}
    anchored, final = anchored_sizes(session)
    return tuple(
        StatementView(
            id=row.id,
            record_no=numbers[row.subject],
            state=statement_state(leaf_index=row.leaf_index, anchored_size=anchored, final_size=final),
            type=row.type,
            subject=row.subject,
            version=row.version,
            institution=row.institution,
            stream=row.stream,
            stream_seq=row.stream_seq,
            recorded_at=row.recorded_at,
            commitment=row.commitment,
            leaf_index=row.leaf_index,
        )
        for row in rows
    )


def refer_to(session: Session, row: StatementRow) -> StatementRef:
    """The short form of a statement just recorded."""
    return view_statements(session, [row])[0].ref


def newest_statements(session: Session, subjects: Iterable[str]) -> Mapping[str, StatementView]:
    """The newest statement of each of these records, by subject."""
    highest = (
        select(StatementRow.subject, func.max(StatementRow.version).label("version"))
        .where(col(StatementRow.subject).in_(set(subjects)))
        .group_by(StatementRow.subject)
        .subquery()
    )
    query = (
        select(StatementRow)
        .join(
            highest,
            (col(StatementRow.subject) == highest.c.subject) & (col(StatementRow.version) == highest.c.version),
        )
        .options(*_WITHOUT_CONTENT)
    )
    return {view.subject: view for view in view_statements(session, session.exec(query))}


def visible_statements(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition that limits a query to statements `actor` may reach: those of cases within reach, or all."""
    if reach(actor, action) is Reach.ALL:
        return col(StatementRow.stream).is_not(None)
    return col(StatementRow.stream).in_(select(Case.stream).where(visible_cases(actor, action)))


def find_statement(session: Session, actor: Actor, action: Action, statement_id: str) -> StatementRow:
    """The row of a statement within reach; raises NotFound."""
    query = select(StatementRow).where(StatementRow.id == statement_id).where(visible_statements(actor, action))
    row = session.exec(query).first()
    if row is None:
        raise NotFound("statement")
    return row


def read_statement(session: Session, actor: Actor, statement_id: str) -> StatementView:
    """One statement within reach; raises NotFound."""
    return view_statements(session, [find_statement(session, actor, Action.STATEMENT_READ, statement_id)])[0]


def case_statements(
    session: Session, actor: Actor, case_id: str, *, limit: int, after: tuple[int] | None = None
) -> Page[StatementView]:
    """The statements of a case's stream in their order; `after` is the `stream_seq` where the page before ended."""
    condition = visible_cases(actor, Action.STATEMENT_READ)
    stream = session.exec(select(Case.stream).where(Case.id == case_id).where(condition)).first()
    if stream is None:
        raise NotFound("case")
    query = (
        select(StatementRow)
        .where(StatementRow.stream == stream)
        .where(col(StatementRow.stream_seq) > (after[0] if after else 0))
        .order_by(col(StatementRow.stream_seq))
        .options(*_WITHOUT_CONTENT)
        .limit(limit + 1)
    )
    rows = session.exec(query).all()
    views = view_statements(session, rows[:limit])
    return Page(items=views, next_key=(views[-1].stream_seq,) if len(rows) > limit else None)
