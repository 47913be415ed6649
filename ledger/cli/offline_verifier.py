"""`offline-verifier`: the HTML file that checks receipts where nothing is installed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def offline_verifier(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; by default in this folder.")
    ] = None,
) -> None:
    """Write the offline verifier: one HTML file that checks receipts, certificates and bundles in a browser."""
    from ledger.cli.files import write_file
    from ledger.offline import FILE_NAME, render_offline_verifier

    path = output or Path(FILE_NAME)
    write_file(path, render_offline_verifier().encode())
    typer.echo(str(path))
