"""QR codes as part of a page: drawn in the page itself, because nothing is loaded from elsewhere."""

from __future__ import annotations

import segno
from markupsafe import Markup


def render_qr(text: str) -> Markup:
    """An SVG of the code for `text`, to be sized by the style sheet; correction M mends a crease in a paper."""
    code = segno.make_qr(text, error="m")
    return Markup(code.svg_inline(omitsize=True, border=4, svgclass="qr", lineclass=None))  # noqa: S704 - made by segno
