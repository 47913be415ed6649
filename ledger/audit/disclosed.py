"""Disclosures against the digests of their statement, both ways: none foreign, none missing, none twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from ledger.audit.findings import ABSENT, Code, Finding, Layer
from ledger.audit.seen import Seen
from ledger.canonical import JsonValue
from ledger.disclosure import Disclosure, parse_disclosure
from ledger.errors import Malformed


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
        leaf_index=seen.index,
        detail=detail,
    )
