"""What a signed-in person takes away to prove something with: receipts and certificates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ledger.receipt import MEDIA_TYPE
from service.access import Action
from service.certificate import find_certified, make_certificate
from service.edge.downloads import PDF, send_bytes
from service.edge.runtime import site_of
from service.pages.ids import RecordId
from service.pages.visits import SignedIn, Visit
from service.verification import read_receipt


def add_proofs(router: APIRouter) -> None:
    """Add the routes of receipts and certificates."""
    router.add_api_route("/statements/{statement_id}/receipt", send_receipt, methods=["GET"])
    router.add_api_route("/statements/{statement_id}/certificate.pdf", send_certificate, methods=["GET"])


Reading = Annotated[Visit, Depends(SignedIn(Action.RECEIPT_READ))]


def send_receipt(visit: Reading, statement_id: RecordId) -> Response:
    """Hand out the receipt of a statement."""
    with visit.runtime.read() as session:
        receipt = read_receipt(session, visit.actor, visit.runtime.recorder, statement_id)
    return send_bytes(receipt.data, media_type=MEDIA_TYPE, file_name=receipt.name)


def send_certificate(visit: Reading, statement_id: RecordId) -> Response:
    """Hand out the certificate of a statement, in the language of the pages."""
    runtime = visit.runtime
    with runtime.read() as session:
        found = find_certified(session, visit.actor, runtime.recorder, statement_id)
    file = make_certificate(
        found,
        trust=runtime.trust,
        reader=runtime.reader,
        typesetter=runtime.typesetter,
        site=site_of(visit.request),
        language=visit.language,
    )
    return send_bytes(file.data, media_type=PDF, file_name=file.name)
