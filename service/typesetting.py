"""Setting a paper as PDF: the fonts, the characters they have, and typst, which runs inside this process.

A paper that could not show every character of a name is refused before anything is set, with the character named: a
box or a gap in a name would be a paper about somebody else.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

import typst
from fontTools.ttLib import TTFont

from ledger.canonical import JsonValue
from ledger.errors import LedgerError, NeedsAttention

PACKAGE: Final = "noto_cjk_sans_otc"
"""Ships Noto Sans CJK as one file for five regions; a module that is only looked for, never imported."""

PACKAGED_FAMILIES: Final = ("Noto Sans CJK SC",)
MONOSPACED: Final = "Noto Sans Mono CJK SC"
"""For hashes; of the same package. Without it they are set in the families of the text."""

SIMPLIFIED: Final = " SC"
"""Ends the names of families for the mainland: the same character looks otherwise in Japan or Taiwan."""

STANDARDS: Final = ("a-3a", "ua-1")
"""PDF/A-3a (ISO 19005-3: for keeping, with files inside, tagged) and PDF/UA-1 (ISO 14289-1: for screen readers)."""

LINE_BREAK: Final = "\n"
UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Unicode categories that have no shape of their own, or turn the text around them."""


class FontMissing(LedgerError):
    """There is no font to set a paper with; `where` says where one was looked for."""

    code = "certificate_font_missing"

    def __init__(self, where: str) -> None:
        super().__init__(f"no font for papers in {where}: install noto-cjk-sans-otc, or set LEDGER_CERTIFICATE_FONTS")
        self.where = where


class GlyphMissing(LedgerError):
    """No font at hand has this character."""

    code = "certificate_glyph_missing"

    def __init__(self, character: str) -> None:
        super().__init__(f"no font at hand has {name_character(character)}")
        self.character = character


def name_character(character: str) -> str:
    """The character with its number; the number alone for what would not show: `𠀀 (U+20000)`, `U+202E`."""
    number = f"U+{ord(character):04X}"
    return number if unicodedata.category(character) in UNPRINTABLE else f"{character} ({number})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file inside the paper. `relationship` is its AFRelationship (ISO 19005-3 §6.8)."""

    name: str
    text: str
    media_type: str
    description: str
    relationship: str = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """The fonts at hand: their families in the order of preference, the characters they have, and typst's view."""

    families: tuple[str, ...]
    monospaced: tuple[str, ...]
    characters: frozenset[int]
    found: typst.Fonts


class Typesetter:
    """Sets papers. Fonts are looked for at the first paper; safe for any number of threads.

    `folder` holds fonts that go before the packaged one, such as an office's own, or one with rarer characters.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lock = Lock()

    def set_paper(
        self, template: str, content: Mapping[str, JsonValue], *, attachments: Sequence[Attachment] = ()
    ) -> bytes:
        """Set `service/templates/typst/<template>.typ` with `content` as PDF; the same content gives the same bytes.

        The result keeps to `STANDARDS`, or typst refuses. Raises FontMissing and GlyphMissing.
        """
        fonts = self.fonts
        check_characters(content, fonts.characters)
        attached = [
            {
                "name": item.name,
                "text": item.text,
                "media_type": item.media_type,
                "description": item.description,
                "relationship": item.relationship,
            }
            for item in attachments
        ]
        whole = {**content, "families": fonts.families, "monospaced": fonts.monospaced, "attachments": attached}
        source = files("service").joinpath("templates", "typst", f"{template}.typ").read_bytes()
        compiler = typst.Compiler(
            source, font_paths=fonts.found, sys_inputs={"content": json.dumps(whole, ensure_ascii=False)}
        )
        try:
            paper = compiler.compile(format="pdf", pdf_standards=list(STANDARDS))
        except typst.TypstError as error:
            raise NeedsAttention("paper_not_set", str(error), "report this: the template and its content") from error
        return b"".join(paper) if isinstance(paper, list) else bytes(paper or b"")

    @property
    def fonts(self) -> Fonts:
        """The fonts at hand; raises FontMissing, and looks again the next time."""
        with self._lock:
            return self._fonts

    @cached_property
    def _fonts(self) -> Fonts:
        packaged = packaged_fonts()
        found = _look_in(*(folder for folder in (self._folder, packaged) if folder is not None))
        own = sorted(_look_in(self._folder).families(), key=_rank) if self._folder else []
        if self._folder and not own:
            raise FontMissing(str(self._folder))
        families = tuple(dict.fromkeys([*own, *(name for name in PACKAGED_FAMILIES if name in found.families())]))
        if not families:
            raise FontMissing("the installed packages")
        monospaced = (MONOSPACED, *families) if MONOSPACED in found.families() else families
        characters = frozenset(_characters(found, families))
        return Fonts(families=families, monospaced=monospaced, characters=characters, found=found)


def packaged_fonts() -> Path | None:
    """The folder of the packaged font; None when the package is not installed."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).parent if spec and spec.origin else None


def check_characters(content: JsonValue, characters: frozenset[int]) -> None:
    """Return when every character of every text in `content` can be shown; raise GlyphMissing for the first."""
    for text in _texts(content):
        for character in text:
            if character == LINE_BREAK:
                continue
            if ord(character) not in characters or unicodedata.category(character) in UNPRINTABLE:
                raise GlyphMissing(character)


def _texts(content: JsonValue) -> Iterator[str]:
    match content:
        case str():
            yield content
        case Mapping():
            for value in content.values():
                yield from _texts(value)
        case Sequence():
            for value in content:
                yield from _texts(value)


def _look_in(*folders: Path) -> typst.Fonts:
    """The fonts of these folders and of no other place: the machine's own would make its papers differ."""
    paths = [str(folder) for folder in folders]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def _rank(family: str) -> tuple[bool, str]:
    return not family.endswith(SIMPLIFIED), family


def _characters(found: typst.Fonts, families: Iterable[str]) -> Iterator[int]:
    wanted, seen = set(families), set[tuple[str, int]]()
    for font in found.fonts():
        place = (font.path or "", font.index)
        if font.family in wanted and place not in seen:
            seen.add(place)
            with TTFont(font.path, fontNumber=font.index, lazy=True) as file:
                yield from file.getBestCmap() or ()
