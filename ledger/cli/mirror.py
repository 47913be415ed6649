"""`mirror`: an institution's own verified copy of a log, once or for good; `witness-key`: the key to cosign with."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

if TYPE_CHECKING:
    from ledger.chain import Node
    from ledger.cli.progress import Advance
    from ledger.holdings import Exporter
    from ledger.mirror import Cosigner, Mirror, MirrorFolder, Round
    from ledger.trust import Trust, TrustedAnchor

MAX_PASSWORD_BYTES: Final = 4096

MAX_PAUSE: Final = timedelta(minutes=10)
"""Between two looks at a log or chain that does not answer: the pause doubles up to this."""


def mirror(  # noqa: PLR0917 - options of a command
    log: Annotated[str, typer.Option("--from", help="Address of the log, such as https://ledger.example/log.")],
    trust: Annotated[Path, typer.Option(help="Your trust file, got by another way than from the log.")],
    into: Annotated[Path, typer.Option(help="Folder of the copy; made when missing.")],
    rpc: Annotated[str | None, typer.Option(help="Address of a node of the chain, best one of your own.")] = None,
    witness_key: Annotated[Path | None, typer.Option(help="Key file; cosign what was verified.")] = None,
    service: Annotated[str | None, typer.Option(help="Address of the service, to hold its ledger bundle too.")] = None,
    account: Annotated[str, typer.Option(help="An auditor's account there.")] = "auditor",
    password_file: Annotated[Path | None, typer.Option(help="File with that account's password.")] = None,
    redacted: Annotated[bool, typer.Option("--redacted", help="Hold the bundle that names nobody.")] = False,
    watch: Annotated[bool, typer.Option("--watch/--once", help="Go on looking until an alarm or a signal.")] = False,
    interval: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 30,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object a look.")] = False,
) -> None:
    """Keep a verified copy of a log; refuse what contradicts it. Exit 0 up to date, 30 alarm, 40 not reachable."""
    from ledger.cli.files import load_trust
    from ledger.cli.progress import Progress
    from ledger.errors import Malformed
    from ledger.mirror import MirrorFolder

    trusted = load_trust(trust)
    if trusted is None:
        raise Malformed("--trust", "a trust file is needed")
    if witness_key is not None and rpc is None:
        raise Malformed("--witness-key", "to cosign, a node of the chain is needed: --rpc")
    folder = MirrorFolder(into)
    exporter = _exporter(service, account, password_file)
    with folder.held(), Progress().task("leaves", None) as advance:
        keeper = _keeper(folder, log, trusted, rpc, witness_key, advance)

        def look() -> Round:
            found = keeper.update()
            _show(found, as_json=as_json)
            if exporter is not None:
                _hold(folder, exporter, redacted=redacted)
            return found

        if watch:
            keep_looking(look, timedelta(seconds=interval))
        raise typer.Exit(exit_code_of_round(look(), chain_wanted=rpc is not None))


def witness_key(
    file: Annotated[Path, typer.Argument(help="File to write; must not be there yet.")],
) -> None:
    """Make a witness's key and print its address, which the log's owner names with `witness add`."""
    from ledger.errors import Malformed
    from ledger.keys import create_chain_key

    if file.exists():
        raise Malformed(str(file), "it is there already; a key is never overwritten")
    typer.echo(create_chain_key(file).address)


def exit_code_of_round(found: Round, *, chain_wanted: bool) -> int:
    """0 when everything was looked at, 40 when the chain could not be, or the log showed an older head."""
    from ledger.verdict import Verdict

    whole = not found.stale and (found.chain is None or not chain_wanted) and found.cosigning is None
    return 0 if whole else Verdict.CHAIN_UNREACHABLE.exit_code


def _keeper(  # noqa: PLR0917 - what the command was given
    folder: MirrorFolder, log: str, trust: Trust, rpc: str | None, witness_key: Path | None, advance: Advance
) -> Mirror:
    from ledger.cli.chains import connect_to, log_on
    from ledger.mirror import Mirror
    from ledger.web import HttpLog

    node = connect_to(rpc) if rpc else None
    return Mirror(
        folder=folder,
        log=HttpLog(log),
        trust=trust,
        clock=lambda: datetime.now(UTC),
        chain=log_on(node, trust.anchors[-1]) if node else None,
        cosigner=_cosigner(node, trust.anchors[-1], witness_key) if node and witness_key else None,
        progress=advance,
    )


def _cosigner(node: Node, anchor: TrustedAnchor, key: Path) -> Cosigner:
    from ledger.chain import ContractCosigner, Interface, LogWriter, load_artifact
    from ledger.cli.chains import log_on
    from ledger.keys import load_chain_key

    writer = LogWriter(
        node,
        Interface(load_artifact()),
        load_chain_key(key),
        identity=anchor.identity,
        finality=anchor.finality,
    )
    return ContractCosigner(log_on(node, anchor), writer)


def _exporter(service: str | None, account: str, password_file: Path | None) -> Exporter | None:
    from ledger.cli.files import read_file
    from ledger.errors import Malformed
    from ledger.web import HttpExporter

    if service is None:
        return None
    if password_file is None:
        raise Malformed("--service", "signing in there needs --password-file")
    password = read_file(password_file, max_bytes=MAX_PASSWORD_BYTES).decode("utf-8", "replace").rstrip("\r\n")
    return HttpExporter(service, account=account, password=password)


def _hold(folder: MirrorFolder, exporter: Exporter, *, redacted: bool) -> None:
    from ledger.chain import decode_transaction
    from ledger.holdings import NAME, update_holdings

    found = update_holdings(folder, exporter, redacted=redacted, decode=decode_transaction)
    typer.echo(f"  {folder.root / NAME}: {found} statements, each under its leaf", err=True)


def keep_looking(
    look: Callable[[], Round], interval: timedelta, *, pause: Callable[[float], None] = time.sleep
) -> NoReturn:
    """Look until a contradiction is proven: that ends the command. Everything else is said and tried again."""
    from ledger.errors import Unavailable
    from ledger.mirror import Rejected

    waited = interval
    while True:
        try:
            found = look()
        except (Rejected, Unavailable) as error:
            typer.echo(f"{_now()}  {error}; trying again", err=True)
            waited = min(waited * 2, MAX_PAUSE)
        else:
            waited = interval if found.chain is None else min(waited * 2, MAX_PAUSE)
        pause(waited.total_seconds())


def _show(found: Round, *, as_json: bool) -> None:
    if as_json:
        document = {**asdict(found), "root": found.root.hex(), "time": _now()}
        typer.echo(json.dumps(document, sort_keys=True))
        return
    grown = f"{found.before} → {found.size}" if found.size != found.before else f"{found.size}"
    typer.echo(f"{_now()}  {grown} leaves verified, {found.anchored} of them against the contract")
    if found.stale:
        typer.echo("  the log shows an older checkpoint than before: a cache that lags, or a log that was set back")
    if found.chain:
        typer.echo(f"  not compared with the contract: {found.chain}")
    for index in found.cosigned:
        typer.echo(f"  cosigned checkpoint {index}")
    if found.cosigning:
        typer.echo(f"  NOT cosigned: {found.cosigning}")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
