"""Showing a report: on the terminal, for machines, or as a page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from ledger.report import Document


def show(document: Document, *, as_json: bool, html: Path | None) -> None:
    """Print the document; with `html` write the page there too. Raises Malformed when it cannot be written."""
    from ledger.cli.files import write_file
    from ledger.report import render_json, render_page, render_text

    if html is not None:
        write_file(html, render_page(document))
    typer.echo(render_json(document).decode() if as_json else render_text(document), nl=False)
