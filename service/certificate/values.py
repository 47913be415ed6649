"""Disclosed values as a paper prints them: a label, and a text or a small table. Every value has its place.

What has no label of its own is printed under its name, so that a paper never leaves out what its receipt discloses.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from uuid import UUID

from ledger.canonical import JsonValue
from ledger.disclosure import Disclosure
from ledger.record_number import record_number
from service.certificate.labels import LABELS, NAMES_OF_RECORDS, ORDER, VOCABULARIES
from service.certificate.words import NO, NOTHING, YES
from service.formats import render_day, render_moment, render_money, render_size
from service.language import Language

DIGEST_NAMES: Final = frozenset({"sha256", "sm3"})
WIDE: Final = 14
"""Characters from which a column of a table shares what is left of the line."""

_WITH_TIME = re.compile(r"\d{4}-\d\d-\d\dT")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Row = dict[str, JsonValue]


def render_disclosures(disclosures: Sequence[Disclosure], language: Language, kind: str = "") -> list[Row]:
    """The rows of all these disclosures; `kind` is the first half of the statement's type, which some words hang on."""
    values = {item.name: item.value for item in disclosures}
    return [row for name in _ordered(values) for row in _rows(name, values[name], (kind,), language)]


def _ordered(names: Iterable[str]) -> list[str]:
    """Each name once, as a reader wants to meet them; those without a place of their own at the end."""
    return sorted(dict.fromkeys(names), key=lambda name: ORDER.get(name, len(ORDER)))


def text_row(label: str, text: str, kind: str = "text") -> Row:
    """A row with one text; `kind` is text, strong or code."""
    return {"label": label, "kind": kind, "text": text, "table": None}


def _rows(name: str, value: JsonValue, path: tuple[str, ...], language: Language) -> list[Row]:
    label = label_of(name, path, language)
    match value:
        case Mapping():
            return [row for inner in _ordered(value) for row in _rows(inner, value[inner], (*path, name), language)]
        case [Mapping(), *_] if all(isinstance(item, Mapping) for item in value):
            table = _table([item for item in value if isinstance(item, Mapping)], (*path, name), language)
            return [{"label": label, "kind": "table", "text": "", "table": table}]
        case list():
            texts = [render_value(name, item, path, language) for item in value]
            return [text_row(label, "\n".join(texts) or _in(NOTHING, language))]
        case _:
            kind = "code" if name in DIGEST_NAMES else "text"
            return [text_row(label, render_value(name, value, path, language), kind)]


def _table(items: Sequence[Mapping[str, JsonValue]], path: tuple[str, ...], language: Language) -> JsonValue:
    names = _ordered(name for item in items for name in item)
    shown = [name for name in names if any(item.get(name) is not None for item in items)]
    cells = [[render_value(name, item.get(name), path, language) for name in shown] for item in items]
    widest = [max(len(row[column]) for row in cells) for column in range(len(shown))]
    return {
        "header": [label_of(name, path, language) for name in shown],
        "rows": cells,
        "widths": [width if width >= WIDE else 0 for width in widest],
        "numeric": [name.endswith("_fen") for name in shown],
    }


def label_of(name: str, path: Iterable[str], language: Language) -> str:
    """What a name is called; inside another one its own word goes first. A name without a word is itself."""
    for parent in reversed(tuple(path)):
        if (words := LABELS.get(f"{parent}.{name}")) is not None:
            return _in(words, language)
    words = LABELS.get(name) or LABELS.get(name.removesuffix("_id"))
    return _in(words, language) if words else name


def render_value(name: str, value: JsonValue, path: Iterable[str], language: Language) -> str:
    """One value as text: a word of the law for its code, yuan for fen, a day or a moment, yes or no."""
    match value:
        case None | "":
            return _in(NOTHING, language)
        case bool():
            return _in(YES if value else NO, language)
        case int() if name.endswith("_fen"):
            return render_money(value, language)
        case int() if name == "size":
            exact = f"{value:,} 字节" if language is Language.ZH else f"{value:,} bytes"
            return f"{render_size(value, language)} ({exact})"
        case int():
            return str(value)
        case str():
            return _text(name, value, tuple(path), language)
        case Mapping():
            parts = (f"{label_of(key, path, language)}: {render_value(key, part, path, language)}"
                     for key, part in value.items())  # fmt: skip
            return "; ".join(parts)
        case _:
            return "\n".join(render_value(name, item, path, language) for item in value)


def _text(name: str, value: str, path: tuple[str, ...], language: Language) -> str:
    for parent in (*reversed(path), ""):
        terms = VOCABULARIES.get(f"{parent}.{name}" if parent else name)
        if terms is not None:
            return str(getattr(terms[value], language.value)) if value in terms else value
    if name in NAMES_OF_RECORDS and _UUID.fullmatch(value):
        return record_number(str(UUID(value)))
    if name.endswith(("_on", "_at")):
        return render_moment(value, language) if _WITH_TIME.match(value) else render_day(value, language)
    return value


def _in(words: object, language: Language) -> str:
    return str(getattr(words, language.value))
