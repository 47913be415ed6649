"""Pages of the register of consultations: one screen to record a call, the list, the month in numbers."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Query

from service.access import Action, NotFound
from service.cases import (
    CaseView,
    ConsultationFilter,
    ConsultationView,
    change_case,
    count_consultations,
    list_consultations,
    read_case,
    register_case,
    today,
)
from service.edge.headers import parse_cursor, render_cursor, retry_of
from service.edge.tables import COUNTED, send_csv
from service.idempotency import once
from service.inputs import CaseChange, CaseInput, Stale, refuse
from service.law import ALL_DISPUTE_TYPES, CALLERS, CHANNELS, OUTCOMES
from service.pages.forms import Form, body_of
from service.pages.ids import RecordId
from service.pages.language import N_
from service.pages.visits import SignedIn, Submission, Submits, Visit
from service.pages.wording import MENDABLE, refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlmodel import Session
    from starlette.responses import Response

    from service.law import Vocabulary

PAGE_SIZE = 25
MAX_SOUGHT = 60
NOT_SENT_ON = frozenset({"csrf", "key", "version"})
_MONTH = re.compile(r"(19|20)\d{2}-(0[1-9]|1[0-2])", re.ASCII)

PARTS: Mapping[str, tuple[str, Vocabulary]] = {
    "channel": (N_("By channel"), CHANNELS),
    "dispute_type": (N_("By subject"), ALL_DISPUTE_TYPES),
    "outcome": (N_("By outcome"), OUTCOMES),
    "caller_kind": (N_("By caller"), CALLERS),
}
DONE: Mapping[str, str] = {
    "recorded": N_("The consultation is recorded."),
    "changed": N_("The correction is recorded."),
}
KEPT = ("caller_kind", "caller_name", "caller_phone", "advice")
"""Of a consultation, what stays when its outcome is noted."""
NOT_RECORDED = N_("Not recorded")


def add_consultations(router: APIRouter) -> None:
    """Add the routes of the register."""
    router.add_api_route("/consultations", show_register, methods=["GET"])
    router.add_api_route("/consultations/new", show_entry, methods=["GET"])
    router.add_api_route("/consultations/new", record, methods=["POST"])
    router.add_api_route("/consultations/{case_id}/outcome", show_outcome, methods=["GET"])
    router.add_api_route("/consultations/{case_id}/outcome", change_outcome, methods=["POST"])
    router.add_api_route("/consultations/statistics", show_statistics, methods=["GET"])
    router.add_api_route("/consultations/statistics.csv", download_statistics, methods=["GET"])


def show_register(
    visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))],
    q: Annotated[str, Query(max_length=MAX_SOUGHT)] = "",
    outcome: str = "",
    done: str = "",
    cursor: Annotated[str | None, Query(max_length=512)] = None,
) -> Response:
    """List the consultations within reach, newest first."""
    sought, outcome = q.strip(), outcome if outcome in OUTCOMES else ""
    wanted = ConsultationFilter(text=sought or None, outcome=outcome or None)
    of = f"consultation pages {visit.actor.user_id} {wanted}"
    after = parse_cursor(visit.runtime, cursor, of=of) if cursor else None
    with visit.runtime.read() as session:
        page = list_consultations(
            session, visit.actor, wanted, limit=PAGE_SIZE, after=(str(after[0]), str(after[1])) if after else None
        )
    following = render_cursor(visit.runtime, page.next_key, of=of)
    chosen = {"q": sought or None, "outcome": outcome or None}
    return visit.page(
        "consultations/list.html",
        consultations=page.items,
        sought=sought,
        outcome=outcome,
        notice=visit.say(DONE[done]) if done in DONE else None,
        first=visit.reader.link("/consultations", **chosen) if cursor else None,
        next=visit.reader.link("/consultations", **chosen, cursor=following) if following else None,
    )


def show_entry(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CREATE))]) -> Response:
    """Show the one screen for a call; today is filled in."""
    day = today(visit.runtime.recorder).isoformat()
    values = {"key": str(uuid4()), "received_on": day, "channel": "12351", "consultation.outcome": "advised"}
    values["consultation.caller_kind"] = "worker"
    return visit.page("consultations/new.html", form=Form(values=values))


def record(sent: Annotated[Submission, Depends(Submits(Action.CASE_CREATE))]) -> Response:
    """Record a consultation."""
    visit, form = sent.visit, sent.form
    try:
        new = CaseInput.model_validate(consultation_body(form))
        _record(visit, new, form.value("key"))
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        return visit.page("consultations/new.html", status=status, form=form)
    return visit.go("/consultations", done="recorded")


def show_outcome(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Show what came of a consultation, to note the call back."""
    case, consultation = _consultation(visit, case_id)
    values = {f"consultation.{name}": str(value or "") for name, value in asdict(consultation).items()}
    form = Form(values=values | {"version": str(case.version)})
    return visit.page("consultations/outcome.html", case=case, form=form)


