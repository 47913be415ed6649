"""`restore`: a running service out of a bundle, or of a mirror that holds one, when the server is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from service.home.restoring import Restored


def restore(  # noqa: PLR0917 - options of a command
    source: Annotated[Path, typer.Argument(help="A whole ledger bundle, or a mirror's folder that holds ledger.zip.")],
    rpc: Annotated[str | None, typer.Option(help="Address of a node, for a chain elsewhere.")] = None,
    trust: Annotated[Path | None, typer.Option(help="Your own trust file, not the mirror's or bundle's.")] = None,
    operator_key: Annotated[Path | None, typer.Option(help="operator.key from the backup of the keys.")] = None,
    note_key: Annotated[Path | None, typer.Option(help="note.key from the backup; else a new one is drawn.")] = None,
    owner_key: Annotated[Path | None, typer.Option(help="owner.key from the backup, to name witnesses here.")] = None,
) -> None:
    """Make a new home out of a bundle, audited before and after. LEDGER_HOME must not be there yet, or be empty."""
    from ledger.report import render_text
    from service.home.restoring import AuditRefused, Restore, SavedKeys, Wanted
    from service.settings import Settings

    settings = Settings()
    saved = SavedKeys(operator=operator_key, note=note_key, owner=owner_key)
    wanted = Wanted(source=source, rpc=rpc, trust=trust, saved=saved)
    try:
        restored = Restore(settings=settings, tell=lambda line: typer.echo(line, err=True)).run(wanted)
    except AuditRefused as refused:
        typer.echo(render_text(refused.document), nl=False)
        typer.echo(f"legal-ledger: {refused}", err=True)
        raise typer.Exit(refused.exit_code) from None
    for line in _said(restored, settings.home):
        typer.echo(line)


def _said(restored: Restored, home: Path) -> Iterator[str]:
    """What was restored, and what is to be done now."""
    yield (
        f"{home}: log {restored.origin} goes on from {restored.size} anchored statements; {restored.waiting} wait for "
        f"the chain, {restored.documents} files are sealed again"
    )
    if restored.chain_url:
        yield f"Set LEDGER_CHAIN_URL={restored.chain_url} before you serve it."
    yield "No account has a password: set each with `legal-ledger user password --username NAME`."
    yield "Paper codes and calendar addresses are lost with the old keys: have both made anew."
    if restored.new_note_key:
        yield f"The note key is new: give {home / 'trust.json'} to everyone who checks, by another way than receipts."
    if not restored.anchors:
        yield "Nothing new is anchored: the operator's key is missing. See service/docs/operations.md."
