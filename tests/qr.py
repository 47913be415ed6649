"""Reading a QR code from the page that shows it, as a phone does: drawn first, then decoded by another program."""

from __future__ import annotations

import re

import numpy as np
import zxingcpp

SCALE = 6
MOVE = re.compile(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?")


def read_qr(html: str) -> list[str]:
    """What every QR code of a page says."""
    return [_decode(svg) for svg in re.findall(r'<svg[^>]*class="qr".*?</svg>', html, re.DOTALL)]


def _decode(svg: str) -> str:
    box = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    path = re.search(r' d="([^"]+)"', svg)
    assert box
    assert path
    picture = np.full((int(box[2]), int(box[1])), 255, dtype=np.uint8)
    x = y = 0.0
    for command, first, second in MOVE.findall(path[1]):
        if command == "h":
            picture[int(y), int(x) : int(x + float(first))] = 0
            x += float(first)
        else:
            x, y = (float(first), float(second)) if command == "M" else (x + float(first), y + float(second))
    (found,) = zxingcpp.read_barcodes(np.kron(picture, np.ones((SCALE, SCALE), dtype=np.uint8)))
    return str(found.text)
