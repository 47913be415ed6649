"""`/api/v1/cases/{id}/documents` and `/api/v1/documents`: file, list, read, download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import TypeAdapter
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from service.access import Action, Actor
from service.api.examples import DOCUMENT
from service.api.shapes import RecordId, answered, created, problems
from service.documents import (
    DocumentView,
    case_documents,
    file_document,
    key_for_filing,
    open_document,
    read_document,
)
from service.edge.bodies import StrictRoute
from service.edge.downloads import send_content
from service.edge.headers import IdempotencyKey, etag, retry_of
from service.edge.needs import Need, RuntimeOf
from service.edge.uploads import FILE_FIELD, received_form
from service.idempotency import once
from service.inputs import DocumentInput
from service.law import DOCUMENT_SOURCES, DOCUMENT_TYPES

if TYPE_CHECKING:
    from sqlmodel import Session

PATH = "/api/v1/documents"
OF_CASE = "/api/v1/cases/{case_id}/documents"
router = APIRouter(route_class=StrictRoute, tags=["documents"])

_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentList:
    """The documents of a case in the order of filing."""

    items: tuple[DocumentView, ...]


_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FILE_FIELD, "doc_type", "title"],
                    "properties": {
                        FILE_FIELD: {"type": "string", "contentMediaType": "application/octet-stream"},
                        "doc_type": {"type": "string", "enum": list(DOCUMENT_TYPES)},
                        "title": {"type": "string", "minLength": 1, "maxLength": 300},
                        "source": {"type": "string", "enum": list(DOCUMENT_SOURCES), "default": "uploaded"},
                        "original_compared": {"type": "string", "enum": ["true", "false"]},
                        "captured_by": {"type": "string"},
                        "occurred_on": {"type": "string", "format": "date"},
                        "replaces": {
                            "type": "string",
                            "format": "uuid",
                            "description": "The document of which this is a new version.",
                        },
                        "reason": {"type": "string"},
                    },
                }
            }
        },
    }
}


def document_input(fields: Mapping[str, str]) -> DocumentInput:
    """The words of a form about its file; raises pydantic's ValidationError. Fields left empty are not given."""
    given: dict[str, Any] = {name: value for name, value in fields.items() if value.strip()}
    if given.get("original_compared") in _WORDS:
        given["original_compared"] = _WORDS[given["original_compared"]]
    return DocumentInput.model_validate(given)


@router.post(
    OF_CASE,
    status_code=201,
    openapi_extra=_FORM,
    responses={
        **created("The document, with the digests of its file.", example=DOCUMENT),
        **problems(400, 404, 413, 415, 422, 507),
    },
)
async def file(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.DOCUMENT_FILE))],
    case_id: RecordId,
    request: Request,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """File a document. The file is sealed while it arrives; SHA-256 and SM3 are taken of what came, byte for byte."""

    def find_key() -> bytes:
        with runtime.read() as session:
            return key_for_filing(session, actor, runtime.recorder, case_id)

    data_key = await run_in_threadpool(find_key)
    limit = runtime.settings.max_upload_bytes
    async with received_form(request, runtime.blobs, data_key=data_key, limit=limit) as form:
        new, upload = document_input(form.fields), form.file
        retry = retry_of(idempotency_key, route=f"POST {OF_CASE} {case_id}", body=[new, upload.sealed.sha256])

        def work(session: Session) -> DocumentView:
            return once(
                session,
                actor,
                runtime.recorder,
                retry,
                make=lambda: file_document(session, actor, runtime.recorder, case_id, new=new, upload=upload),
                again=lambda document_id: read_document(session, actor, document_id),
            )

        document = await run_in_threadpool(runtime.write, work)
    return Response(
        TypeAdapter(DocumentView).dump_json(document),
        status_code=201,
        media_type="application/json",
        headers={"Location": f"{PATH}/{document.id}", "ETag": etag(document.version)},
    )


@router.get(OF_CASE, responses={**answered("The documents.", example={"items": [DOCUMENT]}), **problems(404)})
def list_(
    *, runtime: RuntimeOf, actor: Annotated[Actor, Depends(Need(Action.DOCUMENT_READ))], case_id: RecordId
) -> DocumentList:
    """List the documents of a case."""
    with runtime.read() as session:
        return DocumentList(items=case_documents(session, actor, case_id))


@router.get(f"{PATH}/{{document_id}}", responses={**answered("The document.", example=DOCUMENT), **problems(404)})
def read(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.DOCUMENT_READ))],
    document_id: RecordId,
    response: Response,
) -> DocumentView:
    """Read what is known about a document."""
    with runtime.read() as session:
        document = read_document(session, actor, document_id)
    response.headers["ETag"] = etag(document.version)
    return document


@router.get(
    f"{PATH}/{{document_id}}/content",
    response_class=Response,
    responses={
        200: {"description": "The file as it was filed.", "content": {"application/octet-stream": {}}},
        **problems(404, 409, 422),
    },
)
def content(
    *,
    runtime: RuntimeOf,
    actor: Annotated[Actor, Depends(Need(Action.DOCUMENT_READ))],
    document_id: RecordId,
    version: Annotated[int | None, Query(ge=1, le=10**6, description="By default the newest.")] = None,
) -> StreamingResponse:
    """Download a document. A stored file that is not the one filed is refused; its record still stands."""
    with runtime.read() as session:
        found = open_document(session, actor, runtime.recorder, document_id, blobs=runtime.blobs, version=version)
    return send_content(found)
