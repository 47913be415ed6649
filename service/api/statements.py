"""`/api/v1/statements`: how far a statement has come, its receipt and its certificate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from ledger.receipt import MEDIA_TYPE
from service.access import Action, Actor
from service.api.examples import STATEMENT_VIEW
from service.api.shapes import RecordId, answered, problems
from service.certificate import find_certified, make_certificate
from service.edge.bodies import StrictRoute
from service.edge.downloads import PDF, ZIP, send_bytes, send_gathered
from service.edge.needs import Need, RuntimeOf
from service.edge.runtime import issue_at
from service.evidence import find_evidence, pack_evidence
from service.language import DEFAULT, Language
from service.statements import StatementView, read_statement
from service.verification import read_receipt

ONE = "/api/v1/statements/{statement_id}"
Disclose = Annotated[
    list[str] | None,
    Query(
        max_length=256,
        description="The names to show; what the record requires is shown anyway. Without it all that the receipt of "
        "such a record shows.",
    ),
]

router = APIRouter(route_class=StrictRoute, tags=["statements"])


@router.get(ONE, responses={**answered("The statement.", example=STATEMENT_VIEW), **problems(404)})
def read(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.STATEMENT_READ))], statement_id: RecordId
) -> StatementView:
    """Read a statement: received, sequenced, anchored or final."""
    with runtime.read() as session:
        return read_statement(session, actor, statement_id)


@router.get(
    f"{ONE}/receipt",
    response_class=Response,
    responses={
        200: {"description": "A self-contained file that proves the statement.", "content": {MEDIA_TYPE: {}}},
        **problems(404, 409, 422),
    },
)
def receipt(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.RECEIPT_READ))],
    statement_id: RecordId,
    disclose: Disclose = None,
) -> Response:
    """Make the receipt of a statement; `not_anchored` before it is on the chain."""
    with runtime.read() as session:
        file = read_receipt(session, actor, runtime.recorder, statement_id, disclose=disclose)
    return send_bytes(file.data, media_type=MEDIA_TYPE, file_name=file.name)


@router.get(
    f"{ONE}/certificate.pdf",
    response_class=Response,
    responses={
        200: {"description": "The certificate, PDF/A-3 with the receipt inside.", "content": {PDF: {}}},
        **problems(404, 409, 422),
    },
)
def certificate(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.RECEIPT_READ))],
    statement_id: RecordId,
    request: Request,
    lang: Annotated[Language, Query(description="The language of the paper.")] = DEFAULT,
    disclose: Disclose = None,
) -> Response:
    """Make the certificate of a statement: what its receipt shows, for paper. `not_anchored` before it is on the chain.

    `certificate_font_missing` and `certificate_glyph_missing` say what this installation lacks to set it.
    """
    with runtime.read() as session:
        found = find_certified(session, actor, runtime.recorder, statement_id, disclose=disclose)
    file = make_certificate(found, issue_at(request, lang))
    return send_bytes(file.data, media_type=PDF, file_name=file.name)


@router.get(
    f"{ONE}/evidence.zip",
    response_class=Response,
    responses={
        200: {"description": "The `evidence` bundle.", "content": {ZIP: {}}},
        **problems(404, 409),
    },
)
def evidence(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.RECEIPT_READ))],
    statement_id: RecordId,
    request: Request,
    lang: Annotated[Language, Query(description="The language of the papers inside.")] = DEFAULT,
) -> Response:
    """Pack what a court needs to check a record without this service.

    The document as filed, its receipt and certificate, the trust file, the offline verifier, the transaction with its
    block, and a page of instructions. Refused as the certificate is, and with `document_damaged`.
    """
    with runtime.read() as session:
        found = find_evidence(session, actor, runtime.recorder, statement_id, blobs=runtime.blobs)
    return send_gathered(
        runtime.settings.home,
        lambda file: pack_evidence(
            file, found, issue_at(request, lang), trust_file=runtime.trust_file, originals=runtime.originals
        ),
        media_type=ZIP,
    )
