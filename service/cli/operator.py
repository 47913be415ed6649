"""`operator name`: a new operator, when the old one's key is lost or stolen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

operator_app = typer.Typer(no_args_is_help=True, help="The key that may append to the log.")


@operator_app.callback()
def operator() -> None:
    """Name the operator of the log."""


@operator_app.command("name")
def name(
    key: Annotated[Path | None, typer.Option(help="Owner's key file; by default the one in the home.")] = None,
) -> None:
    """Make operator.key of this home the operator; one is drawn where there is none. Start the service again after."""
    from ledger.keys import load_chain_key
    from service.home.opening import changing
    from service.home.operators import name_operator
    from service.home.setup import OWNER_KEY
    from service.settings import Settings

    with changing(Settings()) as home:
        address, changed = name_operator(home, load_chain_key(key or home.layout.keys / OWNER_KEY))
    typer.echo(f"{address} is the operator of this log{'' if changed else ' (nothing to do)'}")
