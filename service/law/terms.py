"""A closed list of words: each code with its name in Chinese and English and the article it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of the trade. `code` is stored and sent; `article` names the law, or is empty where none speaks."""

    code: str
    zh: str
    en: str
    article: str = ""


Vocabulary = Mapping[str, Term]
"""Terms by code, in the order in which a form offers them."""


def vocabulary(*rows: tuple[str, str, str] | tuple[str, str, str, str]) -> Vocabulary:
    """Build a closed list from rows of (code, zh, en[, article]); a code that stands twice is a ValueError."""
    terms = {code: Term(code=code, zh=zh, en=en, article="".join(article)) for code, zh, en, *article in rows}
    if len(terms) != len(rows):
        raise ValueError("a code stands twice")
    return MappingProxyType(terms)
