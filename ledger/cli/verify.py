"""`verify`: files against their receipts, receipts by themselves, certificates, bundles, and folders of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from ledger.cli.results import one_line, result_lines, value_line
from ledger.verdict import Text, Verdict

if TYPE_CHECKING:
    from ledger.anchor import AnchorReader
    from ledger.chain import Node
    from ledger.cli.progress import Progress
    from ledger.cli.subjects import Finder, Subject
    from ledger.errors import Malformed
    from ledger.trust import Trust
    from ledger.verdict import Report

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


COMPARE: Final = Text(
    zh="回执所披露的内容如下，请与纸面逐项比对：只有这些得到了核验。",
    en="The receipt inside discloses this. Compare it with the page: nothing else was checked.",
)


def verify(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Files, receipts, certificates, bundles, or folders of them.")
    ],
    receipt: Annotated[Path | None, typer.Option(help="The receipt of one file; by default FILE.receipt.json.")] = None,
    trust: Annotated[Path | None, typer.Option(help="Trust file; by default trust.json of LEDGER_HOME.")] = None,
    rpc: Annotated[str | None, typer.Option(help="Address of a node of the chain.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report for machines.")] = False,
) -> None:
    """Check that files are those that were registered, and that their registrations stand.

    Of several results the exit code is that of the worst: ledger_mismatch 30, receipt_invalid 23, different 21,
    revoked 20, wrong_chain 41, bad_input 64, chain_unreachable 40, superseded 12, verified_not_final 10, verified 0.
    """
    from ledger.cli.chains import connect_to
    from ledger.cli.files import load_trust
    from ledger.cli.progress import Progress
    from ledger.cli.subjects import Finder
    from ledger.errors import Malformed

    if receipt is not None and len(files) > 1:
        raise Malformed("--receipt", "it goes with one file")
    checker = _Checker(trust=load_trust(trust), node=connect_to(rpc) if rpc else None, progress=Progress())
    with ExitStack() as opened:
        finder = Finder(opened=opened)
        results = list(checker.results(files, receipt, finder))
    if as_json:
        one = results[0].document if _is_alone(files, results) else None
        skipped = [{"path": item.path, "reason": item.reason} for item in finder.skipped]
        whole = one or {"results": [result.document for result in results], "skipped": skipped}
        typer.echo(json.dumps(whole, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        for result in results:
            typer.echo("\n".join(_lines(result.document)))
        for item in finder.skipped:
            typer.echo(f"{item.path}: {one_line(item.reason)}", err=True)
    verdicts = {result.verdict.value: result.verdict.exit_code for result in results}
    raise typer.Exit(next(verdicts[name] for name in SEVERITY if name in verdicts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one subject: the verdict, and the document that is shown."""

    verdict: Verdict
    document: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checker:
    """Checks subjects against a trust file and a node, each where there is one."""

    trust: Trust | None
    node: Node | None
    progress: Progress

    def results(self, targets: Sequence[Path], receipt: Path | None, finder: Finder) -> Iterator[Result]:
        """The results of all arguments. What cannot be read is a result among several, and raised when it is alone."""
        from ledger.cli.subjects import Subject
        from ledger.errors import Malformed

        with self.progress.task("verify", None) as advance:
            for target in targets:
                begun = False
                try:
                    for subject in finder.find(target, receipt):
                        begun = True
                        yield self._check_among(subject, targets)
                        advance(1)
                except Malformed as error:
                    if len(targets) == 1 and not begun:
                        raise
                    yield _unread(Subject(receipt=str(target), read=bytes), error)

    def _check_among(self, subject: Subject, targets: Sequence[Path]) -> Result:
        from ledger.errors import Malformed

        try:
            return self._check(subject)
        except Malformed as error:
            if len(targets) == 1 and str(targets[0]) in {subject.receipt, subject.file}:
                raise
            return _unread(subject, error)

    def _check(self, subject: Subject) -> Result:
        from ledger.receipt import verify_receipt

        data = subject.read()
        digest = subject.digest(self.progress) if subject.digest else None
        report = verify_receipt(data, trust=self.trust, reader=self._reader(data), file_sha256=digest)
        listed = {"disclosed": _disclosed(data)} if subject.listed else {}
        return Result(verdict=report.verdict, document=_render(subject, report) | listed)

    def _reader(self, data: bytes) -> AnchorReader | None:
        """Reads the contract that the trust file names for the receipt's size."""
        from ledger.cli.chains import log_on
        from ledger.errors import Malformed
        from ledger.receipt import parse_receipt

        if self.trust is None or self.node is None:
            return None
        try:
            size = parse_receipt(data).checkpoint.size
        except Malformed:
            return None  # the first check says so
        anchor = self.trust.anchor_for(size)
        return log_on(self.node, anchor) if anchor else None


def _is_alone(files: Sequence[Path], results: Sequence[Result]) -> bool:
    """Whether the one argument was the one thing to check: its result is shown by itself, not in a list."""
    names = {results[0].document["file"], results[0].document["receipt"]}
    return len(files) == 1 and str(files[0]) in names


def _unread(subject: Subject, error: Malformed) -> Result:
    from ledger.verdict import Check, Outcome, Report, unchecked

    failed = Check(number=1, outcome=Outcome.FAILED, facts={"detail": str(error)})
    report = Report(checks=unchecked({1: failed}), test_network=True)
    return Result(verdict=report.verdict, document=_render(subject, report) | {"error": str(error)})


def _render(subject: Subject, report: Report) -> dict[str, Any]:
    from ledger.verdict import render_report

    return {"file": subject.file, "receipt": subject.receipt, **render_report(report, file=subject.file is not None)}


def _disclosed(data: bytes) -> dict[str, Any]:
    """What the receipt discloses, by name; nothing of one that cannot be read."""
    from ledger.errors import Malformed
    from ledger.receipt import parse_receipt

    try:
        return {item.name: item.value for item in parse_receipt(data).disclosures}
    except Malformed:
        return {}


def _lines(document: dict[str, Any]) -> Iterator[str]:
    yield document["file"] or document["receipt"]
    yield from result_lines(document)
    if document.get("disclosed"):
        yield f"  {COMPARE.zh} {COMPARE.en}"
        yield from (value_line(name, value) for name, value in document["disclosed"].items())
