"""The fields that every form is made of: text, days, moments, money, codes. Strict, bounded, normalised once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from ledger.canonical import normalise_text
from service.inputs.identity import check_credit_code, check_id_number
from service.law import Vocabulary

CHINA = timezone(timedelta(hours=8), "UTC+8")
"""Days of the law are days in China; the offset is fixed since 1991."""

MAX_FEN = 10**11
"""1,000,000,000 yuan in one claim: above it, somebody typed fen for yuan."""
FIRST_YEAR, LAST_YEAR = 1900, 2100
MAX_NAME = 120
MAX_LINE = 300
MAX_TEXT = 20_000
"""Characters of a narrative: some thirty printed pages."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LINE_FORBIDDEN = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{_BIDI}]")
_TEXT_FORBIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f{_BIDI}]")
_PHONE = re.compile(r"[0-9+(][0-9+() -]{3,28}[0-9]", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Shape(BaseModel):
    """What a caller may send: no unknown member, nothing changed after the check."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """A code of a closed list."""

    words: Vocabulary

    def __get_pydantic_core_schema__(self, _source: object, _handler: object) -> CoreSchema:
        """Accept exactly the codes of the list."""
        return core_schema.literal_schema(list(self.words))


def _line(text: str) -> str:
    text = normalise_text(text).strip()
    if _LINE_FORBIDDEN.search(text):
        raise PydanticCustomError("forbidden_character", "a line break or an invisible control character")
    return text


def _text(text: str) -> str:
    text = normalise_text(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _TEXT_FORBIDDEN.search(text):
        raise PydanticCustomError("forbidden_character", "an invisible control character")
    return text


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise PydanticCustomError("no_such_day", "this day does not exist") from None
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
        raise PydanticCustomError("day_out_of_range", "the year is out of range")
    raise PydanticCustomError("not_a_day", "a day is written YYYY-MM-DD")


def _moment(value: Any) -> str:
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        try:
            moment = datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise PydanticCustomError("no_such_moment", "this moment does not exist") from None
        if FIRST_YEAR <= moment.year <= LAST_YEAR:
            return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
        raise PydanticCustomError("day_out_of_range", "the year is out of range")
    return _day(value).isoformat()


def day_of(day_or_moment: str) -> date:
    """The day in China of what a `DayOrMoment` holds."""
    if _DAY.fullmatch(day_or_moment):
        return date.fromisoformat(day_or_moment)
    return datetime.fromisoformat(day_or_moment).astimezone(CHINA).date()


def _phone(text: str) -> str:
    text = _line(text).translate({0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0D: "-"})
    if not _PHONE.fullmatch(text):
        raise PydanticCustomError("phone_form", "a phone number has 5 to 30 digits, dashes and spaces")
    return text


def _sha256(text: str) -> str:
    digest = "".join(text.split()).lower()
    if not _SHA256.fullmatch(digest):
        raise PydanticCustomError("sha256_form", "a SHA-256 has 64 hexadecimal digits")
    return digest


_Str = Annotated[str, Field(strict=True)]

Name = Annotated[_Str, Field(max_length=MAX_NAME), AfterValidator(_line), Field(min_length=1)]
"""A person's, firm's or office's name, as they write it; rare characters and the dot of minority names included."""

Line = Annotated[_Str, Field(max_length=MAX_LINE), AfterValidator(_line), Field(min_length=1)]
"""One line of text."""

Text = Annotated[_Str, Field(max_length=MAX_TEXT), AfterValidator(_text), Field(min_length=1)]
"""A narrative with line breaks."""

Day = Annotated[date, BeforeValidator(_day)]
"""A day that exists, as YYYY-MM-DD, 1900 to 2100."""

DayOrMoment = Annotated[
    str,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "description": "A day, or an RFC 3339 moment with its offset."}),
]
"""What is known of when a paper was signed: the day in China, or the moment, which is kept in UTC."""

Fen = Annotated[int, Field(strict=True, ge=0, le=MAX_FEN)]
"""Money in fen."""

PositiveFen = Annotated[int, Field(strict=True, ge=1, le=MAX_FEN)]
"""Money in fen, not nothing."""

Position = Annotated[int, Field(strict=True, ge=1, le=1000)]
"""The place of a party or instalment in its list, from 1."""

Phone = Annotated[_Str, Field(max_length=64), AfterValidator(_phone)]
"""A phone number as written, digits in half width."""

IdNumber = Annotated[_Str, AfterValidator(check_id_number)]
"""A citizen's ID number (GB 11643)."""

CreditCode = Annotated[_Str, AfterValidator(check_credit_code)]
"""A firm's unified social credit code (GB 32100)."""

Sha256Text = Annotated[
    _Str,
    Field(max_length=200),
    AfterValidator(_sha256),
    WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"}),
]
"""A SHA-256 in hexadecimal; capitals and spaces are forgiven."""

Yes = Annotated[bool, Field(strict=True)]
"""A JSON true or false."""
