"""Pages on which an office gives the parties of a case access to it: links with a slip to print, papers to release."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends

from service.access import Action
from service.cases import read_case, today
from service.documents import case_documents
from service.inputs import PartyLinkInput, ReleaseInput
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.own_case import ROOT as OWN_CASE
from service.pages.qr import render_qr
from service.pages.rendering import Choice
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused
from service.party_access import (
    DEFAULT_LIFE,
    case_links,
    case_releases,
    issue_link,
    print_code,
    release_paper,
    revoke_link,
    withdraw_release,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session
    from starlette.responses import Response

PAGE = "/cases/{case_id}/access"
NOT_OF_THE_BODY = frozenset({"csrf"})
DONE = {
    "revoked": N_("The link is withdrawn. It opens nothing any more."),
    "released": N_("The party can read this paper now."),
    "withdrawn": N_("The release is taken back."),
}


def add_party_access(router: APIRouter) -> None:
    """Add the routes of party access."""
    router.add_api_route(PAGE, show_access, methods=["GET"])
    for part in ("links", "releases"):
        router.add_api_route(f"{PAGE}/{part}", go_to_access, methods=["GET"])
    router.add_api_route(f"{PAGE}/links", issue, methods=["POST"])
    router.add_api_route(f"{PAGE}/releases", release, methods=["POST"])
    router.add_api_route(f"{PAGE}/links/{{link_id}}/revoke", revoke, methods=["POST"])
    router.add_api_route(f"{PAGE}/releases/{{release_id}}/withdraw", withdraw, methods=["POST"])


def show_access(
    visit: Annotated[Visit, Depends(SignedIn(Action.PARTY_ACCESS))], case_id: RecordId, done: str = ""
) -> Response:
    """Show the links and releases of a case, with the forms for more."""
    return _page(visit, case_id, Form(), done=done)


def go_to_access(visit: Annotated[Visit, Depends(SignedIn(Action.PARTY_ACCESS))], case_id: RecordId) -> Response:
    """Answer a form's address when it is opened by itself."""
    return visit.go(f"/cases/{case_id}/access")


def issue(sent: Annotated[Submission, Depends(Submits(Action.PARTY_ACCESS))], case_id: RecordId) -> Response:
    """Issue a link and show its slip: the only time that the code can be seen."""
    visit = sent.visit
    runtime = visit.runtime
    try:
        new = PartyLinkInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        issued = runtime.write(lambda session: issue_link(session, visit.actor, runtime.recorder, case_id, new))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _page(visit, case_id, form, status=status)
    with runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
    code = print_code(issued.code)
    url = runtime.address_of(visit.request, OWN_CASE)
    return visit.page(
        "party/slip.html",
        case=case,
        link=issued.link,
        code=code,
        url=url,
        qr=render_qr(f"{url}#{code}"),
        office=visit.office_names().get(visit.actor.institution_code, visit.actor.institution_code),
    )


def release(sent: Annotated[Submission, Depends(Submits(Action.PARTY_ACCESS))], case_id: RecordId) -> Response:
    """Release a paper to a party."""
    visit = sent.visit
    recorder = visit.runtime.recorder
    try:
        new = ReleaseInput.model_validate(body_of(sent.form, without=NOT_OF_THE_BODY))
        visit.runtime.write(lambda session: release_paper(session, visit.actor, recorder, case_id, new))
    except MENDABLE as error:
        form, status = refused(sent.form, error, visit)
        return _page(visit, case_id, form, status=status)
    return visit.go(f"/cases/{case_id}/access", done="released")


def revoke(
    sent: Annotated[Submission, Depends(Submits(Action.PARTY_ACCESS))], case_id: RecordId, link_id: RecordId
) -> Response:
    """Withdraw a link."""
    visit = sent.visit
    return _change(visit, case_id, "revoked", lambda s: revoke_link(s, visit.actor, visit.runtime.recorder, link_id))


def withdraw(
    sent: Annotated[Submission, Depends(Submits(Action.PARTY_ACCESS))], case_id: RecordId, release_id: RecordId
) -> Response:
    """Take a release back."""
    visit = sent.visit
    return _change(
        visit, case_id, "withdrawn", lambda s: withdraw_release(s, visit.actor, visit.runtime.recorder, release_id)
    )


def _change(visit: Visit, case_id: str, done: str, work: Callable[[Session], object]) -> Response:
    visit.runtime.write(work)
    return visit.go(f"/cases/{case_id}/access", done=done)


def _page(visit: Visit, case_id: str, form: Form, *, done: str = "", status: int = 200) -> Response:
    recorder = visit.runtime.recorder
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
        links = case_links(session, visit.actor, recorder, case_id)
        releases = case_releases(session, visit.actor, case_id)
        documents = case_documents(session, visit.actor, case_id)
    defaults = {"expires_on": _default_end(today(recorder)).isoformat()}
    return visit.page(
        "party/access.html",
        status=status,
        case=case,
        links=links,
        releases=releases,
        parties=[Choice(code=str(party.position), label=party.name) for party in case.parties],
        papers=[Choice(code=item.id, label=item.title) for item in documents],
        form=Form(values={**defaults, **form.values}, errors=form.errors),
        notice=visit.say(DONE[done]) if done in DONE else None,
    )


def _default_end(day: date) -> date:
    return day + DEFAULT_LIFE
