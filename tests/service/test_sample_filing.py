"""The samples, taken by the real service."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from service.sample import Account, load_samples, make_samples
from tests.service.conftest import PASSWORD, Service

AFTER_ALL_SAMPLES = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LAWYER = Account(username="lawyer", password=PASSWORD)
MEDIATOR = Account(username="mediator", password=PASSWORD)


@pytest.fixture
def later(service: Service) -> Service:
    """A service on a day when everything in the samples has happened."""
    service.clock.set(AFTER_ALL_SAMPLES)
    return service


@pytest.fixture
def read(later: Service) -> Callable[[str], Any]:
    """Read a path of the API as an auditor."""
    headers = later.sign_in("auditor")

    def get(path: str) -> Any:
        answer = later.client.get(f"/api/v1{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return get


@pytest.mark.longer
def test_service_takes_every_sample(later: Service, read: Callable[[str], Any]) -> None:
    ids = load_samples(later.client, make_samples(), lawyer=LAWYER, mediator=MEDIATOR)
    stages = [read(f"/cases/{case_id}")["stage"] for case_id in ids]
    assert stages == [
        "performed",
        "handling",
        "performing",
        "failed",
        "performed",
        "signing",
        "assigned",
        "file_submitted",
        "performing",
        "mediating",
        "recorded",
        "consulting_other",
    ]


@pytest.mark.longer
def test_samples_filed_again_are_the_same_records(later: Service, read: Callable[[str], Any]) -> None:
    first = load_samples(later.client, make_samples(count=2), lawyer=LAWYER, mediator=MEDIATOR)
    statements = [read(f"/cases/{case_id}/statements") for case_id in first]
    again = load_samples(later.client, make_samples(count=3), lawyer=LAWYER, mediator=MEDIATOR)
    assert again[:2] == first
    assert [len(read(f"/cases/{case_id}/statements")["items"]) for case_id in first] == [
        len(of_case["items"]) for of_case in statements
    ]


def test_sample_file_comes_back_as_it_was_filed(later: Service, read: Callable[[str], Any]) -> None:
    (sample,) = make_samples(count=1)
    (case_id,) = load_samples(later.client, [sample], lawyer=LAWYER, mediator=MEDIATOR)
    assert sample.agreement
    papers = [*sample.files, sample.agreement.paper]
    filed = read(f"/cases/{case_id}/documents")["items"]
    headers = later.sign_in("mediator")
    contents = {
        item["title"]: later.client.get(f"/api/v1/documents/{item['id']}/content", headers=headers).content
        for item in filed
    }
    assert contents == {paper.title: paper.content for paper in papers}
