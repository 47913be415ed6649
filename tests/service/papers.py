"""Papers as a reader meets them: their text, the files inside, and their pages as pictures."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pypdf
import pypdfium2
import zxingcpp
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from service.typesetting import Typesetter

POINTS_PER_INCH = 72
PHONE_DPI = (200, 300)
"""What a phone sees of a page from a hand's breadth away, and from closer; OpenCV misses a code now and then."""
RARE_NAME = "周㛃䶮𬍛𬭚𫖮𣲗"
UNKNOWN_CHARACTER = "𠀀"

TYPESETTER = Typesetter()
"""One for all tests of this process: looking through a large font takes a moment."""


def text_of(paper: bytes) -> str:
    """The text of all pages without white space, as a screen reader or a search finds it."""
    with pypdfium2.PdfDocument(paper) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return "".join("".join(pages).split())


def attachments_of(paper: bytes) -> dict[str, bytes]:
    """The files inside, by name."""
    found = pypdf.PdfReader(io.BytesIO(paper)).attachments
    return {name: contents[0] for name, contents in found.items()}


def root_of(paper: bytes) -> Any:
    """The document catalogue (ISO 32000-1 §7.7.2)."""
    return pypdf.PdfReader(io.BytesIO(paper)).root_object


def picture_of(paper: bytes, *, dots_per_inch: int) -> Any:
    """The first page in grey."""
    with pypdfium2.PdfDocument(paper) as document:
        page = document[0].render(scale=dots_per_inch / POINTS_PER_INCH, grayscale=True)
        return np.array(page.to_numpy()).squeeze()


def codes_in(picture: Any) -> tuple[set[str], set[str]]:
    """What two decoders read of the QR codes in a picture: ZXing and OpenCV."""
    found, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(picture)
    return {code.text for code in zxingcpp.read_barcodes(picture)}, set(texts if found else ())


def scan_by_phone(paper: bytes) -> tuple[set[str], set[str]]:
    """The same of a certificate under a phone, which looks more than once while it is held closer."""
    looks = [codes_in(picture_of(paper, dots_per_inch=dpi)) for dpi in PHONE_DPI]
    return set().union(*(one for one, _ in looks)), set().union(*(other for _, other in looks))


def make_font(folder: Path, character: str, family: str = "Rare Song") -> None:
    """A font that has one character alone, as offices are given one for a rare name."""
    pen = TTGlyphPen(None)
    for point, move in (((100, 0), pen.moveTo), ((900, 0), pen.lineTo), ((500, 800), pen.lineTo)):
        move(point)
    pen.closePath()
    box, empty = pen.glyph(), TTGlyphPen(None).glyph()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "rare"])
    builder.setupCharacterMap({ord(character): "rare"})
    builder.setupGlyf({".notdef": empty, "rare": box})
    builder.setupHorizontalMetrics({".notdef": (1000, 0), "rare": (1000, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupNameTable({"familyName": family, "styleName": "Regular", "psName": family.replace(" ", "")})
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    builder.setupPost()
    folder.mkdir(parents=True, exist_ok=True)
    builder.save(folder / "rare.ttf")
