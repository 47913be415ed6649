"""The sample case of Lanshan from the telephone call to the last payment, and again to default and payment order.

Zhou Xiaoman, a seamstress, against an invented rope-net firm: four months of wages, and severance. The clock stands
on the day of each event, so that every state and deadline is seen as the office would have seen it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FixedClock
from tests.process import SHORT_CASE
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service, running

pytestmark = pytest.mark.longer(one_in=3)


@dataclass(slots=True)
class Office:
    """The office at work: one day after the other, each request on its day."""

    service: Service
    case: str = ""

    def on(self, day: str) -> None:
        self.service.clock.set(datetime.fromisoformat(f"{day}T02:00:00").replace(tzinfo=UTC))

    def post(self, path: str, body: dict[str, Any], *, by: str = "mediator", status: int = 201) -> dict[str, Any]:
        answer = self.service.ask("POST", f"/api/v1/{path}", by, json=body)
        assert answer.status_code == status, answer.text
        answered: dict[str, Any] = answer.json()
        return answered

    def get(self, path: str, *, by: str = "mediator") -> Any:
        answer = self.service.ask("GET", f"/api/v1/{path}", by)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def step(self, day: str, step: str, **more: Any) -> str:
        """Take a step on its day; returns the stage it led to."""
        self.on(day)
        case = self.post(f"cases/{self.case}/steps", {"step": step, "occurred_on": day, **more})
        return str(case["stage"])

    def deadlines(self, state: str | None = None) -> dict[str, str | None]:
        """Rule → last day, of those in this state."""
        items = self.get(f"cases/{self.case}/deadlines")["items"]
        return {item["rule"]: item["due_on"] for item in items if state in {None, item["state"]}}

    def stage(self) -> str:
        return str(self.get(f"cases/{self.case}")["stage"])


@pytest.fixture
def office(home: Path) -> Iterator[Office]:
    clock = FixedClock()
    clock.set(datetime(2026, 7, 6, 1, 0, tzinfo=UTC))
    with running(home, clock) as service:
        yield Office(service)


PAPER = {"file": ("工资条.pdf", b"%PDF-1.7 wage slip of an invented firm", "application/pdf")}


def mediate(office: Office) -> str:
    """From the telephone call to the agreement in effect; returns the agreement's id."""
    office.on("2026-07-06")
    call = {"advice": "可以申请调解，请带工资条。", "outcome": "advised", "caller_phone": "000-00000000"}
    asked = SHORT_CASE | {"kind": "consultation", "received_on": "2026-07-06", "consultation": call}
    asked_id = office.post("cases", asked)["id"]
    office.on("2026-07-08")
    office.case = office.post(f"cases/{asked_id}/conversions", {"kind": "mediation", "received_on": "2026-07-08"})["id"]
    case, consultation = (office.get(f"cases/{case_id}") for case_id in (office.case, asked_id))
    assert (consultation["stage"], consultation["dispute_id"]) == ("converted", case["dispute_id"])
    assert {name: case["parties"][0][name] for name in ("name", "id_number")} == {
        name: SHORT_CASE["applicant"][name] for name in ("name", "id_number")
    }
    assert office.deadlines("open") == {"mediation_term": "2026-07-23"}
    slip = office.service.ask(
        "POST",
        f"/api/v1/cases/{office.case}/documents",
        "mediator",
        files=PAPER,
        data={"doc_type": "wage_record", "title": "工资条", "source": "photo", "captured_by": "王示例"},
    ).json()
    assert office.step("2026-07-09", "consult_other_side") == "consulting_other"
    served = {"occurred_on": "2026-07-09", "party": 2, "method": "direct", "result": "signed", "text": "调解征询函"}
    office.post(f"cases/{office.case}/services", served)
    assert office.step("2026-07-10", "accept") == "accepted"
    assert office.step("2026-07-13", "start_mediation") == "mediating"
    about = {"kind": "document", "id": slip["id"], "version": 1}
    objection = {
        "occurred_on": "2026-07-14",
        "about": about,
        "party": 2,
        "grounds": ["authenticity"],
        "text": "数额不对。",
    }
    office.on("2026-07-14")
    entry = office.post(f"cases/{office.case}/objections", objection)
    reply = {"occurred_on": "2026-07-14", "party": 1, "text": "另有银行流水。"}
    office.post(f"cases/{office.case}/answers", reply | {"about": {"kind": "entry", "id": entry["id"]}})
    assert office.step("2026-07-20", "agree") == "agreed"
    agreement = str(office.post(f"cases/{office.case}/agreements", TERMS)["id"])
    assert office.stage() == "signing"
    for mark in MARKS[:-1]:
        assert office.post(f"agreements/{agreement}/signatures", mark)["effective_on"] is None
    signed = office.post(f"agreements/{agreement}/signatures", MARKS[-1])
    assert (signed["state"], signed["effective_on"], office.stage()) == ("effective", "2026-07-20", "performing")
    return agreement


