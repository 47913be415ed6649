"""Whatever is tampered with, both verifiers notice it, at the same check; and the honest twin is green in both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest

from ledger.canonical import MAX_SAFE_INTEGER
from ledger.errors import Malformed
from ledger.receipt import parse_receipt, verify_receipt
from ledger.trust import parse_trust
from ledger.verdict import Fact, Report
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.receipts import World
from tests.table_node import coded_world, table_of, trusted_reader
from tests.tampering import TRUST, WAYS, Attempt, Given
from tests.tampering_ways import attempts

WORLDS = [coded_world(), coded_world((2, 5, 8, 9, 12, 33, 64, 70))]
TABLES = {id(world): table_of(world) for world in WORLDS}


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        for name, answers in TABLES.items():
            verifier.ask("table", name=str(name), answers=answers)
        yield verifier


def table_name(world: World) -> str:
    return str(id(world))


def by_python(given: Given) -> Report | str:
    """The report; or `TRUST` when the trust file cannot be read."""
    try:
        trust = parse_trust(given.trust)
    except Malformed:
        return TRUST
    try:
        size = parse_receipt(given.receipt).checkpoint.size
    except Malformed:
        reader = None
    else:
        reader = trusted_reader(trust, TABLES[id(given.world)], size)
    return verify_receipt(given.receipt, trust=trust, reader=reader, file_sha256=given.file_sha256)


def job_of(given: Given, **more: Any) -> dict[str, Any]:
    return {
        "job": "verify",
        "receipt": b64(given.receipt),
        "trust": b64(given.trust),
        "table": table_name(given.world),
        "file_sha256": given.file_sha256,
        **more,
    }


def seen_by_python(given: Given) -> tuple[str, str, Any]:
    """Verdict, outcomes and facts."""
    report = by_python(given)
    if isinstance(report, str):
        return TRUST, "", {}
    facts = {name: as_javascript(value) for name, value in report.facts.items()}
    return report.verdict.value, "".join(check.outcome.value[0] for check in report.checks), facts


def as_javascript(fact: Fact) -> Fact:
    """JavaScript writes integers that its numbers do not hold exactly as text."""
    return str(fact) if isinstance(fact, int) and fact > MAX_SAFE_INTEGER else fact


def seen_by_javascript(answer: dict[str, Any]) -> tuple[str, str, Any]:
    if "malformed" in answer:
        return TRUST, "", {}
    return answer["verdict"], "".join(check["outcome"][0] for check in answer["checks"]), answer["facts"]


def first_failed(seen: tuple[str, str, Any]) -> int | str:
    return TRUST if seen[0] == TRUST else seen[1].find("f") + 1


def judged(verifier: Verifier, attempt: Attempt) -> str | None:
    """What is wrong with how the attempt was judged, or None."""
    python = [seen_by_python(given) for given in (attempt.honest, attempt.changed)]
    javascript = [seen_by_javascript(verifier.ask(**job_of(given))) for given in (attempt.honest, attempt.changed)]
    if [seen[0] for seen in (python[0], javascript[0])] != ["verified"] * 2:
        return f"the twin is not green: {python[0]} {javascript[0]}"
    if python != javascript:
        return f"they disagree: {python[1]} {javascript[1]}"
    if first_failed(python[1]) not in attempt.noticed:
        return f"noticed at {first_failed(python[1])}: {python[1]}"
    return None


@pytest.mark.scaled(quick=165, ci=800, full=12_000)
def test_tampering_is_noticed_by_both_at_the_same_check(
    verifier: Verifier, seed: int, scale: int, record_property: Any
) -> None:
    done: Counter[str] = Counter()
    wrong = []
    for attempt in attempts(Random(seed), WORLDS, scale):
        done[attempt.way] += 1
        fault = judged(verifier, attempt)
        if fault is not None:
            wrong.append((attempt.way, fault))
    record_property("tampered inputs", scale)
    assert set(done) == set(WAYS)
    assert not wrong, f"{len(wrong)} of {scale}, such as {wrong[:5]}"
