"""Numbers that people read from paper and type: the record number and the paper code, each with a check symbol.

Symbols are Crockford's 32, read as the elements of GF(2^5) with x^5 + x^2 + 1 and α = 2. A number c0 c1 … is right
when Σ α^i·c_i = 0. All α^i in use differ, so every single wrong symbol and every swap of two symbols is noticed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import UUID

from ledger.canonical import tagged_sha256
from ledger.errors import Malformed

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""

RECORD_NUMBER_LENGTH = 13
"""Symbols: twelve of the hash, one check symbol."""

PAPER_CODE_LENGTH = 8
"""Symbols: seven drawn at random, one check symbol."""

PAPER_CODE_BITS = 5 * (PAPER_CODE_LENGTH - 1)
"""Random bits of a paper code: enough against guessing at a counter that limits tries, short enough to type."""

MAX_TYPED_LENGTH = 80
"""Characters of typed input. A printed number has 15, with a version a few more."""

_TAG = b"legal-ledger/record-no/v1\n"
_HASHED_BITS = 5 * (RECORD_NUMBER_LENGTH - 1)
_FIELD_POLYNOMIAL = 0b100101
_VERSION = re.compile(r"V([1-9][0-9]{0,8})")

_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u30fc\u4e00"
"""Hyphens and dashes, minus, and what a Chinese keyboard offers in their place: ー and 一."""


def _typed() -> Mapping[int, str]:
    # Chinese keyboards type full-width letters and digits (U+FF01 and on) as readily as ASCII.
    table = {ord(symbol): symbol for symbol in f"{SYMBOLS}."}
    table |= {ord(symbol.lower()): symbol for symbol in SYMBOLS}
    table |= {ord(letter): digit for letters, digit in (("Oo", "0"), ("IiLl", "1")) for letter in letters}
    table |= dict.fromkeys(map(ord, _DASHES), "")
    table |= {at + 0xFEE0: symbol for at, symbol in table.items() if ord("!") <= at <= ord("~")}
    return MappingProxyType(table | {ord("。"): "."})


_TYPED: Final = _typed()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNumber:
    """A record number whose check symbol is right: its 13 `symbols`, and the `version` asked for, if any, from 1."""

    symbols: str
    version: int | None = None

    @property
    def printed(self) -> str:
        """The number as printed, `7K2M-9Q4X-RT3PW`, without the version."""
        return f"{self.symbols[:4]}-{self.symbols[4:8]}-{self.symbols[8:]}"


def record_number(subject: str) -> str:
    """Return the number, as printed, of the record with this `subject`, a UUID in lower case with hyphens.

    The first 60 bits of SHA-256(`legal-ledger/record-no/v1` newline ‖ the UUID's 16 bytes), and the check symbol.
    Two subjects may share a number: whoever draws a subject draws another one then. Raises Malformed.
    """
    try:
        uuid = UUID(subject)
    except ValueError as error:
        raise Malformed("subject", "not a UUID") from error
    if str(uuid) != subject:
        raise Malformed("subject", "not a UUID in lower case with hyphens")
    digest = tagged_sha256(_TAG, uuid.bytes)
    bits = int.from_bytes(digest, "big") >> (8 * len(digest) - _HASHED_BITS)
    return RecordNumber(symbols=_with_check_symbol(bits, RECORD_NUMBER_LENGTH)).printed


def parse_record_number(text: str) -> RecordNumber:
    """Read a number as people type it: any case, spaces and dashes anywhere, O for 0, I and L for 1, full width.

    `NUMBER.v2` asks for a version. Raises Malformed whose reason says which part is wrong.
    """
    number, dot, version = _normalised(text, "record number").partition(".")
    symbols = _checked(number, RECORD_NUMBER_LENGTH, "record number")
    if not dot:
        return RecordNumber(symbols=symbols)
    match = _VERSION.fullmatch(version)
    if match is None:
        raise Malformed("record number", "the part after the dot is not v1, v2, …")
    return RecordNumber(symbols=symbols, version=int(match[1]))


def new_paper_code(random_bits: int) -> str:
    """Return the paper code, as printed (`7K2M-9Q4X`), for `random_bits`, 0 to 2^35 - 1 from a secure source."""
    if not 0 <= random_bits < 1 << PAPER_CODE_BITS:
        raise Malformed("paper code", f"not {PAPER_CODE_BITS} random bits")
    return _printed_paper_code(_with_check_symbol(random_bits, PAPER_CODE_LENGTH))


def parse_paper_code(text: str) -> str:
    """Read a paper code as people type it and return it as printed. Raises Malformed as `parse_record_number` does."""
    symbols = _checked(_normalised(text, "paper code"), PAPER_CODE_LENGTH, "paper code")
    return _printed_paper_code(symbols)


def _printed_paper_code(symbols: str) -> str:
    return f"{symbols[:4]}-{symbols[4:]}"


def _normalised(text: str, what: str) -> str:
    if len(text) > MAX_TYPED_LENGTH:
        raise Malformed(what, f"{len(text)} characters, at most {MAX_TYPED_LENGTH} are read")
    return "".join(text.split()).translate(_TYPED)


def _checked(symbols: str, length: int, what: str) -> str:
    for symbol in symbols:
        if symbol not in SYMBOLS:
            raise Malformed(what, f"the character {symbol!a} is not used in it")
    if len(symbols) != length:
        raise Malformed(what, f"{len(symbols)} symbols instead of {length}")
    if _weighted_sum([SYMBOLS.index(symbol) for symbol in symbols]):
        raise Malformed(what, "the check symbol does not fit: a symbol is wrong or two are swapped")
    return symbols


def _with_check_symbol(bits: int, length: int) -> str:
    values = [bits >> 5 * place & 31 for place in reversed(range(length - 1))]
    # Exactly one last symbol brings the sum to zero, as α^(length - 1) has an inverse.
    check = next(value for value in range(32) if not _weighted_sum([*values, value]))
    return "".join(SYMBOLS[value] for value in [*values, check])


def _weighted_sum(values: Sequence[int]) -> int:
    """Return Σ α^i·values[i] by Horner's rule; addition in the field is exclusive or."""
    total = 0
    for value in reversed(values):
        total = _times_alpha(total) ^ value
    return total


def _times_alpha(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 0b100000 else doubled
