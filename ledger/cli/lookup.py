"""`lookup`: ask a service about a file, a record number, or a paper with its code. Its answer is its own word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from ledger.cli.results import one_line, result_lines, value_line
from ledger.verdict import Text, Verdict

TIMEOUT_S: Final = 30
MAX_ANSWER_BYTES: Final = 4 << 20
"""A report has some ten kilobytes, the terms of the longest agreement a few hundred."""
PATH: Final = "/api/v1/verifications"
TOO_MANY: Final = 429
REFUSED: Final = range(400, 500)

OWN_WORD: Final = Text(
    zh="以上是该平台自己的答复。要自行核验，请取得回执，用 legal-ledger verify 检查。",
    en="This is the service's own answer. To check for yourself, get the receipt and run legal-ledger verify.",
)
REGISTERED: Final = Text(zh="登记的内容如下，请与纸面逐项比对：", en="This was registered. Compare it with the paper:")


def lookup(
    what: Annotated[str, typer.Argument(metavar="FILE|NUMBER", help="A file, or the record number on a paper.")],
    service: Annotated[str, typer.Option(help="Address of the service, such as https://ledger.example.")],
    number: Annotated[str | None, typer.Option(help="Record number that the file is to be compared with.")] = None,
    code: Annotated[str | None, typer.Option(help="Paper code beside the number: shows what was registered.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer for machines.")] = False,
) -> None:
    """Ask a service whether a file or a record stands as registered. A file is hashed here and never sent.

    The exit code is that of the verdict, as for `verify`; also pending 11, erased 13, not_found 22, rate_limited 75.
    """
    answer = _ask(service, _question(what, number, code))
    verdict = Verdict(answer["verdict"])
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, sort_keys=True))
    else:
        typer.echo("\n".join(_lines(what, answer)))
    raise typer.Exit(verdict.exit_code)


def _question(what: str, number: str | None, code: str | None) -> dict[str, str]:
    from ledger.cli.files import digest_file
    from ledger.cli.progress import Progress
    from ledger.errors import Malformed

    path = Path(what)
    if not path.is_file():
        if number is not None:
            raise Malformed(what, "there is no such file")
        return {"record_no": what} | ({"paper_code": code} if code is not None else {})
    if code is not None:
        raise Malformed("--code", "it goes with a record number, not with a file")
    if path.stat().st_size == 0:
        raise Malformed(what, "the file is empty")
    return {"sha256": digest_file(path, Progress())} | ({"record_no": number} if number is not None else {})


def _ask(service: str, question: Mapping[str, str]) -> dict[str, Any]:
    """The report that the service answers with; raises Malformed for a question it refuses, Unavailable otherwise."""
    from ledger.errors import Malformed, Unavailable
    from ledger.verdict import lookup_report, render_report

    status, data = _post(service, json.dumps(question).encode())
    try:
        answer: Any = json.loads(data)
    except ValueError:
        answer = None
    if status == TOO_MANY:
        return render_report(lookup_report(Verdict.RATE_LIMITED, test_network=True))
    if status in REFUSED and isinstance(answer, dict) and isinstance(answer.get("title"), str):
        errors = answer.get("errors") or [{}]
        raise Malformed("question", one_line(str(errors[0].get("message") or answer["title"])))
    if status != 200 or not _is_report(answer):  # noqa: PLR2004 - the one status of an answer
        raise Unavailable("service", f"{service} gives no answer that can be read (HTTP {status})")
    return dict(answer)


def _post(service: str, body: bytes) -> tuple[int, bytes]:
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import Request, urlopen

    from ledger.errors import Malformed, Unavailable

    if not service.startswith(("http://", "https://")):
        raise Malformed("--service", "an address begins with https:// or http://")
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Language": "en"}
    try:
        request = Request(service.rstrip("/") + PATH, data=body, headers=headers)  # noqa: S310 - checked above
        with urlopen(request, timeout=TIMEOUT_S) as reply:  # noqa: S310 - checked above
            return reply.status, reply.read(MAX_ANSWER_BYTES)
    except HTTPError as error:
        with error:
            return error.code, error.read(MAX_ANSWER_BYTES)
    except (OSError, HTTPException) as error:
        raise Unavailable("service", f"{service} does not answer") from error


def _is_report(answer: Any) -> bool:
    """Whether an answer has what is shown of a report: what comes from a network is believed in nothing."""
    return (
        isinstance(answer, dict)
        and answer.get("verdict") in set(Verdict)
        and all(_is_text(answer.get(name)) for name in ("title", "explanation", "next_step"))
        and isinstance(answer.get("test_network"), bool)
        and isinstance(answer.get("facts"), dict)
        and all(_is_text(note) for note in _list(answer, "notes"))
        and all(_is_text(item.get("question")) and _is_text(item.get("words")) for item in _list(answer, "answers"))
        and all(
            _is_text(check.get("sentence"))
            and isinstance(check.get("number"), int)
            and isinstance(check.get("outcome"), str)
            for check in _list(answer, "checks")
        )
    )


def _list(answer: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    items = answer.get(name)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        return [{}]  # has none of what every item has
    return items


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("zh"), str) and isinstance(value.get("en"), str)


def _lines(what: str, answer: dict[str, Any]) -> Iterator[str]:
    yield one_line(what)
    yield from (one_line(line) for line in result_lines(answer))
    registered = answer.get("registered")
    if isinstance(registered, dict):
        yield f"  {REGISTERED.zh} {REGISTERED.en}"
        yield from (value_line(str(name), value) for name, value in registered.items())
    yield f"  {OWN_WORD.zh} {OWN_WORD.en}"
