"""`redact`: a receipt with fewer disclosures, for somebody who is to see less."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def redact(
    receipt: Annotated[Path, typer.Argument(help="The receipt.")],
    keep: Annotated[str, typer.Option(help="Names to keep, separated by commas; what is required stays anyway.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write.")],
) -> None:
    """Write a receipt that shows only some names. It verifies as the whole one does."""
    from ledger.cli.files import read_file, write_file
    from ledger.errors import Malformed
    from ledger.receipt import MAX_RECEIPT_BYTES, parse_receipt, redact_receipt, render_receipt

    whole = parse_receipt(read_file(receipt, max_bytes=MAX_RECEIPT_BYTES))
    names = {name.strip() for name in keep.split(",")} - {""}
    known = {disclosure.name for disclosure in whole.disclosures}
    if unknown := sorted(names - known):
        raise Malformed("--keep", f"the receipt does not disclose {', '.join(unknown)}, but {', '.join(sorted(known))}")
    shown = redact_receipt(whole, names)
    write_file(output, render_receipt(shown))
    typer.echo(f"{output}: {', '.join(sorted(disclosure.name for disclosure in shown.disclosures)) or 'no names'}")
