"""Many parties by form, duplicates before saving, corrections of parties, disputes, the register of consultations."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import pytest

from service.pages.forms import Form, FormError
from service.pages.parties import add_several, at_rows, close_up, registration_body
from tests.process import SHORT_CASE
from tests.service.conftest import Service
from tests.service.visitor import REGISTRATION, Shown, Visitor

pytestmark = pytest.mark.longer(one_in=5)

THIRD = {
    "parties.0.role": "applicant",
    "parties.0.kind": "worker",
    "parties.0.name": "孙立春",
    "parties.1.role": "respondent",
    "parties.1.kind": "user_firm",
    "parties.1.name": "日照示例码头有限公司",
    "parties.1.representative_post": "总经理",
    "employer.kind": "labour_agency",
    "claims.1.party": "parties.0",
    "agents.0.party": "parties.1",
    "agents.0.name": "赵示例",
    "agents.0.authority": "special",
}
CALL = {
    "channel": "12351",
    "received_on": "2026-07-08",
    "consultation.caller_kind": "worker",
    "consultation.caller_name": "周小满",
    "consultation.caller_phone": "000-00000000",
    "consultation.advice": "可以申请调解。",
    "consultation.outcome": "follow_up",
    "consultation.follow_up_on": "2026-07-20",
    "employer.name": "日照示例绳网有限公司",
    "dispute_type": "D5a",
    "facts": "三个月未发工资，如何要？",
}


@pytest.fixture
def lawyer_at(service: Service) -> Visitor:
    return Visitor(service).sign_in()


def _case(service: Service, done: Shown, username: str = "lawyer") -> dict[str, Any]:
    assert done.status == 303, done.seen
    case: dict[str, Any] = service.ask("GET", f"/api/v1{urlsplit(done.location).path}", username).json()
    return case


# ------------------------------------------------------------------------------------------------------ rows and bodies


def test_one_against_one_is_sent_in_the_short_form() -> None:
    body = registration_body(Form(values=REGISTRATION))
    assert {name: body[name] for name in ("applicant", "employer", "claims")} == {
        name: SHORT_CASE[name] for name in ("applicant", "employer", "claims")
    }
    assert "parties" not in body


def test_everybody_else_follows_in_the_long_form() -> None:
    body = registration_body(Form(values={**REGISTRATION, **THIRD}))
    assert [(party["role"], party["kind"]) for party in body["parties"]] == [
        ("applicant", "worker"),
        ("respondent", "labour_agency"),
        ("applicant", "worker"),
        ("respondent", "user_firm"),
    ]
    assert body["parties"][3]["agents"] == [{"name": "赵示例", "authority": "special"}]
    assert body["claims"][1]["party"] == 3


def test_firm_that_applies_changes_sides() -> None:
    body = registration_body(Form(values={**REGISTRATION, "applies": "employer"}))
    assert [party["role"] for party in body["parties"]] == ["respondent", "applicant"]


def test_row_of_which_only_the_party_is_chosen_is_empty() -> None:
    assert close_up({"claims.0.party": "employer", "claims.0.kind": "", "claims.1.kind": "wages"}) == {
        "claims.0.kind": "wages"
    }


@pytest.mark.parametrize(
    ("pointed", "shown"),
    [
        ("parties.0.name", "applicant.name"),
        ("parties.1.credit_code", "employer.credit_code"),
        ("parties.3.name", "parties.1.name"),
        ("parties.3.agents.0.name", "agents.0.name"),
        ("claims.1.kind", "claims.1.kind"),
    ],
)
def test_error_is_shown_where_it_was_typed(pointed: str, shown: str) -> None:
    form = Form(values={**REGISTRATION, **THIRD}, errors=(FormError(field=pointed, message="x"),))
    assert at_rows(form).errors[0].field == shown


def test_claims_and_agents_follow_their_party_when_a_row_before_it_goes() -> None:
    rows = {f"parties.{at}.name": name for at, name in enumerate(("甲", "", "丙"))}
    claim = {"claims.0.party": "parties.2", "claims.0.kind": "wages"}
    agent = {"agents.0.party": "parties.2", "agents.0.name": "乙"}
    values = close_up({**rows, **claim, **agent})
    assert values["parties.1.name"] == "丙"
    assert (values["claims.0.party"], values["agents.0.party"]) == ("parties.1", "parties.1")


def test_agent_of_a_party_that_was_taken_out_is_refused(lawyer_at: Visitor) -> None:
    gone = {name: "" for name in THIRD if name.startswith("parties.1.")}
    shown = lawyer_at.fill("/cases/new", {**REGISTRATION, **THIRD, **gone, "step": "check"})
    assert shown.status == 422
    assert '<a href="#agents.0.party">' in shown.answer.text


def test_claim_of_a_party_that_was_taken_out_is_refused(lawyer_at: Visitor) -> None:
    gone = {name: "" for name in THIRD if name.startswith(("parties.0.", "agents."))}
    shown = lawyer_at.fill("/cases/new", {**REGISTRATION, **THIRD, **gone, "step": "check"})
    assert shown.status == 422
    assert '<a href="#claims.1.party">' in shown.answer.text


def test_many_workers_are_pasted_one_a_line() -> None:
    pasted = "周小满，371103197905200009，000-1234567\n\n孙立春\t000-7654321\n古丽 示例\n"
    values = add_several(Form(values={"several": pasted, "parties.0.name": "钱示例"})).values
    assert [values[f"parties.{at}.name"] for at in range(4)] == ["钱示例", "周小满", "孙立春", "古丽 示例"]
    assert (values["parties.1.id_number"], values["parties.1.phone"]) == ("371103197905200009", "000-1234567")
    assert values["parties.2.phone"] == "000-7654321"
    assert "several" not in values


# ------------------------------------------------------------------------------------------------------- registration


def test_agency_user_firm_agent_and_claims_are_registered(service: Service, lawyer_at: Visitor) -> None:
    looked = lawyer_at.fill("/cases/new", {**REGISTRATION, **THIRD, "step": "check"})
    assert "赵示例" in looked.seen
    case = _case(service, lawyer_at.post("/cases/new", {**looked.fields, "step": "register"}))
    assert [party["kind"] for party in case["parties"]] == ["worker", "labour_agency", "worker", "user_firm"]
    assert case["parties"][3]["agents"][0]["authority"] == "special"
    assert [claim["party"] for claim in case["claims"]] == [1, 3]


@pytest.mark.parametrize(
    ("step", "field"), [("add", "claims.2.kind"), ("add_party", "parties.2.name"), ("add_agent", "agents.1.name")]
)
def test_another_row_is_added_without_losing_anything(lawyer_at: Visitor, step: str, field: str) -> None:
    filled = {**REGISTRATION, **THIRD}
    shown = lawyer_at.fill("/cases/new", {**filled, "step": step})
    assert {name: shown.fields.get(name) for name in filled} == filled
    assert field in shown.fields


def test_twelve_workers_are_registered_by_form(service: Service, lawyer_at: Visitor) -> None:
    several = "\n".join(f"示例{sign} 000-000001{n:02d}" for n, sign in enumerate("雨惊谷夏满芒暑秋露霜冬"))
    page = lawyer_at.fill("/cases/new", {**REGISTRATION, "several": several.replace(" ", "\t"), "step": "several"})
    chosen = {f"parties.{at}.chosen": "yes" for at in range(2)}
    case = _case(service, lawyer_at.post("/cases/new", {**page.fields, **chosen, "step": "register"}))
    assert sum(party["kind"] == "worker" for party in case["parties"]) == 12
    assert sum(party["chosen"] for party in case["parties"]) == 2


def test_legal_aid_is_asked_for_by_form(service: Service, lawyer_at: Visitor) -> None:
    aid = {"kind": "legal_aid", "aid.provider": "union", "aid.hardship": "exempt_migrant_worker"}
    case = _case(service, lawyer_at.fill("/cases/new", {**REGISTRATION, **aid, "step": "register"}))
    assert (case["aid"]["provider"], case["aid"]["hardship"]) == ("union", "exempt_migrant_worker")
    assert "免予核查" in lawyer_at.get(f"/cases/{case['id']}").seen


def test_fault_of_a_later_party_is_said_beside_it(lawyer_at: Visitor) -> None:
    wrong = {**REGISTRATION, **THIRD, "parties.1.name": "", "parties.0.id_number": "371103197905200008"}
    shown = lawyer_at.fill("/cases/new", {**wrong, "step": "check"})
    assert shown.status == 422
    assert '<a href="#parties.1.name">' in shown.answer.text
    assert '<a href="#parties.0.id_number">' in shown.answer.text
    assert shown.fields["parties.1.representative_post"] == "总经理"


# --------------------------------------------------------------------------------------------------------- duplicates


@pytest.fixture
def looked(service: Service) -> Shown:
    """The look before saving at the second office, of what the first has on file."""
    service.register()
    visitor = Visitor(service).sign_in("other")
    return visitor.fill("/cases/new", {**REGISTRATION, "applicant.name": "周小滿", "step": "check"})


def test_duplicates_of_other_offices_are_shown_before_saving(looked: Shown) -> None:
    assert "可能已有同一争议的案件" in looked.seen
    assert "岚山区示例总工会" in looked.seen
    assert "身份证号码相同" in looked.seen
    assert "周**" in looked.seen


def test_nothing_is_saved_until_it_is_decided(service: Service, looked: Shown) -> None:
    visitor = Visitor(service).sign_in("other")
    shown = visitor.post("/cases/new", {**looked.fields, "csrf": _token(visitor), "step": "register"})
    assert shown.status == 409
    assert "请选择是否与所列案件为同一争议" in shown.seen
    assert service.ask("GET", "/api/v1/cases", "other").json()["items"] == []


def test_dispute_is_joined_from_the_look(service: Service, looked: Shown) -> None:
    visitor = Visitor(service).sign_in("other")
    join = re.search(r'value="(join:[^"]+)"', looked.answer.text)
    assert join is not None
    fields = {**looked.fields, "csrf": _token(visitor), "decision": join[1], "step": "register"}
    case = _case(service, visitor.post("/cases/new", fields), "other")
    assert case["dispute_id"] == join[1].removeprefix("join:")
    shown = visitor.get(f"/disputes/{case['dispute_id']}")
    assert "周**" in shown.seen
    assert "周小滿" in shown.seen


def test_other_dispute_needs_a_reason_and_shows_it(service: Service, looked: Shown) -> None:
    visitor = Visitor(service).sign_in("other")
    fields = {**looked.fields, "csrf": _token(visitor), "decision": "separate", "step": "register"}
    shown = visitor.post("/cases/new", fields)
    assert shown.status == 422
    assert "请写明为何是另一个争议" in shown.seen
    case = _case(
        service, visitor.post("/cases/new", {**shown.fields, **fields, "separate_reason": "另一份合同"}), "other"
    )
    assert "另一份合同" in visitor.get(f"/cases/{case['id']}").seen


def test_case_is_joined_and_taken_out_later_by_form(service: Service, lawyer_at: Visitor) -> None:
    first, second = lawyer_at.register(), lawyer_at.register()
    path = f"/cases/{second}/dispute"
    page = lawyer_at.get(path)
    join = re.search(r'value="(join:[^"]+)"', page.answer.text)
    assert join is not None
    undecided = lawyer_at.post(path, {**page.fields, "decision": "", "reason": "同一争议"})
    assert undecided.status == 422
    assert "请选择是否与所列案件为同一争议" in undecided.seen
    lawyer_at.post(path, {**page.fields, "decision": join[1], "reason": "同一争议"})
    joined = {service.ask("GET", f"/api/v1/cases/{case}").json()["dispute_id"] for case in (first, second)}
    assert len(joined) == 1
    lawyer_at.fill(path, {"decision": "leave", "reason": "经核实不是"})
    apart = {service.ask("GET", f"/api/v1/cases/{case}").json()["dispute_id"] for case in (first, second)}
    assert len(apart) == 2


def _token(visitor: Visitor) -> str:
    return visitor.get("/cases/new").fields["csrf"]


# ------------------------------------------------------------------------------------------ correction of the parties


def test_parties_and_claims_are_corrected_by_form(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    more = {
        "parties.2.role": "third_party",
        "parties.2.kind": "user_firm",
        "parties.2.name": "日照示例码头有限公司",
        "parties.1.kind": "labour_agency",
        "claims.1.kind": "",
        "claims.1.amount_fen": "",
        "claims.1.detail": "",
        "reason": "补充用工单位",
        "step": "record",
    }
    done = lawyer_at.fill(f"/cases/{case_id}/parties", more)
    assert done.status == 303, done.seen
    case = service.ask("GET", f"/api/v1/cases/{case_id}").json()
    assert [party["kind"] for party in case["parties"]] == ["worker", "labour_agency", "user_firm"]
    assert case["parties"][0]["id_number"] == SHORT_CASE["applicant"]["id_number"]
    assert [claim["kind"] for claim in case["claims"]] == ["wages"]
    assert case["version"] == 2


def test_correction_of_an_older_version_shows_the_case_as_it_is(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    path = f"/cases/{case_id}/parties"
    page = lawyer_at.get(path)
    lawyer_at.fill(path, {"parties.0.name": "周大满", "reason": "别人先改", "step": "record"})
    shown = lawyer_at.post(path, {**page.fields, "parties.0.name": "周中满", "reason": "我改", "step": "record"})
    assert shown.status == 412
    assert "周大满" in shown.seen
    assert shown.fields["parties.0.name"] == "周中满"


def test_correction_that_takes_out_the_last_claim_is_refused(lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    page = lawyer_at.get(f"/cases/{case_id}/parties")
    empty = {name: "" for name in page.fields if name.startswith("claims.")}
    shown = lawyer_at.post(f"/cases/{case_id}/parties", {**page.fields, **empty, "reason": "x", "step": "record"})
    assert shown.status == 422


# ------------------------------------------------------------------------------------------------------- consultations


def test_call_is_recorded_on_one_screen_and_listed(service: Service, lawyer_at: Visitor) -> None:
    done = lawyer_at.fill("/consultations/new", CALL)
    assert done.location == "/consultations?done=recorded"
    shown = lawyer_at.get(done.location)
    for words in ("咨询已登记", "周小满", "000-00000000", "三个月未发工资", "待回复"):
        assert words in shown.seen
    (item,) = service.ask("GET", "/api/v1/consultations").json()["items"]
    assert (item["caller"], item["outcome"], item["follow_up_on"]) == ("周小满", "follow_up", "2026-07-20")


def test_call_back_is_closed_by_form_with_its_reason(service: Service, lawyer_at: Visitor) -> None:
    lawyer_at.fill("/consultations/new", CALL)
    (item,) = service.ask("GET", "/api/v1/consultations").json()["items"]
    path = f"/consultations/{item['id']}/outcome"
    filled = {"consultation.outcome": "referred", "consultation.follow_up_on": "", "reason": "已回电"}
    assert lawyer_at.fill(path, filled).location == "/consultations?done=changed"
    after = service.ask("GET", f"/api/v1/cases/{item['id']}").json()
    assert (after["consultation"]["outcome"], after["consultation"]["follow_up_on"]) == ("referred", None)
    assert (after["consultation"]["advice"], after["version"]) == (CALL["consultation.advice"], 2)


def test_outcome_without_a_reason_is_refused_and_kept(service: Service, lawyer_at: Visitor) -> None:
    lawyer_at.fill("/consultations/new", CALL)
    (item,) = service.ask("GET", "/api/v1/consultations").json()["items"]
    shown = lawyer_at.fill(f"/consultations/{item['id']}/outcome", {"consultation.outcome": "referred"})
    assert shown.status == 422
    assert shown.fields["consultation.outcome"] == "referred"


def test_case_that_is_no_consultation_has_no_outcome(lawyer_at: Visitor) -> None:
    assert lawyer_at.get(f"/consultations/{lawyer_at.register()}/outcome").status == 404


def test_anonymous_call_needs_no_name(lawyer_at: Visitor) -> None:
    nameless = {"consultation.caller_name": "", "consultation.caller_phone": "", "employer.name": ""}
    assert lawyer_at.fill("/consultations/new", {**CALL, **nameless}).status == 303
    assert "未留姓名" in lawyer_at.get("/consultations").seen


def test_fault_of_a_call_keeps_everything(lawyer_at: Visitor) -> None:
    shown = lawyer_at.fill("/consultations/new", {**CALL, "consultation.advice": ""})
    assert shown.status == 422
    assert "请填写解答内容" in shown.seen
    assert {name: shown.fields[name] for name in CALL if name != "consultation.advice"} == {
        name: value for name, value in CALL.items() if name != "consultation.advice"
    }


def test_call_sent_twice_is_recorded_once(service: Service, lawyer_at: Visitor) -> None:
    fields = {**lawyer_at.get("/consultations/new").fields, **CALL}
    for _ in range(2):
        assert lawyer_at.post("/consultations/new", fields).status == 303
    assert len(service.ask("GET", "/api/v1/consultations").json()["items"]) == 1


def test_call_is_turned_into_a_case_with_nothing_typed_again(service: Service, lawyer_at: Visitor) -> None:
    lawyer_at.fill("/consultations/new", CALL)
    (item,) = service.ask("GET", "/api/v1/consultations").json()["items"]
    page = lawyer_at.get(f"/cases/new?consultation={item['id']}")
    taken = {"applicant.name": "周小满", "applicant.phone": "000-00000000", "facts": CALL["facts"]}
    assert {name: page.fields[name] for name in taken} == taken
    assert page.fields["employer.name"] == CALL["employer.name"]
    more = {"kind": "mediation", "claims.0.kind": "wages", "claims.0.detail": "工资", "step": "register"}
    case = _case(service, lawyer_at.post("/cases/new", {**page.fields, **more}))
    assert case["converted_from"] == item["id"]
    after = service.ask("GET", f"/api/v1/cases/{item['id']}").json()
    assert (after["converted_to"], after["dispute_id"]) == (case["id"], case["dispute_id"])
    assert "转为案件" not in lawyer_at.get("/consultations").seen.partition("搜索")[2].replace("已转为案件", "")


def test_consultation_of_another_office_cannot_be_taken(service: Service, lawyer_at: Visitor) -> None:
    lawyer_at.fill("/consultations/new", CALL)
    (item,) = service.ask("GET", "/api/v1/consultations").json()["items"]
    assert Visitor(service).sign_in("other").get(f"/cases/new?consultation={item['id']}").status == 404


def test_register_is_searched_and_narrowed(lawyer_at: Visitor) -> None:
    lawyer_at.fill("/consultations/new", CALL)
    assert "周小满" in lawyer_at.get("/consultations", params={"q": "未发工资"}).seen
    assert "没有符合条件的咨询" in lawyer_at.get("/consultations", params={"outcome": "advised"}).seen


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "12351 职工维权热线"), ("en", "Union hotline 12351")])
def test_month_is_shown_in_numbers_and_as_a_table(service: Service, language: str, words: str) -> None:
    visitor = Visitor(service, language=language).sign_in()
    visitor.fill("/consultations/new", CALL)
    assert words in visitor.get("/consultations/statistics?month=2026-07").seen
    table = visitor.get("/consultations/statistics.csv?month=2026-07").answer
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert f",{words},1" in table.content.decode("utf-8-sig")
    assert visitor.get("/consultations/statistics.csv?month=x").status == 422
