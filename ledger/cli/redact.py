"""`redact`: a receipt with fewer disclosures, for somebody who is to see less."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ledger.receipt import Receipt


def redact(
    receipt: Annotated[Path, typer.Argument(help="The receipt.")],
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name to keep; may be repeated, or hold several separated by commas."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "--out", "-o", help="File to write; without it the names are listed.")
    ] = None,
) -> None:
    """Write a receipt that shows only some names. It verifies as the whole one does.

    What the record requires stays, named or not: it may not be read without. Without --keep and --output the names are
    listed, the required ones marked.
    """
    from ledger.cli.files import read_file, write_file
    from ledger.errors import Malformed
    from ledger.receipt import MAX_RECEIPT_BYTES, parse_receipt, redact_receipt, render_receipt

    whole = parse_receipt(read_file(receipt, max_bytes=MAX_RECEIPT_BYTES))
    required = _required(whole)
    known = sorted(disclosure.name for disclosure in whole.disclosures)
    if keep is None and output is None:
        for name in known:
            typer.echo(f"{name}  (required)" if name in required else name)
        return
    if keep is None or output is None:
        raise Malformed("redact", "--keep and --output go together; without both the names are listed")
    names = {name.strip() for part in keep for name in part.split(",")} - {""}
    if unknown := sorted(names - set(known)):
        raise Malformed("--keep", f"the receipt does not disclose {', '.join(unknown)}, but {', '.join(known)}")
    shown = redact_receipt(whole, names)
    write_file(output, render_receipt(shown))
    typer.echo(f"{output}: {', '.join(sorted(disclosure.name for disclosure in shown.disclosures)) or 'no names'}")
    if stayed := sorted(required - names):
        typer.echo(f"kept because the record requires it: {', '.join(stayed)}", err=True)


def _required(receipt: Receipt) -> set[str]:
    required = receipt.record.required
    return {disclosure.name for disclosure in receipt.disclosures if disclosure.digest in required}
