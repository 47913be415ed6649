"""What a signed-in person takes away to prove something with: receipts, certificates, packs for a court."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from ledger.receipt import MEDIA_TYPE
from service.access import Action
from service.certificate import find_certified, make_certificate
from service.edge.downloads import PDF, ZIP, send_bytes, send_gathered
from service.edge.runtime import issue_at
from service.evidence import find_evidence, pack_evidence
from service.pages.ids import RecordId
from service.pages.visits import SignedIn, Visit
from service.verification import read_receipt


def add_proofs(router: APIRouter) -> None:
    """Add the routes of receipts, certificates and evidence packs."""
    router.add_api_route("/statements/{statement_id}/receipt", send_receipt, methods=["GET"])
    router.add_api_route("/statements/{statement_id}/certificate.pdf", send_certificate, methods=["GET"])
    router.add_api_route("/statements/{statement_id}/evidence.zip", send_evidence, methods=["GET"])


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
    file = make_certificate(found, issue_at(visit.request, visit.language))
    return send_bytes(file.data, media_type=PDF, file_name=file.name)


def send_evidence(visit: Reading, statement_id: RecordId) -> Response:
    """Hand out the evidence pack of a statement, its papers in the language of the pages."""
    runtime = visit.runtime
    with runtime.read() as session:
        found = find_evidence(session, visit.actor, runtime.recorder, statement_id, blobs=runtime.blobs)
    issue = issue_at(visit.request, visit.language)
    return send_gathered(
        runtime.settings.home,
        lambda file: pack_evidence(file, found, issue, trust_file=runtime.trust_file, originals=runtime.originals),
        media_type=ZIP,
    )
