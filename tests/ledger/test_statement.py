"""Statements: public vectors, the one canonical text, commitments, and the check of disclosures."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import merkle, statement
from ledger.canonical import encode_base64url, sha256
from ledger.disclosure import Disclosure, make_disclosure
from ledger.errors import Malformed, Mismatch
from ledger.statement import Statement, check_disclosures, parse_statement, render_statement
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case

VECTORS = load_vectors("statements")
FIRST = VECTORS["accepted"][0]["statement"].encode()

accepted = pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda case: case["commitment"][:8])


@accepted
def test_statement_of_the_vector_is_rendered_as_it_was_read(case: Case) -> None:
    text = case["statement"].encode()

    assert render_statement(parse_statement(text)) == text


@accepted
def test_commitment_is_that_of_the_vector(case: Case) -> None:
    assert statement.commitment(case["statement"].encode()).hex() == case["commitment"]


@accepted
def test_leaf_is_that_of_the_vector(case: Case) -> None:
    assert merkle.leaf_hash(statement.commitment(case["statement"].encode())).hex() == case["leaf"]


@accepted
def test_statement_read_holds_the_members(case: Case) -> None:
    members = json.loads(case["statement"])
    read = parse_statement(case["statement"].encode())

    assert (list(read.sd), list(read.required)) == (members["_sd"], members["required"])
    for name in set(members) - {"_sd", "_sd_alg", "required", "schema"}:
        assert getattr(read, name) == members[name]


@pytest.mark.parametrize("case", named(VECTORS["refused"]))
def test_statement_of_the_vector_is_refused(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_statement(case["statement"].encode())


@given(st.integers(0, len(FIRST) - 1), st.integers(0, 255))
def test_statement_with_one_byte_changed_is_refused_or_another(at: int, byte: int) -> None:
    changed = FIRST[:at] + bytes([byte]) + FIRST[at + 1 :]
    try:
        read = parse_statement(changed)
    except Malformed:
        return
    assert (read == parse_statement(FIRST)) == (changed == FIRST)


@given(st.binary(max_size=80))
def test_garbage_raises_only_malformed(garbage: bytes) -> None:
    with pytest.raises(Malformed):
        parse_statement(garbage)


@given(
    st.sampled_from(sorted(json.loads(FIRST))),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
)
def test_member_of_any_other_type_raises_only_malformed(name: str, value: Any) -> None:
    members = json.loads(FIRST) | {name: value}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    try:
        read = parse_statement(text)
    except Malformed:
        return
    assert render_statement(read) == text


def digests(count: int) -> tuple[str, ...]:
    return tuple(sorted(encode_base64url(sha256(str(at).encode())) for at in range(count)))


def test_statement_over_64_kib_is_not_rendered() -> None:
    with pytest.raises(Malformed, match="at most 65536"):
        render_statement(replace(parse_statement(FIRST), sd=digests(1500), required=()))


def test_statement_over_64_kib_is_not_read() -> None:
    with pytest.raises(Malformed, match="at most 65536"):
        parse_statement(FIRST + b" " * 2**16)


def test_statement_of_1_200_fields_is_read_back() -> None:
    large = replace(parse_statement(FIRST), sd=digests(1200), required=digests(1200)[:3])

    assert parse_statement(render_statement(large)) == large


@pytest.mark.parametrize(
    ("member", "value"),
    [("version", 2), ("stream_seq", 0), ("previous", "00" * 32), ("institution", "a b"), ("recorded_at", "today")],
)
def test_statement_that_breaks_a_rule_cannot_be_built(member: str, value: Any) -> None:
    with pytest.raises(Malformed):
        replace(parse_statement(FIRST), **{member: value})


# ------------------------------------------------------------------------------------------------------ disclosures


def disclosures(*names: str) -> list[Disclosure]:
    return [make_disclosure(name=name, value=at, salt=sha256(name.encode())[:16]) for at, name in enumerate(names)]


def committing_to(fields: list[Disclosure], *, required: list[Disclosure]) -> Statement:
    return replace(
        parse_statement(FIRST),
        sd=tuple(sorted(field.digest for field in fields)),
        required=tuple(sorted(field.digest for field in required)),
    )


A, B, C, D = disclosures("a", "b", "c", "d")


@pytest.mark.parametrize("shown", [[A, B, C], [C, A], [A], [A, B]], ids=lambda shown: "".join(d.name for d in shown))
def test_disclosures_with_all_required_ones_are_accepted(shown: list[Disclosure]) -> None:
    check_disclosures(committing_to([A, B, C], required=[A]), shown)


def test_no_disclosure_is_accepted_where_none_is_required() -> None:
    check_disclosures(committing_to([A, B], required=[]), [])


def test_disclosure_that_is_not_in_the_statement_is_a_mismatch() -> None:
    with pytest.raises(Mismatch, match="disclosure 'd'") as caught:
        check_disclosures(committing_to([A, B], required=[A]), [A, D])

    assert caught.value.got == D.digest


def test_disclosure_left_out_though_required_is_a_mismatch() -> None:
    with pytest.raises(Mismatch, match="required"):
        check_disclosures(committing_to([A, B, C], required=[A, B]), [A, C])


def test_disclosure_shown_twice_is_a_mismatch() -> None:
    with pytest.raises(Mismatch, match="one digest"):
        check_disclosures(committing_to([A, B], required=[]), [A, A])


def test_two_disclosures_of_one_name_are_a_mismatch() -> None:
    again = make_disclosure(name="a", value="another", salt=bytes(16))

    with pytest.raises(Mismatch, match="one name"):
        check_disclosures(committing_to([A, again], required=[]), [A, again])
