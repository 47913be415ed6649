"""`/api/v1/agreements/{id}/paper-code`: the code to print on an agreement, and a new one when a copy is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Request

from service.access import Action, Actor
from service.api.examples import PAPER_CODE, openapi_examples
from service.api.shapes import RecordId, answered, problems
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.runtime import Runtime
from service.idempotency import once
from service.inputs import PaperCodeChange
from service.paper_codes import PaperCodeView, paper_path, read_paper_code, replace_paper_code

if TYPE_CHECKING:
    from sqlmodel import Session

ONE = "/api/v1/agreements/{agreement_id}/paper-code"
router = APIRouter(route_class=StrictRoute, tags=["agreements"])


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCodeAnswer:
    """A code with the address that its QR code leads to; `number` counts the codes of this paper from 1."""

    record_no: str
    paper_code: str
    number: int
    link: str


@router.get(ONE, responses={**answered("The code to print.", example=PAPER_CODE), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    request: Request,
    actor: Annotated[Actor, Depends(Need(Action.PAPER_CODE))],
    agreement_id: RecordId,
) -> PaperCodeAnswer:
    """Read the code that papers of this agreement show. Who holds it may read what was registered."""
    with runtime.read() as session:
        code = read_paper_code(session, actor, runtime.recorder, agreement_id)
    return _answer(runtime, request, code)


@router.post(
    f"{ONE}/replacements",
    responses={**answered("The new code.", example=PAPER_CODE), **problems(400, 404, 413, 415, 422)},
)
def replace(
    *,
    runtime: RuntimeOf,
    request: Request,
    actor: Annotated[Actor, Depends(Need(Action.PAPER_CODE))],
    agreement_id: RecordId,
    body: Annotated[PaperCodeChange, Body(openapi_examples=openapi_examples(lost={"reason": "当事人遗失纸质件"}))],
    idempotency_key: IdempotencyKey = None,
) -> PaperCodeAnswer:
    """Draw a new code: papers with the present one are told that it was replaced, and show nothing any more."""
    retry = retry_of(idempotency_key, route=f"POST {ONE}/replacements {agreement_id}", body=body)

    def work(session: Session) -> PaperCodeView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: replace_paper_code(session, actor, runtime.recorder, agreement_id, reason=body.reason),
            again=lambda subject: read_paper_code(session, actor, runtime.recorder, subject),
        )

    return _answer(runtime, request, runtime.write(work))


def _answer(runtime: Runtime, request: Request, code: PaperCodeView) -> PaperCodeAnswer:
    return PaperCodeAnswer(
        record_no=code.record_no,
        paper_code=code.paper_code,
        number=code.number,
        link=runtime.address_of(request, paper_path(code.record_no, code.paper_code)),
    )
