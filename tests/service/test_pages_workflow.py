"""Steps, entries, proceedings and shares by form, and how the page of a case tells them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.process import SHORT_CASE
from tests.service.audited_home import MARKS, TERMS
from tests.service.conftest import Service
from tests.service.visitor import REGISTRATION, Visitor

pytestmark = pytest.mark.longer(one_in=5)

DAY = "2026-07-09"


@pytest.fixture
def lawyer_at(service: Service) -> Visitor:
    """A signed-in lawyer of the first office."""
    return Visitor(service).sign_in()


def _send(visitor: Visitor, path: str, **values: str) -> Any:
    page = visitor.get(path)
    return visitor.post(path, {**page.fields, **{name.replace("__", "."): value for name, value in values.items()}})


def _legal_aid(service: Service) -> str:
    return str(service.register({**SHORT_CASE, "kind": "legal_aid"})["id"])


def _stage(service: Service, case_id: str) -> str:
    return str(service.ask("GET", f"/api/v1/cases/{case_id}").json()["stage"])


# -------------------------------------------------------------------------------------------------------------- steps


def test_step_is_taken_by_form_and_told_on_the_page(service: Service, lawyer_at: Visitor) -> None:
    case_id = _legal_aid(service)

    done = _send(lawyer_at, f"/cases/{case_id}/steps/grant", occurred_on=DAY)
    again = _send(lawyer_at, f"/cases/{case_id}/steps/assign", occurred_on=DAY, lawyer="赵示例", firm="示例律师事务所")

    assert (done.location, again.location) == (f"/cases/{case_id}?done=stepped",) * 2
    assert _stage(service, case_id) == "assigned"
    seen = lawyer_at.get(f"/cases/{case_id}?done=stepped").seen
    assert "步骤已登记" in seen
    assert seen.count("指派法律援助人员 · 赵示例, 示例律师事务所") == 2  # among the steps, and in the history


def test_page_of_a_case_offers_what_is_lawful_and_says_why_the_rest_is_not(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()

    page = lawyer_at.get(f"/cases/{case_id}")

    assert f'href="/cases/{case_id}/steps/accept"' in page.answer.text
    assert f'href="/cases/{case_id}/steps/agree"' not in page.answer.text
    assert "达成调解合意: 调解尚未开始" in page.seen


def test_ending_shows_what_the_people_must_be_told(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    page = lawyer_at.get(f"/cases/{case_id}/steps/fail")

    _send(lawyer_at, f"/cases/{case_id}/steps/fail", occurred_on=DAY, ground="term_expired")

    assert "可以依法向劳动争议仲裁委员会申请仲裁" in page.seen
    assert "可以依法向劳动争议仲裁委员会申请仲裁" in lawyer_at.get(f"/cases/{case_id}").seen


@pytest.mark.parametrize(
    ("step", "values", "words"),
    [
        ("fail", {"occurred_on": DAY}, "请选择情形"),
        ("fail", {"ground": "impossible"}, "请填写日期"),
        ("accept", {"occurred_on": "2030-01-01"}, "这一天还没有到"),
        ("accept", {"occurred_on": "2026-07-01"}, "早于收到申请之日"),
    ],
)
def test_step_that_lacks_something_comes_back_with_its_values(
    lawyer_at: Visitor, step: str, values: dict[str, str], words: str
) -> None:
    case_id = lawyer_at.register()

    shown = _send(lawyer_at, f"/cases/{case_id}/steps/{step}", **values)

    assert shown.status == 422
    assert words in shown.seen
    assert {name: shown.fields[name] for name in values} == values


def test_step_that_another_took_meanwhile_is_refused_with_its_article(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    page = lawyer_at.get(f"/cases/{case_id}/steps/accept")
    body = {"step": "not_accept", "ground": "outside_scope", "occurred_on": DAY}
    service.ask("POST", f"/api/v1/cases/{case_id}/steps", json=body)

    shown = lawyer_at.post(f"/cases/{case_id}/steps/accept", {**page.fields, "occurred_on": DAY})

    assert shown.status == 409
    assert "案件已终结" in shown.seen


@pytest.mark.parametrize("step", ["grant", "convert", "record", "nonsense"])
def test_page_of_a_step_of_another_kind_is_not_there(lawyer_at: Visitor, step: str) -> None:
    case_id = lawyer_at.register()

    assert lawyer_at.get(f"/cases/{case_id}/steps/{step}").status == 404


def test_step_form_sent_twice_is_taken_once(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    fields = {**lawyer_at.get(f"/cases/{case_id}/steps/accept").fields, "occurred_on": DAY}

    locations = [lawyer_at.post(f"/cases/{case_id}/steps/accept", fields).location for _ in range(2)]

    assert locations == [f"/cases/{case_id}?done=stepped"] * 2
    assert len(service.ask("GET", f"/api/v1/cases/{case_id}/steps").json()["taken"]) == 1


# ------------------------------------------------------------------------------------------------------------ entries


def test_objection_to_a_document_is_entered_by_form(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    document = service.ask(
        "POST",
        f"/api/v1/cases/{case_id}/documents",
        files={"file": ("工资条.pdf", b"%PDF wage slip", "application/pdf")},
        data={"doc_type": "wage_record", "title": "工资条"},
    ).json()

    done = _send(
        lawyer_at,
        f"/cases/{case_id}/entries/objection/new",
        party="2",
        raiser="party",
        about=f"document:{document['id']}",
        ground__authenticity="1",
        occurred_on=DAY,
        text="真实性有异议。",
    )

    assert done.location == f"/cases/{case_id}?done=entered"
    (entry,) = service.ask("GET", f"/api/v1/cases/{case_id}/entries").json()["items"]
    assert (entry["party"], entry["grounds"], entry["about"]["version"]) == (2, ["authenticity"], 1)
    seen = lawyer_at.get(f"/cases/{case_id}").seen
    assert seen.count("日照示例绳网有限公司 · 真实性") == 2
    assert "针对材料：工资条，第 1 版" in seen


def test_objection_to_a_document_without_grounds_comes_back(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    answer = service.ask(
        "POST",
        f"/api/v1/cases/{case_id}/documents",
        files={"file": ("工资条.pdf", b"%PDF wage slip", "application/pdf")},
        data={"doc_type": "wage_record", "title": "工资条"},
    ).json()

    shown = _send(
        lawyer_at,
        f"/cases/{case_id}/entries/objection/new",
        party="2",
        about=f"document:{answer['id']}",
        occurred_on=DAY,
        text="有异议。",
    )

    assert shown.status == 422
    assert "请至少选择一项" in shown.seen
    assert shown.fields["text"] == "有异议。"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("answer", {"party": "2", "raiser": "lawyer", "lawyer": "钱示例", "text": "数额有误。"}),
        ("service", {"party": "2", "method": "post", "result": "signed", "text": "应诉通知"}),
        ("visit", {"party": "1", "method": "phone", "result": "satisfied", "text": "已收款。"}),
        ("interview", {"party": "1", "lawyer": "赵示例", "place": "律所", "text": "核实月份。"}),
    ],
)
def test_entry_of_each_kind_is_entered_by_form(
    service: Service, lawyer_at: Visitor, kind: str, values: dict[str, str]
) -> None:
    case_id = lawyer_at.register()

    done = _send(lawyer_at, f"/cases/{case_id}/entries/{kind}/new", occurred_on=DAY, **values)

    assert done.location == f"/cases/{case_id}?done=entered"
    assert [entry["kind"] for entry in service.ask("GET", f"/api/v1/cases/{case_id}/entries").json()["items"]] == [kind]
    assert values["text"] in lawyer_at.get(f"/cases/{case_id}").seen


def test_correction_begins_with_what_was_entered(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    path = f"/cases/{case_id}/entries/visit/new"
    _send(lawyer_at, path, party="1", method="phone", result="satisfied", text="已收款。", occurred_on=DAY)
    (entry,) = service.ask("GET", f"/api/v1/cases/{case_id}/entries").json()["items"]

    page = lawyer_at.get(f"{path}?corrects={entry['id']}")
    done = lawyer_at.post(path, {**page.fields, "text": "未收款。", "reason": "听错"})

    assert page.fields["text"] == "已收款。"
    assert done.location == f"/cases/{case_id}?done=entered"
    first, second = service.ask("GET", f"/api/v1/cases/{case_id}/entries").json()["items"]
    assert (first["corrected_by"], second["text"]) == (second["id"], "未收款。")
    assert "已被后来的记载更正" in lawyer_at.get(f"/cases/{case_id}").seen


def test_department_posts_its_opinion_and_is_offered_nothing_else(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    department = Visitor(service).sign_in("department")

    page = department.get(f"/cases/{case_id}")
    done = _send(department, f"/cases/{case_id}/entries/opinion/new", occurred_on=DAY, text="建议依法支付。")

    assert f'href="/cases/{case_id}/entries/opinion/new"' in page.answer.text
    assert f'href="/cases/{case_id}/entries/answer/new"' not in page.answer.text
    assert f'href="/cases/{case_id}/steps/accept"' not in page.answer.text
    assert done.location == f"/cases/{case_id}?done=entered"
    assert lawyer_at.get(f"/cases/{case_id}/entries/opinion/new").status == 403
    assert department.get(f"/cases/{case_id}/entries/answer/new").status == 403


def test_department_corrects_its_own_opinion_by_form(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    department = Visitor(service).sign_in("department")
    _send(department, f"/cases/{case_id}/entries/opinion/new", occurred_on=DAY, text="建议支付。")
    (opinion,) = service.ask("GET", f"/api/v1/cases/{case_id}/entries", "department").json()["items"]
    way = f"/cases/{case_id}/entries/opinion/new?corrects={opinion['id']}"

    assert way in department.get(f"/cases/{case_id}").answer.text
    form = department.get(way)
    assert "建议支付。" in form.answer.text
    corrected = department.post(way.partition("?")[0], {**form.fields, "text": "建议依法支付。", "reason": "补充"})

    assert corrected.location == f"/cases/{case_id}?done=entered"
    first, second = service.ask("GET", f"/api/v1/cases/{case_id}/entries", "department").json()["items"]
    assert (first["corrected_by"], second["text"]) == (second["id"], "建议依法支付。")


def test_review_is_asked_for_and_decided_by_form(service: Service, lawyer_at: Visitor) -> None:
    case_id = _legal_aid(service)
    _send(lawyer_at, f"/cases/{case_id}/steps/refuse", occurred_on=DAY, note="不符合条件")
    _send(lawyer_at, f"/cases/{case_id}/entries/review_request/new", party="1", occurred_on=DAY, text="不服。")
    (request,) = service.ask("GET", f"/api/v1/cases/{case_id}/entries").json()["items"]

    missing = _send(lawyer_at, f"/entries/{request['id']}/decision", result="corrected", occurred_on=DAY)
    done = _send(
        lawyer_at, f"/entries/{request['id']}/decision", result="corrected", body="示例司法局", occurred_on=DAY
    )

    assert "请填写作出决定的司法行政部门" in missing.seen
    assert done.location == f"/cases/{case_id}?done=entered"
    page = lawyer_at.get(f"/cases/{case_id}")
    assert f'href="/cases/{case_id}/steps/grant"' in page.answer.text
    assert f'href="/entries/{request["id"]}/decision"' not in page.answer.text


# --------------------------------------------------------------------------------------------- proceedings and shares


def test_proceeding_is_opened_and_closed_by_form(service: Service, lawyer_at: Visitor) -> None:
    service.clock.advance(timedelta(days=60))
    lawyer_at.sign_in()
    case_id = lawyer_at.register()
    agreement = service.ask("POST", f"/api/v1/cases/{case_id}/agreements", json=TERMS).json()
    for mark in MARKS:
        service.ask("POST", f"/api/v1/agreements/{agreement['id']}/signatures", json=mark)
    opening = {
        "kind": "judicial_confirmation",
        "body": "示例法院",
        "opened_on": "2026-08-03",
        "agreement": agreement["id"],
        "applies__1": "1",
    }

    refused = _send(lawyer_at, f"/cases/{case_id}/proceedings/new", **opening)
    opened = _send(lawyer_at, f"/cases/{case_id}/proceedings/new", **opening, applies__2="1")
    path = opened.location.partition("?")[0]
    closed = _send(
        lawyer_at,
        path,
        number="（2026）鲁1103诉前调确012号",
        accepted_on="2026-08-05",
        closed_on="2026-08-14",
        outcome="confirmed",
        reason="裁定书",
    )

    assert (refused.status, "须由双方当事人共同申请" in refused.seen) == (409, True)
    assert refused.fields["body"] == "示例法院"
    assert closed.location == f"{path}?done=changed"
    page = lawyer_at.get(path)
    assert "裁定调解协议有效" in page.seen
    assert "(2026)鲁1103诉前调确12号" in page.seen
    assert 'name="reason"' not in page.answer.text
    assert lawyer_at.get(f"/cases/{case_id}").seen.count("(2026)鲁1103诉前调确12号") >= 2


def test_change_of_a_proceeding_that_somebody_else_changed_is_refused(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    body = {"kind": "arbitration", "body": "示例仲裁委", "opened_on": DAY, "applicants": [1]}
    opened = service.ask("POST", f"/api/v1/cases/{case_id}/proceedings", json=body).json()
    page = lawyer_at.get(f"/proceedings/{opened['id']}")
    path, headers = f"/api/v1/proceedings/{opened['id']}", {"If-Match": '"1"'}
    service.ask("PATCH", path, json={"reason": "受理", "accepted_on": DAY}, headers=headers)

    shown = lawyer_at.post(
        f"/proceedings/{opened['id']}", {**page.fields, "reason": "补号", "number": "岚劳人仲案字〔2026〕第1号"}
    )

    assert shown.status == 412
    assert shown.fields["version"] == "2"


def test_case_is_shared_and_the_share_withdrawn_by_form(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    path = f"/cases/{case_id}/shares"
    share = {"institution": "LS-COMMITTEE", "occurred_on": DAY, "reason": "征求意见"}

    done = _send(lawyer_at, path, **share)
    fields = lawyer_at.get(path).fields
    undone = lawyer_at.post(f"{path}/withdrawal", {**fields, **share})

    assert (done.location, undone.location) == (f"{path}?done=shared", f"{path}?done=withdrawn")
    assert "撤回" in lawyer_at.get(f"/cases/{case_id}").seen
    assert lawyer_at.get(f"{path}/withdrawal").location == path


# -------------------------------------------------------------------------------------------------- what a page shows


@pytest.mark.parametrize(
    ("compared", "words"), [("true", "已与原件核对"), ("false", "未与原件核对"), (None, "未说明是否")]
)
def test_provenance_of_a_document_is_on_the_page_of_the_case(
    service: Service, lawyer_at: Visitor, compared: str | None, words: str
) -> None:
    case_id = lawyer_at.register()
    data = {"doc_type": "wage_record", "title": "工资条", "source": "scan", "captured_by": "王示例"}
    service.ask(
        "POST",
        f"/api/v1/cases/{case_id}/documents",
        files={"file": ("工资条.pdf", b"%PDF wage slip", "application/pdf")},
        data=data | ({"original_compared": compared} if compared else {}),
    )

    seen = lawyer_at.get(f"/cases/{case_id}").seen

    assert "纸质原件扫描" in seen
    assert words in seen
    assert "采集人：王示例" in seen


def test_page_of_a_case_speaks_english_throughout(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    _send(lawyer_at, f"/cases/{case_id}/steps/accept", occurred_on=DAY)

    seen = lawyer_at.get(f"/cases/{case_id}?lang=en").seen

    assert "What can be done next:" in seen
    assert "Accept the application" in seen
    assert "The mediation has not begun" in seen


def test_referral_is_registered_shown_and_taken_away_by_form(service: Service, lawyer_at: Visitor) -> None:
    values = {**REGISTRATION, "referral": "labour_inspection", "referred_by": "示例大队 示例函", "step": "register"}
    case_id = lawyer_at.fill("/cases/new", values).location.removeprefix("/cases/").partition("?")[0]

    seen = lawyer_at.get(f"/cases/{case_id}").seen
    _send(lawyer_at, f"/cases/{case_id}/change", referral="", referred_by="", reason="录入有误")

    assert "劳动监察机构 · 示例大队 示例函" in seen
    assert service.ask("GET", f"/api/v1/cases/{case_id}").json()["referral"] is None
