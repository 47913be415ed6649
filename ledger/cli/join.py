"""`join`: an earlier bundle and what was exported after it, made into one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def join(
    earlier: Annotated[Path, typer.Argument(help="A whole ledger bundle.")],
    newer: Annotated[Path, typer.Argument(help="One that was exported with --since, after that.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write; must not be there yet.")],
) -> None:
    """Join an incremental bundle with the one before it: the result is as if all had been exported now."""
    from ledger.bundle import open_bundle
    from ledger.errors import Malformed
    from ledger.joining import join_bundles

    try:
        with open_bundle(earlier) as before, open_bundle(newer) as after, output.open("xb") as file:
            try:
                join_bundles(file, before, after)
            except BaseException:
                output.unlink()
                raise
    except OSError as error:
        raise Malformed(str(error.filename or output), error.strerror or type(error).__name__) from error
    typer.echo(str(output))
