"""`lookup`: what is asked, how an answer is read, and that nothing a network says is believed in its form."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ledger.cli import app, exit_code_of
from ledger.cli.lookup import _post
from ledger.errors import LedgerError, Malformed, Unavailable
from ledger.verdict import Verdict, lookup_report, render_report

NUMBER = "0000-0000-00000"
SERVICE = "https://ledger.example"
NOT_FOUND = render_report(lookup_report(Verdict.NOT_FOUND, test_network=True), file=False)

Reply = Callable[[int, bytes], list[dict[str, Any]]]


@pytest.fixture
def reply(monkeypatch: pytest.MonkeyPatch) -> Reply:
    """Let the service answer; what it was asked is in the list that comes back."""

    def answering(status: int, body: bytes) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = []

        def post(_service: str, question: bytes) -> tuple[int, bytes]:
            asked.append(json.loads(question))
            return status, body

        monkeypatch.setattr(
            sys.modules["ledger.cli.lookup"], "_post", post
        )  # the package has the function of that name
        return asked

    return answering


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and what was printed; a named error has the exit code that the program gives it."""
    done = CliRunner().invoke(app, ["lookup", *arguments, "--service", SERVICE])
    if isinstance(done.exception, LedgerError):
        return exit_code_of(done.exception), str(done.exception)
    return done.exit_code, done.stdout


def test_number_is_asked_and_the_verdict_decides_the_exit_code(reply: Reply) -> None:
    asked = reply(200, json.dumps(NOT_FOUND).encode())

    code, shown = run(NUMBER)

    assert asked == [{"record_no": NUMBER}]
    assert code == 22
    assert "没有这个编号的登记 There is no record with this number" in shown
    assert "This is the service's own answer" in shown


def test_file_is_asked_by_its_digest_alone(reply: Reply, tmp_path: Path) -> None:
    asked = reply(200, json.dumps(NOT_FOUND).encode())
    path = tmp_path / "周小满.pdf"
    path.write_bytes(b"wages")

    run(str(path), "--number", NUMBER)

    assert asked == [{"sha256": hashlib.sha256(b"wages").hexdigest(), "record_no": NUMBER}]


def test_code_shows_what_was_registered(reply: Reply) -> None:
    asked = reply(200, json.dumps({**NOT_FOUND, "registered": {"total_fen": 2796000, "waivers": ["加班"]}}).encode())

    _, shown = run(NUMBER, "--code", "BFXR-71NA")

    assert asked == [{"record_no": NUMBER, "paper_code": "BFXR-71NA"}]
    assert "2796000" in shown
    assert '["加班"]' in shown


def test_json_is_the_answer(reply: Reply) -> None:
    reply(200, json.dumps(NOT_FOUND).encode())

    assert json.loads(run(NUMBER, "--json")[1]) == NOT_FOUND


def test_too_many_questions_are_rate_limited(reply: Reply) -> None:
    reply(429, b'{"code": "rate_limited", "title": "x"}')

    assert run(NUMBER)[0] == 75


def test_refused_question_is_bad_input_with_its_sentence(reply: Reply) -> None:
    reply(409, b'{"code": "paper_code_wrong", "title": "This is not the paper code"}')

    assert run(NUMBER, "--code", "0000-0000") == (64, "question: This is not the paper code")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b"{"),
        (200, b"null"),
        (200, b'{"verdict": "fine"}'),
        (200, json.dumps({**NOT_FOUND, "checks": [1]}).encode()),
        (200, json.dumps({**NOT_FOUND, "title": "verified"}).encode()),
        (200, json.dumps({**NOT_FOUND, "answers": None}).encode()),
        (404, b"<html>"),
        (503, json.dumps(NOT_FOUND).encode()),
        (302, b""),
    ],
)
def test_answer_that_is_none_is_an_outage_and_no_verdict(reply: Reply, status: int, body: bytes) -> None:
    reply(status, body)

    assert run(NUMBER)[0] == 40


def test_answer_moves_no_cursor(reply: Reply) -> None:
    reply(200, json.dumps({**NOT_FOUND, "facts": {"a": "\x1b[2J"}, "title": {"zh": "\x1b[H", "en": "x"}}).encode())

    assert "\x1b" not in run(NUMBER)[1]


@pytest.mark.parametrize("arguments", [("missing.pdf", "--number", NUMBER), ("", "--number", NUMBER)])
def test_file_that_is_not_there_is_bad_input(reply: Reply, arguments: tuple[str, ...]) -> None:
    reply(200, json.dumps(NOT_FOUND).encode())

    assert run(*arguments)[0] == 64


def test_empty_file_is_bad_input(reply: Reply, tmp_path: Path) -> None:
    asked = reply(200, json.dumps(NOT_FOUND).encode())
    (tmp_path / "empty").touch()

    assert run(str(tmp_path / "empty"))[0] == 64
    assert asked == []


def test_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed):
        _post("file:///etc/passwd", b"{}")


def test_errors_of_the_network_are_outages(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(Unavailable):
        _post(SERVICE, b"{}")
