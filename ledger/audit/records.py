"""Rows against disclosures, both ways.

One pass over the statements keeps a digest of every record's newest disclosed values; one pass over the rows compares
digests. Only for records that differ are the disclosures opened once more, to name the field and both values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ledger.audit.disclosed import KIND_NAME, Reading, digest_of, open_fields
from ledger.audit.erasures import Erasures
from ledger.audit.findings import ABSENT, Code, Finding, Layer, Outcome, Record, differences
from ledger.audit.index import NOT_COMPARABLE, Index, Version
from ledger.audit.position import Position
from ledger.audit.seen import Seen, look_at, number_of
from ledger.audit.sink import Sink
from ledger.audit.sources import LogSource, RecordSource, StoredRecord, StoredRow, Unreadable
from ledger.canonical import JsonValue
from ledger.errors import Malformed
from ledger.record_number import record_number

MAX_NAMED_ROWS: Final = 1000
"""Changed rows held in memory until their fields are named. Of more, only the record is named."""


class Records:
    """Keeps what rows will be compared with, and compares them."""

    def __init__(
        self, *, log: LogSource, records: RecordSource, index: Index, sink: Sink, partial: str | None = None
    ) -> None:
        """`partial` says why not all disclosures are given, where that is the wish of whoever audits."""
        self._log = log
        self._partial = partial
        self._records = records
        self._index = index
        self._sink = sink
        self._lost_keys: list[tuple[Finding, bytes]] = []
        self._withheld = 0
        self._unnamed: dict[tuple[str, int], StoredRow] = {}
        self.erasures = Erasures(log, sink)
        """The statements that an erasure names."""

    # --------------------------------------------------------------------------------------------------- statements

    def add(self, seen: Seen, fields: Reading | Unreadable | None, *, suspect: bool) -> None:
        """Take a statement with its disclosures. One that is `suspect` is reported already, so its digests are not."""
        place, statement = seen.place, seen.parsed
        if place is None:
            return
        reading = self._reading(seen, fields, suspect=suspect) if statement else None
        digest = reading.digest if reading else None
        version = Version(
            version=place.version,
            leaf=seen.leaf,
            digest=NOT_COMPARABLE if digest is None else digest,
            kind=reading.kind if reading and digest is not None else self._kind_before(place.subject),
            stream=place.stream,
        )
        # Of an unreadable version nobody can tell whether it keeps a row, so it may.
        keep_older = version.kind in self._records.versioned or not version.comparable
        self._index.put(place.subject, version, keep_older=keep_older)

    def _reading(self, seen: Seen, fields: Reading | Unreadable | None, *, suspect: bool) -> Reading | None:
        if fields is None:
            self._withheld += 1
            return None
        self._sink.count(Layer.DISCLOSURES)
        if isinstance(fields, Unreadable):
            self._report_unreadable(seen, fields)
            return None
        for finding in fields.findings:
            if not suspect:
                self._sink.add(finding, unless_erased=seen.leaf)
        self.erasures.note(seen, fields.erased)
        return fields

    def _report_unreadable(self, seen: Seen, held: Unreadable) -> None:
        is_key = held.what == "key" and seen.parsed is not None
        finding = Finding(
            code=Code.KEY_UNREADABLE if is_key else Code.DISCLOSURES_UNREADABLE,
            layer=Layer.DISCLOSURES,
            record=Record(kind="stream", number=seen.parsed.stream) if is_key and seen.parsed else seen.record,
            leaf_index=seen.leaf_index,
            detail=held.reason,
        )
        if not is_key:
            self._sink.add(finding, unless_erased=seen.leaf)
        elif len(self._lost_keys) < self._sink.limit:
            self._lost_keys.append((finding, seen.leaf))
        else:
            self._sink.drop()

    def _report_lost_keys(self) -> None:
        """Once for each stream, at its first statement that no erasure names: a lost key may be how one was erased."""
        reported: set[str] = set()
        for finding, leaf in self._lost_keys:
            if leaf not in self.erasures and finding.record.number not in reported:
                reported.add(finding.record.number)
                self._sink.add(finding)

    def _kind_before(self, subject: str) -> str | None:
        newest = self._index.newest(subject)
        return newest.kind if newest else None

    # --------------------------------------------------------------------------------------------------------- rows

    def compare(self, position: Position) -> None:
        """Compare register and rows with the statements taken, and the copies that the source knows of."""
        position.expect_rows(0 if self._withheld else len(self._index))
        if self._withheld:
            for layer in (Layer.DISCLOSURES, Layer.ROWS):
                reason = self._partial or f"the fields of {self._withheld} statements are withheld"
                self._sink.leave_out(layer, Outcome.NOT_CHECKED, reason)
        self._report_lost_keys()
        self._compare_register()
        self._compare_rows(position)
        self._compare_copies()

    def _compare_register(self) -> None:
        entries = self._records.register()
        if entries is None:
            return
        known = 0
        for entry in entries:
            self._sink.count(Layer.ROWS)
            known += self._compare_entry(entry)
        if known < len(self._index):
            self._report_unregistered()

    def _compare_entry(self, entry: StoredRecord) -> bool:
        record = Record(kind="record", number=number_of(entry.subject))
        try:
            number = record_number(entry.subject)
        except Malformed:
            number = None
        if entry.record_no != number:
            self._sink.add(
                _finding(Code.RECORD_NUMBER_MISMATCH, record, "record_no", expected=number, found=entry.record_no)
            )
        newest = self._index.newest(entry.subject)
        if newest and entry.stream != newest.stream:
            self._sink.add(_finding(Code.COLUMN_CHANGED, record, "stream", expected=newest.stream, found=entry.stream))
        return newest is not None

    def _report_unregistered(self) -> None:
        registered = {entry.subject for entry in self._records.register() or ()}
        for subject, _ in self._index.left():
            if subject not in registered:
                registered.add(subject)
                self._sink.add(_finding(Code.ROW_MISSING, Record(kind="record", number=number_of(subject))))

    def _compare_rows(self, position: Position) -> None:
        for row in self._records.rows():
            self._sink.count(Layer.ROWS)
            self._compare_row(row)
            position.advance()
        for subject, version in self._index.left():
            if version.kind is not None and version.leaf not in self.erasures:
                record = Record(kind=version.kind, number=number_of(subject, version.version))
                self._sink.add(_finding(Code.ROW_MISSING, record))
        self._name_changes()

    def _compare_copies(self) -> None:
        for pair in self._records.comparisons():
            self._sink.count(Layer.ROWS)
            for path, expected, found in differences(pair.expected, pair.found, pair.field):
                record = Record(kind=pair.kind, number=pair.number)
                self._sink.add(_finding(Code.COLUMN_CHANGED, record, path, expected=expected, found=found))

    def _compare_row(self, row: StoredRow) -> None:
        version = self._take(row)
        if version is None:
            self._sink.add(_finding(Code.ROW_EXTRA, _record_of(row)))
            return
        if row.version != version.version:
            change = _finding(Code.ROW_CHANGED, _record_of(row), "version", expected=version.version, found=row.version)
            self._sink.add(change)
        if not version.comparable and version.leaf in self.erasures:
            self.erasures.note_row(version.leaf, _record_of(row))
        if not version.comparable or digest_of(row.kind, row.values, self._records.event_names) == version.digest:
            return
        if len(self._unnamed) < MAX_NAMED_ROWS:
            self._unnamed[row.subject, version.version] = row
        else:
            self._sink.add(_finding(Code.ROW_CHANGED, _record_of(row)))

    def _take(self, row: StoredRow) -> Version | None:
        """The version that a row is to be compared with: its own where each version keeps a row, else the newest."""
        if row.kind in self._records.versioned:
            newest = self._index.newest(row.subject)
            if newest is not None and newest.version != row.version:
                return self._index.take(row.subject, row.version)
        return self._index.take(row.subject)

    def _name_changes(self) -> None:
        """Open the statements of changed rows once more and name what differs."""
        if not self._unnamed:
            return
        for stored in self._log.statements():
            seen = look_at(stored)
            statement = seen.parsed
            row = self._unnamed.get((statement.subject, statement.version)) if statement else None
            if statement is None or row is None:
                continue
            held = self._log.disclosures(stored)
            if isinstance(held, tuple):
                self._name_change(seen, row, open_fields(seen, held).values or {})

    def _name_change(self, seen: Seen, row: StoredRow, values: Mapping[str, JsonValue]) -> None:
        kind = values.get(KIND_NAME)
        record = Record(kind=str(kind), number=seen.record.number)
        recorded = {name: value for name, value in values.items() if name not in self._records.event_names}
        recorded.pop(KIND_NAME, None)
        for path, expected, found in [
            *differences(kind, row.kind, KIND_NAME),
            *differences(recorded, row.values),
        ]:
            change = _finding(
                Code.ROW_CHANGED, record, path, expected=expected, found=found, leaf_index=seen.leaf_index
            )
            self._sink.add(change)


def _record_of(row: StoredRow) -> Record:
    return Record(kind=row.kind, number=number_of(row.subject, row.version))


def _finding(
    code: Code,
    record: Record,
    field: str | None = None,
    *,
    expected: object = ABSENT,
    found: object = ABSENT,
    leaf_index: int | None = None,
) -> Finding:
    return Finding(
        code=code,
        layer=Layer.ROWS,
        record=record,
        field=field,
        expected=expected,
        found=found,
        leaf_index=leaf_index,
    )
