"""A result on the terminal, at four depths: the sentence, four answers, facts and checks; `--json` is the fourth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ledger.verdict import DOES_NOT_SAY, SAYS, TEST_NETWORK, Verdict

MATCHES = frozenset({Verdict.VERIFIED.value, Verdict.VERIFIED_NOT_FINAL.value})
"""Results beside which it is said how far they reach."""


def result_lines(document: dict[str, Any]) -> Iterator[str]:
    """The lines below the name of what was checked, from a rendered report."""
    for name in ("title", "explanation", "next_step"):
        yield f"  {document[name]['zh']} {document[name]['en']}"
    if "error" in document:
        yield f"  {one_line(document['error'])}"
        return
    for note in document["notes"]:
        yield f"  {one_line(note['zh'])} {one_line(note['en'])}"
    if document["test_network"]:
        yield f"  {TEST_NETWORK.zh} · {TEST_NETWORK.en}"
    for answer in document["answers"]:
        words, question = answer["words"], answer["question"]
        yield f"  {question['zh']}：{words['zh']} · {question['en']}: {words['en']}"
    for name, value in document["facts"].items():
        if value is not None:
            yield f"  {name:<22}{one_line(str(value))}"
    for check in document["checks"]:
        yield f"  {check['number']:>2} {check['outcome']:<12}{check['sentence']['en']} {check['sentence']['zh']}"
    for text in (SAYS, DOES_NOT_SAY) if document["verdict"] in MATCHES else ():
        yield f"  {text.zh} {text.en}"


def value_line(name: str, value: Any) -> str:
    """One disclosed or registered value."""
    shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"     {name:<19}{one_line(shown)}"


def one_line(text: str) -> str:
    """Control characters spelt out: a receipt must not move the terminal's cursor."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
