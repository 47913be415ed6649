"""Two implementations of one page of formats take and refuse the same texts, and decide the same verdicts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.canonical import (
    canonical_bytes,
    decode_base64,
    decode_base64url,
    encode_base64,
    encode_base64url,
    parse_json,
    parse_time,
)
from ledger.checkpoint import parse_checkpoint
from ledger.disclosure import parse_disclosure
from ledger.errors import Malformed
from ledger.note import parse_note, parse_vkey, render_vkey
from ledger.proof_file import parse_tlog_proof
from ledger.receipt import parse_receipt, redact_receipt, render_receipt
from ledger.record_number import record_number
from ledger.statement import parse_statement
from ledger.trust import parse_trust, render_trust
from ledger.verdict import Check, Outcome, answers, decide
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.receipts import DATA, RECEIPT, WORLD

MAX_BYTES = 1 << 20


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        yield verifier


def accepted(parse: Callable[[], object]) -> bool:
    try:
        parse()
    except Malformed:
        return False
    return True


# -------------------------------------------------------------------------------------------------------------- JSON

SCRAPS = (
    *'{}[],:"\\ \n\t\r\x0b\xa0\ufeff\x00\x1f\x7f-01١é😀',
    *("null", "true", "false", "nul", "NaN", "Infinity", "-Infinity", "-0", "01", "1.0", "1e3", "1E0", "0x1"),
    *("9007199254740991", "-9007199254740991", "9007199254740992", "99999999999999999999", "1" * 5000),
    *('"a"', '"b"', '"a":', '"\\u0061":', '"\\ud83d\\ude00"', '"\\ud83d"', '"\\ude00"', '"\\udc00\\ud800"', '"\\u00e"'),
    *('"\\x"', '"\\/"', '"\\b\\f\\n\\r\\t\\"\\\\"', '"__proto__":1', '"😀"', '"é"', "[[", "]]", '{"a":', "[" * 33),
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def json_by_both(verifier: Verifier, data: bytes) -> None:
    try:
        python = canonical_bytes(parse_json(data, max_bytes=MAX_BYTES)).decode()
    except Malformed:
        python = None
    assert verifier.ask("json", data=b64(data), max_bytes=MAX_BYTES).get("canonical") == python, data


@given(parts=st.lists(st.sampled_from(SCRAPS), max_size=12))
@example(parts=["[" * 33, "[" * 31, "]" * 64])
@example(parts=["[" * 33, "[" * 32, "]" * 65])
def test_json_of_scraps_is_read_alike(verifier: Verifier, parts: list[str]) -> None:
    json_by_both(verifier, "".join(parts).encode())


@given(value=VALUES, indent=st.sampled_from([None, 1]), ascii_only=st.booleans())
def test_json_of_values_is_read_and_rendered_alike(
    verifier: Verifier, value: Any, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    json_by_both(verifier, text.encode("utf-8", "surrogatepass"))


@given(value=VALUES, at=st.integers(0, 400), put=st.binary(max_size=3))
def test_json_with_a_byte_changed_is_read_alike(verifier: Verifier, value: Any, at: int, put: bytes) -> None:
    data = json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
    at %= len(data)
    json_by_both(verifier, data[:at] + put + data[at + 1 :])


@given(data=st.binary(max_size=12))
def test_bytes_of_no_json_are_refused_alike(verifier: Verifier, data: bytes) -> None:
    json_by_both(verifier, data)


# ------------------------------------------------------------------------------------------------------------ formats

NOTE = WORLD.note(12)
MEMBERS = json.loads(DATA)

FORMATS: dict[str, tuple[Callable[[str], object], str]] = {
    "note": (parse_note, NOTE),
    "checkpoint": (parse_checkpoint, NOTE.partition("\n\n")[0] + "\n"),
    "vkey": (parse_vkey, render_vkey(WORLD.signer.vkey)),
    "proof": (parse_tlog_proof, MEMBERS["proof"]),
    "statement": (lambda text: parse_statement(text.encode()), MEMBERS["statement"]),
    "disclosure": (parse_disclosure, MEMBERS["disclosures"][1]),
    "base64": (decode_base64, encode_base64(bytes(range(40)))),
    "base64url": (decode_base64url, encode_base64url(bytes(range(41)))),
    "time": (parse_time, "2026-02-28T23:59:59.000Z"),
    "trust": (lambda text: parse_trust(text.encode()), render_trust(WORLD.trust).decode()),
    "receipt": (lambda text: parse_receipt(text.encode()), DATA.decode()),
}
"""Of each format the Python reader and a good text."""

PIECES = st.sampled_from(
    [
        *' \n\t\r\x00\x1f\x7f\x85\xa0\u1680\u2028\u3000\ufeff+=-_/.,:"\\{}[]0129aAzZ—é金😀',
        "\n\n",
        "— ",
        "extra ",
        "index ",
    ]
)


@pytest.mark.parametrize("form", FORMATS)
def test_good_text_is_read_by_both(verifier: Verifier, form: str) -> None:
    parse, text = FORMATS[form]
    parse(text)
    assert verifier.accepts(form, text)


@pytest.mark.parametrize("form", FORMATS)
@given(data=st.data())
def test_text_changed_anywhere_is_read_alike(verifier: Verifier, form: str, data: st.DataObject) -> None:
    parse, text = FORMATS[form]
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 3))
        put = data.draw(st.lists(PIECES, max_size=2).map("".join) | st.just(text[at : at + 5]))
        text = text[:at] + put + text[at + length :]
    assert verifier.accepts(form, text) is accepted(lambda: parse(text)), text


@pytest.mark.scaled(quick=400, ci=2_000, full=20_000)
def test_text_with_a_bit_flipped_is_read_alike(verifier: Verifier, seed: int, scale: int) -> None:
    draw = Random(seed)
    for _ in range(scale):
        form = draw.choice(list(FORMATS))
        parse, text = FORMATS[form]
        raw = bytearray(text.encode())
        raw[draw.randrange(len(raw))] ^= 1 << draw.randrange(7)
        try:
            changed = raw.decode()
        except UnicodeDecodeError:
            continue
        assert verifier.accepts(form, changed) is accepted(partial(parse, changed)), (form, changed)


@given(name=st.text(max_size=140), salt=st.binary(min_size=14, max_size=18), value=VALUES)
@example(name="𬭚" * 128, salt=bytes(16), value=None)
@example(name="𬭚" * 129, salt=bytes(16), value=None)
def test_disclosure_of_any_name_is_read_alike(verifier: Verifier, name: str, salt: bytes, value: Any) -> None:
    text = encode_base64url(json.dumps([encode_base64url(salt), name, value]).encode())
    assert verifier.accepts("disclosure", text) is accepted(lambda: parse_disclosure(text))


@given(origin=st.text(max_size=260), size=st.integers(0, 2**63), root=st.binary(min_size=31, max_size=33))
@example(origin="𬭚" * 255, size=2**62, root=bytes(32))
@example(origin="𬭚" * 256, size=2**62, root=bytes(32))
@example(origin="a", size=2**62 + 1, root=bytes(32))
def test_checkpoint_of_any_origin_and_size_is_read_alike(
    verifier: Verifier, origin: str, size: int, root: bytes
) -> None:
    text = f"{origin}\n{size}\n{encode_base64(root)}\n"
    assert verifier.accepts("checkpoint", text) is accepted(lambda: parse_checkpoint(text))


@given(
    finality=st.sampled_from(["instant", "tag", "depth:1", "depth:10000", "depth:10001", "depth:01", "depth:", "Tag"]),
    sizes=st.tuples(st.integers(-1, 2**53), st.none() | st.integers(-1, 2**53)),
    chain_id=st.integers(-1, 2**53),
    repeated=st.sampled_from([0, 1, 2, 256, 257]),
)
def test_trust_file_of_any_values_is_read_alike(
    verifier: Verifier, finality: str, sizes: tuple[int, int | None], chain_id: int, repeated: int
) -> None:
    trust = json.loads(render_trust(WORLD.trust))
    trust["anchors"][0].update(finality=finality, from_size=sizes[0], until_size=sizes[1], chain_id=chain_id)
    trust["keys"] = trust["keys"] * repeated
    data = json.dumps(trust).encode()
    assert verifier.accepts("trust", data) is accepted(lambda: parse_trust(data))


# ----------------------------------------------------------------------------------------- numbers, rule, redaction


@given(subject=st.uuids().map(str))
def test_record_number_is_the_same(verifier: Verifier, subject: str) -> None:
    assert verifier.ask("record_number", subject=subject)["printed"] == record_number(subject)


LETTERS = {outcome.value[0]: outcome for outcome in Outcome}


def expect_the_same(verifier: Verifier, cases: list[tuple[str, int | None]]) -> None:
    """Both reach the same verdict, and tell lay people the same four answers."""
    told = [
        [
            Check(number=number, outcome=LETTERS[letter], facts={"reason": reason} if number == 9 else {})
            for number, letter in enumerate(letters, 1)
        ]
        for letters, reason in cases
    ]
    found = verifier.ask("decide", cases=cases)
    assert found["verdicts"] == [decide(checks).value for checks in told]
    assert found["answers"] == [[answer.outcome.value for answer in answers(checks)] for checks in told]


@pytest.mark.scaled(quick=5_000, ci=20_000, full=400_000)
def test_rule_decides_alike_on_any_outcomes(verifier: Verifier, seed: int, scale: int) -> None:
    draw = Random(seed)
    cases = [("".join(draw.choices("pfnu", [8, 1, 1, 1], k=11)), draw.choice([None, 1, 2, 3])) for _ in range(scale)]
    expect_the_same(verifier, cases)


def test_rule_decides_alike_where_all_but_two_checks_passed(verifier: Verifier) -> None:
    cases: list[tuple[str, int | None]] = []
    for first, second in product(range(11), repeat=2):
        for pair in product("pfnu", repeat=2):
            letters = ["p"] * 11
            letters[first], letters[second] = pair
            cases += [("".join(letters), reason) for reason in (1, 2)]
    expect_the_same(verifier, cases)


@given(keep=st.sets(st.sampled_from([item.name for item in RECEIPT.disclosures])))
def test_redacted_receipt_is_the_same_to_the_byte(verifier: Verifier, keep: set[str]) -> None:
    answer = verifier.ask("redact", receipt=b64(DATA), keep=sorted(keep))
    assert answer["receipt"] == b64(render_receipt(redact_receipt(RECEIPT, keep)))


def test_redacting_to_an_unknown_name_is_refused_by_both(verifier: Verifier) -> None:
    assert "malformed" in verifier.ask("redact", receipt=b64(DATA), keep=["nothing"])
    with pytest.raises(Malformed):
        redact_receipt(RECEIPT, ["nothing"])
