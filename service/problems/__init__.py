"""The only map from errors to HTTP: RFC 9457 problems with permanent codes, in the reader's language.

A problem never repeats what was sent and never shows what went wrong inside: that is in the log under `request_id`.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ledger.errors import Conflict, LedgerError, Malformed, NeedsAttention, Unavailable, WrongChain
from service.access import Forbidden, NotFound, Unauthenticated
from service.blobs import NoSpace, TooLarge
from service.cases import DuplicatesFound
from service.idempotency import KeyReused
from service.inputs import FieldError, InvalidInput, Refused, Stale
from service.language import Language, negotiate
from service.party_access import LinkRefused
from service.problems.fields import field_errors
from service.problems.words import FIELDS, PROBLEMS
from service.typesetting import FontMissing, GlyphMissing, name_character

if TYPE_CHECKING:
    from starlette.requests import Request

__all__ = [
    "MEDIA_TYPE",
    "SCHEMA",
    "SERVER_FAULT",
    "KeyMalformed",
    "MalformedRequest",
    "PreconditionRequired",
    "Problem",
    "RateLimited",
    "UnsupportedMediaType",
    "document_problems",
    "field_errors",
    "problem_of",
    "render_field_error",
    "render_problem",
    "respond",
]

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:legal-ledger:problem:"
_CLAUSE = re.compile("[，：,:]")
"""Ends the first clause of a sentence: what is left of it when a fact is missing."""
RETRY_AFTER_S = 5
"""Seconds after which a caller may try again what was not available."""
MAX_PLACES = 8
"""Stack frames logged of a failure."""


class PreconditionRequired(LedgerError):
    """A change without If-Match."""

    code = "precondition_required"


class UnsupportedMediaType(LedgerError):
    """A body of a kind that the route does not take."""

    code = "unsupported_media_type"


class RateLimited(LedgerError):
    """Too many tries; `seconds` until the next one is looked at."""

    code = "rate_limited"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"try again in {seconds} seconds")
        self.seconds = seconds


class KeyMalformed(LedgerError):
    """An Idempotency-Key that is empty, too long or not visible ASCII."""

    code = "idempotency_key_malformed"


class MalformedRequest(LedgerError):
    """A request that HTTP lets through and this service cannot read."""

    code = "malformed_request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A refusal as HTTP shows it. `errors` are refused fields, `facts` fill the title, `members` are extensions."""

    status: int
    code: str
    errors: tuple[FieldError, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)
    article: str = ""
    detail: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


SERVER_FAULT = 500
"""Statuses from here on are ours to mend."""

_HTTP_CODES: Mapping[int, str] = MappingProxyType(
    {
        400: "malformed_request",
        401: "unauthenticated",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
        415: "unsupported_media_type",
    }
)


def _plain(status: int, **headers: str) -> Callable[[Any], Problem]:
    return lambda error: Problem(status=status, code=error.code, headers=headers)


def _of_fields(error: RequestValidationError | ValidationError) -> Problem:
    return Problem(status=422, code=InvalidInput.code, errors=field_errors(error.errors()))


def _of_malformed(error: Malformed) -> Problem:
    code = "malformed_json" if error.what == "JSON" else "malformed_request"
    return Problem(status=400, code=code, detail=error.reason)


def _of_attention(error: NeedsAttention) -> Problem:
    damaged = error.cause == "document_damaged"
    return Problem(status=409 if damaged else 503, code=error.cause if damaged else error.code)


def _of_link(error: LinkRefused) -> Problem:
    return Problem(status=401, code=error.reason, headers={"WWW-Authenticate": "Bearer"})


def _of_rate(error: RateLimited) -> Problem:
    headers = {"Retry-After": str(error.seconds)}
    return Problem(status=429, code=error.code, facts={"seconds": error.seconds}, headers=headers)


def _of_duplicates(error: DuplicatesFound) -> Problem:
    return Problem(status=409, code=error.code, members={"duplicates": [asdict(one) for one in error.found]})


def _of_http(error: HTTPException) -> Problem:
    other = "malformed_request" if error.status_code < SERVER_FAULT else "unavailable"
    code = _HTTP_CODES.get(error.status_code, other)
    return Problem(status=error.status_code, code=code, headers=dict(error.headers or {}))


