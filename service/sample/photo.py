"""A wage slip, written by hand and photographed askew: drawn, since no font with Chinese characters can be relied on.

The few characters are strokes on a grid of ten by ten. Everything random comes from the generator that is passed in.
"""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw, ImageFilter

Point = tuple[float, float]

GLYPHS: dict[str, tuple[tuple[Point, ...], ...]] = {
    "工": (((2, 2), (8, 2)), ((5, 2), (5, 8)), ((1, 8), (9, 8))),
    "资": (
        ((1, 1), (2, 2)), ((1, 4), (3, 3)), ((5, 0.5), (4, 2.5)), ((4.5, 1.5), (8.5, 1.5), (8, 2.5)),
        ((6, 2), (5, 4), (4, 4.6)), ((6, 3), (8.5, 4.6)), ((3, 5.4), (3, 8)), ((3, 5.4), (7, 5.4), (7, 8)),
        ((5, 6), (4.6, 8), (2, 9.8)), ((5.6, 8.2), (8, 9.6)),
    ),
    "条": (
        ((4, 0.5), (2, 3)), ((3.6, 1.4), (7, 1.4), (5, 3.6), (2, 5)), ((3.4, 2.4), (8, 5)), ((1.5, 6), (8.5, 6)),
        ((5, 5), (5, 9.6), (4.2, 9)), ((3.4, 7), (2, 9)), ((6.6, 7), (8, 9)),
    ),
    "年": (
        ((3, 0.5), (2, 3)), ((2.6, 2), (8, 2)), ((3, 4.4), (7.6, 4.4)), ((3, 4.4), (3, 6.6)), ((1, 6.6), (9, 6.6)),
        ((5.4, 2), (5.4, 9.8)),
    ),
    "月": (((3, 1), (3, 7), (2, 9.5)), ((3, 1), (7, 1), (7, 9.5), (6, 9)), ((3, 4), (7, 4)), ((3, 6.6), (7, 6.6))),
    "日": (((3, 1), (3, 9)), ((3, 1), (7, 1), (7, 9)), ((3, 5), (7, 5)), ((3, 9), (7, 9))),
    "元": (
        ((3, 2), (7, 2)), ((1.5, 4.5), (8.5, 4.5)), ((4, 4.5), (3.6, 7), (1.6, 9.4)),
        ((6, 4.5), (6, 9), (8.6, 9), (8.8, 8)),
    ),
    "未": (
        ((3, 2.5), (7, 2.5)), ((1.5, 4.8), (8.5, 4.8)), ((5, 1), (5, 9.6)), ((4.8, 5), (1.6, 8.6)),
        ((5.2, 5), (8.6, 8.6)),
    ),
    "发": (
        ((3, 1), (2.4, 3.4), (8.6, 3.4)), ((6.4, 1), (7.4, 2.2)), ((4.6, 0.6), (4, 5.4), (1.4, 9.4)),
        ((4, 5.4), (7.4, 5.4), (5.4, 8.4), (3, 9.6)), ((4.6, 6.4), (8.6, 9.6)),
    ),
    "0": (((5, 1), (3.2, 3), (3.2, 7), (5, 9), (6.8, 7), (6.8, 3), (5, 1)),),
    "1": (((4, 2.4), (5.4, 1), (5.4, 9)),),
    "2": (((3.4, 3), (4.2, 1.2), (6, 1.2), (6.6, 3), (3.2, 9), (7, 9)),),
    "3": (((3.4, 1.6), (5.4, 1), (6.6, 2.8), (5, 4.8), (6.8, 6.8), (5.4, 9), (3.2, 8.4)),),
    "4": (((5.8, 1), (3, 6.2), (7.4, 6.2)), ((6, 4.4), (6, 9))),
    "5": (((6.6, 1), (3.8, 1), (3.6, 4.4), (5.8, 4.2), (6.8, 6.4), (5.4, 9), (3.2, 8.6)),),
    "6": (((6.2, 1), (4, 4), (3.4, 7), (5, 9), (6.8, 7.2), (5.4, 5), (3.6, 6.4)),),
    "7": (((3.2, 1.2), (6.8, 1.2), (4.6, 9)),),
    "8": (((5, 4.8), (3.4, 3), (5, 1), (6.6, 3), (5, 4.8), (3.2, 7), (5, 9), (6.8, 7), (5, 4.8)),),
    "9": (((6.4, 3.6), (4.6, 4.8), (3.4, 2.8), (5, 1), (6.4, 3.2), (6, 6), (4.6, 9)),),
    ".": (((4.6, 8.6), (5, 9)),),
    "-": (((3, 5.2), (7, 5.2)),),
    " ": (),
}  # fmt: skip

WIDTH, HEIGHT = 1200, 800
CELL = 52
NARROW = frozenset("0123456789.- ")
INK = (28, 34, 74)
RULE = (186, 196, 214)
PAPER = (246, 243, 232)
TABLE_TOP = (96, 82, 70)
JPEG_QUALITY = 82


def _write(draw: ImageDraw.ImageDraw, text: str, at: Point, random: Random) -> None:
    """Write `text` from `at` to the right with an unsteady hand; raises KeyError for a character without strokes."""
    left, top = at
    for symbol in text:
        size = CELL * random.uniform(0.94, 1.06)
        rise = random.uniform(-2, 2)
        for stroke in GLYPHS[symbol]:
            points = [
                (left + x / 10 * size + random.uniform(-1, 1), top + rise + y / 10 * size + random.uniform(-1, 1))
                for x, y in stroke
            ]
            draw.line(points, fill=INK, width=random.choice((3, 4)), joint="curve")
        left += CELL * (0.56 if symbol in NARROW else 1.08)


def render_wage_slip(*, rows: tuple[tuple[str, str], ...], random: Random) -> bytes:
    """Return a JPEG of a slip headed 工资条 with rows of a month (`2026-03`) and what stands beside it (`4660.00 元`).

    At most nine rows fit. Only characters of GLYPHS can be written.
    """
    slip = Image.new("RGB", (WIDTH - 160, HEIGHT - 100), PAPER)
    draw = ImageDraw.Draw(slip)
    for line in range(1, 11):
        draw.line([(30, line * 62), (slip.width - 30, line * 62)], fill=RULE, width=2)
    _write(draw, "工资条", (slip.width / 2 - 90, 6), random)
    for number, (month, amount) in enumerate(rows, start=1):
        _write(draw, month, (70, number * 62 + 4), random)
        _write(draw, amount, (470, number * 62 + 4), random)
    desk = Image.new("RGB", (WIDTH, HEIGHT), TABLE_TOP)
    shadow = Image.new("L", (WIDTH, HEIGHT), 0)
    angle = random.uniform(-3.5, 3.5)
    turned = slip.rotate(angle, expand=True, fillcolor=TABLE_TOP, resample=Image.Resampling.BICUBIC)
    mask = Image.new("L", slip.size, 255).rotate(angle, expand=True)
    place = ((WIDTH - turned.width) // 2, (HEIGHT - turned.height) // 2)
    shadow.paste(mask, (place[0] + 10, place[1] + 12))
    desk.paste((40, 34, 28), mask=shadow.filter(ImageFilter.GaussianBlur(9)))
    desk.paste(turned, place, mask)
    file = io.BytesIO()
    desk.filter(ImageFilter.GaussianBlur(0.6)).save(file, "JPEG", quality=JPEG_QUALITY)
    return file.getvalue()
