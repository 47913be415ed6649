"""Who sees which page, and what no browser sends."""

from __future__ import annotations

import pytest

from tests.service.conftest import Service
from tests.service.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.longer(one_in=3)


@pytest.fixture
def lawyer_at(service: Service) -> Visitor:
    """A signed-in lawyer of the first office."""
    return Visitor(service).sign_in()


def test_case_of_another_office_is_a_page_that_does_not_exist(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    other = Visitor(service).sign_in("other")
    assert other.get(f"/cases/{case_id}").status == 404
    assert other.post(f"/cases/{case_id}/change", {**other.get("/cases").fields, "reason": "x"}).status == 404
    assert "周小满" not in other.get("/cases?q=周小满").seen


def test_auditor_reads_and_is_offered_no_change(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    auditor = Visitor(service).sign_in("auditor")
    shown = auditor.get(f"/cases/{case_id}")
    assert shown.status == 200
    for offered in ("/documents/new", "/agreements/new", "/change", "/replace"):
        assert offered not in shown.answer.text
    assert auditor.get("/cases/new").status == 403
    assert "您的账户不能进行此操作" in auditor.get("/cases/new").seen


def test_administrator_sees_no_case(service: Service, lawyer_at: Visitor) -> None:
    case_id = lawyer_at.register()
    admin = Visitor(service).sign_in("admin")
    assert admin.get("/cases").status == 403
    assert admin.get(f"/cases/{case_id}").status == 403


@pytest.mark.parametrize("path", ["/cases/not-a-uuid", "/cases/00000000-0000-4000-8000-000000000000", "/agreements/x"])
def test_unknown_record_is_a_page_in_the_readers_language(shared: Service, path: str) -> None:
    assert "没有这个页面" in Visitor(shared).sign_in().get(path).seen
    assert "This page does not exist" in Visitor(shared, language="en").sign_in().get(path).seen


@pytest.mark.parametrize(
    "body",
    [b"\xff=1", b"a=%ff", b"&".join(b"f%d=1" % at for at in range(600)), b"a=1&a.b=2&kind=mediation&step=check"],
)
def test_form_that_no_browser_sends_is_refused_without_a_trace(shared: Service, body: bytes) -> None:
    visitor = Visitor(shared).sign_in()
    csrf = visitor.get("/cases").fields["csrf"]
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin", "Origin": ORIGIN}
    answer = visitor.client.post("/cases/new", content=body + b"&csrf=" + csrf.encode(), headers=kind)
    assert answer.status_code in {400, 422}
    assert "Traceback" not in answer.text


def test_form_larger_than_any_is_refused(shared: Service) -> None:
    visitor = Visitor(shared).sign_in()
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    answer = visitor.client.post("/cases/new", content=b"facts=" + b"x" * (600 << 10), headers=kind)
    assert answer.status_code == 413
