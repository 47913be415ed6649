"""The offline verifier gives what the public vectors expect, as the Python verifier does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ledger.merkle import MAX_TREE_SIZE
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.vector_files import load_vectors, named

RECEIPTS = load_vectors("receipts")


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        yield verifier


@pytest.mark.parametrize("case", named(RECEIPTS["cases"]))
def test_receipt_of_the_vectors_gets_its_outcomes_and_verdict(verifier: Verifier, case: dict[str, Any]) -> None:
    given = RECEIPTS["given"] | case
    report = verifier.ask(
        "verify",
        receipt=b64(given["receipt"].encode()),
        trust=None if given["trust"] is None else b64(given["trust"].encode()),
        chain=given["chain"],
        file_sha256=given["file_sha256"],
        newer=given["newer"],
    )
    outcomes = "".join(check["outcome"][0] for check in report["checks"])
    assert (outcomes, report["verdict"]) == (case["outcomes"], case["verdict"])


def test_json_of_the_vectors_is_rendered_or_refused(verifier: Verifier) -> None:
    vectors = load_vectors("canonical_json")
    for case in vectors["accepted"]:
        data = bytes.fromhex(case["input"])
        answer = verifier.ask("json", data=b64(data), max_bytes=len(data))
        assert answer["canonical"].encode().hex() == case["output"], case["name"]
    for case in vectors["refused"]:
        data = bytes.fromhex(case["input"])
        assert "malformed" in verifier.ask("json", data=b64(data), max_bytes=len(data)), case["name"]


@pytest.mark.parametrize(
    ("name", "form", "member"),
    [
        ("disclosures", "disclosure", "encoded"),
        ("statements", "statement", "statement"),
        ("proof_files", "proof", "text"),
    ],
)
def test_text_of_the_vectors_is_read_or_refused(verifier: Verifier, name: str, form: str, member: str) -> None:
    vectors = load_vectors(name)
    for case in vectors.get("accepted", vectors.get("made")):
        assert verifier.accepts(form, case[member])
    for case in vectors["refused"]:
        assert not verifier.accepts(form, case[member]), case["name"]


def test_record_numbers_of_the_vectors_are_reproduced(verifier: Verifier) -> None:
    for case in load_vectors("record_numbers")["numbers"]:
        assert verifier.ask("record_number", subject=case["subject"])["printed"] == case["number"]


def test_inclusion_proofs_of_the_vectors_hold_or_do_not(verifier: Verifier) -> None:
    for case in load_vectors("merkle_inclusion")["cases"]:
        if not 0 <= min(case["index"], case["size"]) <= max(case["index"], case["size"]) <= MAX_TREE_SIZE:
            continue  # numbers that no proof file can hold never get this far
        answer = verifier.ask(
            "inclusion",
            index=str(case["index"]),
            size=str(case["size"]),
            leaf=b64(bytes.fromhex(case["leaf"])),
            proof=[b64(bytes.fromhex(item)) for item in case["proof"]],
            root=b64(bytes.fromhex(case["root"])),
        )
        assert answer["holds"] is (case["expect"] == "ok"), case["name"]


def test_notes_of_the_vectors_are_read_or_refused(verifier: Verifier) -> None:
    vectors = load_vectors("notes")
    assert verifier.accepts("vkey", vectors["vkey"])
    for case in vectors["accepted"] + vectors["mismatch"] + vectors["checkpoints"]:
        assert verifier.accepts("note", case["note"])
    for form, member in (("note", "note"), ("checkpoint", "text"), ("vkey", "vkey")):
        name = {"note": "malformed", "checkpoint": "malformed_checkpoints", "vkey": "malformed_vkeys"}[form]
        for case in vectors[name]:
            assert not verifier.accepts(form, case[member]), case["name"]
