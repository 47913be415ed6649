"""Seeded edits of a live home: one cell, a row more or less, two rows or files exchanged, a tile or file damaged."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final

from ledger.audit.report import AuditReport
from ledger.audit.seen import number_of
from ledger.record_number import record_number
from service.audit_source.columns import all_columns
from tests.service.audited_home import AuditedHome
from tests.service.edit_shapes import ANY, NONE, Edit, Target, Wanted, other_value, wanted
from tests.service.live_meaning import (
    PARTS,
    RECORD_TABLES,
    contents,
    fields_of,
    is_outside,
    meaning,
    numbers_of,
    referring,
)

Statement = tuple[str, tuple[Any, ...]]
Row = dict[str, Any]

YES_OR_NO: Final = frozenset({"active", "chosen", "original_compared", "withdrawn"})
TREE_TABLES: Final = frozenset({"statement", "tile", "checkpoint", "log"})


@dataclass(slots=True)
class LiveEdits:
    """Draws edits of one home. The untouched database is read once; each edit is done on the home's copy."""

    audited: AuditedHome
    connection: sqlite3.Connection
    _columns: dict[str, list[str]] = field(default_factory=dict)
    _nullable: set[str] = field(default_factory=set)

    @classmethod
    @contextmanager
    def over(cls, audited: AuditedHome) -> Iterator[LiveEdits]:
        """Over the untouched database of a home, loaded into memory."""
        with closing(sqlite3.connect(":memory:")) as memory:
            with closing(sqlite3.connect(audited.home.layout.database)) as original:
                original.backup(memory)
            memory.execute("PRAGMA foreign_keys = OFF")
            memory.execute("PRAGMA ignore_check_constraints = ON")
            memory.isolation_level = None
            edits = cls(audited=audited, connection=memory)
            for table in sorted({name.partition(".")[0] for name in all_columns()}):
                info = memory.execute(f"PRAGMA table_info({table})").fetchall()
                edits._columns[table] = [row[1] for row in info]
                edits._nullable |= {f"{table}.{row[1]}" for row in info if not row[3]}
            yield edits

    def targets(self) -> list[Target]:
        """Every column but those outside; of every table a row more, one less, two swapped; files and tiles."""
        kept = [name for name in all_columns() if not is_outside(name)]
        found = [Target(name=name, draw=self._cell(*name.split("."))) for name in kept]
        for table in sorted({name.partition(".")[0] for name in kept}):
            found += [
                Target(name=f"{table} inserted", draw=self._insertion(table)),
                Target(name=f"{table} deleted", draw=self._deletion(table)),
            ]
            # A log has one row, and nothing of a dispute's is recorded but its name.
            if table not in {"log", "dispute", "tile"}:
                found.append(Target(name=f"{table} swapped", draw=self._swap(table)))
        found.append(Target(name="tile truncated", draw=self._truncated_tile))
        for name, way in (("flipped", _flip), ("truncated", _truncate), ("deleted", _delete)):
            found.append(Target(name=f"blob {name}", draw=self._blob(way)))
        return [*found, Target(name="blob swapped", draw=self._swapped_blobs)]

    # ------------------------------------------------------------------------------------------------------ database

    def _rows(self, table: str) -> list[tuple[int, Row]]:
        columns = self._columns[table]
        query = f"SELECT rowid, {', '.join(columns)} FROM {table} ORDER BY rowid"
        return [(row[0], dict(zip(columns, row[1:], strict=True))) for row in self.connection.execute(query)]

    def _edit(self, table: str, said: str, expected: Sequence[Wanted], *statements: Statement) -> Edit | None:
        """The edit, unless the database cannot hold it or the table means the same afterwards."""
        before = meaning(table, self.connection)
        self.connection.execute("BEGIN")
        try:
            for sql, parameters in statements:
                self.connection.execute(sql, parameters)
            same = meaning(table, self.connection) == before
        except (sqlite3.IntegrityError, OverflowError):
            return None
        finally:
            self.connection.execute("ROLLBACK")
        if same:
            return None
        return Edit(said=said, wanted=tuple(expected), audit=lambda: self.audited.audit(*statements))

    def _cell(self, table: str, column: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            rows = self._rows(table)
            rowid, row = random.choice(rows)
            before = row[column]
            after = self._other_cell(random, table, column, before, [other[column] for _, other in rows])
            if table == "chain_transaction" and self._is_so(row["hash"], column, after):
                return None
            statement = (f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (after, rowid))
            expected = wanted(self._named(table, column, row, after), fields_of(table, column))
            return self._edit(table, f"{table}.{column} of {row}: {before!r} → {after!r}", [expected], statement)

        return draw

    def _is_so(self, transaction: str, column: str, after: Any) -> bool:
        """Whether a cell then says what the chain says: of a set-up's transactions the block need not be kept."""
        mined = self.audited.chain.mined(transaction)
        return column in {"block_number", "block_hash"} and mined is not None and getattr(mined, column) == after

    def _other_cell(self, random: Random, table: str, column: str, before: Any, others: list[Any]) -> Any:
        ways = ["kind", "kind", "row"]
        if f"{table}.{column}" in self._nullable:
            ways.append("null")
        match random.choice(ways):
            case "null":
                return None
            case "row":
                return random.choice(others)
        if column in YES_OR_NO:
            return random.choice([0, 1, 7])
        if before is None:
            known = [value for value in others if value is not None]
            return random.choice(known) if known else other_value(random, None)
        return other_value(random, before)

    def _named(self, table: str, column: str, row: Row, after: Any) -> set[str]:
        """The record that a row belonged to. What is known by the very cell is named by its old or its new value."""
        names = numbers_of(table, row, self.connection)
        match f"{table}.{column}":
            case "party.id":
                return referring(row["id"], self.connection)
            case "instalment.position" | "instalment.method":
                return {number_of(row["agreement_id"])}
            case "chain_transaction.hash" | "checkpoint.size" | "tile.level" | "tile.number":
                return names | numbers_of(table, {**row, column: after}, self.connection)
        return names

    def _insertion(self, table: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            rows = self._rows(table)
            row = dict(random.choice(rows)[1])
            for name in self._unique(table):
                row[name] = self._fresh(random, table, name, row)
            if table == "statement":
                row["ordinal"] = max(other["ordinal"] for _, other in rows) + 1
                row["leaf_index"] = random.choice([None, row["leaf_index"], random.randrange(1000)])
            if table == "record" and random.random() < 0.5:
                row["record_no"] = record_number(row["subject"])
            marks = ", ".join("?" for _ in row)
            statement = (f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
            return self._edit(table, f"{table} inserted {row}", [self._inserted(table, row)], statement)

        return draw

    def _unique(self, table: str) -> list[str]:
        """The columns of the row's own key, and those that no two rows may share."""
        names = {row[1] for row in self.connection.execute(f"PRAGMA table_info({table})") if row[5]}
        for index in self.connection.execute(f"PRAGMA index_list({table})").fetchall():
            parts = [row[2] for row in self.connection.execute(f"PRAGMA index_info({index[1]})")]
            if index[2]:
                # Of what is unique together one is enough: the last, a position or a number.
                names.add(parts[-1])
        return sorted(names - {"case_id"} if table == "match_key" else names)

    def _fresh(self, random: Random, table: str, name: str, row: Row) -> Any:
        value = row[name]
        if value is None:
            return None
        if name in {"id", "subject"} or (table, name) in {("aid_request", "case_id"), ("consultation", "case_id")}:
            cases = [other["id"] for _, other in self._rows("legal_case")] if name == "case_id" else []
            return random.choice(cases) if cases else str(uuid.UUID(int=random.getrandbits(128), version=4))
        if isinstance(value, int):
            return value + random.randrange(1, 1000)
        return random.choice([other_value(random, value), f"{value}-0000"])

    def _inserted(self, table: str, row: Row) -> Wanted:
        """What must be named when a row was put in: the record that it claims to be or to be part of."""
        names = numbers_of(table, row, self.connection)
        if table == "instalment":
            return wanted({number_of(row["agreement_id"])}, "terms.*")
        if table == "log":
            return wanted({other["origin"] for _, other in self._rows("log")}, "origin|rows")
        if table == "document_version":
            return wanted(names, NONE)
        if table in PARTS:
            return wanted(names, f"({PARTS[table][1]}).*")
        if table in RECORD_TABLES:
            return wanted(names, f"{NONE}|version|id")
        return wanted(names, ANY)

    def _deletion(self, table: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            rowid, row = random.choice(self._rows(table))
            names, fields = numbers_of(table, row, self.connection), ANY
            if table == "instalment":
                names, fields = {number_of(row["agreement_id"])}, "terms.*"
            elif table in PARTS and table != "document_version":
                fields = f"({PARTS[table][1]}).*"
            elif table in RECORD_TABLES:
                fields = fields_of(table, "id")
            elif table == "chain_transaction":
                names = names | {f"{row['sender']}/{row['nonce']}"}
            statement = (f"DELETE FROM {table} WHERE rowid = ?", (rowid,))
            return self._edit(table, f"{table} deleted {row}", [wanted(names, fields)], statement)

        return draw

    def _swap(self, table: str) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            pair = random.sample(self._rows(table), 2)
            names = contents(table, self._columns[table])
            (_, first), (_, second) = pair
            changed = [name for name in names if first[name] != second[name]]
            rows = [{**first, **_only(second, names)}, {**second, **_only(first, names)}]
            columns = self._columns[table]
            marks = ", ".join("?" for _ in columns)
            statements: list[Statement] = [(f"DELETE FROM {table} WHERE rowid = ?", (rowid,)) for rowid, _ in pair]
            statements += [
                (f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", tuple(row[name] for name in columns))
                for row in rows
            ]
            fields = "leaf_index" if table == "statement" else "|".join(fields_of(table, name) for name in changed)
            expected = [wanted(numbers_of(table, row, self.connection), fields) for _, row in pair]
            return self._edit(table, f"{table} swapped {first} and {second}", expected, *statements)

        return draw

    def _truncated_tile(self, random: Random) -> Edit | None:
        rowid, row = random.choice(self._rows("tile"))
        short = row["hashes"][: random.randrange(len(row["hashes"]))]
        statement = ("UPDATE tile SET hashes = ? WHERE rowid = ?", (short, rowid))
        expected = wanted(numbers_of("tile", row, self.connection), r"hashes.*")
        return self._edit("tile", f"tile cut to {len(short)}", [expected], statement)

    # --------------------------------------------------------------------------------------------------------- files

    def _file(self, row: Row) -> tuple[Path, Wanted]:
        number = number_of(row["document_id"], row["version"])
        return self.audited.home.layout.blobs / row["blob"], wanted(number, "sha256")

    def _blob(self, way: Callable[[Random, bytes], bytes | None]) -> Callable[[Random], Edit | None]:
        def draw(random: Random) -> Edit | None:
            path, expected = self._file(random.choice(self._rows("document_version"))[1])
            after = way(random, path.read_bytes())
            return Edit(said=f"{path.name} → {after!r}", wanted=(expected,), audit=lambda: self._with({path: after}))

        return draw

    def _swapped_blobs(self, random: Random) -> Edit | None:
        pair = [self._file(row) for _, row in random.sample(self._rows("document_version"), 2)]
        (first, _), (second, _) = pair
        if first.read_bytes() == second.read_bytes():
            return None
        after: dict[Path, bytes | None] = {first: second.read_bytes(), second: first.read_bytes()}
        expected = tuple(one for _, one in pair)
        return Edit(said=f"{first.name} and {second.name}", wanted=expected, audit=lambda: self._with(after))

    def _with(self, files: dict[Path, bytes | None]) -> AuditReport:
        before = {path: path.read_bytes() for path in files}
        try:
            for path, data in files.items():
                if data is None:
                    path.unlink()
                else:
                    path.write_bytes(data)
            return self.audited.audit()
        finally:
            for path, data in before.items():
                path.write_bytes(data)


def _only(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def _flip(random: Random, data: bytes) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _truncate(random: Random, data: bytes) -> bytes:
    return data[: random.randrange(len(data))]


def _delete(_random: Random, _data: bytes) -> None:
    return None
