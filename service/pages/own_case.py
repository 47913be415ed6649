"""A party's own pages, by the link it was given. No account and no cookie.

The code stands behind the # of the link, so that no server or log sees it in an address: a script sends it in the body
of a form, or the party types it from the slip. Every further step is a form that carries it on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from ledger.receipt import MEDIA_TYPE
from service.access import Action
from service.edge.downloads import send_content, send_gathered
from service.edge.needs import DeclaredNeed
from service.edge.party import Use, open_link
from service.law import OBJECTION_GROUNDS
from service.pages.forms import Form, FormError
from service.pages.ids import parse_record_id
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.security import verify_same_site
from service.pages.visits import PublicVisit, Visit, public_visit, read_form
from service.pages.wording import MENDABLE, refused
from service.party_access import (
    Holder,
    LinkRefused,
    PartyCase,
    answer_as_party,
    find_my_case,
    object_as_party,
    open_released,
    party_receipt,
    read_party_case,
    reply_as_party,
    report_as_party,
    write_my_case,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = "/my"
CODE = "code"
ZIP = "application/zip"
FORBIDDEN = 403
ABOUT_PAPER = N_("Paper: %(title)s")
ABOUT_AGREEMENT = N_("Agreement %(number)s")
ABOUT_OPINION = N_("Opinion of %(name)s")
DONE = {
    "reported": N_("What you wrote is recorded. Your office sees it, and the other party may answer."),
    "answered": N_("Your answer is recorded."),
    "objected": N_("Your objection is recorded. It stands in the file under your name."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A form from a party's page: who looks, with which code, and what was sent."""

    visit: Visit
    form: Form

    @property
    def address(self) -> str:
        """Where the request comes from."""
        client = self.visit.request.client
        return client.host if client else ""


class SendsCode(DeclaredNeed):
    """A form with a party's code. Whether it opens anything is decided with the use it is made of."""

    def __init__(self) -> None:
        super().__init__(Action.OWN_CASE)

    async def __call__(self, request: Request) -> Asked:
        """Return the form; raises CrossSite, MalformedRequest, TooLarge."""
        verify_same_site(request)
        form = await read_form(request)
        request.state.form = Form()  # an error page gives nothing of it back: the code stays out of it
        visit = await run_in_threadpool(public_visit, request)
        # private: never cached, never compressed
        return Asked(visit=replace(visit, reader=replace(visit.reader, csrf="", path=ROOT, query={})), form=form)


FromParty = Annotated[Asked, Depends(SendsCode())]


def add_own_case(router: APIRouter) -> None:
    """Add the routes of a party's own pages."""
    router.add_api_route(ROOT, show_landing, methods=["GET"])
    router.add_api_route(ROOT, show_case, methods=["POST"])
    for part, handle in PARTS.items():
        router.add_api_route(f"{ROOT}/{part}", go_to_landing, methods=["GET"])
        router.add_api_route(f"{ROOT}/{part}", handle, methods=["POST"])


def show_landing(visit: PublicVisit) -> Response:
    """Where a link leads before its script has sent the code, and where a code is typed."""
    return visit.page("party/landing.html", form=Form())


def go_to_landing(visit: PublicVisit) -> Response:
    """Answer a form's address when it is opened by itself."""
    return visit.go(ROOT)


def show_case(asked: FromParty) -> Response:
    """Show the case."""
    return _opened(asked, Use.CASE, lambda holder: _case_page(asked, holder))


def receipt(asked: FromParty) -> Response:
    """Hand out the receipt of a statement."""

    def make(holder: Holder) -> Response:
        runtime = asked.visit.runtime
        statement_id = parse_record_id(asked.form.value("statement"))
        with runtime.read() as session:
            file = party_receipt(session, runtime.recorder, holder, statement_id)
        headers = {"Content-Disposition": f'attachment; filename="{file.name}"', "Cache-Control": "no-store"}
        return Response(file.data, media_type=MEDIA_TYPE, headers=headers)

    return _opened(asked, Use.RECEIPT, make)


def paper(asked: FromParty) -> Response:
    """Hand out a paper that was released."""

    def make(holder: Holder) -> Response:
        runtime, version = asked.visit.runtime, asked.form.value("version")
        document_id = parse_record_id(asked.form.value("document"))
        with runtime.read() as session:
            content = open_released(
                session,
                runtime.recorder,
                holder,
                document_id,
                version=int(version) if version.isdecimal() and len(version) < len("1000000") else 0,
                blobs=runtime.blobs,
            )
        return send_content(content)

    return _opened(asked, Use.PAPER, make)


def report(asked: FromParty) -> Response:
    """Record that the party says an agreement is not performed."""

    def work(holder: Holder) -> Callable[[Any], None]:
        instalment = asked.form.value("instalment")
        return lambda session: report_as_party(
            session,
            asked.visit.runtime.recorder,
            holder,
            asked.form.value("agreement"),
            instalment=int(instalment[:9]) if instalment.isdecimal() else None,
            detail=asked.form.value("detail"),
        )

    return _entered(asked, work, done="reported")


