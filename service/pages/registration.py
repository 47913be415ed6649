"""Registering a case by form: any number of parties, a look before it is saved, and a stop at likely duplicates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends

from service.access import Action
from service.cases import (
    CaseView,
    DuplicatesFound,
    PossibleDuplicate,
    convert_consultation,
    look_for_duplicates,
    read_case,
    register_case,
)
from service.edge.headers import retry_of
from service.idempotency import once
from service.inputs import CaseInput, ConversionInput
from service.pages.forms import Form, FormError, row_count
from service.pages.language import N_
from service.pages.parties import add_several, at_rows, close_up, named_parties, registration_body, values_of
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from sqlmodel import Session
    from starlette.responses import Response

JOIN = "join:"
"""What a choice to join begins with; the dispute's id follows."""
SEPARATE = "separate"
CONFLICT = 409
DECIDE = N_("Choose whether this is the same dispute as one of these cases")
ROWS_OF_STEP = {"add": "claims", "add_party": "parties", "add_agent": "agents"}
TAKEN_OVER = ("dispute_type", "channel", "facts")
CONVERTED_WITHOUT = frozenset({"consultation", "dispute_id", "separate_reason"})


def add_registration(router: APIRouter) -> None:
    """Add the routes of a registration. They come before `/cases/{case_id}`, which would take `new` for an id."""
    router.add_api_route("/cases/new", show_registration, methods=["GET"])
    router.add_api_route("/cases/new", register, methods=["POST"])


def show_registration(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CREATE))], consultation: str = ""
) -> Response:
    """Show the empty form, or one filled from a consultation. Its key makes sure that it registers one case."""
    values = {"key": str(uuid4())}
    if consultation:
        with visit.runtime.read() as session:
            values |= _from_consultation(read_case(session, visit.actor, consultation))
    return _form(visit, Form(values=values))


def register(sent: Annotated[Submission, Depends(Submits(Action.CASE_CREATE))]) -> Response:
    """Go one step on: another row, the look before saving, back to the form, or the registration itself."""
    visit, step = sent.visit, sent.form.value("step")
    form = Form(values={name: value for name, value in sent.form.values.items() if name not in {"csrf", "step"}})
    if step in {*ROWS_OF_STEP, "change"}:
        return _form(visit, form, more=ROWS_OF_STEP.get(step))
    if step == "several":
        return _form(visit, add_several(form))
    form = Form(values=close_up(form.values))
    try:
        new = CaseInput.model_validate(registration_body(form) | _decision(form))
        return _confirmation(visit, form, new) if step != "register" else _save(visit, form, new)
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        form = at_rows(form)
        if form.error("separate_reason") or form.error("dispute_id"):
            return _confirmation(visit, form, CaseInput.model_validate(registration_body(form)), status=status)
        return _form(visit, form, status=status)


def _save(visit: Visit, form: Form, new: CaseInput) -> Response:
    """Register the case, or show the likely duplicates that nobody has decided about."""
    try:
        case = _register(visit, form, new)
    except DuplicatesFound as error:
        form = form.with_errors([FormError(field="decision", message=visit.say(DECIDE))])
        return _confirmation(visit, form, new, found=error.found, status=CONFLICT)
    return visit.go(f"/cases/{case.id}", done="registered")


def _form(visit: Visit, form: Form, *, more: str | None = None, status: int = 200) -> Response:
    rows = {group: row_count(form.values, group) + (more == group) for group in ("parties", "agents", "claims")}
    rows["claims"] = max(1, rows["claims"])
    return visit.page("cases/register.html", status=status, form=form, rows=rows, parties=named_parties(form))


def _confirmation(
    visit: Visit,
    form: Form,
    new: CaseInput,
    *,
    found: tuple[PossibleDuplicate, ...] | None = None,
    status: int = 200,
) -> Response:
    if found is None and not form.value("from"):
        with visit.runtime.read() as session:
            found = look_for_duplicates(session, visit.actor, visit.runtime.recorder, new)
    return visit.page(
        "cases/confirm.html",
        status=status,
        form=form,
        new=new,
        found=found or (),
        offices=visit.office_names(),
        kept=Form(values={name: value for name, value in form.values.items() if name not in _CHOICE}),
    )


_CHOICE = frozenset({"decision", "separate_reason"})


def _decision(form: Form) -> dict[str, str]:
    """What was decided about likely duplicates, as the API takes it."""
    decision = form.value("decision")
    if decision.startswith(JOIN):
        return {"dispute_id": decision.removeprefix(JOIN)}
    return {"separate_reason": form.value("separate_reason")} if decision == SEPARATE else {}


def _register(visit: Visit, form: Form, new: CaseInput) -> CaseView:
    runtime, actor = visit.runtime, visit.actor
    consultation = form.value("from")
    retry = retry_of(form.value("key") or None, route="page /cases/new", body=new)

    def make(session: Session) -> CaseView:
        area = runtime.settings.area
        if not consultation:
            return register_case(session, actor, runtime.recorder, new, area=area, stop_at_duplicates=True)
        return convert_consultation(session, actor, runtime.recorder, consultation, _conversion(new), area=area)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: make(session),
            again=lambda case_id: read_case(session, actor, case_id),
        )

    return runtime.write(work)


def _conversion(new: CaseInput) -> ConversionInput:
    """The registration as what a consultation is turned into: everything is given, nothing is left to it."""
    body = new.model_dump(mode="json", exclude=set(CONVERTED_WITHOUT), exclude_none=True)
    return ConversionInput.model_validate(body)


def _from_consultation(case: CaseView) -> dict[str, str]:
    """The form as a consultation fills it: nothing is typed twice."""
    values: dict[str, str] = {name: str(getattr(case, name)) for name in TAKEN_OVER}
    values |= {"from": case.id, "received_on": case.received_on}
    slots: dict[str, str] = {}
    for slot, role, kind in (("applicant", "applicant", "worker"), ("employer", "respondent", "employer")):
        at = next((n for n, one in enumerate(case.parties) if (one.role, one.kind) == (role, kind)), None)
        if at is not None:
            slots[f"parties.{at}"] = slot
    others = [f"parties.{at}" for at in range(len(case.parties)) if f"parties.{at}" not in slots]
    slots |= {row: f"parties.{at}" for at, row in enumerate(others)}
    for name, value in values_of(case).items():
        row = ".".join(name.split(".", 2)[:2])
        field = name.removeprefix(f"{row}.")
        if row not in slots:
            values[name] = slots[value] if field == "party" else value
        elif slots[row].startswith("parties.") or field not in {"role", "kind"}:
            values[f"{slots[row]}.{field}"] = value
    return _without_foreign(values)


def _without_foreign(values: dict[str, str]) -> dict[str, str]:
    """Only what the first two groups ask for."""
    worker = {"stands_for", "relation", "chosen", "credit_code", "representative", "representative_post"}
    firm = {"id_number", "gender", "birth_date", "category", "occupation", "stands_for", "relation", "chosen"}
    foreign = {f"applicant.{name}" for name in worker} | {f"employer.{name}" for name in firm}
    return {name: value for name, value in values.items() if name not in foreign}
