"""The form of receipts: one spelling, strict reading, redaction."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical_bytes, encode_base64
from ledger.errors import Malformed
from ledger.proof_file import render_tlog_proof
from ledger.receipt import (
    Receipt,
    make_receipt,
    parse_receipt,
    redact_receipt,
    render_receipt,
)
from ledger.receipt.form import MAX_ANCHORS, MAX_DISCLOSURES, MAX_RECEIPT_BYTES
from ledger.verdict import Verdict
from tests.fakes import IDENTITY
from tests.receipts import (
    DATA,
    FIELDS,
    RECEIPT,
    REFUSED,
    WORLD,
    check,
    disclose,
    outcomes,
    state,
)


def with_member(name: str, value: object) -> bytes:
    return canonical_bytes(json.loads(DATA) | {name: value}) + b"\n"


# ------------------------------------------------------------------------------------------------------------- form


def test_receipt_reads_what_it_writes() -> None:
    assert parse_receipt(DATA) == RECEIPT


def test_receipt_is_written_as_published() -> None:
    members = json.loads(DATA)
    assert list(members) == ["anchors", "approvals", "disclosures", "format", "proof", "record_no", "statement"]
    assert members["format"] == "legal-ledger/receipt/v1"
    assert members["record_no"] == RECEIPT.record_no
    assert members["statement"].encode() == WORLD.statements[4]
    assert members["disclosures"] == [item.encoded for item in WORLD.disclosures[4]]
    assert members["proof"].startswith("c2sp.org/tlog-proof@v1\nextra ")
    assert f"\nindex 4\n{encode_base64(RECEIPT.proof.hashes[0])}\n" in members["proof"]
    assert members["proof"].endswith("\n\n" + WORLD.note(12))
    assert members["anchors"] == [
        {
            "block_hash": WORLD.hint(12).block_hash,
            "block_number": 5,
            "chain_id": 1371103,
            "checkpoint_index": 3,
            "contract": IDENTITY.contract,
            "log_id": IDENTITY.log_id,
            "transaction_hash": WORLD.hint(12).transaction_hash,
        }
    ]
    assert members["approvals"] == []


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(DATA[:-1], id="no newline"),
        pytest.param(DATA + b"\n", id="two newlines"),
        pytest.param(b"\xef\xbb\xbf" + DATA, id="byte order mark"),
        pytest.param(b" " + DATA, id="white space"),
        pytest.param(json.dumps(json.loads(DATA), indent=1).encode() + b"\n", id="laid out"),
        pytest.param(json.dumps(json.loads(DATA), ensure_ascii=True).encode() + b"\n", id="spaces after separators"),
        pytest.param(
            canonical_bytes(dict(reversed(json.loads(DATA).items())))[:-1] + b',"note":""}\n', id="extra member"
        ),
        pytest.param(b"{" + DATA[1:].replace(b'"approvals":[],', b"", 1), id="missing member"),
        pytest.param(DATA.replace(b'"approvals":[],', b'"approvals":[],"approvals":[],', 1), id="member twice"),
        pytest.param(with_member("approvals", [{"by": "nobody"}]), id="approval"),
        pytest.param(with_member("format", "legal-ledger/receipt/v2"), id="other version"),
        pytest.param(with_member("record_no", WORLD.receipt(5).record_no), id="number of another record"),
        pytest.param(with_member("record_no", RECEIPT.record_no.lower()), id="number in lower case"),
        pytest.param(with_member("statement", 7), id="statement no text"),
        pytest.param(with_member("statement", RECEIPT.statement.decode() + " "), id="statement not canonical"),
        pytest.param(with_member("disclosures", "x"), id="disclosures no array"),
        pytest.param(with_member("disclosures", [1]), id="disclosure no text"),
        pytest.param(with_member("disclosures", ["WyJ4Il0"]), id="disclosure malformed"),
        pytest.param(with_member("disclosures", ["x"] * (MAX_DISCLOSURES + 1)), id="too many disclosures"),
        pytest.param(with_member("proof", WORLD.note(12)), id="proof without header"),
        pytest.param(with_member("proof", render_tlog_proof(WORLD.proof(4, 12))), id="no checksum"),
        pytest.param(with_member("anchors", {}), id="anchors no array"),
        pytest.param(with_member("anchors", ["0x"]), id="anchor no object"),
        pytest.param(b"", id="empty"),
        pytest.param(b"[]\n", id="array"),
        pytest.param(b"{}\n", id="no member"),
        pytest.param(b"\xff\xfe", id="not UTF-8"),
        pytest.param(b'"' + b"x" * MAX_RECEIPT_BYTES + b'"', id="too large"),
    ],
)
def test_receipt_of_another_form_is_refused(data: bytes) -> None:
    assert data != DATA
    with pytest.raises(Malformed):
        parse_receipt(data)
    report = check(data)
    assert report.verdict is Verdict.BAD_INPUT
    assert outcomes(report) == "fnnnnnnnnnn"
    assert report.checks[0].facts["detail"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("chain_id", -1),
        ("checkpoint_index", 2**53),
        ("block_number", -1),
        ("contract", "0x12"),
        ("log_id", "1d" * 32),
        ("transaction_hash", "0x" + "AA" * 32),
        ("block_hash", ""),
    ],
)
def test_anchor_of_another_form_is_refused(name: str, value: object) -> None:
    with pytest.raises(Malformed, match=name):
        replace(WORLD.hint(12), **{name: value})  # type: ignore[arg-type]


def test_receipt_with_too_many_anchors_is_refused() -> None:
    with pytest.raises(Malformed, match="more disclosures or anchors"):
        make_receipt(
            statement=RECEIPT.statement,
            disclosures=(),
            proof=RECEIPT.proof,
            anchors=[WORLD.hint(12)] * (MAX_ANCHORS + 1),
        )


def test_receipt_too_large_to_be_read_is_not_written() -> None:
    fields = {f"text{number}": "x" * 700_000 for number in range(5)}
    shown = disclose(fields)
    statement = state(shown, number=5)
    with pytest.raises(Malformed, match="at most"):
        render_receipt(make_receipt(statement=statement, disclosures=shown, proof=RECEIPT.proof))


@given(st.binary(max_size=300) | st.text(max_size=100).map(str.encode))
def test_receipt_parser_raises_only_malformed_for_garbage(data: bytes) -> None:
    with pytest.raises(Malformed):
        parse_receipt(data)


@given(
    st.fixed_dictionaries(
        {
            name: st.just(json.loads(DATA)[name])
            | st.recursive(st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=9), st.lists, max_leaves=4)
            for name in json.loads(DATA)
        }
    )
)
def test_receipt_of_strange_members_never_breaks_the_check(members: dict[str, Any]) -> None:
    data = canonical_bytes(members) + b"\n"
    assert check(data).verdict in ({Verdict.VERIFIED} if data == DATA else REFUSED)


# -------------------------------------------------------------------------------------------------------- redaction


def names(receipt: Receipt) -> list[str]:
    return [item.name for item in receipt.disclosures]


def test_redacted_receipt_keeps_what_is_named_and_what_is_required() -> None:
    assert names(redact_receipt(RECEIPT, {"title"})) == ["title", "sha256", "amount_fen"]


@given(st.sets(st.sampled_from(list(FIELDS))))
def test_redacted_receipt_proves_the_same(keep: set[str]) -> None:
    redacted = redact_receipt(RECEIPT, keep)
    data = render_receipt(redacted)
    assert set(names(redacted)) == keep | {"sha256", "amount_fen"}
    assert check(data).verdict is Verdict.VERIFIED
    assert redact_receipt(redacted, keep) == redacted
    withheld = [item for item in RECEIPT.disclosures if item not in redacted.disclosures]
    assert not [item.name for item in withheld if item.encoded.encode() in data]


def test_redaction_refuses_a_name_that_is_not_there() -> None:
    with pytest.raises(Malformed, match="'tilte' is not disclosed"):
        redact_receipt(RECEIPT, {"tilte"})
