"""`verify`: a file against its receipt, a receipt by itself, or everything in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from ledger.anchor import AnchorReader
    from ledger.chain import Node
    from ledger.cli.progress import Progress
    from ledger.trust import Trust
    from ledger.verdict import Report

SUFFIX: Final = ".receipt.json"

SEVERITY: Final = (
    "ledger_mismatch",
    "receipt_invalid",
    "different",
    "revoked",
    "wrong_chain",
    "bad_input",
    "chain_unreachable",
    "superseded",
    "verified_not_final",
    "verified",
)
"""Of several verdicts the first one here decides the exit code: proof of a fault, then doubt, then success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A receipt and the file it is about; None for a receipt by itself."""

    receipt: Path
    file: Path | None


def verify(
    file: Annotated[Path, typer.Argument(help="File to check, a receipt, or a folder of both.")],
    receipt: Annotated[Path | None, typer.Option(help="The receipt; by default FILE.receipt.json.")] = None,
    trust: Annotated[Path | None, typer.Option(help="Trust file; by default trust.json of LEDGER_HOME.")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of a node of the chain.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
) -> None:
    """Check that a file is the one that was registered, and that its registration stands."""
    from ledger.cli.chains import connect_to
    from ledger.cli.files import load_trust
    from ledger.cli.progress import Progress

    trusted = load_trust(trust)
    node = connect_to(rpc) if rpc else None
    results = [(pair, _check(pair, trusted, node, Progress())) for pair in _pairs(file, receipt)]
    shown = [_render(pair, report) for pair, report in results]
    if as_json:
        whole = {"results": shown} if file.is_dir() else shown[0]
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        for document in shown:
            typer.echo("\n".join(_lines(document)))
    raise typer.Exit(_exit_code([report for _, report in results]))


def _pairs(target: Path, receipt: Path | None) -> Sequence[Pair]:
    from ledger.errors import Malformed

    if target.is_dir():
        if receipt is not None:
            raise Malformed("--receipt", "a folder brings its own receipts")
        found = [_pair_of(path) for path in sorted(target.rglob(f"*{SUFFIX}"))]
        if not found:
            raise Malformed(str(target), f"no {SUFFIX} files in this folder")
        return found
    if receipt is not None:
        return [Pair(receipt=receipt, file=target)]
    if target.name.endswith(SUFFIX):
        return [Pair(receipt=target, file=None)]
    beside = target.with_name(target.name + SUFFIX)
    if not beside.exists():
        raise Malformed(str(target), f"no receipt beside it ({beside.name}); name one with --receipt")
    return [Pair(receipt=beside, file=target)]


def _pair_of(receipt: Path) -> Pair:
    file = receipt.with_name(receipt.name.removesuffix(SUFFIX))
    return Pair(receipt=receipt, file=file if file.is_file() else None)


def _check(pair: Pair, trust: Trust | None, node: Node | None, progress: Progress) -> Report:
    from ledger.cli.files import digest_file, read_file
    from ledger.receipt import MAX_RECEIPT_BYTES, verify_receipt

    data = read_file(pair.receipt, max_bytes=MAX_RECEIPT_BYTES)
    digest = digest_file(pair.file, progress) if pair.file else None
    return verify_receipt(data, trust=trust, reader=_reader(data, trust, node), file_sha256=digest)


def _reader(data: bytes, trust: Trust | None, node: Node | None) -> AnchorReader | None:
    """Reads the contract that the trust file names for the receipt's size."""
    from ledger.cli.chains import log_on
    from ledger.errors import Malformed
    from ledger.receipt import parse_receipt

    if trust is None or node is None:
        return None
    try:
        size = parse_receipt(data).checkpoint.size
    except Malformed:
        return None  # the first check says so
    anchor = trust.anchor_for(size)
    return log_on(node, anchor) if anchor else None


def _render(pair: Pair, report: Report) -> dict[str, Any]:
    from ledger.verdict import render_report

    return {
        "file": str(pair.file) if pair.file else None,
        "receipt": str(pair.receipt),
        **render_report(report),
    }


def _lines(document: dict[str, Any]) -> Iterator[str]:
    from ledger.verdict import TEST_NETWORK

    yield document["file"] or document["receipt"]
    for name in ("title", "explanation", "next_step"):
        yield f"  {document[name]['zh']} {document[name]['en']}"
    if document["test_network"]:
        yield f"  {TEST_NETWORK.zh} · {TEST_NETWORK.en}"
    for name, value in document["facts"].items():
        if value is not None:
            yield f"  {name:<22}{_one_line(str(value))}"
    for check in document["checks"]:
        yield f"  {check['number']:>2} {check['outcome']:<12}{check['sentence']['en']} {check['sentence']['zh']}"


def _one_line(text: str) -> str:
    """Control characters spelt out: a receipt must not move the terminal's cursor."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _exit_code(reports: Sequence[Report]) -> int:
    verdicts = {report.verdict.value: report.verdict.exit_code for report in reports}
    return next(verdicts[name] for name in SEVERITY if name in verdicts)
