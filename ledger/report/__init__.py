"""Reports of audit and replay: one JSON document, and a text and a page made from it. Same input, same bytes.

Text and page show nothing that is not in the document.
"""

from ledger.report.document import AUDIT_FORMAT, REPLAY_FORMAT, Document, audit_document, render_json, replay_document
from ledger.report.page import render_page
from ledger.report.text import render_text

__all__ = [
    "AUDIT_FORMAT",
    "REPLAY_FORMAT",
    "Document",
    "audit_document",
    "render_json",
    "render_page",
    "render_text",
    "replay_document",
]