def change_outcome(sent: Annotated[Submission, Depends(Submits(Action.CASE_CHANGE))], case_id: RecordId) -> Response:
    """Record what came of a consultation, and why it is changed."""
    visit, form = sent.visit, sent.form
    case, consultation = _consultation(visit, case_id)
    version = int(form.value("version")) if form.value("version").isdecimal() else 0
    body = body_of(form, without=NOT_SENT_ON)
    body["consultation"] = {name: getattr(consultation, name) for name in KEPT} | body.get("consultation", {})
    try:
        change = CaseChange.model_validate(body)
        visit.runtime.write(
            lambda session: change_case(
                session, visit.actor, visit.runtime.recorder, case_id, change, expected_version=version
            )
        )
    except MENDABLE as error:
        form, status = refused(form, error, visit)
        if isinstance(error, Stale):
            form = Form(values={**form.values, "version": str(case.version)}, errors=form.errors)
        return visit.page("consultations/outcome.html", status=status, case=case, form=form)
    return visit.go("/consultations", done="changed")


def _consultation(visit: Visit, case_id: str) -> tuple[CaseView, ConsultationView]:
    """A consultation within reach that was recorded with its advice; raises NotFound."""
    with visit.runtime.read() as session:
        case = read_case(session, visit.actor, case_id)
    if case.consultation is None:
        raise NotFound("consultation")
    return case, case.consultation


def consultation_body(form: Form) -> dict[str, Any]:
    """A call as the API takes it. Who calls for themselves and gives a name is the applicant, with their telephone."""
    body = {"kind": "consultation", "consultation": {}, **body_of(form, without=NOT_SENT_ON)}
    call = body["consultation"]
    if call.get("caller_kind") == "worker" and "caller_name" in call and "applicant" not in body:
        names = {"name": "caller_name", "phone": "caller_phone"}
        body["applicant"] = {name: call[given] for name, given in names.items() if given in call}
    return body


def show_statistics(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))], month: str = "") -> Response:
    """Show a month in numbers: this one unless another is asked for."""
    month = month if _MONTH.fullmatch(month) else today(visit.runtime.recorder).isoformat()[:7]
    with visit.runtime.read() as session:
        counts = count_consultations(session, visit.actor, month)
    parts = [(visit.say(title), _named(visit, getattr(counts, name), words)) for name, (title, words) in PARTS.items()]
    return visit.page("consultations/statistics.html", month=month, total=counts.total, parts=parts)


def download_statistics(visit: Annotated[Visit, Depends(SignedIn(Action.CASE_LIST))], month: str = "") -> Response:
    """The same as a table, in the words of the reader's language."""
    if not _MONTH.fullmatch(month):
        raise refuse("/month", "not_a_month")
    with visit.runtime.read() as session:
        counts = count_consultations(session, visit.actor, month)
    rows: list[tuple[str | int, ...]] = [(visit.say(N_("Month")), "", "", visit.say(N_("Consultations")))]
    rows.append((month, visit.say(N_("Together")), "", counts.total))
    for name in COUNTED:
        title, words = PARTS[name]
        rows += [(month, visit.say(title), *row) for row in _named(visit, getattr(counts, name), words)]
    return send_csv(rows, file_name=f"consultations-{month}.csv")


def _named(visit: Visit, counted: Mapping[str, int], words: Vocabulary) -> list[tuple[str, int]]:
    """Counts with words instead of codes, the largest first."""
    language = visit.language.value
    named = [
        (str(getattr(words[code], language)) if code in words else visit.say(NOT_RECORDED), number)
        for code, number in counted.items()
    ]
    return sorted(named, key=lambda row: (-row[1], row[0]))


def _record(visit: Visit, new: CaseInput, key: str) -> CaseView:
    runtime, actor = visit.runtime, visit.actor
    retry = retry_of(key or None, route="page /consultations/new", body=new)

    def work(session: Session) -> CaseView:
        return once(
            session,
            actor,
            runtime.recorder,
            retry,
            make=lambda: register_case(session, actor, runtime.recorder, new, area=runtime.settings.area),
            again=lambda case_id: read_case(session, actor, case_id),
        )

    return runtime.write(work)
