"""Disclosures: RFC 9901's known answer, public vectors, what is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import disclosure
from ledger.canonical import encode_base64url
from ledger.disclosure import make_disclosure, parse_disclosure
from ledger.errors import Malformed
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case

VECTORS = load_vectors("disclosures")
SALT = bytes(range(16))

characters = st.characters(exclude_categories=["Cs"])
names = st.text(characters, min_size=1, max_size=disclosure.MAX_NAME_LENGTH).filter(
    lambda name: name not in disclosure.RESERVED_NAMES
)
values = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(characters, max_size=30)


@pytest.mark.parametrize(
    ("encoded", "digest"),
    [
        # RFC 9901 §4.2.3: of an object property, and of an array element
        (
            "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0",
            "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0",
        ),
        ("WyJsa2x4RjVqTVlsR1RQVW92TU5JdkNBIiwgIkZSIl0", "w0I8EKcdCtUPkGCNUrfwVp2xEgNjtoIDlOxc9-PlOhs"),
        # the drafts before it
        ("WyI2cU1RdlJMNWhhaiIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0", "uutlBuYeMDyjLLTpf6Jxi7yNkEF35jdyWMn9U7b_RYY"),
    ],
)
def test_digest_is_that_of_rfc_9901(encoded: str, digest: str) -> None:
    assert disclosure.disclosure_digest(encoded) == digest


def test_digest_of_text_that_is_not_ascii_is_refused() -> None:
    with pytest.raises(Malformed):
        disclosure.disclosure_digest("周")


@pytest.mark.parametrize("case", VECTORS["made"], ids=lambda case: str(case["name"]))
def test_disclosure_made_is_that_of_the_vector(case: Case) -> None:
    made = make_disclosure(name=case["name"], value=case["value"], salt=bytes.fromhex(case["salt"]))

    assert (made.encoded, made.digest) == (case["encoded"], case["digest"])


@pytest.mark.parametrize("case", VECTORS["made"], ids=lambda case: str(case["name"]))
def test_disclosure_read_is_that_of_the_vector(case: Case) -> None:
    read = parse_disclosure(case["encoded"])

    assert (read.name, read.value, read.digest) == (case["name"], case["value"], case["digest"])


@pytest.mark.parametrize("case", named(VECTORS["received"]))
def test_disclosure_received_keeps_its_text_and_digest(case: Case) -> None:
    read = parse_disclosure(case["encoded"])

    assert (read.encoded, read.digest) == (case["encoded"], case["digest"])


@pytest.mark.parametrize("case", named(VECTORS["refused"]))
def test_disclosure_of_the_vector_is_refused(case: Case) -> None:
    with pytest.raises(Malformed):
        parse_disclosure(case["encoded"])


@given(names, values, st.binary(min_size=16, max_size=16))
def test_disclosure_reads_back_what_was_made(name: str, value: bool | int | str | None, salt: bytes) -> None:
    made = make_disclosure(name=name, value=value, salt=salt)

    assert parse_disclosure(made.encoded) == made
    assert (made.name, made.value, made.salt) == (name, value, encode_base64url(salt))


def test_disclosures_of_one_field_with_two_salts_have_two_digests() -> None:
    one = make_disclosure(name="amount_fen", value=1, salt=SALT)
    other = make_disclosure(name="amount_fen", value=1, salt=SALT[::-1])

    assert one.digest != other.digest


@pytest.mark.parametrize("size", [0, 8, 15, 17, 32])
def test_salt_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(Malformed, match="salt"):
        make_disclosure(name="x", value=1, salt=bytes(size))


@pytest.mark.parametrize("name", ["", "_sd", "...", "x" * 129])
def test_name_that_may_not_be_used_is_refused(name: str) -> None:
    with pytest.raises(Malformed, match="name"):
        make_disclosure(name=name, value=1, salt=SALT)


def test_name_of_128_characters_is_accepted() -> None:
    assert make_disclosure(name="x" * 128, value=1, salt=SALT).name == "x" * 128


def test_disclosure_longer_than_the_limit_is_refused() -> None:
    with pytest.raises(Malformed, match="at most 1048576"):
        make_disclosure(name="printed", value="x" * (3 * 2**18), salt=SALT)


def test_value_with_a_fraction_is_refused() -> None:
    with pytest.raises(Malformed):
        make_disclosure(name="amount", value=0.5, salt=SALT)  # type: ignore[arg-type]  # what is refused


@given(st.text(max_size=40) | st.binary(max_size=40).map(encode_base64url))
def test_garbage_raises_only_malformed(garbage: str) -> None:
    with pytest.raises(Malformed):
        parse_disclosure(garbage)


@given(st.recursive(values, lambda inner: st.lists(inner, max_size=4), max_leaves=6))
def test_json_that_is_no_disclosure_raises_only_malformed(value: object) -> None:
    with pytest.raises(Malformed):
        parse_disclosure(encode_base64url(json.dumps(value, ensure_ascii=False).encode()))


def test_disclosure_can_be_put_in_a_set() -> None:
    made = make_disclosure(name="claims", value=[{"kind": "wages"}], salt=SALT)

    assert len({made, parse_disclosure(made.encoded)}) == 1