_PROBLEMS: Mapping[type[Exception], Callable[[Any], Problem]] = MappingProxyType(
    {
        RequestValidationError: _of_fields,
        ValidationError: _of_fields,
        InvalidInput: lambda error: Problem(status=422, code=error.code, errors=error.errors),
        KeyReused: _plain(422),
        KeyMalformed: _plain(400),
        MalformedRequest: _plain(400),
        Malformed: _of_malformed,
        Unauthenticated: _plain(401, **{"WWW-Authenticate": "Bearer"}),
        Forbidden: _plain(403),
        NotFound: _plain(404),
        LinkRefused: _of_link,
        Refused: lambda error: Problem(status=409, code=error.reason, facts=error.facts, article=error.article),
        Conflict: _plain(409),
        DuplicatesFound: _of_duplicates,
        Stale: _plain(412),
        TooLarge: lambda error: Problem(status=413, code=error.code, facts={"limit": error.limit}),
        UnsupportedMediaType: _plain(415),
        PreconditionRequired: _plain(428),
        RateLimited: _of_rate,
        NeedsAttention: _of_attention,
        WrongChain: _plain(503),
        Unavailable: _plain(503, **{"Retry-After": str(RETRY_AFTER_S)}),
        NoSpace: _plain(507),
        FontMissing: _plain(503),
        GlyphMissing: lambda error: Problem(
            status=409, code=error.code, facts={"character": name_character(error.character)}
        ),
        HTTPException: _of_http,
    }
)
"""The map. An error is what its nearest class here is; anything else is an internal error."""


def problem_of(error: Exception) -> Problem:
    """What an error is to a caller."""
    nearest = next((_PROBLEMS[kind] for kind in type(error).__mro__ if kind in _PROBLEMS), None)
    return nearest(error) if nearest else Problem(status=500, code="internal_error")


def render_problem(problem: Problem, *, language: Language, request_id: str | None) -> dict[str, Any]:
    """The members of the problem document (RFC 9457 §3.1 and our extensions)."""
    words = PROBLEMS.get(problem.code, PROBLEMS["conflict"])
    document: dict[str, Any] = {
        "type": TYPE_PREFIX + problem.code,
        "title": _fill(words.zh if language is Language.ZH else words.en, problem.facts),
        "status": problem.status,
        "code": problem.code,
    }
    document |= problem.members
    if problem.detail:
        document["detail"] = problem.detail
    if problem.article:
        document["article"] = problem.article
    if problem.errors:
        document["errors"] = [
            {"pointer": item.pointer, "code": item.code, "message": render_field_error(item, language)}
            for item in problem.errors
        ]
    if request_id:
        document["request_id"] = request_id
    return document


def render_field_error(error: FieldError, language: Language) -> str:
    """The sentence of one refused field."""
    words = FIELDS.get(error.code, FIELDS["not_of_any_use"])
    return _fill(words.zh if language is Language.ZH else words.en, error.facts)


def respond(request: Request, error: Exception) -> Response:
    """The answer to a request that failed with `error`; what is ours to mend is logged, without what was sent."""
    problem = problem_of(error)
    if problem.status >= SERVER_FAULT:
        log_failure(error)
    document = render_problem(
        problem,
        language=negotiate(request.headers.get("accept-language")),
        request_id=request.scope.get("state", {}).get("request_id"),
    )
    return Response(
        json.dumps(document, ensure_ascii=False).encode(),
        status_code=problem.status,
        media_type=MEDIA_TYPE,
        headers={"Cache-Control": "no-store", "Vary": "Accept-Language", **problem.headers},
    )


def log_failure(error: Exception) -> None:
    """Log what is ours to mend: the kind of error and its innermost places."""
    structlog.get_logger().error("request_failed", error=type(error).__name__, where=_where(error))


def document_problems(codes: Sequence[int]) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for these statuses, each a problem."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {code: {"description": _DESCRIPTIONS[code], "content": {MEDIA_TYPE: {"schema": schema}}} for code in codes}


SCHEMA: Mapping[str, Any] = MappingProxyType(
    {
        "title": "Problem",
        "description": "RFC 9457 problem details; `code` is permanent, `title` is in the reader's language.",
        "type": "object",
        "required": ["type", "title", "status", "code"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "detail": {"type": "string"},
            "article": {"type": "string", "description": "The article of law that the refusal rests on."},
            "request_id": {"type": "string"},
            "errors": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["pointer", "code", "message"],
                    "properties": {
                        "pointer": {"type": "string", "description": "RFC 6901 pointer into the input."},
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
    }
)
"""The JSON schema of a problem."""

_DESCRIPTIONS: Mapping[int, str] = MappingProxyType(
    {
        400: "The request cannot be read.",
        401: "Nobody is signed in.",
        403: "The account may not do this.",
        404: "There is no such record within reach.",
        409: "The state of the record refuses this.",
        412: "The version named in If-Match is no longer the newest.",
        413: "Too large.",
        415: "Another content type is expected.",
        422: "A field cannot be taken.",
        428: "If-Match is missing.",
        429: "Too many requests.",
        503: "Not available just now.",
        507: "No space left.",
    }
)


def _fill(sentence: str, facts: Mapping[str, str | int]) -> str:
    try:
        return sentence.format_map(facts)
    except KeyError:
        return _CLAUSE.split(sentence)[0]


def _where(error: Exception) -> list[str]:
    """The innermost places of a failure. Not its text: that may repeat what was sent."""
    frames = traceback.extract_tb(error.__traceback__)[-MAX_PLACES:]
    return [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
