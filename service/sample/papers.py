"""Papers as files: the same paper gives the same bytes, whatever the day, the machine's clock or the process.

A paper is a title, an optional number at the top right, and blocks; a block is a paragraph of text or a table.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.sax.saxutils import escape

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, TableStyle
from reportlab.platypus import Table as PdfTable

PDF_FONT = "STSong-Light"
"""One of the Adobe-GB1 fonts that every PDF viewer supplies itself, so that no font file is shipped."""

DOCX_FONT = "宋体"
FIXED_TIME = datetime(2026, 1, 1, tzinfo=UTC)
FIXED_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells, all of the same length; the first row is the heading."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands on a paper. A paragraph that begins with a Chinese numeral and 、 is set as a heading."""

    title: str
    number: str = ""
    blocks: tuple[str | Table, ...]


def _is_heading(text: str) -> bool:
    return text[:1] in "一二三四五六七八九十" and text[1:2] == "、"


def _style(name: str, **changes: object) -> ParagraphStyle:
    return ParagraphStyle(name, fontName=PDF_FONT, wordWrap="CJK", **{"fontSize": 11, "leading": 18} | changes)


def _pdf_table(table: Table) -> PdfTable:
    cell = _style("cell", fontSize=10, leading=14)
    flowable = PdfTable([[Paragraph(escape(text), cell) for text in row] for row in table.rows], hAlign="LEFT")
    flowable.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
                ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return flowable


def render_pdf(paper: Paper) -> bytes:
    """Set the paper on A4 pages with selectable text."""
    pdfmetrics.registerFont(UnicodeCIDFont(PDF_FONT))
    body, heading = _style("body", firstLineIndent=22), _style("heading", fontSize=12, spaceBefore=6)
    flowables: list[Flowable] = []
    if paper.number:
        flowables.append(Paragraph(escape(paper.number), _style("number", alignment=TA_RIGHT)))
    title = _style("title", fontSize=18, leading=30, alignment=TA_CENTER, spaceAfter=8)
    flowables.append(Paragraph(escape(paper.title), title))
    for block in paper.blocks:
        if isinstance(block, Table):
            flowables += [_pdf_table(block), Spacer(1, 3 * mm)]
        else:
            flowables.append(Paragraph(escape(block), heading if _is_heading(block) else body))
    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=A4,
        title=paper.title,
        author="示例调解委员会",
        invariant=1,
        leftMargin=25 * mm,
        rightMargin=25 * mm,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
    )
    document.build(flowables)
    return file.getvalue()


def _with_fixed_times(archive: bytes) -> bytes:
    """Write the zip again with one time for all members: python-docx stamps them with the clock."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, zipfile.ZipFile(file, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, FIXED_ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(member, source.read(name))
    return file.getvalue()


def render_docx(paper: Paper) -> bytes:
    """Write the paper as a Word document."""
    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name = DOCX_FONT
    normal.font.size = Pt(11)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), DOCX_FONT)
    if paper.number:
        document.add_paragraph(paper.number).alignment = WD_ALIGN_PARAGRAPH.RIGHT
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.add_run(paper.title).font.size = Pt(18)
    for block in paper.blocks:
        if isinstance(block, Table):
            grid = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for row in block.rows:
                for cell, text in zip(grid.add_row().cells, row, strict=True):
                    cell.text = text
        else:
            document.add_paragraph().add_run(block).bold = _is_heading(block)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = paper.title, "示例工作人员", "示例工作人员"
    properties.created = properties.modified = FIXED_TIME
    file = io.BytesIO()
    document.save(file)
    return _with_fixed_times(file.getvalue())


def render_txt(lines: Sequence[str]) -> bytes:
    """Write lines as UTF-8 with a newline after each."""
    return "".join(f"{line}\n" for line in lines).encode()
