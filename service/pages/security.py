"""Cookies and forgery protection of the pages behind the sign-in.

A form is believed when (1) the browser says that it comes from this site (Sec-Fetch-Site, or Origin where a browser is
too old for that) and (2) it carries a token that only this server can have made for this cookie (signed double submit).
The session cookie is HttpOnly and SameSite=Lax besides.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ledger.errors import LedgerError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

SESSION_COOKIE = "session"
VISIT_COOKIE = "visit"
"""Holds a random value for the sign-in form, when there is no session to bind its token to."""
TOKEN_TAG = b"legal-ledger/form-token/v1\n"
VISIT_BYTES = 16


class Forged(LedgerError):
    """The form did not come from a page of ours, or from a page of another session."""

    code = "form_not_ours"


def read_cookie(request: Request, name: str) -> str | None:
    """The value of our cookie under the name that fits the connection."""
    return request.cookies.get(_cookie_name(request, name))


def set_cookie(request: Request, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie that scripts cannot read. Over https its `__Host-` name keeps sister domains from planting one."""
    response.set_cookie(
        _cookie_name(request, name),
        value,
        max_age=max_age,
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def clear_cookie(request: Request, response: Response, name: str) -> None:
    """Remove a cookie that `set_cookie` set."""
    response.delete_cookie(
        _cookie_name(request, name),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )


def new_visit() -> str:
    """A random value for the visit cookie."""
    return secrets.token_urlsafe(VISIT_BYTES)


def form_token(key: bytes, cookie: str) -> str:
    """The token of every form shown to the holder of `cookie`."""
    return hmac.new(key, TOKEN_TAG + cookie.encode(), hashlib.sha256).hexdigest()


def verify_form(request: Request, *, key: bytes, cookie: str | None, token: str | None) -> None:
    """Return when the form is ours; raise Forged otherwise."""
    if not _same_site(request):
        raise Forged("the form was sent from another site")
    if not cookie or not token or not hmac.compare_digest(form_token(key, cookie).encode(), token.encode()):
        raise Forged("the form does not belong to this session")


def _same_site(request: Request) -> bool:
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    # Very old browsers send neither; then the token alone decides.
    return origin is None or urlsplit(origin).netloc == request.url.netloc


def _cookie_name(request: Request, name: str) -> str:
    plain = f"legal_ledger_{name}"
    return f"__Host-{plain}" if request.url.scheme == "https" else plain
