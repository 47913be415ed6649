"""Pages for workers, lawyers and mediators: form → use case → template. Nothing here decides law or touches SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from starlette.responses import Response

from service.access import NotFound
from service.edge.needs import public
from service.pages.agreement_sheet import add_agreement_sheet
from service.pages.agreements import add_agreements
from service.pages.assets import load_assets
from service.pages.cases import add_cases
from service.pages.check import add_check
from service.pages.consultations import add_consultations
from service.pages.dates import add_dates
from service.pages.deadlines import add_deadlines
from service.pages.disputes import add_disputes
from service.pages.documents import add_documents
from service.pages.entries import add_entries
from service.pages.language import load_catalogues
from service.pages.own_case import add_own_case
from service.pages.party_access import add_party_access
from service.pages.proceedings import add_proceedings
from service.pages.proofs import add_proofs
from service.pages.record import add_record
from service.pages.registration import add_registration
from service.pages.rendering import Renderer
from service.pages.reports import add_reports
from service.pages.routing import PageRoute, respond_with_page
from service.pages.sign_in import add_sign_in
from service.pages.slips import add_slips
from service.pages.steps import add_steps
from service.pages.verifier import add_verifier

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["install", "respond_with_page"]


def install(app: FastAPI) -> None:
    """Load catalogues, templates and static files, and add every page to `app`."""
    assets = load_assets()
    app.state.pages = Renderer(catalogues=load_catalogues(), assets=assets)

    def show_asset(request: Request, version: str, name: str) -> Response:
        """Send a static file; an older version's name gets the file as it is now."""
        answer = assets.respond(request, name)
        if answer is None:
            raise NotFound("file")
        if version != assets.version:
            answer.headers["Cache-Control"] = "no-cache"
        return answer

    router = APIRouter(route_class=PageRoute, include_in_schema=False, default_response_class=Response)
    router.add_api_route("/static/{version}/{name}", show_asset, methods=["GET"], dependencies=[public])
    add_check(router)
    add_verifier(router)
    add_record(router)
    add_sign_in(router)
    add_registration(router)
    add_consultations(router)
    add_disputes(router)
    add_cases(router)
    add_steps(router)
    add_entries(router)
    add_proceedings(router)
    add_documents(router)
    add_proofs(router)
    add_agreements(router)
    add_reports(router)
    add_agreement_sheet(router)
    add_deadlines(router)
    add_slips(router)
    add_dates(router)
    add_party_access(router)
    add_own_case(router)
    app.include_router(router)
