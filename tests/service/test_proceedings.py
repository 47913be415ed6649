"""Proceedings: who may open which, in which order, and how it ends; over HTTP each change is one statement."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import func, select

from service.cases import CaseFilter, list_cases
from service.clocks import load_clocks
from service.law import CLAIM_KINDS, OUTCOMES_OF, PROCEEDING_KINDS
from service.law.proceedings import ORDERABLE_CLAIMS, AgreementFacts, Proposed, refusal, warnings
from service.tables import Proceeding
from tests.process import SHORT_CASE
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service

pytestmark = pytest.mark.longer(one_in=3)

PAPER = AgreementFacts(
    written=True,
    effective_on=date(2026, 7, 20),
    in_effect=True,
    overdue=True,
    payment_only=True,
    wages_only=False,
)
HOLIDAYS = load_clocks().holidays
BOTH = frozenset({"applicant", "respondent"})


def _new(kind: str, **changed: Any) -> Proposed:
    plain = Proposed(
        kind=kind,
        opened_on=date(2026, 8, 3),
        sides=frozenset({"applicant"}),
        basis=None,
        claims=frozenset({"wages"}),
        agreement=PAPER,
        order_ended=False,
        arbitrated=False,
    )
    return replace(plain, **changed)


# -------------------------------------------------------------------------------------------------- what the law says


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (_new("judicial_confirmation", sides=BOTH), None),
        (_new("judicial_confirmation"), "both_must_apply"),
        (_new("judicial_confirmation", sides=frozenset({"respondent"})), "both_must_apply"),
        (_new("judicial_confirmation", sides=BOTH, agreement=None), "agreement_needed"),
        (
            _new("judicial_confirmation", sides=BOTH, agreement=replace(PAPER, in_effect=False)),
            "agreement_not_effective",
        ),
        (_new("judicial_confirmation", sides=BOTH, agreement=replace(PAPER, written=False)), "paper_needed"),
        (_new("arbitration_review", sides=BOTH), None),
        (_new("arbitration_review"), "both_must_apply"),
        (_new("payment_order"), None),
        (_new("payment_order", sides=BOTH), "worker_must_apply"),
        (_new("payment_order", sides=frozenset({"respondent"})), "worker_must_apply"),
        (_new("payment_order", claims=frozenset()), "claim_not_orderable"),
        (_new("payment_order", claims=frozenset({"wages", "reinstatement"})), "claim_not_orderable"),
        (_new("payment_order", agreement=None), "agreement_needed"),
        (_new("payment_order", agreement=replace(PAPER, overdue=False)), "no_default"),
        (_new("payment_order", agreement=replace(PAPER, written=False)), "paper_needed"),
        (_new("court", basis="on_agreement"), "suit_on_agreement_too_early"),
        (_new("court", basis="on_agreement", order_ended=True), None),
        (_new("court", basis="on_agreement", agreement=replace(PAPER, wages_only=True)), None),
        (
            _new("court", basis="on_agreement", agreement=replace(PAPER, wages_only=True, overdue=False)),
            "suit_on_agreement_too_early",
        ),
        (_new("court", basis="on_agreement", agreement=None), "agreement_needed"),
        (_new("court", basis="after_arbitration", agreement=None), None),
        (_new("court", basis="on_wage_note", agreement=None), None),
        (_new("arbitration", agreement=None), None),
    ],
)
def test_law_says_what_may_be_opened(new: Proposed, reason: str | None) -> None:
    assert refusal(new) == reason


@pytest.mark.parametrize("claim", CLAIM_KINDS)
def test_payment_order_is_for_the_claims_of_article_16(claim: str) -> None:
    expected = None if claim in ORDERABLE_CLAIMS else "claim_not_orderable"

    assert refusal(_new("payment_order", claims=frozenset({claim}))) == expected


@pytest.mark.parametrize(("kind", "days"), [("judicial_confirmation", 30), ("arbitration_review", 15)])
def test_time_to_apply_together_is_warned_about_from_the_day_after(kind: str, days: int) -> None:
    last = date(2026, 7, 20) + timedelta(days=days)

    assert warnings(_new(kind, sides=BOTH, opened_on=last), HOLIDAYS) == ()
    assert warnings(_new(kind, sides=BOTH, opened_on=last + timedelta(days=1)), HOLIDAYS) == ("window_passed",)


@pytest.mark.parametrize(("kind", "days"), [("judicial_confirmation", 30), ("arbitration_review", 15)])
def test_time_to_apply_together_that_ends_on_a_saturday_lasts_to_the_monday(kind: str, days: int) -> None:
    saturday = date(2026, 9, 12)
    paper = replace(PAPER, effective_on=saturday - timedelta(days=days))

    monday = _new(kind, sides=BOTH, agreement=paper, opened_on=date(2026, 9, 14))
    assert warnings(monday, HOLIDAYS) == ()
    assert warnings(replace(monday, opened_on=date(2026, 9, 15)), HOLIDAYS) == ("window_passed",)


def test_rules_that_disagree_warn_and_do_not_refuse() -> None:
    new = _new("judicial_confirmation", sides=BOTH, agreement=replace(PAPER, payment_only=False))

    assert (refusal(new), warnings(new, HOLIDAYS)) == (None, ("scope_disputed",))


def test_suit_without_arbitration_is_warned_about() -> None:
    new = _new("court", basis="after_arbitration", agreement=None)

    assert warnings(new, HOLIDAYS) == ("arbitration_first",)
    assert warnings(replace(new, arbitrated=True), HOLIDAYS) == ()


def test_every_kind_has_its_outcomes() -> None:
    assert OUTCOMES_OF.keys() == PROCEEDING_KINDS.keys()


# ---------------------------------------------------------------------------------------------------------- over HTTP


Made = tuple[Service, dict[str, Any], dict[str, Any]]


@pytest.fixture
def agreed(service: Service) -> Made:
    """A case whose agreement is in effect since 20 July; the first payment is due on the 31st and not made."""
    service.clock.advance(timedelta(days=60))
    case = service.register()
    agreement = service.ask("POST", f"/api/v1/cases/{case['id']}/agreements", json=TERMS).json()
    for mark in MARKS:
        service.ask("POST", f"/api/v1/agreements/{agreement['id']}/signatures", json=mark)
    return service, case, agreement


def _open(made: Made, kind: str, **changed: Any) -> Any:
    service, case, agreement = made
    body = {
        "kind": kind,
        "body": "示例法院",
        "opened_on": "2026-08-03",
        "applicants": [1],
        "agreement": agreement["id"],
    }
    return service.ask("POST", f"/api/v1/cases/{case['id']}/proceedings", json={**body, **changed})


def _change(service: Service, proceeding: dict[str, Any], *, version: int | None = None, **change: Any) -> Any:
    headers = {"If-Match": f'"{version or proceeding["version"]}"'}
    path = f"/api/v1/proceedings/{proceeding['id']}"
    return service.ask("PATCH", path, json={"reason": "进展", **change}, headers=headers)


def test_confirmation_is_applied_for_accepted_and_closed(agreed: Made) -> None:
    service, case, _ = agreed
    opened = _open(agreed, "judicial_confirmation", applicants=[2, 1])
    accepted = _change(service, opened.json(), number="（2026）鲁1103诉前调确012号", accepted_on="2026-08-05")
    closed = _change(service, accepted.json(), closed_on="2026-08-14", outcome="confirmed")

    assert [answer.status_code for answer in (opened, accepted, closed)] == [201, 200, 200]
    assert [answer.json()["state"] for answer in (opened, accepted, closed)] == ["opened", "accepted", "closed"]
    assert opened.json()["applicants"] == [1, 2]
    assert closed.json()["number"] == "(2026)鲁1103诉前调确12号"
    statements = service.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()["items"]
    assert [item["type"] for item in statements][-3:] == [
        "proceeding.opened",
        "proceeding.updated",
        "proceeding.closed",
    ]


def test_joint_application_of_one_side_is_refused_and_leaves_nothing(agreed: Made) -> None:
    service, _, _ = agreed

    refused = _open(agreed, "judicial_confirmation")

    assert (refused.status_code, refused.json()["code"]) == (409, "both_must_apply")
    assert "第二百零五条" in refused.json()["article"]
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(Proceeding)).one() == 0


def test_payment_order_that_ends_on_objection_opens_the_suit_on_the_agreement(agreed: Made) -> None:
    service, _, _ = agreed
    suit = {"basis": "on_agreement", "opened_on": "2026-08-25", "number": "(2026)鲁1103民初9号"}

    before = _open(agreed, "court", **suit)
    order = _open(agreed, "payment_order", claims=["wages", "severance"], number="(2026)鲁1103民督1号")
    _change(service, order.json(), closed_on="2026-08-20", outcome="ended_by_objection")
    after = _open(agreed, "court", **suit)

    assert (before.status_code, before.json()["code"]) == (409, "suit_on_agreement_too_early")
    assert order.status_code == 201
    assert after.status_code == 201


def test_payment_order_before_default_is_refused(agreed: Made) -> None:
    refused = _open(agreed, "payment_order", claims=["wages"], opened_on="2026-07-31")

    assert refused.json()["code"] == "no_default"


def test_late_joint_application_is_taken_with_a_warning(agreed: Made) -> None:
    opened = _open(agreed, "arbitration_review", applicants=[1, 2], opened_on="2026-08-05").json()

    assert [warning["code"] for warning in opened["warnings"]] == ["window_passed"]


def test_closed_proceeding_changes_no_more(agreed: Made) -> None:
    service, _, _ = agreed
    opened = _open(agreed, "arbitration", agreement=None).json()
    closed = _change(service, opened, closed_on="2026-08-20", outcome="award").json()

    refused = _change(service, closed, number="岚劳人仲案字〔2026〕第1号")

    assert (refused.status_code, refused.json()["code"]) == (409, "proceeding_closed")


def test_change_needs_the_version_that_was_read(agreed: Made) -> None:
    service, _, _ = agreed
    opened = _open(agreed, "arbitration", agreement=None).json()
    path = f"/api/v1/proceedings/{opened['id']}"

    assert _change(service, opened, version=9, accepted_on="2026-08-05").status_code == 412
    assert service.ask("PATCH", path, json={"reason": "x", "body": "某"}).status_code == 428


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"closed_on": "2026-08-20"}, "/outcome", "required"),
        ({"outcome": "award"}, "/closed_on", "required"),
        ({"closed_on": "2026-08-20", "outcome": "confirmed"}, "/outcome", "outcome_of_another_kind"),
        ({"accepted_on": "2026-08-01"}, "/accepted_on", "before_opening"),
        ({"accepted_on": "2099-08-01"}, "/accepted_on", "in_the_future"),
        ({"number": "(2026)鲁1103民督1号"}, "/number", "number_of_another_kind"),
        ({"number": "一号"}, "/number", "case_number_form"),
        ({}, "", "nothing_to_change"),
    ],
)
def test_change_that_cannot_be_is_refused_at_the_field(
    agreed: Made, change: dict[str, Any], pointer: str, code: str
) -> None:
    service, _, _ = agreed
    opened = _open(agreed, "arbitration", agreement=None).json()

    refused = _change(service, opened, **change)

    assert refused.status_code == 422
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in refused.json()["errors"]}


@pytest.mark.parametrize(
    ("changed", "pointer", "code"),
    [
        ({"applicants": [7]}, "/applicants/0", "no_such_party"),
        ({"applicants": [1, 1]}, "/applicants", "named_twice"),
        ({"applicants": []}, "/applicants", "too_short"),
        ({"basis": "on_wage_note"}, "/basis", "basis_of_a_suit"),
        ({"kind": "court"}, "/basis", "basis_of_a_suit"),
        ({"agreement": "00000000-0000-4000-8000-000000000000"}, "/agreement", "no_such_record"),
        ({"opened_on": "2099-01-01"}, "/opened_on", "in_the_future"),
        ({"number": "(2026)鲁1103民督1号"}, "/number", "number_of_another_kind"),
    ],
)
def test_opening_that_cannot_be_is_refused_at_the_field(
    shared: Service, changed: dict[str, Any], pointer: str, code: str
) -> None:
    case = shared.register(SHORT_CASE)
    body = {"kind": "arbitration", "body": "示例仲裁委", "opened_on": "2026-07-09", "applicants": [1], **changed}

    refused = shared.ask("POST", f"/api/v1/cases/{case['id']}/proceedings", json=body)

    assert refused.status_code == 422
    assert (pointer, code) in {(error["pointer"], error["code"]) for error in refused.json()["errors"]}


def test_proceedings_are_read_one_by_one_and_in_a_list(agreed: Made) -> None:
    service, case, _ = agreed
    opened = _open(agreed, "arbitration", agreement=None).json()

    service.wait_until_final()
    final = opened | {"statement": opened["statement"] | {"state": "final"}}
    assert service.ask("GET", f"/api/v1/proceedings/{opened['id']}").json() == final
    assert service.ask("GET", f"/api/v1/cases/{case['id']}/proceedings").json()["items"] == [final]
    assert service.ask("GET", f"/api/v1/proceedings/{opened['id']}", "other").status_code == 404


def test_search_finds_the_case_by_the_number_of_its_proceeding(agreed: Made) -> None:
    service, case, _ = agreed
    _open(agreed, "arbitration", agreement=None, number="岚劳人仲案字〔2026〕第0007号")

    with service.runtime.read() as session:
        page = list_cases(session, service.actor("lawyer"), CaseFilter(text="岚劳人仲案字[2026]7号"), limit=5)

    assert [item.id for item in page.items] == [case["id"]]


@pytest.mark.parametrize("username", ["department", "auditor"])
def test_who_does_not_work_on_cases_opens_no_proceeding(
    shared: Service, shared_case: dict[str, Any], username: str
) -> None:
    body = {"kind": "arbitration", "body": "示例仲裁委", "opened_on": "2026-07-09", "applicants": [1]}

    answer = shared.ask("POST", f"/api/v1/cases/{shared_case['id']}/proceedings", username, json=body)

    assert answer.status_code == 403
