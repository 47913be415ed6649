"""Signing in and out. Whatever was typed into a form when the session ran out comes along and can be sent again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool

from service.access import Action, Unauthenticated
from service.accounts import Browser, authenticate, close_web_session, open_web_session, read_web_session
from service.edge.needs import public
from service.inputs import FieldError, InvalidInput
from service.pages.forms import Form, FormError
from service.pages.language import N_
from service.pages.security import (
    SESSION_COOKIE,
    VISIT_COOKIE,
    OldForm,
    clear_cookie,
    new_visit,
    read_cookie,
    set_cookie,
    verify_same_site,
    verify_token,
    visit_token,
)
from service.pages.visits import Submission, Submits, Visit, public_visit, read_form
from service.pages.wording import field_errors
from service.problems import RateLimited, problem_of

if TYPE_CHECKING:
    from starlette.responses import Response

HOME = "/cases"
OWN_FIELDS = ("username", "password", "csrf", "next")
"""Fields of the sign-in itself; everything else in its form is what is to be sent again."""


def add_sign_in(router: APIRouter) -> None:
    """Add the routes of signing in and out."""
    router.add_api_route("/sign-in", show_sign_in, methods=["GET"], dependencies=[public])
    router.add_api_route("/sign-in", sign_in, methods=["POST"], dependencies=[public])
    router.add_api_route("/sign-out", sign_out, methods=["POST"])


def sign_in_page(visit: Visit, form: Form, *, resume: Form, back: str, status: int = 200) -> Response:
    """The sign-in form. Its token is bound to a cookie of this browser, which is set where it is missing."""
    known = read_cookie(visit.request, visit.runtime, VISIT_COOKIE)
    cookie = known or new_visit()
    reader = replace(visit.reader, csrf=visit_token(visit.runtime, cookie))
    answer = replace(visit, reader=reader).page(
        "account/sign_in.html", status=status, form=form, resume=resume, resuming=bool(resume.values), next=back
    )
    if known is None:
        set_cookie(visit.request, visit.runtime, answer, VISIT_COOKIE, cookie)
    return answer


def show_sign_in(request: Request) -> Response:
    """Ask who it is."""
    visit = public_visit(request)
    return sign_in_page(visit, Form(), resume=Form(), back=local_path(request.query_params.get("next")))


async def sign_in(request: Request) -> Response:
    """Open a session under a new cookie, and go where the person was going."""
    verify_same_site(request)
    form = await read_form(request)
    return await run_in_threadpool(_sign_in, public_visit(request), form)


def sign_out(sent: Annotated[Submission, Depends(Submits(Action.SIGN_OUT))]) -> Response:
    """Close the session here and on the server."""
    visit = sent.visit
    token = read_cookie(visit.request, visit.runtime, SESSION_COOKIE)
    if token is not None:
        visit.runtime.write(lambda session: close_web_session(session, token))
    answer = visit.go("/")
    clear_cookie(visit.request, visit.runtime, answer, SESSION_COOKIE)
    return answer


def local_path(path: str | None) -> str:
    """Where to go after the sign-in: a path of this site, never another site's address."""
    inside = path is not None and path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if path is not None and inside and path.isprintable() else HOME


def _sign_in(visit: Visit, form: Form) -> Response:
    typed = Form(values={"username": form.value("username")})
    resume = Form(values={name: value for name, value in form.values.items() if name not in OWN_FIELDS})
    back = local_path(form.value("next"))
    try:
        opened = _open(visit, form)
    except _REFUSALS as error:
        errors, status = _explain(visit, error)
        return sign_in_page(visit, typed.with_errors(errors), resume=resume, back=back, status=status)
    answer = visit.go(back)
    if resume.values:
        reader = replace(visit.reader, user=opened.browser.actor.display_name, csrf=opened.browser.csrf)
        answer = replace(visit, reader=reader, browser=opened.browser).page(
            "account/resume.html", next=back, resume=resume
        )
    lifetime = int(visit.runtime.settings.session_lifetime.total_seconds())
    set_cookie(visit.request, visit.runtime, answer, SESSION_COOKIE, opened.token, max_age=lifetime)
    clear_cookie(visit.request, visit.runtime, answer, VISIT_COOKIE)
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A session just opened: the cookie's token, and whom it stands for."""

    token: str
    browser: Browser


_REFUSALS = (InvalidInput, OldForm, RateLimited, Unauthenticated)


def _open(visit: Visit, form: Form) -> _Opened:
    empty = [name for name in ("username", "password") if not form.value(name)]
    if empty:
        raise InvalidInput(*(FieldError(pointer=f"/{name}", code="required") for name in empty))
    runtime, request = visit.runtime, visit.request
    cookie = read_cookie(request, runtime, VISIT_COOKIE)
    verify_token(visit_token(runtime, cookie or ""), form.value("csrf") if cookie else None)
    username = form.value("username")
    address = request.client.host if request.client else ""
    with runtime.limits.sign_in(address=address, username=username), runtime.read() as session:
        actor = authenticate(session, runtime.passwords, username=username, password=form.value("password"))
    now, lifetime = runtime.recorder.clock(), runtime.settings.session_lifetime
    opened = runtime.write(
        lambda session: open_web_session(session, actor, language=visit.language.value, now=now, lifetime=lifetime)
    )
    with runtime.read() as session:
        browser = read_web_session(session, opened.token, key=runtime.derived_key("csrf"), now=now)
    return _Opened(token=opened.token, browser=browser)


def _explain(visit: Visit, error: Exception) -> tuple[tuple[FormError, ...], int]:
    status = problem_of(error).status
    if isinstance(error, InvalidInput):
        return field_errors(error, visit), status
    if isinstance(error, RateLimited):
        words = visit.say(N_("Too many tries. Wait %(seconds)s seconds and try again"), seconds=error.seconds)
        return (FormError(field="username", message=words),), status
    if isinstance(error, OldForm):
        return (FormError(field="username", message=visit.say(N_("This page was open for long. Sign in again"))),), 400
    return (FormError(field="username", message=visit.say(N_("User name or password is not right"))),), status
