"""Signing in and out of the pages, and forms that are not ours."""

from __future__ import annotations

import pytest
from sqlmodel import func, select

from service.tables import Case
from tests.service.conftest import PASSWORD, Service, StartService
from tests.service.visitor import COOKIE, REGISTRATION, Visitor

pytestmark = pytest.mark.longer(one_in=2)


def test_sign_in_opens_a_session_and_goes_where_one_was_going(shared: Service) -> None:
    visitor = Visitor(shared)
    asked = visitor.get("/cases?kind=mediation")
    assert (asked.status, asked.location) == (303, "/sign-in?next=%2Fcases%3Fkind%3Dmediation")
    done = visitor.fill(asked.location, {"username": "lawyer", "password": PASSWORD})
    assert (done.status, done.location) == (303, "/cases?kind=mediation")
    cookie = done.answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert visitor.get("/cases").status == 200


def test_sign_in_keeps_the_language_of_the_way(shared: Service) -> None:
    visitor = Visitor(shared)
    asked = visitor.get("/cases?lang=en&kind=mediation")
    assert 'action="/sign-in?lang=en"' in visitor.get(asked.location).answer.text
    done = visitor.fill(asked.location, {"username": "lawyer", "password": PASSWORD}, to="/sign-in?lang=en")
    assert done.location == "/cases?lang=en&kind=mediation"
    assert '<html lang="en"' in visitor.get("/cases").answer.text


def test_cookie_over_https_is_bound_to_the_host(start_service: StartService) -> None:
    visitor = Visitor(start_service(public_url="https://ledger.example"))
    visitor.client.base_url = "https://127.0.0.1:8000"
    origin = {"Origin": "https://127.0.0.1:8000"}
    done = visitor.fill("/sign-in", {"username": "lawyer", "password": PASSWORD}, headers=origin)
    cookie = done.answer.headers["set-cookie"]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/\x00", "/cases\r\nX: y"]
)
def test_sign_in_never_leads_to_another_site(shared: Service, elsewhere: str) -> None:
    visitor = Visitor(shared)
    page = visitor.get("/sign-in", params={"next": elsewhere})
    done = visitor.post("/sign-in", {**page.fields, "username": "lawyer", "password": PASSWORD, "next": elsewhere})
    assert done.location == "/cases"


@pytest.mark.parametrize(("username", "password"), [("lawyer", "wrong password"), ("nobody", PASSWORD)])
def test_wrong_sign_in_says_the_same_for_name_and_password(shared: Service, username: str, password: str) -> None:
    shown = Visitor(shared).fill("/sign-in", {"username": username, "password": password})
    assert shown.status == 401
    assert "用户名或密码不正确" in shown.seen
    assert shown.fields["username"] == username
    assert password not in shown.answer.text


def test_sign_in_without_its_cookie_is_asked_again(shared: Service) -> None:
    visitor = Visitor(shared)
    fields = visitor.get("/sign-in").fields
    visitor.client.cookies.clear()
    shown = visitor.post("/sign-in", {**fields, "username": "lawyer", "password": PASSWORD})
    assert shown.status == 400
    assert COOKIE not in visitor.client.cookies


def test_attempts_to_sign_in_are_limited(start_service: StartService) -> None:
    visitor = Visitor(start_service(sign_in_limit="1/hour"))
    wrong = {"username": "lawyer", "password": "wrong password"}
    assert [visitor.fill("/sign-in", wrong).status for _ in range(2)] == [401, 429]


def test_signing_out_closes_the_session_on_the_server(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    token = visitor.client.cookies[COOKIE]
    fields = visitor.get("/cases").fields
    assert visitor.post("/sign-out", fields).location == "/"
    visitor.client.cookies.set(COOKIE, token, domain="127.0.0.1")
    assert visitor.get("/cases").location.startswith("/sign-in")


def test_session_ends_with_its_time(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    assert visitor.get("/cases").status == 200
    service.clock.advance(service.runtime.settings.session_lifetime)
    assert visitor.get("/cases").location.startswith("/sign-in")


def _cases(service: Service) -> int:
    with service.runtime.read() as session:
        return session.exec(select(func.count()).select_from(Case)).one()


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "", "Origin": "https://evil.example"},
    ],
)
def test_form_of_another_site_is_refused(service: Service, headers: dict[str, str]) -> None:
    visitor = Visitor(service).sign_in()
    fields = visitor.get("/cases/new").fields
    shown = visitor.post("/cases/new", {**fields, **REGISTRATION, "step": "register"}, headers=headers)
    assert shown.status == 403
    assert _cases(service) == 0


def test_form_of_another_session_saves_nothing_and_is_given_back(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    other = Visitor(service).sign_in("mediator").get("/cases/new").fields["csrf"]
    shown = visitor.post("/cases/new", {**REGISTRATION, "csrf": other, "step": "register"})
    assert _cases(service) == 0
    assert {name: shown.fields[name] for name in REGISTRATION} == dict(REGISTRATION)
    assert shown.fields["csrf"] == visitor.get("/cases/new").fields["csrf"]


def test_old_browser_without_the_new_headers_is_believed_by_its_token(service: Service) -> None:
    visitor = Visitor(service).sign_in()
    fields = {**visitor.get("/cases/new").fields, **REGISTRATION, "step": "register"}
    done = visitor.client.post("/cases/new", data=fields, follow_redirects=False)
    assert done.status_code == 303
