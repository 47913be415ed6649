"""One request for a page: who looks, with what language and choices, and what they sent. Routes depend on these.

`PublicVisit` needs nothing and reads no cookie. `SignedIn(action)` and `Submits(action)` declare what a route needs as
the API's routes do, by the session cookie instead of a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from ledger.errors import Unavailable
from service.access import POLICY, Action, Actor, Unauthenticated, reach
from service.accounts import Browser, InstitutionView, list_institutions, read_web_session
from service.edge.bodies import read_bounded
from service.edge.needs import DeclaredNeed
from service.edge.runtime import Runtime, runtime_of
from service.formats import render_day, render_money
from service.language import Language, parse_language
from service.pages.forms import MAX_FORM_BYTES, Form, parse_form
from service.pages.rendering import Reader, Renderer, public_reader
from service.pages.security import SESSION_COOKIE, read_cookie, verify_same_site, verify_token
from service.problems import UnsupportedMediaType

SEE_OTHER = 303
"""RFC 9110 §15.4.4: the answer to a form that was taken, so that a reload sends nothing again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request for a page. `browser` is who is signed in; None on public pages and at the sign-in."""

    request: Request
    runtime: Runtime
    renderer: Renderer
    reader: Reader
    browser: Browser | None = None

    @property
    def actor(self) -> Actor:
        """Who is signed in; raises Unauthenticated on a public page."""
        if self.browser is None:
            raise Unauthenticated("nobody is signed in on this page")
        return self.browser.actor

    @property
    def language(self) -> Language:
        """The language of the answer."""
        return self.reader.language

    def say(self, message: str, **values: object) -> str:
        """Translate a message id, filling its placeholders."""
        return self.renderer.sentence(self.language, message, **values)

    def money(self, amount_fen: int) -> str:
        """A sum as the reader writes it."""
        return render_money(amount_fen, self.language)

    def day(self, day: str) -> str:
        """A day as the reader writes it."""
        return render_day(day, self.language)

    def may(self, action: str) -> bool:
        """Whether the signed-in role has this action at all: what a page offers. The use case decides."""
        return self.browser is not None and Action(action) in POLICY[self.browser.actor.role]

    def offices(self) -> Mapping[str, InstitutionView]:
        """The offices by code. Without a database a public page still works, and shows codes."""
        try:
            with self.runtime.read() as session:
                return {office.code: office for office in list_institutions(session)}
        except Unavailable:
            return {}

    def office_names(self) -> Mapping[str, str]:
        """Names of the offices by code."""
        return {code: office.name for code, office in self.offices().items()}

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Render a template for this reader."""
        test_network = self.runtime.test_network
        return self.renderer.page(
            self.request, self.reader, template, status=status, test_network=test_network, may=self.may, **values
        )

    def go(self, path: str, **query: str | int | None) -> Response:
        """Send the browser to another page of ours, with the reader's choices."""
        return RedirectResponse(self.reader.link(path, **query), SEE_OTHER, headers={"Cache-Control": "no-store"})


def public_visit(request: Request) -> Visit:
    """A visit of anybody."""
    return Visit(
        request=request, runtime=runtime_of(request), renderer=request.app.state.pages, reader=public_reader(request)
    )


class Anybody(DeclaredNeed):
    """The visit of anybody: no cookie is read."""

    def __init__(self) -> None:
        super().__init__(Action.PUBLIC)

    async def __call__(self, request: Request) -> Visit:
        """Let everybody in."""
        return public_visit(request)


PublicVisit = Annotated[Visit, Depends(Anybody())]


def signed_in_visit(request: Request) -> Visit:
    """The visit of whoever the session cookie stands for; raises Unauthenticated.

    `?lang=` comes before the language chosen at the sign-in.
    """
    visit = public_visit(request)
    token = read_cookie(request, visit.runtime, SESSION_COOKIE)
    if token is None:
        raise Unauthenticated("no session cookie")
    with visit.runtime.read() as session:
        browser = read_web_session(
            session, token, key=visit.runtime.derived_key("csrf"), now=visit.runtime.recorder.clock()
        )
    chosen = parse_language(request.query_params.get("lang")) or parse_language(browser.language)
    reader = replace(
        visit.reader,
        language=chosen or visit.reader.language,
        user=browser.actor.display_name,
        csrf=browser.csrf,
    )
    return replace(visit, reader=reader, browser=browser)


class SignedIn(DeclaredNeed):
    """The visit of a signed-in person whose role may do `action`; how far is for the use case's query."""

    def __call__(self, request: Request) -> Visit:
        """Return the visit; raises Unauthenticated or Forbidden."""
        visit = signed_in_visit(request)
        reach(visit.actor, self.action)
        return visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form that was sent from a page of ours."""

    visit: Visit
    form: Form


class Submits(DeclaredNeed):
    """A form of a signed-in person whose role may do `action`."""

    async def __call__(self, request: Request) -> Submission:
        """Return visit and form; raises CrossSite, OldForm, Unauthenticated, Forbidden, MalformedRequest, TooLarge."""
        verify_same_site(request)
        form = await read_form(request)
        visit = await run_in_threadpool(SignedIn(self.action), request)
        verify_token(visit.reader.csrf or "", form.value("csrf"))
        return Submission(visit=visit, form=form)


class AnybodySubmits(DeclaredNeed):
    """A form that anybody sent from a page of ours. Another site may not make its visitors' browsers send one."""

    def __init__(self) -> None:
        super().__init__(Action.PUBLIC)

    async def __call__(self, request: Request) -> Submission:
        """Return visit and form; raises CrossSite, MalformedRequest, TooLarge."""
        verify_same_site(request)
        return Submission(visit=public_visit(request), form=await read_form(request))


PublicSubmission = Annotated[Submission, Depends(AnybodySubmits())]


async def read_form(request: Request) -> Form:
    """The fields of a form without files. They stay with the request, so that an error page can give them back."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise UnsupportedMediaType("application/x-www-form-urlencoded is expected")
    form = parse_form(await read_bounded(request, MAX_FORM_BYTES))
    request.state.form = form
    return form
