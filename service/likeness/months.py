"""The months that a text speaks of: 2026年3月至6月, 2026-03 至 2026-06, 2025.11-2026.01, 2026-07-08."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

MAX_SPAN = 60
"""Months of one span; above it, it is the time of employment and not what is quarrelled about."""
FIRST_YEAR, LAST_YEAR = 1980, 2100
MONTHS = 12

_DAY = re.compile(r"(\d{4})[年.\-/](\d{1,2})[月.\-/](\d{1,2})(?![\d月])[日号]?")
_SPAN = re.compile(
    r"(?<!\d)(?P<y1>\d{4}|\d{2}(?=年))[年.\-/](?P<m1>1[0-2]|0?[1-9])(?!\d)月?份?"
    r"(?:[至到~—–\-]+(?:(?P<y2>\d{4}|\d{2}(?=年))[年.\-/])?(?P<m2>1[0-2]|0?[1-9])(?![\d日号])月?份?)?"
)


def parse_months(texts: Iterable[str]) -> frozenset[int]:
    """Every month that is named, as year × 12 + month - 1; a span as all its months. Never fails."""
    found: set[int] = set()
    for text in texts:
        dense = "".join(unicodedata.normalize("NFKC", text).split())
        for match in _SPAN.finditer(_DAY.sub(r"\1年\2月", dense)):
            first = _number(match["y1"], match["m1"])
            last = _number(match["y2"] or match["y1"], match["m2"]) if match["m2"] else first
            if FIRST_YEAR * MONTHS <= first <= last < LAST_YEAR * MONTHS:
                found.update(range(first, last + 1) if last - first <= MAX_SPAN else (first, last))
    return frozenset(found)


def _number(year: str, month: str) -> int:
    century = "20" if len(year) == 2 else ""  # noqa: PLR2004 - 26年
    return int(century + year) * MONTHS + int(month) - 1
