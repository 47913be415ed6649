"""Edits of a ledger in memory, as somebody with access to the database would make them; and what was found."""

from __future__ import annotations

import json
from dataclasses import replace

from ledger.audit.findings import Code, Finding
from ledger.record_number import record_number
from ledger.statement import commitment
from tests.ledger.audited import MemoryLedger


def one(findings: list[Finding]) -> Finding:
    """The only finding there is."""
    assert len(findings) == 1, findings
    return findings[0]


def codes(findings: list[Finding]) -> list[Code]:
    return [finding.code for finding in findings]


def edit_body(ledger: MemoryLedger, leaf_index: int, old: bytes, new: bytes) -> None:
    held = ledger.held[leaf_index]
    assert old in held.body
    held.body = held.body.replace(old, new, 1)


def number_at(ledger: MemoryLedger, leaf_index: int) -> str:
    columns = ledger.held[leaf_index].columns
    return f"{record_number(str(columns['subject']))}.v{columns['version']}"


def set_value(ledger: MemoryLedger, key: tuple[str, int], **values: object) -> None:
    row = ledger.rows_held[key]
    ledger.rows_held[key] = replace(row, values={**row.values, **values})


def first_row(ledger: MemoryLedger) -> tuple[str, int]:
    return next(iter(ledger.rows_held))


def relink(ledger: MemoryLedger, leaf_index: int, **changes: object) -> None:
    """Rewrite a statement with its columns and its leaf, so that only its place among the others is wrong."""
    held = ledger.held[leaf_index]
    body = json.loads(held.body) | changes
    held.body = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    held.columns |= changes | {"commitment": commitment(held.body).hex()}
    held.columns = {name: value for name, value in held.columns.items() if "previous" not in name}


def resealed(ledger: MemoryLedger) -> MemoryLedger:
    """The same statements in a new log: as if they had been recorded like that."""
    ledger.tiles_held.clear()
    ledger.notes.clear()
    ledger.sent.clear()
    ledger.chain.appended.clear()
    ledger.size = 0
    for held in ledger.held:
        held.leaf_index = None
    ledger.seal()
    return ledger
