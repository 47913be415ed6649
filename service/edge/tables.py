"""Tables as files that Excel opens: CSV in UTF-8 with its mark, cells that no program takes for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from service.edge.downloads import DOWNLOAD_HEADERS, content_disposition

if TYPE_CHECKING:
    from service.cases import MonthCounts

BYTE_ORDER_MARK: Final = "\ufeff"
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


def render_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """The rows as CSV (RFC 4180)."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_cell(cell) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + text.getvalue()).encode()


def send_csv(rows: Iterable[Sequence[str | int]], *, file_name: str) -> Response:
    """The answer that hands out a table, always to be saved."""
    headers = {**DOWNLOAD_HEADERS, "Content-Disposition": content_disposition(file_name)}
    return Response(render_csv(rows), media_type="text/csv; charset=utf-8", headers=headers)


COUNTED: Final = ("channel", "dispute_type", "outcome", "caller_kind")
"""The parts of a month's counts, in the order of the table."""


def count_rows(counts: MonthCounts) -> list[tuple[str | int, ...]]:
    """A month's counts with codes, for programs: `by`, `code`, `count`."""
    rows: list[tuple[str | int, ...]] = [("month", "by", "code", "count"), (counts.month, "total", "", counts.total)]
    for part in COUNTED:
        rows += [(counts.month, part, code, number) for code, number in getattr(counts, part).items()]
    return rows


def _cell(cell: str | int) -> str | int:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
