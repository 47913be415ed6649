"""A chart of what was found, as SVG with its numbers written out: readable in print, and to who cannot see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Final

from ledger.report.document import Document

WIDTH: Final = 720
ROW: Final = 24
LABEL: Final = 300
NUMBER: Final = 60
"""Of the picture, in its own units: its width, the height of a row, and what label and number take of a row."""


def finding_chart(document: Document) -> Iterator[str]:
    """Bars of how many findings each layer has, most first; of those that the document holds."""
    titles = {layer["layer"]: layer["title"] for layer in document["layers"]}
    counts = Counter(str(finding["layer"]) for finding in document["findings"]).most_common()
    if not counts:
        return
    most, height = counts[0][1], ROW * len(counts)
    yield "<figure>"
    yield f'<svg role="img" aria-labelledby="chart" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    yield '<title id="chart">各层不一致之处的数目 Findings by layer</title>'
    for row, (layer, count) in enumerate(counts):
        length = max(1, (WIDTH - LABEL - NUMBER) * count // most)
        middle = row * ROW + ROW * 2 // 3
        title = titles[layer]
        yield f'<text x="0" y="{middle}">{escape(title["zh"])} {escape(title["en"])}</text>'
        yield f'<rect x="{LABEL}" y="{row * ROW + 4}" width="{length}" height="{ROW - 8}"></rect>'
        yield f'<text x="{LABEL + length + 8}" y="{middle}">{count}</text>'
    yield "</svg>"
    yield "</figure>"
