"""Numbers of cases as offices and courts write them, read in any width and bracket and brought to one form.

Two patterns stand on papers: the year first, `(2026)鲁1103民督1号`, and the year inside, `岚劳人仲案字〔2026〕第1号`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

MAX_NUMBER: Final = 80
"""Characters of a case number; the longest real ones have some thirty."""
FIRST_YEAR, LAST_YEAR = 1949, 2100

_BRACKETS: Final = str.maketrans("〔〕【】[]{}", "()()()()")
_YEAR_FIRST: Final = re.compile(r"\((\d{4})\)(.{1,40}?)字?第?0*(\d{1,7})号?(?:[-之](\d{1,3}))?")
_YEAR_INSIDE: Final = re.compile(r"(.{1,40}?)字?\((\d{4})\)第?0*(\d{1,7})号?(?:[-之](\d{1,3}))?")
_WORD: Final = re.compile(r"(?:\([\w]{1,8}\))?[\w]{1,40}")

MARKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "arbitration_review": ("仲审", "仲调"),
        "arbitration": ("仲案", "仲裁", "仲"),
        "judicial_confirmation": ("调确", "民特"),
        "payment_order": ("民督",),
        "court": ("民初", "民终", "民申", "民再", "民撤"),
    }
)
"""Kind of proceeding → what its numbers say; the longer mark goes before the shorter one it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNumber:
    """A number taken apart. `word` is court, area and type, such as `鲁1103民督`; `part` is the 2 of `…号-2`."""

    year: int
    word: str
    serial: int
    part: int | None = None
    year_first: bool = True

    def render(self) -> str:
        """The one form: half-width round brackets around a first year, square ones inside, no leading zeros."""
        part = f"-{self.part}" if self.part is not None else ""
        if self.year_first:
            return f"({self.year}){self.word}{self.serial}号{part}"
        return f"{self.word}字[{self.year}]第{self.serial}号{part}"


def parse_case_number(text: str) -> CaseNumber | None:
    """Read a case number; None for what is none. Widths, kinds of brackets, spaces, 字 and 第, zeros do not matter."""
    if len(text) > MAX_NUMBER:
        return None
    plain = (
        "".join(unicodedata.normalize("NFKC", text).split()).translate(_BRACKETS).replace("[", "(").replace("]", ")")
    )
    if (found := _YEAR_FIRST.fullmatch(plain)) is not None:
        year, word, serial, part = found.groups()
        first = True
    elif (found := _YEAR_INSIDE.fullmatch(plain)) is not None:
        word, year, serial, part = found.groups()
        first = False
    else:
        return None
    word = word.removesuffix("字")
    if not _WORD.fullmatch(word) or word.isdigit() or not FIRST_YEAR <= int(year) <= LAST_YEAR or int(serial) == 0:
        return None
    return CaseNumber(year=int(year), word=word, serial=int(serial), part=int(part) if part else None, year_first=first)


def kind_of_number(number: CaseNumber) -> str | None:
    """The kind of proceeding that a number says it is of; None when it carries no known mark."""
    return next((kind for kind, marks in MARKS.items() if any(mark in number.word for mark in marks)), None)
