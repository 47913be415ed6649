"""Cookies of the pages, and the proof that a form is ours.

A form is believed when (1) the browser says that it comes from this site (Sec-Fetch-Site, or Origin where a browser is
too old for that) and (2) it repeats a token that only this server can have made for this browser's cookie (signed
double submit). The session cookie is HttpOnly and SameSite=Lax besides.
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

    from service.edge.runtime import Runtime

SESSION_COOKIE = "session"
VISIT_COOKIE = "visit"
"""A random value to bind the sign-in form to, when there is no session yet."""
VISIT_BYTES = 16
MAX_COOKIE = 200
"""Characters. Ours have 43 at most; nothing longer is looked at."""


class CrossSite(LedgerError):
    """A form of another site was sent to us."""

    code = "cross_site_form"


class OldForm(LedgerError):
    """A form of ours, but of another session: somebody signed out and in again while it was open."""

    code = "old_form"


def read_cookie(request: Request, runtime: Runtime, name: str) -> str | None:
    """The value of our cookie, under the name that fits the connection."""
    value = request.cookies.get(_cookie_name(name, secure=_is_secure(request, runtime)))
    return value if value is not None and len(value) <= MAX_COOKIE else None


def set_cookie(
    request: Request, runtime: Runtime, response: Response, name: str, value: str, *, max_age: int | None = None
) -> None:
    """Set a cookie that scripts cannot read. Over https its `__Host-` name keeps sister domains from planting one."""
    secure = _is_secure(request, runtime)
    response.set_cookie(
        _cookie_name(name, secure=secure),
        value,
        max_age=max_age,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(request: Request, runtime: Runtime, response: Response, name: str) -> None:
    """Remove a cookie that `set_cookie` set."""
    secure = _is_secure(request, runtime)
    response.delete_cookie(_cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="lax")


def new_visit() -> str:
    """A random value for the visit cookie."""
    return secrets.token_urlsafe(VISIT_BYTES)


def visit_token(runtime: Runtime, visit: str) -> str:
    """The form token of a browser that is not signed in."""
    return hmac.new(runtime.derived_key("visit"), visit.encode(), hashlib.sha256).hexdigest()


def verify_same_site(request: Request) -> None:
    """Return when the browser says the request comes from our own pages; raise CrossSite otherwise."""
    fetch_site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if fetch_site is not None:
        ours = fetch_site in {"same-origin", "none"}
    else:
        # Very old browsers send neither; then the token alone decides.
        ours = origin is None or urlsplit(origin).netloc == request.url.netloc
    if not ours:
        raise CrossSite("the form was sent from another site")


def verify_token(expected: str, token: str | None) -> None:
    """Return when the form repeats the token of its session; raise OldForm otherwise."""
    if not hmac.compare_digest(expected.encode(), (token or "").encode("utf-8", "surrogatepass")):
        raise OldForm("the form belongs to another session")


def _is_secure(request: Request, runtime: Runtime) -> bool:
    return runtime.settings.secure_cookies or request.url.scheme == "https"


def _cookie_name(name: str, *, secure: bool) -> str:
    plain = f"legal_ledger_{name}"
    return f"__Host-{plain}" if secure else plain
