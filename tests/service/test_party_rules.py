"""Parties as they are: who may be named with what, and what the law says about who is there or missing."""

from __future__ import annotations

from typing import Any

import pytest

from service.law import PARTY_HINTS, PartyStanding, basis_fits, party_hints
from tests.service.conftest import Service

CASES = "/api/v1/cases"
WORKER = PartyStanding(role="applicant", kind="worker")


def _body(*parties: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "kind": "mediation",
        "dispute_type": "D5a",
        "channel": "window",
        "received_on": "2026-07-10",
        "parties": list(parties),
        "claims": [{"kind": "wages", "detail": "工资"}],
        "facts": "欠发工资。",
        **changes,
    }


FIRM = {"role": "respondent", "kind": "employer", "name": "日照示例木业有限公司"}


@pytest.mark.parametrize(
    ("kinds", "hint"),
    [
        (("worker", "labour_agency"), "user_firm_missing"),
        (("worker", "user_firm"), "agency_missing"),
        (("worker", "subcontractor"), "contractor_missing"),
        (("worker",) * 10, "choose_representatives"),
        (("worker", "labour_agency", "user_firm"), None),
        (("worker", "subcontractor", "general_contractor"), None),
        (("worker",) * 9, None),
    ],
)
def test_law_says_who_is_missing(kinds: tuple[str, ...], hint: str | None) -> None:
    found = party_hints([PartyStanding(role="applicant", kind=kind) for kind in kinds])
    assert found == (() if hint is None else (hint,))


def test_ten_with_chosen_representatives_need_no_hint() -> None:
    chosen = [*[WORKER] * 9, PartyStanding(role="applicant", kind="worker", chosen=True)]
    assert party_hints(chosen) == ()


def test_general_authority_is_said() -> None:
    agent = PartyStanding(role="applicant", kind="worker", authorities=("special", "general"))
    assert party_hints([agent]) == ("no_special_authority",)


def test_every_hint_names_its_article() -> None:
    assert all(term.article for term in PARTY_HINTS.values())


@pytest.mark.parametrize(
    ("basis", "category", "claims", "fits"),
    [
        ("exempt_migrant_worker", "migrant_worker", ["wages"], True),
        ("exempt_migrant_worker", "migrant_worker", ["work_injury"], True),
        ("exempt_migrant_worker", "migrant_worker", ["certificate"], False),
        ("exempt_migrant_worker", "woman", ["wages"], False),
        ("exempt_no_income", "elderly", [], True),
        ("exempt_no_income", "woman", [], False),
        ("exempt_relief", "social_relief", [], True),
        ("exempt_relief", None, [], False),
        ("commitment", None, [], True),
        ("data_check", None, [], True),
        ("no_condition", None, [], True),
    ],
)
def test_basis_of_hardship_is_for_whom_the_law_says(
    basis: str, category: str | None, claims: list[str], fits: bool
) -> None:
    party = PartyStanding(role="recipient", kind="worker", category=category)
    assert basis_fits(basis, [party], claims) is fits


@pytest.mark.parametrize(
    ("party", "pointer", "code"),
    [
        ({"kind": "relative"}, "/parties/0/stands_for", "required"),
        ({"kind": "relative", "stands_for": "周某", "chosen": True}, "/parties/0/chosen", "not_of_this_kind"),
        ({"kind": "worker", "stands_for": "周某"}, "/parties/0/stands_for", "not_of_this_kind"),
        ({"kind": "worker", "relation": "spouse"}, "/parties/0/relation", "not_of_this_kind"),
        ({"kind": "worker", "representative_post": "经理"}, "/parties/0/representative_post", "not_of_this_kind"),
        ({"kind": "worker", "chosen": True}, "/parties/0/chosen", "too_few_to_choose"),
    ],
)
def test_party_has_the_fields_of_its_kind(shared: Service, party: dict[str, Any], pointer: str, code: str) -> None:
    answer = shared.ask("POST", CASES, json=_body({"role": "applicant", "name": "吴示例", **party}, FIRM))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_heir_takes_the_place_of_the_worker_who_died(shared: Service) -> None:
    heir = {"role": "applicant", "kind": "relative", "name": "吴示例", "stands_for": "周某示例", "relation": "spouse"}
    party = shared.register(_body(heir, FIRM))["parties"][0]
    assert (party["stands_for"], party["relation"]) == ("周某示例", "spouse")


def test_employer_may_be_the_applicant(shared: Service) -> None:
    case = shared.register(
        _body({**FIRM, "role": "applicant"}, {"role": "respondent", "kind": "worker", "name": "吴示例"})
    )
    assert [party["role"] for party in case["parties"]] == ["applicant", "respondent"]


def test_exemption_for_nobody_here_is_refused(shared: Service) -> None:
    worker = {"role": "recipient", "kind": "worker", "name": "吴示例", "category": "woman"}
    aid = {"provider": "state", "hardship": "exempt_migrant_worker"}
    answer = shared.ask("POST", CASES, json=_body(worker, FIRM, kind="legal_aid", aid=aid))
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/aid/hardship", "basis_does_not_fit")
    ]


def test_exemption_is_checked_again_when_it_is_corrected(shared: Service) -> None:
    worker = {"role": "recipient", "kind": "worker", "name": "吴示例"}
    case = shared.register(_body(worker, FIRM, kind="legal_aid", aid={"provider": "state"}))
    change = {"reason": "补充", "aid": {"provider": "state", "hardship": "exempt_relief"}}
    answer = shared.ask("PATCH", f"{CASES}/{case['id']}", json=change, headers={"If-Match": '"1"'})
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [
        ("/aid/hardship", "basis_does_not_fit")
    ]
