"""`/api/v1/my-case`: a party's own case, with the code of its link as bearer token and without an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from ledger.receipt import MEDIA_TYPE
from service.access import Action
from service.api.examples import openapi_examples
from service.api.party_examples import (
    OWN_ANSWER_INPUT,
    OWN_CASE,
    OWN_OBJECTION_INPUT,
    OWN_REPLY_INPUT,
    OWN_REPORT_INPUT,
)
from service.api.shapes import RecordId, answered, public_problems
from service.edge.bodies import StrictRoute
from service.edge.downloads import send_content, send_gathered
from service.edge.needs import AskedFirst, RuntimeOf
from service.edge.party import Use, open_link
from service.edge.runtime import Runtime, runtime_of
from service.inputs import OwnAnswerInput, OwnObjectionInput, OwnReplyInput, OwnReportInput
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
    from sqlmodel import Session

ROOT: Final = "/api/v1/my-case"
ZIP: Final = "application/zip"
_WRITE_PROBLEMS: Final = public_problems(400, 401, 404, 409, 413, 415, 422, 429)
router = APIRouter(route_class=StrictRoute, tags=["own case"])
link_code = HTTPBearer(
    auto_error=False, scheme_name="PartyLink", description="The code of a party's link, as on its slip."
)


class HoldsLink(AskedFirst):
    """The holder of the link whose code is the bearer token; what it is used for is recorded.

    The parameter `_given` is there for the description of the API alone.
    """

    def __init__(self, use: Use) -> None:
        super().__init__(Action.OWN_CASE)
        self.use = use

    def __call__(
        self, request: Request, _given: Annotated[HTTPAuthorizationCredentials | None, Depends(link_code)] = None
    ) -> Holder:
        """Return the holder; raises LinkRefused, RateLimited."""
        found: Holder | None = getattr(request.state, "holder", None)
        if found is None:
            scheme, _, code = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer":
                raise LinkRefused("link_unknown")
            address = request.client.host if request.client else ""
            found = request.state.holder = open_link(runtime_of(request), address=address, code=code, use=self.use)
        return found


@router.get(ROOT, responses={**answered("The case.", example=OWN_CASE), **public_problems(401, 429)})
def read(*, runtime: RuntimeOf, holder: Annotated[Holder, Depends(HoldsLink(Use.CASE))]) -> PartyCase:
    """Read the case as its party may see it: nothing private of anybody, papers only when released."""
    with runtime.read() as session:
        return read_party_case(session, runtime.recorder, holder, clocks=runtime.clocks)


@router.get(
    f"{ROOT}/statements/{{statement_id}}/receipt",
    response_class=Response,
    responses={
        200: {"description": "A self-contained file that proves the statement.", "content": {MEDIA_TYPE: {}}},
        **public_problems(401, 404, 409, 429),
    },
)
def receipt(
    *, runtime: RuntimeOf, holder: Annotated[Holder, Depends(HoldsLink(Use.RECEIPT))], statement_id: RecordId
) -> Response:
    """Make the receipt of a statement that concerns the party; `not_anchored` before it is on the chain."""
    with runtime.read() as session:
        file = party_receipt(session, runtime.recorder, holder, statement_id)
    return Response(
        file.data, media_type=MEDIA_TYPE, headers={"Content-Disposition": f'attachment; filename="{file.name}"'}
    )


@router.get(
    f"{ROOT}/documents/{{document_id}}/versions/{{version}}",
    response_class=Response,
    responses={
        200: {"description": "The bytes as filed.", "content": {"application/octet-stream": {}}},
        **public_problems(401, 404, 409, 429),
    },
)
def content(
    *,
    runtime: RuntimeOf,
    holder: Annotated[Holder, Depends(HoldsLink(Use.PAPER))],
    document_id: RecordId,
    version: Annotated[int, Path(ge=1, le=10**6)],
) -> Response:
    """Read a paper that was released to the party."""
    with runtime.read() as session:
        found = open_released(session, runtime.recorder, holder, document_id, version=version, blobs=runtime.blobs)
    return send_content(found)


@router.get(
    f"{ROOT}/bundle",
    response_class=Response,
    responses={
        200: {"description": "The `my-case` bundle.", "content": {ZIP: {}}},
        **public_problems(401, 409, 429),
    },
)
def bundle(*, runtime: RuntimeOf, holder: Annotated[Holder, Depends(HoldsLink(Use.BUNDLE))]) -> Response:
    """Take everything along: receipts and released papers in one file that is checked without this service."""
    with runtime.read() as session:
        found = find_my_case(session, runtime.recorder, holder, blobs=runtime.blobs)
    return send_gathered(
        runtime.settings.home,
        lambda file: write_my_case(file, found, trust_file=runtime.trust_file),
        media_type=ZIP,
    )


Speaker = Annotated[Holder, Depends(HoldsLink(Use.ENTRY))]


@router.post(f"{ROOT}/objections", responses={**answered("The case.", example=OWN_CASE), **_WRITE_PROBLEMS})
def object_(
    *,
    runtime: RuntimeOf,
    holder: Speaker,
    body: Annotated[OwnObjectionInput, Body(openapi_examples=openapi_examples(case=OWN_OBJECTION_INPUT))],
) -> PartyCase:
    """Object to the case, or to something that the party was shown. Sent twice on a day it is recorded once."""
    about = body.about.model_dump() if body.about else None
    return _entered(
        runtime,
        holder,
        lambda session: object_as_party(
            session, runtime.recorder, holder, text=body.text, about=about, grounds=body.grounds
        ),
    )


@router.post(f"{ROOT}/answers", responses={**answered("The case.", example=OWN_CASE), **_WRITE_PROBLEMS})
def answer(
    *,
    runtime: RuntimeOf,
    holder: Speaker,
    body: Annotated[OwnAnswerInput, Body(openapi_examples=openapi_examples(employer=OWN_ANSWER_INPUT))],
) -> PartyCase:
    """Answer in the case. Sent twice on a day it is recorded once."""
    return _entered(runtime, holder, lambda session: reply_as_party(session, runtime.recorder, holder, text=body.text))


@router.post(f"{ROOT}/reports", responses={**answered("The case.", example=OWN_CASE), **_WRITE_PROBLEMS})
def report(
    *,
    runtime: RuntimeOf,
    holder: Speaker,
    body: Annotated[OwnReportInput, Body(openapi_examples=openapi_examples(payment=OWN_REPORT_INPUT))],
) -> PartyCase:
    """Report that an agreement is not performed. Sent twice on a day it is recorded once."""
    return _entered(
        runtime,
        holder,
        lambda session: report_as_party(
            session, runtime.recorder, holder, body.agreement, instalment=body.instalment, detail=body.detail
        ),
    )


@router.post(f"{ROOT}/replies", responses={**answered("The case.", example=OWN_CASE), **_WRITE_PROBLEMS})
def reply(
    *,
    runtime: RuntimeOf,
    holder: Speaker,
    body: Annotated[OwnReplyInput, Body(openapi_examples=openapi_examples(report=OWN_REPLY_INPUT))],
) -> PartyCase:
    """Answer another party's report. Sent twice it is recorded once."""
    return _entered(
        runtime,
        holder,
        lambda session: answer_as_party(
            session, runtime.recorder, holder, body.agreement, position=body.position, answer=body.answer
        ),
    )


def _entered(runtime: Runtime, holder: Holder, work: Callable[[Session], None]) -> PartyCase:
    """Record what a party says and return its case as it stands then."""
    runtime.limits.count_entry(holder.link_id)
    runtime.write(work)
    with runtime.read() as session:
        return read_party_case(session, runtime.recorder, holder, clocks=runtime.clocks)
