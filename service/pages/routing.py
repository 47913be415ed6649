"""Errors of pages as pages: what happened, in the reader's language, and nothing that was typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from service.access import Unauthenticated
from service.pages.forms import Form
from service.pages.language import N_
from service.pages.rendering import own_path
from service.pages.security import SESSION_COOKIE, CrossSite, OldForm, clear_cookie, read_cookie
from service.pages.sign_in import sign_in_page
from service.pages.visits import Visit, public_visit, read_form, signed_in_visit
from service.problems import SERVER_FAULT, Problem, log_failure, problem_of, render_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

    from starlette.requests import Request
    from starlette.responses import Response

FORBIDDEN = 403
UNAUTHORISED = 401

WORDS: Mapping[int, tuple[str, str]] = {
    403: (
        N_("You cannot do this with your account"),
        N_("If you need it for your work, ask the administrator of your office."),
    ),
    404: (
        N_("This page does not exist"),
        N_("Check the address. The record may also belong to another office, or you may not see it."),
    ),
    405: (N_("This page does not exist"), N_("Check the address.")),
    413: (
        N_("What you sent is too large"),
        N_("Nothing was saved. Go back: what you typed is still in the form. Choose a smaller file."),
    ),
    429: (N_("Too many tries in a short time"), N_("Wait a minute and try again.")),
    500: (N_("Something went wrong on our side"), N_("It was not your mistake. Try again in a few minutes.")),
    503: (
        N_("The service cannot answer just now"),
        N_("Nothing is lost that was confirmed before. Try again in a few minutes."),
    ),
    507: (N_("There is no space left to save this"), N_("Tell the administrator. Nothing was saved.")),
}
"""Heading and explanation by HTTP status; for other ones the heading is the problem's own title."""
OTHERWISE = N_("Go back and look at the record as it is now.")


class PageRoute(APIRoute):
    """A route whose errors are pages. The status is that of the same error in the API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, a person has to be told in a page
                return await respond_with_page(request, error)

        return shown


async def respond_with_page(request: Request, error: Exception) -> Response:
    """The page for a failed request. A form that was sent comes back with everything that was typed."""
    if isinstance(error, Unauthenticated):
        form = Form() if request.method == "GET" else await _typed(request)
        return await run_in_threadpool(_ask_to_sign_in, request, form)
    if isinstance(error, OldForm):
        return await run_in_threadpool(_resume, request)
    problem = Problem(status=FORBIDDEN, code=error.code) if isinstance(error, CrossSite) else problem_of(error)
    if problem.status >= SERVER_FAULT:
        log_failure(error)
    return await run_in_threadpool(_error_page, request, problem)


def _ask_to_sign_in(request: Request, form: Form) -> Response:
    visit = public_visit(request)
    if request.method == "GET":
        back = own_path(request) + (f"?{request.url.query}" if request.url.query else "")
        answer = visit.go("/sign-in", next=back)
    else:
        answer = sign_in_page(visit, Form(), resume=form, back=own_path(request), status=UNAUTHORISED)
    if read_cookie(request, visit.runtime, SESSION_COOKIE) is not None:
        clear_cookie(request, visit.runtime, answer, SESSION_COOKIE)
    return answer


def _resume(request: Request) -> Response:
    return signed_in_visit(request).page("account/resume.html", next=own_path(request), resume=_kept(request))


def _error_page(request: Request, problem: Problem) -> Response:
    visit, status = _visit_of(request), problem.status
    if status in WORDS:
        heading, explanation = (visit.say(words) for words in WORDS[status])
    else:
        heading = render_problem(problem, language=visit.language, request_id=None)["title"]
        explanation = visit.say(OTHERWISE)
    faulty = status >= SERVER_FAULT
    answer = visit.page(
        "error.html",
        status=status,
        heading=heading,
        explanation=explanation,
        incident=getattr(request.state, "request_id", None) if faulty else None,
        again=_kept(request) if faulty and visit.browser is not None else Form(),
        action=own_path(request),
    )
    if "Retry-After" in problem.headers:
        answer.headers["Retry-After"] = problem.headers["Retry-After"]
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _visit_of(request: Request) -> Visit:
    """The signed-in visit where there is one; a page about an error must not fail for lack of a database."""
    try:
        return signed_in_visit(request)
    except Exception:  # noqa: BLE001 - see above
        return public_visit(request)


def _kept(request: Request) -> Form:
    form: Form = getattr(request.state, "form", Form())
    return Form(values={name: value for name, value in form.values.items() if name != "csrf"})


async def _typed(request: Request) -> Form:
    """What was typed, also when nobody looked at the body yet; a form with a file cannot be kept."""
    if not hasattr(request.state, "form") and not request.headers.get("content-type", "").startswith("multipart/"):
        await read_form(request)
    return _kept(request)
