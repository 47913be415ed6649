"""Pages of papers: file one, file its next version, get it back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from service.access import Action
from service.cases import read_case
from service.documents import DocumentView, file_document, key_for_filing, open_document, read_document
from service.edge.downloads import send_content
from service.edge.headers import retry_of
from service.edge.uploads import ReceivedForm, received_form
from service.idempotency import once
from service.inputs import DocumentInput, refuse
from service.pages.forms import Form, filled, make_form
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.rendering import Choice
from service.pages.security import OldForm, verify_same_site, verify_token
from service.pages.visits import SignedIn, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from sqlmodel import Session

NOT_OF_THE_DOCUMENT = frozenset({"csrf", "key"})
YES_NO = {"true": N_("Yes"), "false": N_("No")}
DEFAULT_SOURCE = "uploaded"


def add_documents(router: APIRouter) -> None:
    """Add the routes of documents."""
    router.add_api_route("/cases/{case_id}/documents/new", show_filing, methods=["GET"])
    router.add_api_route("/cases/{case_id}/documents/new", file_new, methods=["POST"])
    router.add_api_route("/documents/{document_id}/replace", show_replacing, methods=["GET"])
    router.add_api_route("/documents/{document_id}/replace", replace, methods=["POST"])
    router.add_api_route("/documents/{document_id}/content", send_document, methods=["GET"])


Filing = Annotated[Visit, Depends(SignedIn(Action.DOCUMENT_FILE))]


def show_filing(visit: Filing, case_id: RecordId) -> Response:
    """Show the empty form."""
    return _form_page(visit, case_id, None, Form(values={"key": str(uuid4()), "source": DEFAULT_SOURCE}))


def show_replacing(visit: Filing, document_id: RecordId) -> Response:
    """Show the form for a new version, filled with what the document is called."""
    document = _read(visit, document_id)
    values = {"doc_type": document.doc_type, "title": document.title, "source": DEFAULT_SOURCE, "key": str(uuid4())}
    return _form_page(visit, document.case_id, document, Form(values=values))


async def file_new(request: Request, visit: Filing, case_id: RecordId) -> Response:
    """File a document of a case."""
    return await _receive(request, visit, case_id, None)


async def replace(request: Request, visit: Filing, document_id: RecordId) -> Response:
    """File the next version of a document."""
    document = await run_in_threadpool(_read, visit, document_id)
    return await _receive(request, visit, document.case_id, document)


def send_document(visit: Annotated[Visit, Depends(SignedIn(Action.DOCUMENT_READ))], document_id: RecordId) -> Response:
    """Hand out the newest version of a document."""
    runtime = visit.runtime
    with runtime.read() as session:
        return send_content(open_document(session, visit.actor, runtime.recorder, document_id, blobs=runtime.blobs))


async def _receive(request: Request, visit: Visit, case_id: str, replaced: DocumentView | None) -> Response:
    verify_same_site(request)
    runtime = visit.runtime

    def find_key() -> bytes:
        with runtime.read() as session:
            return key_for_filing(session, visit.actor, runtime.recorder, case_id)

    data_key = await run_in_threadpool(find_key)
    form = Form()
    try:
        async with received_form(
            request, runtime.blobs, data_key=data_key, limit=runtime.settings.max_upload_bytes
        ) as received:
            form = make_form(received.fields)
            try:
                verify_token(visit.reader.csrf or "", form.value("csrf"))
            except OldForm as error:
                raise refuse("", "form_too_old") from error
            await run_in_threadpool(_file, visit, case_id, replaced, form, received)
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        return await run_in_threadpool(_form_page, visit, case_id, replaced, form, status)
    return visit.go(f"/cases/{case_id}", done="filed")


def _file(
    visit: Visit, case_id: str, replaced: DocumentView | None, form: Form, received: ReceivedForm
) -> DocumentView:
    runtime, actor = visit.runtime, visit.actor
    new, upload = _document_input(form, replaced), received.file
    content = [new, upload.sealed.sha256]
    retry = retry_of(form.value("key") or None, route=f"page documents of {case_id}", body=content)

    def work(session: Session) -> DocumentView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: file_document(session, actor, runtime.recorder, case_id, new=new, upload=upload),
            again=lambda document_id: read_document(session, actor, document_id),
        )

    return runtime.write(work)


def _document_input(form: Form, replaced: DocumentView | None) -> DocumentInput:
    values: dict[str, Any] = filled(
        {name: text for name, text in form.values.items() if name not in NOT_OF_THE_DOCUMENT}
    )
    if "original_compared" in values:
        values["original_compared"] = values["original_compared"] == "true"
    if replaced is not None:
        if "reason" not in values:
            raise refuse("/reason", "required")
        values["replaces"] = replaced.id
    return DocumentInput.model_validate(values)


def _form_page(visit: Visit, case_id: str, replaced: DocumentView | None, form: Form, status: int = 200) -> Response:
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
    return visit.page(
        "documents/file.html",
        status=status,
        form=form,
        case=case,
        replaced=replaced,
        action=f"/documents/{replaced.id}/replace" if replaced else f"/cases/{case_id}/documents/new",
        limit=visit.runtime.settings.max_upload_bytes,
        yes_no=[Choice(code=code, label=visit.say(word)) for code, word in YES_NO.items()],
    )


def _read(visit: Visit, document_id: str) -> DocumentView:
    with visit.runtime.read() as session:
        return read_document(session, visit.actor, document_id)