def pay(office: Office, agreement: str, day: str, position: int, paid_fen: int) -> dict[str, Any]:
    office.on(day)
    payment = {"position": position, "paid_fen": paid_fen, "paid_on": day, "paid_by": "bank_transfer"}
    return office.post(f"agreements/{agreement}/instalments", payment)


def recorded(office: Office) -> list[str]:
    """The types of everything recorded in the case, in its order."""
    return [item["type"] for item in office.get(f"cases/{office.case}/statements?limit=200")["items"]]


def test_agreement_starts_the_clocks_of_the_law(office: Office) -> None:
    mediate(office)

    assert office.deadlines("open") == {
        "arbitration_review_request": "2026-08-04",
        "judicial_confirmation_request": "2026-08-19",
        "limitation_wages": "2027-07-20",
        "instalment": "2026-08-31",
    }
    due = [
        item["due_on"] for item in office.get(f"cases/{office.case}/deadlines")["items"] if item["rule"] == "instalment"
    ]
    assert due == ["2026-07-31", "2026-08-31"]


def test_case_ends_performed_with_the_second_instalment(office: Office) -> None:
    agreement = mediate(office)
    first = pay(office, agreement, "2026-07-31", 1, 1_000_000)
    assert (first["state"], office.stage()) == ("effective", "performing")
    visited = {
        "occurred_on": "2026-08-03",
        "party": 1,
        "method": "phone",
        "result": "satisfied",
        "text": "第一期已收到。",
    }
    office.on("2026-08-03")
    office.post(f"cases/{office.case}/visits", visited)
    pay(office, agreement, "2026-08-31", 2, 1_796_000)
    ended = office.post(f"agreements/{agreement}/endings", {"ending": "performed", "occurred_on": "2026-08-31"})

    assert (ended["state"], office.stage()) == ("performed", "performed")
    assert office.deadlines("open") == {}
    assert recorded(office) == [
        "case.registered",
        "document.filed",
        "case.updated",
        "service.recorded",
        "case.updated",
        "case.updated",
        "objection.raised",
        "answer.filed",
        "case.updated",
        "agreement.drafted",
        "case.updated",
        *["agreement.signed"] * 4,
        "agreement.effective",
        "case.updated",
        "instalment.paid",
        "visit.recorded",
        "instalment.paid",
        "agreement.performed",
        "case.updated",
    ]
    office.service.wait_until_final()


def test_default_leads_to_a_payment_order_and_after_objection_to_a_suit_on_the_agreement(office: Office) -> None:
    agreement = mediate(office)
    pay(office, agreement, "2026-07-31", 1, 1_000_000)
    order = {
        "kind": "payment_order",
        "body": "岚山区示例法院",
        "opened_on": "2026-08-31",
        "applicants": [1],
        "agreement": agreement,
        "claims": ["wages", "severance"],
    }
    suit = order | {"kind": "court", "basis": "on_agreement"}
    office.on("2026-08-31")
    assert office.post(f"cases/{office.case}/proceedings", order, status=409)["code"] == "no_default"

    office.on("2026-09-02")
    assert office.get(f"agreements/{agreement}")["instalments"][1]["overdue"] is True
    told = {"party": 1, "instalment": 2, "detail": "第二期没有到账。", "occurred_on": "2026-09-02"}
    office.post(f"agreements/{agreement}/reports", told)
    order, suit = ({**body, "opened_on": "2026-09-02"} for body in (order, suit))
    del suit["claims"]
    refused = office.post(f"cases/{office.case}/proceedings", suit, status=409)
    assert (refused["code"], refused["article"]) == (
        "suit_on_agreement_too_early",
        "劳动争议司法解释（一） 第十三条、第五十一条",
    )
    opened = office.post(f"cases/{office.case}/proceedings", order)
    office.on("2026-09-21")
    closing = {"reason": "被申请人提出异议", "closed_on": "2026-09-21", "outcome": "ended_by_objection"}
    closed = office.service.ask(
        "PATCH",
        f"/api/v1/proceedings/{opened['id']}",
        "mediator",
        json=closing,
        headers={"If-Match": f'"{opened["version"]}"'},
    )
    assert (closed.status_code, closed.json()["state"]) == (200, "closed"), closed.text
    sued = office.post(f"cases/{office.case}/proceedings", suit | {"opened_on": "2026-09-21"})

    assert sued["warnings"] == []
    assert recorded(office)[-5:] == [
        "instalment.paid",
        "agreement.nonperformance_reported",
        "proceeding.opened",
        "proceeding.closed",
        "proceeding.opened",
    ]
    office.service.wait_until_final()
