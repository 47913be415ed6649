"""Bytes that mean one thing: strict JSON in, RFC 8785 JSON out, strict base64, tagged SHA-256, text and times.

Everything that is hashed, signed or compared elsewhere in the ledger passes through here. Readers refuse rather than
guess: two readers that repair the same bytes differently would check two different records.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import unicodedata
from binascii import a2b_base64, b2a_base64
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NoReturn, TypeAlias

import rfc8785

from ledger.errors import Malformed

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""JSON without fractions. Readers give `list` and `dict`; writers take any sequence and mapping."""

MAX_SAFE_INTEGER = 2**53 - 1
"""The widest integer that every JSON reader keeps exactly (RFC 7493 §2.2)."""

MAX_DEPTH = 64
"""Nested arrays and objects. Our formats need four; the bound keeps hostile input off the call stack."""

_MAX_INTEGER_DIGITS = len(str(-MAX_SAFE_INTEGER))

_COMPATIBILITY_IDEOGRAPHS = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


# ------------------------------------------------------------------------------------------------------------ JSON


def parse_json(data: bytes | str, *, max_bytes: int) -> JsonValue:
    """Read one JSON text of at most `max_bytes` bytes of UTF-8.

    Stricter than RFC 8259, at least as strict as RFC 7493 (I-JSON). Raises Malformed for a byte order mark, bytes
    that are not UTF-8, a member name used twice, a fraction or an exponent, NaN and Infinity, minus zero, an integer
    outside ±(2^53 - 1), more than 64 levels, a lone surrogate, and anything but white space after the value.
    """
    text = _decode(data, max_bytes)
    _expect_shallow(text)
    try:
        value: JsonValue = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed("JSON", f"{error.msg} at character {error.pos}") from error
    # The decoder has seen to all but this: what was UTF-8 has no lone surrogate unless an escape spells one.
    if "\\u" in text:
        _checked(value, depth=0)
    return value


def canonical_bytes(value: JsonValue) -> bytes:
    """Render `value` as RFC 8785 canonical JSON: members sorted by UTF-16 code units, no white space, UTF-8.

    Text is kept as it is, never normalised. Raises Malformed for a float, an integer outside ±(2^53 - 1), a lone
    surrogate, a member name that is not text, more than 64 levels, and any type that JSON does not know.
    """
    # rfc8785 knows only the built-in containers, and reports a lone surrogate in a member name as a codec error.
    return rfc8785.dumps(_checked(value, depth=0))


def plain_canonical_bytes(value: Mapping[str, object]) -> bytes:
    """As `canonical_bytes`, several times faster, for a value whose parts the caller has checked.

    All texts and member names are ASCII, all numbers whole and within ±(2^53 - 1): of those, sorting by code points is
    sorting by UTF-16 code units, and the standard library writes what RFC 8785 wants.
    """
    return _PLAIN.encode(value).encode("ascii")


_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def _decode(data: bytes | str, max_bytes: int) -> str:
    try:
        raw = data.encode() if isinstance(data, str) else data
        text = raw.decode()
    except UnicodeError as error:
        raise Malformed("JSON", "not UTF-8") from error
    if len(raw) > max_bytes:
        raise Malformed("JSON", f"{len(raw)} bytes, at most {max_bytes} are read")
    if text.startswith("\ufeff"):
        raise Malformed("JSON", "begins with a byte order mark")
    return text


def _expect_shallow(text: str) -> None:
    # Counted before the parser runs, which recurses on the C stack: where a library has lifted Python's recursion limit
    # (py_ecc does, for the whole process), deep nesting would kill the process instead of raising.
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        sign = text[token.start()]
        if sign in "[{":
            depth += 1
        elif sign in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise Malformed("JSON", f"nested deeper than {MAX_DEPTH} levels")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Malformed("JSON", f"member {twice!a} appears twice")
    return members


def _integer(text: str) -> int:
    # The length first: int() of a long text costs quadratic time and beyond 4,300 digits raises its own error.
    if len(text) > _MAX_INTEGER_DIGITS or abs(int(text)) > MAX_SAFE_INTEGER:
        raise Malformed("JSON", "integer outside ±(2^53 - 1)")
    if text == "-0":
        raise Malformed("JSON", "minus zero is not an integer")
    return int(text)


def _no_fraction(text: str) -> NoReturn:
    raise Malformed("JSON", f"{text[:32]} is not an integer")


_STRICT = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_no_fraction, parse_constant=_no_fraction
)


