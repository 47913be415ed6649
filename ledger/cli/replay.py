"""`replay`: a bundle's own transactions executed once more on a fresh chain, everything compared."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from ledger.bundle_source import BundleSource
    from ledger.cli.testnets import Testnet
    from ledger.replay import ReplayReport


def replay(  # noqa: PLR0917 - options of a command
    bundle: Annotated[Path, typer.Argument(help="The ledger bundle.")],
    onto: Annotated[str, typer.Option(help="embedded, anvil, or the address of a fresh node.")] = "embedded",
    trust: Annotated[Path | None, typer.Option(help="Your own trust file, instead of the bundle's.")] = None,
    key: Annotated[Path | None, typer.Option(help="Funded chain key, to anchor anew on a node.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write the report as a page to this file.")] = None,
) -> None:
    """Execute the original transactions on a fresh local chain, compare what they did, and audit against it."""
    from ledger.cli.bundles import opened_bundle
    from ledger.cli.output import show
    from ledger.cli.testnets import open_testnet
    from ledger.errors import Malformed
    from ledger.report import replay_document

    with opened_bundle(bundle, trust) as source:
        damage = list(source.damage())
        if damage:
            raise Malformed(str(bundle), f"damaged: {damage[0].record.number} is not what the manifest says; audit it")
        with open_testnet(onto, source, key) as testnet:
            report = replay_bundle(source, testnet)
    show(replay_document(report), as_json=as_json, html=html)
    raise typer.Exit(report.exit_code)


def replay_bundle(source: BundleSource, testnet: Testnet) -> ReplayReport:
    """Replay an open bundle onto a fresh chain, and audit it against what came out."""
    from ledger.audit.run import audit
    from ledger.bundle_source import originals, replaced
    from ledger.cli.bundles import evidences_of
    from ledger.cli.progress import Progress
    from ledger.cli.testnets import ForOriginals, heads
    from ledger.replay import Mode, anchor_anew, execute_again, report

    with Progress().task("replay", steps_of(source, testnet)) as advance:
        if isinstance(testnet, ForOriginals):
            mode, chain = Mode.EXACT, testnet.chain
            same_blocks, ledger = chain.same_blocks, chain.ledger()
            outcome = execute_again(
                originals(source),
                chain,
                tip=source.head(),
                replaced=replaced(source),
                progress=lambda _done: advance(1),
            )
        else:
            mode, same_blocks, ledger = Mode.ANEW, False, testnet.log.ledger()
            outcome = anchor_anew(heads(source), testnet.log, progress=lambda _done: advance(1))
    evidences = replace(
        evidences_of(source, chain=ledger),
        transactions=source if mode is Mode.EXACT else None,
        expected=testnet.expected_identity(source.trust.anchors[-1].identity),
        same_blocks=same_blocks,
    )
    with Progress().position("audit") as position:
        found = audit(evidences, now=source.bundle.created_at, progress=position)
    return report(mode, testnet.name, same_blocks=same_blocks, outcome=outcome, audit=found)


def steps_of(source: BundleSource, testnet: Testnet) -> int | None:
    """How far there is to go: blocks of the original chain, or checkpoints; None where the bundle does not say."""
    from ledger.cli.testnets import ForOriginals

    if isinstance(testnet, ForOriginals):
        tip = source.head()
        return tip.block_number if tip else None
    return sum(1 for _ in source.checkpoints())
