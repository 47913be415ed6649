"""Registering, listing, reading and correcting cases over HTTP."""

from __future__ import annotations

import json
import threading
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import func, select
from starlette.testclient import TestClient

from ledger.store.tables import Record, StatementRow, Stream
from service.tables import Case, Claim, Dispute, IdempotencyKey, Party
from tests.process import SHORT_CASE
from tests.service.conftest import Service

pytestmark = pytest.mark.longer(one_in=2)

Headers = dict[str, str]
CASES = "/api/v1/cases"
JSON = {"Content-Type": "application/json"}
MANY: dict[str, Any] = {
    "kind": "mediation",
    "dispute_type": "D5a",
    "channel": "labour_inspection",
    "received_on": "2026-07-10",
    "parties": [
        {"role": "applicant", "kind": "worker", "name": "孙示例"},
        {"role": "applicant", "kind": "worker", "name": "㛃䶮𬍛示例", "category": "migrant_worker"},
        {
            "role": "respondent",
            "kind": "labour_agency",
            "name": "日照示例劳务有限公司",
            "agents": [{"name": "赵示例", "authority": "special", "organisation": "示例律师事务所"}],
        },
        {"role": "respondent", "kind": "user_firm", "name": "日照示例码头有限公司"},
    ],
    "claims": [
        {"party": 1, "kind": "wages", "amount_fen": 1200000, "detail": "工资"},
        {"party": 2, "kind": "confirm_relation", "detail": "确认劳动关系"},
    ],
    "facts": "派遣期间欠发工资。\n共三个月。",
}


@pytest.fixture
def client(shared: Service) -> TestClient:
    """Nearly every test here works on a case of its own; one that counts cases asks for a `service` of its own."""
    return shared.client


@pytest.fixture
def lawyer(shared: Service) -> Headers:
    return shared.sign_in("lawyer")


@pytest.fixture
def case(shared: Service) -> dict[str, Any]:
    return shared.register()


def _rows(service: Service) -> dict[str, int]:
    with service.runtime.read() as session:
        tables = (Case, Claim, Dispute, IdempotencyKey, Party, Record, StatementRow, Stream)
        return {table.__tablename__: session.exec(select(func.count()).select_from(table)).one() for table in tables}


def _changed(**changes: Any) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(json.dumps(SHORT_CASE))
    for path, value in changes.items():
        *way, last = path.split("__")
        place: Any = body
        for step in way:
            place = place[int(step) if step.isdecimal() else step]
        place[last] = value
    return body


def _without(name: str) -> dict[str, Any]:
    return {key: value for key, value in SHORT_CASE.items() if key != name}


def test_short_form_is_registered_as_it_is(service: Service) -> None:
    answer = service.client.post(CASES, json=SHORT_CASE, headers=service.sign_in("lawyer"))

    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["location"] == f"{CASES}/{case['id']}"
    assert (case["case_no"], case["version"], case["stage"]) == ("(2026)岚劳调字第0001号", 1, "applied")
    assert case["statement"].keys() == {"id", "record_no", "state"}


