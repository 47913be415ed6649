"""A statement as the audit sees it, and the findings that its own copies give."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple
from uuid import UUID

from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.sources import StoredStatement
from ledger.errors import Malformed
from ledger.merkle import leaf_hash
from ledger.record_number import record_number
from ledger.statement import Statement, commitment, parse_statement

STATEMENT: Final = "statement"
_COMMITMENT: Final = "commitment"


class Place(NamedTuple):
    """Where a statement stands: which version of which record, which number of which stream."""

    subject: str
    version: int
    stream: str
    stream_seq: int


class Seen(NamedTuple):
    """A statement with what follows from its bytes. `parsed` is None when they are no statement, for `reason`.

    `place` is then what the columns say, so that one broken body breaks no stream; None where they say nothing.
    `columns` are the copies as held, `differing` those that do not repeat the body: name → (what the body says, what
    the column says). `kept` is the commitment in its column. A tuple, because a million come from other processes.
    """

    leaf_index: int | None
    columns: Mapping[str, object]
    commitment: bytes
    leaf: bytes
    parsed: Statement | None
    place: Place | None
    reason: str | None
    kept: object
    differing: Mapping[str, tuple[object, object]]

    @property
    def record(self) -> Record:
        """What a finding about this statement names; worked out only when there is one."""
        if self.place is not None:
            return Record(kind=STATEMENT, number=number_of(self.place.subject, self.place.version))
        if "subject" in self.columns:
            return Record(kind=STATEMENT, number=number_of(self.columns["subject"], self.columns.get("version")))
        return Record(kind="leaf", number=str(self.leaf_index))

    @property
    def kept_record(self) -> Record:
        """What a finding names when the body is wrong: the record of the columns, where they name one."""
        if "subject" in self.columns:
            return Record(kind=STATEMENT, number=number_of(self.columns["subject"], self.columns.get("version")))
        return self.record


def look_at(stored: StoredStatement) -> Seen:
    """Compute what follows from a stored statement."""
    return beside_columns(look_at_body(stored), stored)


def look_at_body(stored: StoredStatement) -> Seen:
    """Compute what follows from the body: the larger half of the work. The columns only tell where it stands."""
    committed = commitment(stored.body)
    try:
        parsed, reason = parse_statement(stored.body), None
    except Malformed as error:
        parsed, reason = None, str(error)
    return Seen(
        leaf_index=stored.leaf_index,
        columns=stored.columns,
        commitment=committed,
        leaf=leaf_hash(committed),
        parsed=parsed,
        place=_place(parsed, stored),
        reason=reason,
        kept=None,
        differing=_NONE,
    )


def beside_columns(seen: Seen, stored: StoredStatement) -> Seen:
    """Compare the body that was looked at with the columns beside it."""
    if not stored.columns:
        return seen
    parsed = seen.parsed
    expected = {name: getattr(parsed, name, ABSENT) for name in stored.columns} if parsed else {}
    if _COMMITMENT in stored.columns:
        expected[_COMMITMENT] = seen.commitment.hex()
    differing = {
        name: (value, stored.columns[name])
        for name, value in expected.items()
        if not _same(value, stored.columns[name])
    }
    return seen._replace(columns=stored.columns, kept=stored.columns.get(_COMMITMENT), differing=differing)


_NONE: Final[Mapping[str, tuple[object, object]]] = {}


def number_of(subject: object, version: object = None) -> str:
    """The record number of a subject, with its version if there is one; a subject that is none stands as it is."""
    try:
        number = record_number(str(subject))
    except Malformed:
        number = str(subject)
    return number if version is None else f"{number}.v{version}"


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID in its one spelling."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def kept_leaf(seen: Seen) -> bytes | None:
    """The leaf that the commitment in the column would have; None where there is no such column."""
    try:
        return leaf_hash(bytes.fromhex(str(seen.kept))) if seen.kept is not None else None
    except ValueError:
        return None


def column_findings(seen: Seen) -> Iterator[Finding]:
    """The body is right: name every column that does not repeat it."""
    for name, (expected, found) in seen.differing.items():
        yield _finding(Code.COLUMN_CHANGED, seen, name, expected, found)


def waiting_findings(seen: Seen) -> Iterator[Finding]:
    """No leaf vouches for either side yet: one copy that differs is wrong, several make the body wrong."""
    several = _COMMITMENT in seen.differing and len(seen.differing) > 1
    yield from body_findings(seen, None) if several or seen.parsed is None else column_findings(seen)


def body_findings(seen: Seen, leaf: bytes | None) -> Iterator[Finding]:
    """The body is wrong: name every member that a column shows to have been another.

    `leaf` is the one that the log has in its place, None when it has none yet.
    """
    copies = {name: pair for name, pair in seen.differing.items() if name != _COMMITMENT}
    for name, (found, expected) in copies.items():
        yield _finding(Code.STATEMENT_CHANGED, seen, f"body.{name}", expected, found)
    if not copies:
        if leaf is not None and kept_leaf(seen) != leaf:
            yield _finding(Code.STATEMENT_CHANGED, seen, "leaf", leaf, seen.leaf)
        else:
            yield _finding(Code.STATEMENT_CHANGED, seen, "body", seen.kept, seen.commitment.hex())


def _finding(code: Code, seen: Seen, field_name: str, expected: object, found: object) -> Finding:
    return Finding(
        code=code,
        layer=Layer.STATEMENTS,
        record=seen.kept_record if code is Code.STATEMENT_CHANGED else seen.record,
        field=field_name,
        expected=expected,
        found=found,
        leaf_index=seen.leaf_index,
        detail=seen.reason,
    )


def _place(parsed: Statement | None, stored: StoredStatement) -> Place | None:
    if parsed is not None:
        return Place(subject=parsed.subject, version=parsed.version, stream=parsed.stream, stream_seq=parsed.stream_seq)
    match stored.columns:
        case {"subject": str(subject), "version": int(version), "stream": str(stream), "stream_seq": int(number)}:
            if is_uuid(subject) and is_uuid(stream) and version > 0 and number > 0:
                return Place(subject=subject, version=version, stream=stream, stream_seq=number)
    return None


def _same(expected: object, found: object) -> bool:
    return type(expected) is type(found) and expected == found
