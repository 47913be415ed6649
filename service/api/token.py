"""`POST /api/v1/token`: a user name and password for a token that is good for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request

from service.accounts import authenticate
from service.api.shapes import answered, public_problems
from service.edge.bodies import StrictRoute, read_bounded
from service.edge.needs import TOKEN_PATH, RuntimeOf, public
from service.inputs import FieldError, InvalidInput
from service.problems import MalformedRequest, UnsupportedMediaType

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_FORM_BYTES: Final = 8192
FORM: Final = "application/x-www-form-urlencoded"

router = APIRouter(route_class=StrictRoute, tags=["account"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What somebody claims."""

    username: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A bearer token and the seconds for which it is good."""

    access_token: str
    token_type: str
    expires_in: int


async def read_sign_in(request: Request) -> SignIn:
    """The form of RFC 6749 §4.3.2; raises UnsupportedMediaType, MalformedRequest, InvalidInput."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMediaType(f"{FORM} is expected")
    body = await read_bounded(request, MAX_FORM_BYTES)
    try:
        fields: Mapping[str, list[str]] = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except ValueError as error:
        raise MalformedRequest("not a form as browsers send it") from error
    missing = [name for name in ("username", "password") if len(fields.get(name, ())) != 1 or not fields[name][0]]
    if missing:
        raise InvalidInput(*(FieldError(pointer=f"/{name}", code="required") for name in missing))
    if fields.get("grant_type", ["password"]) != ["password"]:
        raise InvalidInput(FieldError(pointer="/grant_type", code="not_in_list", facts={"expected": "password"}))
    return SignIn(username=fields["username"][0], password=fields["password"][0])


_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "grant_type": {"type": "string", "enum": ["password"]},
                        "username": {"type": "string"},
                        "password": {"type": "string", "format": "password"},
                    },
                },
                "example": {"grant_type": "password", "username": "lawyer", "password": "correct horse battery staple"},
            }
        },
    }
}


@router.post(
    TOKEN_PATH,
    dependencies=[public],
    openapi_extra=_BODY,
    responses={
        **answered("A token.", example={"access_token": "eyJ…", "token_type": "bearer", "expires_in": 1800}),
        **public_problems(400, 401, 413, 415, 422, 429),
    },
)
def issue_token(request: Request, runtime: RuntimeOf, claimed: Annotated[SignIn, Depends(read_sign_in)]) -> Token:
    """Sign in. Attempts that fail are limited for the address and for the account."""
    address = request.client.host if request.client else ""
    with (
        runtime.limits.sign_in(address=address, username=claimed.username),
        runtime.read() as session,
    ):
        actor = authenticate(session, runtime.passwords, username=claimed.username, password=claimed.password)
    token = runtime.tokens.issue(actor, runtime.recorder.clock())
    return Token(access_token=token, token_type="bearer", expires_in=runtime.settings.token_minutes * 60)  # noqa: S106
