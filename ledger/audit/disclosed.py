"""Disclosures against the digests of their statement, both ways: none foreign, none missing, none twice."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, NamedTuple

from ledger.audit.findings import ABSENT, Code, Finding, Layer
from ledger.audit.index import NOT_COMPARABLE
from ledger.audit.seen import Seen
from ledger.canonical import JsonValue, sha256
from ledger.disclosure import Disclosure, parse_disclosure
from ledger.errors import Malformed

KIND_NAME: Final = "record"
"""The disclosed name under which a statement says what kind of record it is about; without it there is no row."""

MOVED: Final = "log.moved"
"""The type of the last statement before a log moves to another contract."""

ERASURE: Final = "record.erased"
ERASED_NAME: Final = "commitments"
"""The disclosed name under which an erasure lists the commitments (hex) whose content it removed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What the disclosures of a statement say, and what is wrong with them. `values` is None when there are none."""

    values: Mapping[str, JsonValue] | None
    findings: tuple[Finding, ...]


def open_fields(seen: Seen, encoded: Sequence[str]) -> Opened:
    """Read all disclosures of a statement and compare their digests with its own."""
    owed = set(seen.parsed.sd) if seen.parsed else set()
    if owed and not encoded:
        return Opened(values=None, findings=(_finding(Code.DISCLOSURES_MISSING, seen, None),))
    findings: list[Finding] = []
    foreign: list[Disclosure] = []
    values: dict[str, JsonValue] = {}
    for place, text in enumerate(encoded):
        try:
            disclosure = parse_disclosure(text)
        except Malformed as error:
            findings.append(_finding(Code.DISCLOSURE_MISMATCH, seen, f"[{place}]", detail=str(error)))
            continue
        digest = disclosure.digest
        if digest in owed:
            owed.remove(digest)
        else:
            foreign.append(disclosure)
        if disclosure.name in values:
            findings.append(_finding(Code.DISCLOSURE_MISMATCH, seen, disclosure.name, expected=1, found=2))
        values[disclosure.name] = disclosure.value
    for disclosure_or_none, digest_or_none in zip_longest(foreign, sorted(owed)):
        findings.append(_digest_finding(seen, disclosure_or_none, digest_or_none))
    return Opened(values=values, findings=tuple(findings))


class Reading(NamedTuple):
    """What the audit keeps of a statement's disclosures: 32 bytes for its values, and what is wrong.

    `digest` stands for the values that a row repeats, None where there are none. `kind` is the kind of record that they
    name. `erased` are the commitments (hex) that an erasure lists, as found. `required` are the values that a statement
    of a move may not leave out, None for any other statement.
    """

    digest: bytes | None
    kind: str | None
    erased: tuple[str, ...]
    required: Mapping[str, JsonValue] | None
    findings: tuple[Finding, ...]


def read_fields(seen: Seen, encoded: Sequence[str], event_names: AbstractSet[str]) -> Reading:
    """Read the disclosures of a statement down to what is kept of them."""
    opened = open_fields(seen, encoded)
    values = opened.values
    kind = None if values is None else values.get(KIND_NAME)
    listed = values.get(ERASED_NAME) if values and seen.parsed and seen.parsed.type == ERASURE else None
    return Reading(
        digest=None if values is None else digest_of(kind, values, event_names),
        kind=kind if isinstance(kind, str) else None,
        erased=tuple(str(item) for item in listed) if isinstance(listed, list) else (),
        required=_required(seen, encoded),
        findings=opened.findings,
    )


def _required(seen: Seen, encoded: Sequence[str]) -> Mapping[str, JsonValue] | None:
    if seen.parsed is None or seen.parsed.type != MOVED:
        return None
    found: dict[str, JsonValue] = {}
    for text in encoded:
        try:
            disclosure = parse_disclosure(text)
        except Malformed:
            continue  # said by `open_fields`
        if disclosure.digest in seen.parsed.required:
            found[disclosure.name] = disclosure.value
    return found


def digest_of(kind: object, values: Mapping[str, object], event_names: AbstractSet[str]) -> bytes:
    """32 bytes that stand for the values a row repeats; NOT_COMPARABLE for what no JSON can hold."""
    kept = {name: value for name, value in values.items() if name not in event_names and name != KIND_NAME}
    try:
        return sha256(_SORTED.encode([kind, kept]).encode())
    except (TypeError, ValueError):
        return NOT_COMPARABLE


_SORTED: Final = json.JSONEncoder(sort_keys=True)


def _digest_finding(seen: Seen, foreign: Disclosure | None, owed: str | None) -> Finding:
    return _finding(
        Code.DISCLOSURE_MISMATCH,
        seen,
        foreign.name if foreign else None,
        expected=ABSENT if owed is None else owed,
        found=foreign.digest if foreign else ABSENT,
    )


def _finding(
    code: Code,
    seen: Seen,
    field: str | None,
    *,
    expected: object = ABSENT,
    found: object = ABSENT,
    detail: str | None = None,
) -> Finding:
    return Finding(
        code=code,
        layer=Layer.DISCLOSURES,
        record=seen.record,
        field=field,
        expected=expected,
        found=found,
        leaf_index=seen.leaf_index,
        detail=detail,
    )