def answer(asked: FromParty) -> Response:
    """Record the party's answer to a report."""

    def work(holder: Holder) -> Callable[[Any], None]:
        position = asked.form.value("position")
        return lambda session: answer_as_party(
            session,
            asked.visit.runtime.recorder,
            holder,
            asked.form.value("agreement"),
            position=int(position[:9]) if position.isdecimal() else 0,
            answer=asked.form.value("answer"),
        )

    return _entered(asked, work, done="answered")


def objection(asked: FromParty) -> Response:
    """Record what the party objects to: the case, a paper with its grounds, an agreement, an opinion."""

    def work(holder: Holder) -> Callable[[Any], None]:
        form = asked.form
        kind, _, rest = form.value("about").partition(":")
        subject, _, version = rest.partition(":")
        about = {"kind": kind, "id": subject, "version": int(version) if version.isdecimal() else None}
        grounds = [code for code in OBJECTION_GROUNDS if form.value(f"grounds.{code}")]
        return lambda session: object_as_party(
            session,
            asked.visit.runtime.recorder,
            holder,
            text=form.value("objection"),
            about=about if kind else None,
            grounds=grounds if kind == "document" else (),
        )

    return _entered(asked, work, done="objected")


def statement(asked: FromParty) -> Response:
    """Record what the party answers in the case."""

    def work(holder: Holder) -> Callable[[Any], None]:
        text = asked.form.value("statement_text")
        return lambda session: reply_as_party(session, asked.visit.runtime.recorder, holder, text=text)

    return _entered(asked, work, done="answered")


def bundle(asked: FromParty) -> Response:
    """Hand out everything in one file."""

    def make(holder: Holder) -> Response:
        runtime = asked.visit.runtime
        with runtime.read() as session:
            found = find_my_case(session, runtime.recorder, holder, blobs=runtime.blobs)
        return send_gathered(
            runtime.settings.home,
            lambda file: write_my_case(file, found, trust_file=runtime.trust_file),
            media_type=ZIP,
        )

    return _opened(asked, Use.BUNDLE, make)


PARTS = {
    "receipt": receipt,
    "paper": paper,
    "bundle": bundle,
    "objection": objection,
    "statement": statement,
    "report": report,
    "answer": answer,
}
"""What else a party's page sends, by the last part of its address."""


def _entered(asked: Asked, work: Callable[[Holder], Callable[[Any], None]], *, done: str) -> Response:
    def make(holder: Holder) -> Response:
        runtime = asked.visit.runtime
        try:
            runtime.limits.count_entry(holder.link_id)
            runtime.write(work(holder))
        except MENDABLE as error:
            form, status = refused(asked.form, error, asked.visit)
            # a field stands on the page once for each agreement: the summary says what is wrong without leading there
            form = form.with_errors(FormError(field="", message=item.message) for item in form.errors)
            return _case_page(asked, holder, form=form, status=status)
        return _case_page(asked, holder, done=done)

    return _opened(asked, Use.ENTRY, make)


def _opened(asked: Asked, use: Use, make: Callable[[Holder], Response]) -> Response:
    """What `make` answers to the holder of the code; the page where codes are typed when it opens nothing."""
    try:
        holder = open_link(asked.visit.runtime, address=asked.address, code=asked.form.value(CODE), use=use)
    except LinkRefused as error:
        form, _ = refused(Form(), error, asked.visit)
        form = Form(errors=tuple(FormError(field=CODE, message=item.message) for item in form.errors))
        return asked.visit.page("party/landing.html", form=form, status=FORBIDDEN)
    return make(holder)


def _case_page(
    asked: Asked, holder: Holder, *, form: Form | None = None, done: str = "", status: int = 200
) -> Response:
    visit = asked.visit
    with visit.runtime.read() as session:
        case = read_party_case(session, visit.runtime.recorder, holder, clocks=visit.runtime.clocks)
    return visit.page(
        "party/case.html",
        status=status,
        case=case,
        code=asked.form.value(CODE),
        form=form or Form(),
        entering=asked.form.value("agreement") if form else "",
        objectable=_objectable(visit, case),
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def _objectable(visit: Visit, case: PartyCase) -> list[Choice]:
    """What the party was shown, to choose what an objection is about."""
    return [
        *(
            Choice(code=f"document:{item.id}:{item.version}", label=visit.say(ABOUT_PAPER, title=item.title))
            for item in case.papers
        ),
        *(
            Choice(code=f"agreement:{item.id}", label=visit.say(ABOUT_AGREEMENT, number=item.number))
            for item in case.agreements
        ),
        *(
            Choice(code=f"entry:{item.id}", label=visit.say(ABOUT_OPINION, name=item.raised_by))
            for item in case.entries
            if item.kind == "opinion"
        ),
    ]
