"""The one map from errors to HTTP."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from ledger import errors
from ledger.errors import Conflict, LedgerError, Malformed, Mismatch, NeedsAttention, Unavailable, WrongChain
from service.access import Action, Forbidden, NotFound, Unauthenticated
from service.blobs import NoSpace, TooLarge
from service.idempotency import KeyReused
from service.inputs import Refused, Stale, refuse
from service.language import Language, negotiate
from service.problems import RateLimited, problem_of, render_problem
from service.problems.fields import render_pointer
from service.problems.words import FIELDS, PROBLEMS

CASES: list[tuple[Exception, int, str]] = [
    (refuse("/x", "required"), 422, "invalid_input"),
    (KeyReused("k"), 422, "idempotency_key_reused"),
    (Malformed("JSON", "cut"), 400, "malformed_json"),
    (Malformed("cursor", "cut"), 400, "malformed_request"),
    (Unauthenticated("x"), 401, "unauthenticated"),
    (Forbidden(Action.EXPORT), 403, "forbidden"),
    (NotFound("case"), 404, "not_found"),
    (Refused("not_in_effect", article="第十四条"), 409, "not_in_effect"),
    (Conflict("record", "x"), 409, "conflict"),
    (Stale(expected=1, current=2), 412, "version_stale"),
    (TooLarge(10), 413, "too_large"),
    (RateLimited(7), 429, "rate_limited"),
    (NeedsAttention("document_damaged", "x", "y"), 409, "document_damaged"),
    (NeedsAttention("key_missing", "x", "y"), 503, "needs_attention"),
    (WrongChain("chain_id", 1, 2), 503, "wrong_chain"),
    (Unavailable("database", "locked"), 503, "unavailable"),
    (NoSpace("full"), 507, "no_space"),
    (HTTPException(404), 404, "not_found"),
    (HTTPException(418), 418, "malformed_request"),
    (ZeroDivisionError("x"), 500, "internal_error"),
    (Mismatch("seal", 1, 2), 500, "internal_error"),
]


@pytest.mark.parametrize(("error", "status", "code"), CASES, ids=lambda value: getattr(value, "code", str(value)))
def test_error_has_its_status_and_code(error: Exception, status: int, code: str) -> None:
    problem = problem_of(error)

    assert (problem.status, problem.code) == (status, code)
    assert code in PROBLEMS


def test_every_error_of_the_ledger_is_answered_on_purpose() -> None:
    named = {type(error) for error, _, _ in CASES}
    ours = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, LedgerError)}

    assert ours - {LedgerError} <= named


def test_problem_is_rendered_in_both_languages() -> None:
    problem = problem_of(Refused("not_paid_in_full", article="人民调解法 第三十一条", due_fen=5))

    rendered = {
        language: render_problem(problem, language=language, request_id="ab12")
        for language in (Language.ZH, Language.EN)
    }

    assert rendered[Language.ZH]["title"] == "尚有 5 分未支付"
    assert rendered[Language.EN] == {
        "type": "urn:legal-ledger:problem:not_paid_in_full",
        "title": "5 fen are still due",
        "status": 409,
        "code": "not_paid_in_full",
        "article": "人民调解法 第三十一条",
        "request_id": "ab12",
    }


def test_waiting_time_is_in_the_header() -> None:
    assert problem_of(RateLimited(7)).headers["Retry-After"] == "7"
    assert int(problem_of(Unavailable("database", "locked")).headers["Retry-After"]) > 0


def test_sentence_without_its_fact_is_cut_and_not_broken() -> None:
    title = render_problem(problem_of(HTTPException(413)), language=Language.EN, request_id=None)["title"]

    assert title == "Too large"


def test_pointer_escapes_what_rfc_6901_says() -> None:
    assert render_pointer(["a/b", "m~n", 0]) == "/a~1b/m~0n/0"


def test_field_sentences_use_only_facts_that_their_errors_carry() -> None:
    for code, words in FIELDS.items():
        for sentence in words:
            names = {part.partition("}")[0] for part in sentence.split("{")[1:]}
            assert names <= {"expected", "limit", "reason", "party", "total", "position", "due_fen", "day", "days"}, (
                code
            )


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, Language.ZH),
        ("en", Language.EN),
        ("en-GB,zh;q=0.9", Language.EN),
        ("zh-Hant", Language.ZH),
        ("xx", Language.ZH),
        ("en;q=0.1, zh;q=0.2", Language.ZH),
        ("en;q=0", Language.ZH),
        ("en;q=x", Language.ZH),
        ("a," * 5000 + "en", Language.ZH),
    ],
)
def test_language_is_chosen_by_weight(header: str | None, language: Language) -> None:
    assert negotiate(header) is language
