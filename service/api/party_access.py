"""`/api/v1/cases/{id}/party-links` and `/releases`: what an office lets the parties of a case see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Request

from service.access import Action, Actor
from service.api.examples import openapi_examples
from service.api.party_examples import ISSUED_LINK, PARTY_LINK, PARTY_LINK_INPUT, RELEASE, RELEASE_INPUT
from service.api.shapes import RecordId, answered, problems
from service.edge.bodies import StrictRoute
from service.edge.needs import Need, RuntimeOf
from service.inputs import PartyLinkInput, ReleaseInput
from service.party_access import (
    LinkView,
    ReleaseView,
    case_links,
    case_releases,
    issue_link,
    print_code,
    release_paper,
    revoke_link,
    withdraw_release,
)

if TYPE_CHECKING:
    from sqlmodel import Session

LINKS = "/api/v1/cases/{case_id}/party-links"
RELEASES = "/api/v1/cases/{case_id}/releases"
OWN_CASE_PAGE = "/my"
router = APIRouter(route_class=StrictRoute, tags=["party access"])
_WRITE_PROBLEMS = problems(400, 404, 409, 413, 415, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedLinkAnswer:
    """A link just issued. `code` and `url` are shown this once: only a digest is kept."""

    link: LinkView
    code: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkList:
    """The links of a case."""

    items: tuple[LinkView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseList:
    """The papers released in a case."""

    items: tuple[ReleaseView, ...]


Giver = Annotated[Actor, Depends(Need(Action.PARTY_ACCESS))]


@router.post(
    LINKS,
    status_code=201,
    responses={201: {"content": {"application/json": {"example": ISSUED_LINK}}}, **_WRITE_PROBLEMS},
)
def issue(
    *,
    runtime: RuntimeOf,
    request: Request,
    actor: Giver,
    case_id: RecordId,
    body: Annotated[PartyLinkInput, Body(openapi_examples=openapi_examples(worker=PARTY_LINK_INPUT))],
) -> IssuedLinkAnswer:
    """Issue a link for a party. Sent twice it makes two links: revoke the one whose code was lost."""
    issued = runtime.write(lambda session: issue_link(session, actor, runtime.recorder, case_id, body))
    code = print_code(issued.code)
    return IssuedLinkAnswer(link=issued.link, code=code, url=runtime.address_of(request, f"{OWN_CASE_PAGE}#{code}"))


@router.get(LINKS, responses={**answered("The links.", example={"items": [PARTY_LINK]}), **problems(404)})
def list_links(*, runtime: RuntimeOf, actor: Giver, case_id: RecordId) -> LinkList:
    """List the links of a case with the hours of their use."""
    with runtime.read() as session:
        return LinkList(items=case_links(session, actor, runtime.recorder, case_id))


@router.post(
    "/api/v1/party-links/{link_id}/revocation",
    responses={**answered("The link, withdrawn.", example=PARTY_LINK), **problems(404)},
)
def revoke(*, runtime: RuntimeOf, actor: Giver, link_id: RecordId) -> LinkView:
    """Withdraw a link: it opens nothing any more."""
    return runtime.write(lambda session: revoke_link(session, actor, runtime.recorder, link_id))


@router.post(
    RELEASES,
    status_code=201,
    responses={201: {"content": {"application/json": {"example": RELEASE}}}, **_WRITE_PROBLEMS},
)
def release(
    *,
    runtime: RuntimeOf,
    actor: Giver,
    case_id: RecordId,
    body: Annotated[ReleaseInput, Body(openapi_examples=openapi_examples(notice=RELEASE_INPUT))],
) -> ReleaseView:
    """Let a party read a document in its newest version."""

    def work(session: Session) -> ReleaseView:
        return release_paper(session, actor, runtime.recorder, case_id, body)

    return runtime.write(work)


@router.get(RELEASES, responses={**answered("The releases.", example={"items": [RELEASE]}), **problems(404)})
def list_releases(*, runtime: RuntimeOf, actor: Giver, case_id: RecordId) -> ReleaseList:
    """List what the parties of a case may read."""
    with runtime.read() as session:
        return ReleaseList(items=case_releases(session, actor, case_id))


@router.post(
    "/api/v1/releases/{release_id}/withdrawal",
    responses={**answered("The release, withdrawn.", example=RELEASE), **problems(404)},
)
def withdraw(*, runtime: RuntimeOf, actor: Giver, release_id: RecordId) -> ReleaseView:
    """Take a release back. What was downloaded before stays with the party."""
    return runtime.write(lambda session: withdraw_release(session, actor, runtime.recorder, release_id))
