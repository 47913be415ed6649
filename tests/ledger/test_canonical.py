"""Strict JSON, RFC 8785, base64, tagged hashes, text and times."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import canonical
from ledger.canonical import JsonValue
from ledger.errors import Malformed
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case, with_unused_bits

VECTORS = load_vectors("canonical_json")
LIMIT = 100_000

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
integers = st.integers(-canonical.MAX_SAFE_INTEGER, canonical.MAX_SAFE_INTEGER)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | integers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
)


# ------------------------------------------------------------------------------------------------------------- JSON


@pytest.mark.parametrize("case", named(VECTORS["accepted"]))
def test_canonical_bytes_are_those_of_the_vector(case: Case) -> None:
    value = canonical.parse_json(bytes.fromhex(case["input"]), max_bytes=LIMIT)

    assert canonical.canonical_bytes(value) == bytes.fromhex(case["output"])


@pytest.mark.parametrize("case", named(VECTORS["refused"]))
def test_json_of_the_vector_is_refused(case: Case) -> None:
    with pytest.raises(Malformed) as caught:
        canonical.parse_json(bytes.fromhex(case["input"]), max_bytes=LIMIT)

    assert caught.value.what == "JSON"


def test_member_named_twice_is_named_in_the_error() -> None:
    with pytest.raises(Malformed, match="'a' appears twice"):
        canonical.parse_json('{"a":1,"b":{"c":1},"a":2}', max_bytes=LIMIT)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf{}", "\ufeff{}"], ids=["bytes", "text"])
def test_byte_order_mark_is_named_in_the_error(data: bytes | str) -> None:
    with pytest.raises(Malformed, match="byte order mark"):
        canonical.parse_json(data, max_bytes=LIMIT)


@pytest.mark.parametrize("data", [b'"abc"', '"abc"'], ids=["bytes", "text"])
def test_json_of_just_the_limit_is_read(data: bytes | str) -> None:
    assert canonical.parse_json(data, max_bytes=5) == "abc"


@pytest.mark.parametrize("data", ['"日"'.encode(), '"日"'], ids=["bytes", "text"])
def test_json_longer_than_the_limit_in_bytes_is_malformed(data: bytes | str) -> None:
    with pytest.raises(Malformed, match="5 bytes, at most 4"):
        canonical.parse_json(data, max_bytes=4)


plain_texts = st.text(st.characters(max_codepoint=127), max_size=12)
plain_values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | integers | plain_texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(plain_texts, inner, max_size=4),
)


@given(st.dictionaries(plain_texts, plain_values, max_size=6))
def test_plain_values_are_written_as_all_others_are(value: dict[str, Any]) -> None:
    assert canonical.plain_canonical_bytes(value) == canonical.canonical_bytes(value)


@pytest.mark.parametrize("shown", [r'["\ud800"]', r'{"a":[{"\uDFFF":1}]}', r'"\ud83d\ud83d"', r'["\\ud800","\udc00"]'])
def test_lone_surrogate_that_an_escape_spells_is_malformed(shown: str) -> None:
    with pytest.raises(Malformed, match=r"surrogate|member name"):
        canonical.parse_json(shown, max_bytes=LIMIT)


def test_pair_that_escapes_spell_is_one_character() -> None:
    assert canonical.parse_json(r'["\ud83d\ude00"]', max_bytes=LIMIT) == ["\U0001f600"]


def test_json_text_with_a_lone_surrogate_is_malformed() -> None:
    with pytest.raises(Malformed, match="not UTF-8"):
        canonical.parse_json('"\ud800"', max_bytes=LIMIT)


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 50_000 + b"]" * 50_000,
        b'{"a":' * 20_000,
        b'["[[[[",' * 65,
        b'["\\"",' * 65,
        b'["\\\\",' * 65,
        b"[[]," * 65 + b"0" + b"]" * 65,
    ],
    ids=[
        "arrays",
        "objects never closed",
        "brackets in text",
        "escaped quotes",
        "escaped backslashes",
        "closed between",
    ],
)
def test_json_with_more_than_64_levels_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed, match="64 levels"):
        canonical.parse_json(data, max_bytes=LIMIT)


def test_json_with_many_levels_is_malformed_where_the_recursion_limit_is_lifted() -> None:
    # A library may lift it for the whole process; the parser would then run off the C stack and end it.
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000_000)
    try:
        with pytest.raises(Malformed, match="64 levels"):
            canonical.parse_json(b"[" * LIMIT, max_bytes=LIMIT)
    finally:
        sys.setrecursionlimit(limit)


@pytest.mark.parametrize(
    "value",
    ["[" * 100, ["{[" * 100, '"' * 100, "\\" * 101 + "["], [[]] * 100, {"[" * 65: {"]": "\\"}}],
    ids=["brackets", "quotes and backslashes", "side by side", "names"],
)
def test_json_with_many_brackets_on_few_levels_is_read(value: JsonValue) -> None:
    assert canonical.parse_json(canonical.canonical_bytes(value), max_bytes=LIMIT) == value


def test_json_text_of_escaped_quotes_never_closed_is_refused_without_delay() -> None:
    # Looking for the end of a string again from every quote would take 10^10 steps here.
    with pytest.raises(Malformed):
        canonical.parse_json(b"[" + b"[]," * 64 + b'"' + b'\\"' * 49_000, max_bytes=LIMIT)


@given(json_values)
def test_json_reads_back_what_was_written(value: JsonValue) -> None:
    assert canonical.parse_json(canonical.canonical_bytes(value), max_bytes=LIMIT) == value


@given(json_values)
def test_canonical_bytes_of_canonical_bytes_are_the_same(value: JsonValue) -> None:
    data = canonical.canonical_bytes(value)

    assert canonical.canonical_bytes(canonical.parse_json(data, max_bytes=LIMIT)) == data


@given(json_values, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_canonical_bytes_do_not_depend_on_the_spelling(
    value: JsonValue, escaped: bool, indent: int | str | None
) -> None:
    spelt = json.dumps(value, ensure_ascii=escaped, indent=indent)

    assert canonical.canonical_bytes(canonical.parse_json(spelt, max_bytes=LIMIT)) == canonical.canonical_bytes(value)


@given(st.dictionaries(text, st.none(), min_size=2, max_size=8))
def test_members_are_sorted_by_utf_16_code_units(members: dict[str, None]) -> None:
    written = json.loads(
        canonical.canonical_bytes(members), object_pairs_hook=lambda pairs: [name for name, _ in pairs]
    )

    assert written == sorted(members, key=lambda name: name.encode("utf-16-be"))


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member name used twice")
    return dict(pairs)


def all_read(read: Callable[[], Any]) -> list[Any]:
    try:
        return [read()]
    except (Malformed, ValueError):
        return []


@given(st.text('[]{}"\\,:a', max_size=30) | st.text('[]"\\', min_size=66, max_size=90))
def test_json_of_brackets_and_quotes_is_read_as_by_the_standard_library(data: str) -> None:
    read = all_read(lambda: canonical.parse_json(data, max_bytes=LIMIT))

    assert read == all_read(lambda: json.loads(data, object_pairs_hook=once))


@given(st.binary(max_size=60) | st.text(max_size=30))
def test_json_garbage_raises_only_malformed(garbage: bytes | str) -> None:
    try:
        value = canonical.parse_json(garbage, max_bytes=50)
    except Malformed:
        return
    assert canonical.parse_json(canonical.canonical_bytes(value), max_bytes=200) == value


@given(json_values, st.data())
def test_json_with_one_byte_changed_raises_only_malformed(value: JsonValue, data: st.DataObject) -> None:
    changed = bytearray(canonical.canonical_bytes(value))
    at = data.draw(st.integers(0, len(changed) - 1))
    changed[at] = data.draw(st.integers(0, 255))

    with suppress(Malformed):
        canonical.parse_json(bytes(changed), max_bytes=LIMIT)


class Kind(StrEnum):
    """A text with a name."""

    CASE = "案件"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (MappingProxyType({"b": (1, 2), "a": Kind.CASE}), '{"a":"案件","b":[1,2]}'),
        (range(3), "[0,1,2]"),
        (True, "true"),
        (None, "null"),
    ],
)
def test_any_mapping_and_sequence_is_written(value: JsonValue, written: str) -> None:
    assert canonical.canonical_bytes(value).decode() == written


@pytest.mark.parametrize(
    "value",
    [
        1.0,
        float("nan"),
        [2**53],
        [-(2**53)],
        {"a": 0.5},
        b"bytes",
        bytearray(b"bytes"),
        {1: "number"},
        {"\ud800": 1},
        ["\udfff"],
        {"a"},
        complex(1),
        datetime(2026, 7, 8, tzinfo=UTC),
    ],
    ids=ascii,
)
def test_value_that_is_not_json_without_fractions_is_refused(value: Any) -> None:
    with pytest.raises(Malformed):
        canonical.canonical_bytes(value)


def nested(levels: int) -> JsonValue:
    value: JsonValue = 0
    for _ in range(levels):
        value = {"": value}
    return value


def test_value_of_64_levels_is_written() -> None:
    assert canonical.canonical_bytes(nested(64)).count(b"{") == 64


def test_value_of_65_levels_is_refused() -> None:
    with pytest.raises(Malformed, match="64 levels"):
        canonical.canonical_bytes(nested(65))


def test_value_that_holds_itself_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)

    with pytest.raises(Malformed, match="64 levels"):
        canonical.canonical_bytes(loop)


# ----------------------------------------------------------------------------------------------------------- hashes


def test_sha256_is_that_of_the_standard() -> None:
    # FIPS 180-4, example of one block
    assert canonical.sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.binary(max_size=40))
def test_tagged_hash_is_that_of_tag_and_data(data: bytes) -> None:
    assert canonical.tagged_sha256(b"tag/v1\n", data) == hashlib.sha256(b"tag/v1\n" + data).digest()


@pytest.mark.parametrize("tag", [b"", b"tag", b"tag\n\n", b"\ntag", b"a\nb\n"])
def test_tag_that_does_not_end_in_its_only_newline_is_refused(tag: bytes) -> None:
    with pytest.raises(Malformed):
        canonical.tagged_sha256(tag, b"")


# ----------------------------------------------------------------------------------------------------------- base64


@given(st.binary(max_size=70))
def test_base64_reads_back_what_was_written(data: bytes) -> None:
    assert canonical.decode_base64(canonical.encode_base64(data)) == data


@given(st.binary(max_size=70))
def test_base64url_reads_back_what_was_written(data: bytes) -> None:
    assert canonical.decode_base64url(canonical.encode_base64url(data)) == data


@pytest.mark.parametrize(
    ("data", "encoded"),
    [(b"", ""), (b"f", "Zg=="), (b"fo", "Zm8="), (b"foo", "Zm9v"), (b"foob", "Zm9vYg=="), (b"\xfb\xff", "+/8=")],
)
def test_base64_is_that_of_rfc_4648(data: bytes, encoded: str) -> None:
    assert canonical.encode_base64(data) == encoded


@pytest.mark.parametrize(("data", "encoded"), [(b"", ""), (b"f", "Zg"), (b"foob", "Zm9vYg"), (b"\xfb\xff", "-_8")])
def test_base64url_is_that_of_rfc_4648_without_padding(data: bytes, encoded: str) -> None:
    assert canonical.encode_base64url(data) == encoded


@pytest.mark.parametrize(
    "encoded",
    ["Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z", "Zm9v\n", " Zm9v", "Zm 9v", "-_8=", "Zm9v====", "é", "Zg==Zg=="],
)
def test_base64_spelt_otherwise_is_refused(encoded: str) -> None:
    with pytest.raises(Malformed):
        canonical.decode_base64(encoded)


@pytest.mark.parametrize("encoded", ["Zg==", "Zg=", "Zh", "Zm9", "Z", "Zm9v\n", " Zm9v", "+/8", "é", "Zm9v=", "\ud800"])
def test_base64url_spelt_otherwise_is_refused(encoded: str) -> None:
    with pytest.raises(Malformed):
        canonical.decode_base64url(encoded)


@given(st.binary(min_size=1, max_size=70).filter(lambda data: len(data) % 3))
def test_base64url_with_unused_bits_set_is_refused(data: bytes) -> None:
    with pytest.raises(Malformed, match="canonical"):
        canonical.decode_base64url(with_unused_bits(canonical.encode_base64url(data)))


@given(st.text(max_size=40))
def test_base64_garbage_raises_only_malformed(garbage: str) -> None:
    try:
        data = canonical.decode_base64(garbage)
    except Malformed:
        return
    assert base64.b64encode(data).decode() == garbage


@given(st.text(max_size=40))
def test_base64url_garbage_raises_only_malformed(garbage: str) -> None:
    try:
        data = canonical.decode_base64url(garbage)
    except Malformed:
        return
    assert base64.urlsafe_b64encode(data).decode().rstrip("=") == garbage


# ------------------------------------------------------------------------------------------------------------- text

COMPATIBILITY_IDEOGRAPHS = [chr(at) for at in (*range(0xF900, 0xFB00), *range(0x2F800, 0x2FA20))]


@pytest.mark.parametrize("ideograph", ["\uf900", "\uf91d", "\ufa0c", "\ufad9", "\U0002f800", "\U0002fa1d"])
def test_compatibility_ideograph_that_nfc_would_replace_is_kept(ideograph: str) -> None:
    assert unicodedata.normalize("NFC", ideograph) != ideograph
    assert canonical.normalise_text(f"王{ideograph}明") == f"王{ideograph}明"


def test_every_compatibility_ideograph_is_kept() -> None:
    name = "".join(COMPATIBILITY_IDEOGRAPHS)

    assert canonical.normalise_text(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("e\u0301", "é"),
        ("\u212b", "Å"),
        ("\u1100\u1161", "가"),
        ("ﬀ", "ﬀ"),
        ("Ａ１", "Ａ１"),
        ("A\u030a\uf91de\u0301", "Å\uf91dé"),
    ],
)
def test_other_text_becomes_nfc(typed: str, kept: str) -> None:
    assert canonical.normalise_text(typed) == kept


@given(st.text(st.characters(exclude_characters=COMPATIBILITY_IDEOGRAPHS)))
def test_text_without_compatibility_ideographs_becomes_nfc(typed: str) -> None:
    assert canonical.normalise_text(typed) == unicodedata.normalize("NFC", typed)


mixed_text = st.text(
    st.characters() | st.sampled_from(COMPATIBILITY_IDEOGRAPHS) | st.sampled_from("\u0301\u0323\u3099")
)


@given(mixed_text)
def test_normalised_text_stays_as_it_is(typed: str) -> None:
    once = canonical.normalise_text(typed)

    assert canonical.normalise_text(once) == once


@given(mixed_text)
def test_normalised_text_means_the_same(typed: str) -> None:
    assert unicodedata.normalize("NFC", canonical.normalise_text(typed)) == unicodedata.normalize("NFC", typed)


# ------------------------------------------------------------------------------------------------------------ times


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 22, 6, 52, 39, 123_999, UTC), "2026-11-22T06:52:39.123Z"),
        (datetime(2026, 7, 8, tzinfo=UTC), "2026-07-08T00:00:00.000Z"),
        (datetime(2026, 7, 8, 7, 30, tzinfo=timezone(timedelta(hours=8))), "2026-07-07T23:30:00.000Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
    ],
)
def test_time_is_written_in_utc_cut_to_milliseconds(moment: datetime, written: str) -> None:
    assert canonical.render_time(moment) == written


def test_time_without_a_zone_is_refused() -> None:
    with pytest.raises(Malformed):
        canonical.render_time(datetime(2026, 7, 8))  # noqa: DTZ001 - this is what is refused


@given(st.datetimes(timezones=st.just(UTC)))
def test_time_reads_back_what_was_written(moment: datetime) -> None:
    read = canonical.parse_time(canonical.render_time(moment))

    assert (read, read.tzinfo) == (moment.replace(microsecond=moment.microsecond // 1000 * 1000), UTC)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2026-07-08T00:00:00Z",
        "2026-07-08T00:00:00.0Z",
        "2026-07-08T00:00:00.000000Z",
        "2026-07-08T00:00:00.000",
        "2026-07-08T00:00:00.000+00:00",
        "2026-07-08 00:00:00.000Z",
        "2026-07-08t00:00:00.000z",
        "2026-07-08T00:00:00,000Z",
        "2026-07-08T24:00:00.000Z",
        "2026-07-08T23:59:60.000Z",
        "2026-02-29T00:00:00.000Z",
        "0000-01-01T00:00:00.000Z",
        "２０２６-07-08T00:00:00.000Z",
        "2026-07-08T00:00:00.000Z\n",
    ],
)
def test_time_spelt_otherwise_or_impossible_is_refused(written: str) -> None:
    with pytest.raises(Malformed) as caught:
        canonical.parse_time(written)

    assert caught.value.what == "time"