def test_short_form_reads_back_as_parties(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    read = client.get(f"{CASES}/{case['id']}", headers=lawyer).json()

    worker, employer = read["parties"]
    assert {name: worker[name] for name in SHORT_CASE["applicant"]} == SHORT_CASE["applicant"]
    assert {name: employer[name] for name in SHORT_CASE["employer"]} == SHORT_CASE["employer"]
    assert [(claim["kind"], claim["amount_fen"]) for claim in read["claims"]] == [
        ("wages", 1864000),
        ("severance", 932000),
    ]


def test_long_form_keeps_every_party_agent_and_claim(client: TestClient, lawyer: Headers) -> None:
    case = client.post(CASES, json=MANY, headers=lawyer).json()

    assert [party["name"] for party in case["parties"]] == [party["name"] for party in MANY["parties"]]
    assert case["parties"][2]["agents"] == [
        {"name": "赵示例", "organisation": "示例律师事务所", "authority": "special", "phone": None}
    ]
    assert [claim["party"] for claim in case["claims"]] == [1, 2]
    assert case["facts"] == MANY["facts"]


def test_consultation_needs_neither_firm_nor_claims(service: Service) -> None:
    body = {**_without("employer"), "kind": "consultation", "claims": []}

    case = service.client.post(CASES, json=body, headers=service.sign_in("lawyer")).json()

    assert (case["stage"], case["case_no"]) == ("recorded", "(2026)岚询字第0001号")


def test_numbers_count_per_kind_and_year(service: Service) -> None:
    bodies = [SHORT_CASE, SHORT_CASE, {**SHORT_CASE, "kind": "legal_aid"}, {**SHORT_CASE, "received_on": "2025-12-31"}]

    numbers = [
        service.client.post(CASES, json=body, headers=service.sign_in("lawyer")).json()["case_no"] for body in bodies
    ]

    assert numbers == [
        "(2026)岚劳调字第0001号",
        "(2026)岚劳调字第0002号",
        "(岚)援申字[2026]第0001号",
        "(2025)岚劳调字第0001号",
    ]


def test_simultaneous_registrations_get_numbers_of_their_own(service: Service) -> None:
    numbers: list[str] = []

    def register() -> None:
        numbers.append(service.client.post(CASES, json=SHORT_CASE, headers=service.sign_in("lawyer")).json()["case_no"])

    threads = [threading.Thread(target=register) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(numbers) == [f"(2026)岚劳调字第{serial:04d}号" for serial in range(1, 7)]


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (_without("kind"), "/kind", "required"),
        (_without("facts"), "/facts", "required"),
        (_without("applicant"), "/applicant", "required"),
        (_without("employer"), "/employer", "required"),
        (_without("claims"), "/claims", "required"),
        (_changed(status="closed"), "/status", "unknown_field"),
        (_changed(applicant__role="admin"), "/applicant/role", "unknown_field"),
        (_changed(kind="lawsuit"), "/kind", "not_in_list"),
        (_changed(dispute_type="D9"), "/dispute_type", "not_in_list"),
        (_changed(received_on="2026-02-30"), "/received_on", "no_such_day"),
        (_changed(received_on="20260708"), "/received_on", "not_a_day"),
        (_changed(received_on="9999-12-31"), "/received_on", "day_out_of_range"),
        (_changed(received_on="2026-07-21"), "/received_on", "in_the_future"),
        (_changed(received_on=20260708), "/received_on", "not_a_day"),
        (_changed(claims__0__amount_fen=-1), "/claims/0/amount_fen", "too_small"),
        (_changed(claims__0__amount_fen=10**18), "/claims/0/amount_fen", "too_large"),
        (_changed(claims__0__amount_fen=0.5), "/claims/0/amount_fen", "wrong_type"),
        (_changed(claims__0__amount_fen=1.0), "/claims/0/amount_fen", "wrong_type"),
        (_changed(claims__0__amount_fen=True), "/claims/0/amount_fen", "wrong_type"),
        (_changed(claims__0__amount_fen="１２"), "/claims/0/amount_fen", "wrong_type"),
        (_changed(claims__1__party=3), "/claims/1/party", "no_such_party"),
        (_changed(applicant__id_number="371103197905200008"), "/applicant/id_number", "id_number_check"),
        (_changed(applicant__id_number="371103790520000"), "/applicant/id_number", "id_number_form"),
        (_changed(applicant__id_number="371103197902300003"), "/applicant/id_number", "id_number_date"),
        (_changed(applicant__birth_date="1979-05-21"), "/applicant/birth_date", "birth_date_differs"),
        (_changed(applicant__name=" "), "/applicant/name", "too_short"),
        (_changed(applicant__name="周\u202e小满"), "/applicant/name", "forbidden_character"),
        (_changed(applicant__name="周\n小满"), "/applicant/name", "forbidden_character"),
        (_changed(applicant__name="周" * 121), "/applicant/name", "too_long"),
        (_changed(applicant__phone="call me"), "/applicant/phone", "phone_form"),
        (_changed(employer__credit_code="91371103MA0000000X"), "/employer/credit_code", "credit_code_check"),
        (_changed(employer__credit_code="91371103MA000000"), "/employer/credit_code", "credit_code_form"),
        (_changed(facts=7), "/facts", "wrong_type"),
        (_changed(claims={}), "/claims", "wrong_type"),
        ([], "", "wrong_type"),
        ({**SHORT_CASE, "parties": MANY["parties"]}, "", "two_forms"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_written(shared: Service, body: Any, pointer: str, code: str) -> None:
    before = _rows(shared)

    answer = shared.ask("POST", CASES, json=body)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]
    assert _rows(shared) == before


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "malformed_json"),
        (b"{", "malformed_json"),
        (b'{"kind":"mediation","kind":"legal_aid"}', "malformed_json"),
        (b'{"kind":NaN}', "malformed_json"),
        (b"\xef\xbb\xbf{}", "malformed_json"),
        (b'{"kind":"\xff"}', "malformed_json"),
        (b'{"kind":"\\ud800"}', "malformed_json"),
        (b"{} {}", "malformed_json"),
        (b"[" * 100_000, "malformed_json"),
        (b'{"a":' * 70 + b"1" + b"}" * 70, "malformed_json"),
    ],
)
def test_body_that_is_no_json_is_refused(shared: Service, data: bytes, code: str) -> None:
    answer = shared.client.post(
        CASES, content=data, headers={**shared.sign_in("lawyer"), "Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, code)


@pytest.mark.parametrize("number", ["1e400", "1" * 5000, "-1e400", "1" + "0" * 29])
def test_absurd_number_is_a_wrong_field(shared: Service, number: str) -> None:
    text = json.dumps(SHORT_CASE).replace("1864000", number)

    answer = shared.ask("POST", CASES, content=text, headers=JSON)

    assert answer.json()["errors"][0]["pointer"] == "/claims/0/amount_fen"


def test_body_of_another_type_is_refused(shared: Service) -> None:
    answer = shared.client.post(
        CASES, content=json.dumps(SHORT_CASE), headers={**shared.sign_in("lawyer"), "Content-Type": "text/plain"}
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_huge_body_is_refused_without_being_announced(shared: Service) -> None:
    chunks = (b"[" + b" " * 70_000 for _ in range(20))

    answer = shared.client.post(
        CASES, content=chunks, headers={**shared.sign_in("lawyer"), "Content-Type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_problem_speaks_the_readers_language(shared: Service) -> None:
    titles = [
        shared.client.post(CASES, json={}, headers={**shared.sign_in("lawyer"), "Accept-Language": language}).json()[
            "title"
        ]
        for language in ("zh-CN", "en-GB", "xx")
    ]

    assert titles == ["提交的内容有误", "Something in the input cannot be taken", "提交的内容有误"]


@pytest.mark.parametrize("text", ["=cmd()", "{{7*7}}", "<svg onload=alert(1)>", "'; DROP TABLE party;--", "a\u200bb"])
def test_text_of_any_kind_is_kept_as_text(shared: Service, text: str) -> None:
    case = shared.client.post(
        CASES, json=_changed(facts=text, applicant__name=text), headers=shared.sign_in("lawyer")
    ).json()

    assert (case["facts"], case["parties"][0]["name"]) == (text, text)


# ---------------------------------------------------------------------------------------------------------- idempotency


def test_same_key_and_body_answer_with_the_same_case(service: Service) -> None:
    headers = {**service.sign_in("lawyer"), "Idempotency-Key": "8d1e"}

    first, again = (service.client.post(CASES, json=SHORT_CASE, headers=headers) for _ in range(2))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert _rows(service)["legal_case"] == 1


def test_same_key_with_another_body_is_refused(client: TestClient, lawyer: Headers) -> None:
    headers = {**lawyer, "Idempotency-Key": str(uuid4())}
    client.post(CASES, json=SHORT_CASE, headers=headers)

    answer = client.post(CASES, json=_changed(facts="其他"), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_keys_of_two_users_are_apart(shared: Service, lawyer: Headers) -> None:
    mediator = shared.sign_in("mediator")

    ids = {
        shared.client.post(CASES, json=SHORT_CASE, headers={**who, "Idempotency-Key": "8d1e"}).json()["id"]
        for who in (lawyer, mediator)
    }

    assert len(ids) == 2


def test_key_of_a_refused_request_is_free(client: TestClient, lawyer: Headers) -> None:
    headers = {**lawyer, "Idempotency-Key": str(uuid4())}
    client.post(CASES, json={}, headers=headers)

    assert client.post(CASES, json=SHORT_CASE, headers=headers).status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "a b"])
def test_key_that_is_none_is_refused(shared: Service, key: str) -> None:
    answer = shared.client.post(CASES, json=SHORT_CASE, headers={**shared.sign_in("lawyer"), "Idempotency-Key": key})

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")


# --------------------------------------------------------------------------------------------------------------- change


def test_change_is_a_new_version_with_its_reason(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    path = f"{CASES}/{case['id']}"

    changed = client.patch(
        path, json={"reason": "补充", "facts": "四个月未付。"}, headers={**lawyer, "If-Match": '"1"'}
    )

    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (changed.json()["facts"], changed.json()["dispute_type"]) == ("四个月未付。", "D5a")
    listed = client.get(f"{path}/statements", headers=lawyer).json()["items"]
    assert [(item["type"], item["version"], item["stream_seq"]) for item in listed] == [
        ("case.registered", 1, 1),
        ("case.updated", 2, 2),
    ]


@pytest.mark.parametrize(
    ("if_match", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ("*", 428, "precondition_required"),
        ('"2"', 412, "version_stale"),
        ('W/"1"', 412, "version_stale"),
        ("1", 412, "version_stale"),
    ],
)
def test_change_without_the_newest_version_is_refused(
    shared: Service, shared_case: dict[str, Any], if_match: str | None, status: int, code: str
) -> None:
    lawyer = shared.sign_in("lawyer")
    headers = lawyer if if_match is None else {**lawyer, "If-Match": if_match}

    answer = shared.client.patch(f"{CASES}/{shared_case['id']}", json={"reason": "补充", "facts": "x"}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_second_of_two_changes_to_one_version_is_refused(
    client: TestClient, lawyer: Headers, case: dict[str, Any]
) -> None:
    headers = {**lawyer, "If-Match": '"1"'}
    path = f"{CASES}/{case['id']}"

    statuses = [client.patch(path, json={"reason": "r", "facts": text}, headers=headers).status_code for text in "ab"]

    assert statuses == [200, 412]
    assert client.get(path, headers=lawyer).json()["facts"] == "a"


def test_parties_and_claims_are_replaced_as_a_whole(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    change = {"reason": "增加当事人", "parties": MANY["parties"], "claims": MANY["claims"]}

    changed = client.patch(f"{CASES}/{case['id']}", json=change, headers={**lawyer, "If-Match": '"1"'}).json()

    assert [party["name"] for party in changed["parties"]] == [party["name"] for party in MANY["parties"]]
    assert [claim["kind"] for claim in changed["claims"]] == ["wages", "confirm_relation"]


def test_fewer_parties_keep_the_claims_of_those_that_stay(
    client: TestClient, lawyer: Headers, case: dict[str, Any]
) -> None:
    path = f"{CASES}/{case['id']}"
    more = {"reason": "增加当事人", "parties": MANY["parties"]}
    client.patch(path, json=more, headers={**lawyer, "If-Match": '"1"'}).raise_for_status()

    fewer = {"reason": "撤回", "parties": [MANY["parties"][0], MANY["parties"][3]]}
    changed = client.patch(path, json=fewer, headers={**lawyer, "If-Match": '"2"'}).json()

    assert [party["name"] for party in changed["parties"]] == ["孙示例", "日照示例码头有限公司"]
    assert [(claim["kind"], claim["party"]) for claim in changed["claims"]] == [("wages", 1), ("severance", 1)]


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"reason": "x"}, "", "nothing_to_change"),
        ({"facts": "x"}, "/reason", "required"),
        ({"reason": "x", "version": 7}, "/version", "unknown_field"),
        ({"reason": "x", "handler": "auditor"}, "/handler", "no_such_colleague"),
        ({"reason": "x", "handler": "other"}, "/handler", "no_such_colleague"),
        ({"reason": "x", "claims": [{"kind": "wages", "detail": "x", "party": 9}]}, "/claims/0/party", "no_such_party"),
        ({"reason": "x", "facts": "y", "occurred_on": "2026-07-21"}, "/occurred_on", "in_the_future"),
        ({"reason": "x", "claims": []}, "/claims", "required"),
        ({"reason": "x", "parties": MANY["parties"][:1]}, "/parties", "required"),
        ({"reason": "x", "parties": MANY["parties"][2:]}, "/parties", "required"),
    ],
)
def test_wrong_change_is_named(
    shared: Service, shared_case: dict[str, Any], change: dict[str, Any], pointer: str, code: str
) -> None:
    headers = {**shared.sign_in("lawyer"), "If-Match": '"1"'}

    answer = shared.client.patch(f"{CASES}/{shared_case['id']}", json=change, headers=headers)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_change_sent_twice_under_one_key_is_made_once(
    client: TestClient, lawyer: Headers, case: dict[str, Any]
) -> None:
    headers = {**lawyer, "If-Match": '"1"', "Idempotency-Key": str(uuid4())}
    path = f"{CASES}/{case['id']}"

    answers = [client.patch(path, json={"reason": "r", "facts": "f"}, headers=headers) for _ in range(2)]

    assert [(answer.status_code, answer.json()["version"]) for answer in answers] == [(200, 2), (200, 2)]


def test_case_is_handed_over_and_given_back(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    path = f"{CASES}/{case['id']}"

    given = client.patch(path, json={"reason": "指派", "handler": "mediator"}, headers={**lawyer, "If-Match": '"1"'})
    freed = client.patch(path, json={"reason": "收回", "handler": ""}, headers={**lawyer, "If-Match": '"2"'})

    assert (given.json()["handler"], freed.json()["handler"]) == ("mediator", None)


# ----------------------------------------------------------------------------------------------------------------- list


def test_list_pages_through_every_case_once(service: Service) -> None:
    made = [
        service.client.post(CASES, json=SHORT_CASE, headers=service.sign_in("lawyer")).json()["id"] for _ in range(5)
    ]

    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        answer = service.client.get(CASES, params=query, headers=service.sign_in("lawyer"))
        seen += [item["id"] for item in answer.json()["items"]]
        cursor = answer.json()["next"]
        assert ("link" in answer.headers) == (cursor is not None)
        if cursor is None:
            break

    assert sorted(seen) == sorted(made)


def test_list_filters_by_kind_and_stage(service: Service) -> None:
    service.register()

    def count(**query: str) -> int:
        return len(service.ask("GET", CASES, params=query).json()["items"])

    assert [count(kind="mediation"), count(kind="legal_aid"), count(stage="applied"), count(handler="lawyer")] == [
        1,
        0,
        1,
        1,
    ]


def test_list_item_names_both_sides(service: Service) -> None:
    case = service.register()

    (item,) = service.ask("GET", CASES).json()["items"]

    assert (item["applicants"], item["respondents"]) == (["周小满"], ["日照示例绳网有限公司"])
    assert item["statement"]["id"] == case["statement"]["id"]


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "-1"}, {"limit": "1000000000"}, {"kind": "x"}, {"handler": "a\x00b"}]
)
def test_list_refuses_what_it_cannot_page_by(shared: Service, query: dict[str, str]) -> None:
    answer = shared.client.get(CASES, params=query, headers=shared.sign_in("lawyer"))

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_input")


def test_cursor_of_another_user_or_list_is_refused(shared: Service, lawyer: Headers) -> None:
    client = shared.client
    for _ in range(2):
        client.post(CASES, json=SHORT_CASE, headers=lawyer)
    cursor = client.get(CASES, params={"limit": 1}, headers=lawyer).json()["next"]

    forged = [
        client.get(CASES, params={"cursor": cursor}, headers=shared.sign_in("mediator")),
        client.get(CASES, params={"cursor": cursor, "kind": "mediation"}, headers=lawyer),
        client.get(CASES, params={"cursor": cursor[:-2] + "AA"}, headers=lawyer),
        client.get(CASES, params={"cursor": "x"}, headers=lawyer),
    ]

    assert {(answer.status_code, answer.json()["errors"][0]["code"]) for answer in forged} == {(422, "cursor_not_ours")}


# ---------------------------------------------------------------------------------------------------------------- reach


def test_case_of_another_office_is_as_if_it_were_not_there(shared: Service, case: dict[str, Any]) -> None:
    other = shared.sign_in("other")
    client, unknown = shared.client, "00000000-0000-4000-8000-000000000000"

    for record_id in (case["id"], unknown, case["id"].upper(), "0", "-1", "null", "..%2f"):
        path = f"{CASES}/{record_id}"
        answers = [
            client.get(path, headers=other),
            client.patch(path, json={"reason": "x", "facts": "y"}, headers={**other, "If-Match": '"1"'}),
            client.get(f"{path}/statements", headers=other),
            client.get(f"{path}/documents", headers=other),
            client.get(f"{path}/agreements", headers=other),
        ]
        assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(404, "not_found")}
    assert client.get(CASES, headers=other).json()["items"] == []


def test_id_in_capitals_names_the_same_case(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    assert client.get(f"{CASES}/{case['id'].upper()}", headers=lawyer).status_code == 200


def test_auditor_reads_every_case_and_writes_none(shared: Service, case: dict[str, Any]) -> None:
    auditor = shared.sign_in("auditor")

    assert shared.client.get(f"{CASES}/{case['id']}", headers=auditor).status_code == 200
    assert shared.client.post(CASES, json=SHORT_CASE, headers=auditor).json()["code"] == "forbidden"


def test_answer_with_personal_data_is_stored_nowhere(client: TestClient, lawyer: Headers, case: dict[str, Any]) -> None:
    headers = client.get(f"{CASES}/{case['id']}", headers=lawyer).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