def _checked(value: object, *, depth: int) -> Any:
    """Copy `value` into built-in containers; raise Malformed for what JSON text cannot carry exactly."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not _is_scalar_text(value):
            raise Malformed("JSON", "text with a lone surrogate")
        return value
    if isinstance(value, int):
        if abs(value) > MAX_SAFE_INTEGER:
            raise Malformed("JSON", "integer outside ±(2^53 - 1)")
        return value
    if depth == MAX_DEPTH:
        raise Malformed("JSON", f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        return {_member_name(name): _checked(member, depth=depth + 1) for name, member in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        return [_checked(element, depth=depth + 1) for element in value]
    raise Malformed("JSON", f"a {type(value).__name__} has no place in it")


def _member_name(name: object) -> str:
    if not isinstance(name, str) or not _is_scalar_text(name):
        raise Malformed("JSON", f"{name!a} is not a member name")
    return name


def _is_scalar_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# ---------------------------------------------------------------------------------------------------------- hashes


def sha256(data: bytes) -> bytes:
    """Return the 32 bytes of SHA-256 (FIPS 180-4)."""
    return hashlib.sha256(data).digest()


def tagged_sha256(tag: bytes, data: bytes) -> bytes:
    """Return SHA-256(tag ‖ data). `tag` ends in its only newline, so that no tag is the beginning of another."""
    if not tag.endswith(b"\n") or tag.count(b"\n") != 1:
        raise Malformed("hash tag", f"{tag!r} does not end in its only newline")
    return sha256(tag + data)


# ---------------------------------------------------------------------------------------------------------- base64


def encode_base64(data: bytes) -> str:
    """Render standard base64 with padding (RFC 4648 §4)."""
    return base64.b64encode(data).decode("ascii")


def decode_base64(text: str) -> bytes:
    """Read standard base64 with padding; raise Malformed unless `text` is exactly what `encode_base64` would write."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Malformed("base64", "not base64") from error
    # Unused bits of the last symbol may be anything for the library; two spellings of one value are one too many.
    if encode_base64(data) != text:
        raise Malformed("base64", "not in its canonical form")
    return data


def encode_base64url(data: bytes) -> str:
    """Render URL-safe base64 without padding (RFC 4648 §5)."""
    return b2a_base64(data, newline=False).translate(_TO_URL).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Read URL-safe base64 without padding; raise Malformed unless `text` is what `encode_base64url` would write."""
    try:
        data = a2b_base64(text.encode("ascii").translate(_FROM_URL) + b"=" * (-len(text) % 4), strict_mode=True)
    except ValueError as error:
        raise Malformed("base64url", "not base64url without padding") from error
    if encode_base64url(data) != text:
        raise Malformed("base64url", "not in its canonical form")
    return data


_TO_URL = bytes.maketrans(b"+/", b"-_")
_FROM_URL = bytes.maketrans(b"-_", b"+/")


# --------------------------------------------------------------------------------------------------- text and times


def normalise_text(text: str) -> str:
    """Bring text typed by people into Unicode NFC, but keep CJK compatibility ideographs as they are.

    NFC replaces U+F900-FAFF and U+2F800-2FA1F by unified ideographs, and a person's name would no longer be written
    as in the household register. Called once, at the door; whoever verifies compares bytes and never calls it.
    """
    # The captured separators come back at the odd places. An ideograph combines with nothing, so NFC of the pieces
    # is NFC of the whole.
    pieces = _COMPATIBILITY_IDEOGRAPHS.split(text)
    return "".join(piece if at % 2 else unicodedata.normalize("NFC", piece) for at, piece in enumerate(pieces))


def render_time(moment: datetime) -> str:
    """Render an aware time in UTC as `2026-11-22T06:52:39.123Z` (RFC 3339), cut to milliseconds."""
    if moment.tzinfo is None:
        raise Malformed("time", "has no time zone")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def parse_time(text: str) -> datetime:
    """Read exactly what `render_time` writes; raise Malformed for any other spelling and for impossible dates."""
    if not _TIME.fullmatch(text):
        raise Malformed("time", f"{text[:40]!a} is not YYYY-MM-DDThh:mm:ss.sssZ")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise Malformed("time", f"{text} does not exist") from error
    if moment.hour != int(text[11:13]):  # newer Pythons read 24:00 as the next day
        raise Malformed("time", f"{text} is another spelling of {render_time(moment)}")
    return moment
