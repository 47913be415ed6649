"""`/api/v1/cases/{id}/agreements` and `/api/v1/agreements`: draft, sign, perform, end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Body, Depends, Path, Response
from pydantic import BaseModel

from service.access import Action, Actor
from service.agreements import (
    AgreementView,
    answer_nonperformance,
    case_agreements,
    draft_agreement,
    end_agreement,
    pay_instalment,
    read_agreement,
    report_nonperformance,
    sign_agreement,
)
from service.api.examples import (
    AGREEMENT,
    AGREEMENT_INPUT,
    ENDING_INPUTS,
    NONPERFORMANCE_ANSWER,
    NONPERFORMANCE_INPUT,
    PAYMENT_INPUT,
    SIGNATURE_INPUTS,
    openapi_examples,
)
from service.api.shapes import RecordId, answered, created, problems
from service.cases import today
from service.edge.bodies import StrictRoute
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.runtime import Runtime
from service.idempotency import once
from service.inputs import (
    AgreementInput,
    EndingInput,
    NonperformanceAnswerInput,
    NonperformanceInput,
    PaymentInput,
    SignatureInput,
)

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/agreements"
OF_CASE = "/api/v1/cases/{case_id}/agreements"
ONE = f"{PATH}/{{agreement_id}}"
router = APIRouter(route_class=StrictRoute, tags=["agreements"])

ReportPosition = Annotated[int, Path(ge=1, le=10_000, description="The place of the report, from 1.")]
_WRITE_PROBLEMS = problems(400, 404, 409, 413, 415, 422)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementList:
    """The agreements of a case."""

    items: tuple[AgreementView, ...]


@router.post(
    OF_CASE, status_code=201, responses={**created("The agreement as drafted.", example=AGREEMENT), **_WRITE_PROBLEMS}
)
def draft(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_DRAFT))],
    case_id: RecordId,
    body: Annotated[AgreementInput, Body(openapi_examples=openapi_examples(instalments=AGREEMENT_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Draft an agreement. Instalments sum to the total; what is not listed as waived is not waived."""
    return _write(
        _Write(runtime=runtime, actor=actor, route=f"POST {OF_CASE} {case_id}", key=idempotency_key, body=body),
        response,
        lambda session: draft_agreement(session, actor, runtime.recorder, case_id, body),
    )


@router.get(OF_CASE, responses={**answered("The agreements.", example={"items": [AGREEMENT]}), **problems(404)})
def list_(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.CASE_READ))], case_id: RecordId
) -> AgreementList:
    """List the agreements of a case."""
    with runtime.read() as session:
        return AgreementList(items=case_agreements(session, actor, case_id, on=today(runtime.recorder)))


@router.get(ONE, responses={**answered("The agreement.", example=AGREEMENT), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.CASE_READ))],
    agreement_id: RecordId,
    response: Response,
) -> AgreementView:
    """Read an agreement, its signatures and payments."""
    with runtime.read() as session:
        agreement = read_agreement(session, actor, agreement_id, on=today(runtime.recorder))
    response.headers["ETag"] = etag(agreement.version)
    return agreement


@router.post(
    f"{ONE}/signatures",
    status_code=201,
    responses={**created("The agreement with the signature.", example=AGREEMENT), **_WRITE_PROBLEMS},
)
def sign(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_SIGN))],
    agreement_id: RecordId,
    body: Annotated[SignatureInput, Body(openapi_examples=openapi_examples(**SIGNATURE_INPUTS))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Record a signature or seal. With the last one that the law asks for the agreement takes effect."""
    return _write(
        _Write(
            runtime=runtime,
            actor=actor,
            route=f"POST {ONE}/signatures {agreement_id}",
            key=idempotency_key,
            body=body,
        ),
        response,
        lambda session: sign_agreement(session, actor, runtime.recorder, agreement_id, body),
    )


@router.post(
    f"{ONE}/instalments",
    status_code=201,
    responses={**created("The agreement with the payment.", example=AGREEMENT), **_WRITE_PROBLEMS},
)
def pay(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_PERFORM))],
    agreement_id: RecordId,
    body: Annotated[PaymentInput, Body(openapi_examples=openapi_examples(first=PAYMENT_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Record a payment towards an instalment."""
    return _write(
        _Write(
            runtime=runtime,
            actor=actor,
            route=f"POST {ONE}/instalments {agreement_id}",
            key=idempotency_key,
            body=body,
        ),
        response,
        lambda session: pay_instalment(session, actor, runtime.recorder, agreement_id, body),
    )


@router.post(
    f"{ONE}/reports",
    status_code=201,
    responses={**created("The agreement with the report.", example=AGREEMENT), **_WRITE_PROBLEMS},
)
def report(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_PERFORM))],
    agreement_id: RecordId,
    body: Annotated[NonperformanceInput, Body(openapi_examples=openapi_examples(first=NONPERFORMANCE_INPUT))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Record that a party reports non-performance: a payment that did not come, or another term."""
    return _write(
        _Write(
            runtime=runtime, actor=actor, route=f"POST {ONE}/reports {agreement_id}", key=idempotency_key, body=body
        ),
        response,
        lambda session: report_nonperformance(session, actor, runtime.recorder, agreement_id, body),
    )


@router.post(
    f"{ONE}/reports/{{position}}/answer",
    status_code=201,
    responses={**created("The agreement with the answer.", example=AGREEMENT), **_WRITE_PROBLEMS},
)
def answer(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_PERFORM))],
    agreement_id: RecordId,
    position: ReportPosition,
    body: Annotated[NonperformanceAnswerInput, Body(openapi_examples=openapi_examples(employer=NONPERFORMANCE_ANSWER))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Record what another party answers to a report; each report has one answer."""
    route = f"POST {ONE}/reports/{position}/answer {agreement_id}"
    return _write(
        _Write(runtime=runtime, actor=actor, route=route, key=idempotency_key, body=body),
        response,
        lambda session: answer_nonperformance(
            session, actor, runtime.recorder, agreement_id, position=position, new=body
        ),
    )


@router.post(
    f"{ONE}/endings",
    status_code=201,
    responses={**created("The agreement as ended.", example=AGREEMENT), **_WRITE_PROBLEMS},
)
def end(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.AGREEMENT_END))],
    agreement_id: RecordId,
    body: Annotated[EndingInput, Body(openapi_examples=openapi_examples(**ENDING_INPUTS))],
    response: Response,
    idempotency_key: IdempotencyKey = None,
) -> AgreementView:
    """Record that an agreement was performed, rescinded by its parties, or set aside by a body."""
    return _write(
        _Write(
            runtime=runtime, actor=actor, route=f"POST {ONE}/endings {agreement_id}", key=idempotency_key, body=body
        ),
        response,
        lambda session: end_agreement(session, actor, runtime.recorder, agreement_id, body),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Write:
    """Who asks for what, and under which key it may come again."""

    runtime: Runtime
    actor: Actor
    route: str
    key: str | None
    body: BaseModel


def _write(asked: _Write, response: Response, make: Callable[[Session], AgreementView]) -> AgreementView:
    retry = retry_of(asked.key, route=asked.route, body=asked.body)

    def work(session: Session) -> AgreementView:
        return once(
            session,
            asked.actor,
            asked.runtime.recorder,
            retry,
            make=lambda: make(session),
            again=lambda agreement_id: read_agreement(
                session, asked.actor, agreement_id, on=today(asked.runtime.recorder)
            ),
        )

    agreement = asked.runtime.write(work)
    response.headers["Location"] = f"{PATH}/{agreement.id}"
    response.headers["ETag"] = etag(agreement.version)
    return agreement
