"""Signing in, tokens, and who may call which route."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from jwt.warnings import InsecureKeyLengthWarning
from sqlmodel import select

from service.access import POLICY, Action, Forbidden, Reach, Role, Unauthenticated, reach
from service.accounts import AUDIENCE
from service.edge.needs import check_needs_declared, declared_action, public
from service.tables import User
from tests.service.conftest import PASSWORD, Service, StartService

pytestmark = pytest.mark.longer(one_in=2)

TOKEN = "/api/v1/token"
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _sign_in(service: Service, username: str = "lawyer", password: str = PASSWORD) -> Any:
    return service.client.post(TOKEN, data={"username": username, "password": password})


def _call(service: Service, token: str) -> Any:
    return service.client.get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})


def test_right_password_gives_a_token_that_works(shared: Service) -> None:
    answer = _sign_in(shared)

    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("bearer", 1800)
    assert answer.headers["cache-control"] == "no-store"
    assert _call(shared, answer.json()["access_token"]).status_code == 200


@pytest.mark.parametrize(
    ("username", "password"), [("lawyer", "wrong password 12"), ("nobody", PASSWORD), ("lawyer", "x" * 5000)]
)
def test_wrong_name_and_wrong_password_answer_alike(shared: Service, username: str, password: str) -> None:
    answer = _sign_in(shared, username, password)

    body = answer.json()
    body.pop("request_id")
    assert answer.status_code == 401
    assert body == {
        "type": "urn:legal-ledger:problem:unauthenticated",
        "title": "请先登录",
        "status": 401,
        "code": "unauthenticated",
    }


def test_unknown_account_costs_a_password_check_too(shared: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str | None] = []

    def verify(_passwords: object, _password: str, kept: str | None) -> bool:
        checked.append(kept)
        return False

    monkeypatch.setattr(type(shared.runtime.passwords), "verify", verify)

    _sign_in(shared, "nobody")

    assert checked == [None]


def test_failed_attempts_are_limited_and_success_is_not_counted(start_service: StartService) -> None:
    service = start_service(sign_in_limit="2/minute")

    good = [_sign_in(service).status_code for _ in range(3)]
    bad = [_sign_in(service, password="wrong password 12").status_code for _ in range(3)]
    locked = _sign_in(service)

    assert (good, bad) == ([200] * 3, [401, 401, 429])
    assert (locked.status_code, locked.json()["code"]) == (429, "rate_limited")
    assert int(locked.headers["retry-after"]) >= 1


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        (b"username=lawyer", "application/x-www-form-urlencoded", 422, "invalid_input"),
        (b"username=a&username=b&password=c", "application/x-www-form-urlencoded", 422, "invalid_input"),
        (b"username=a&password=c&grant_type=implicit", "application/x-www-form-urlencoded", 422, "invalid_input"),
        (b"username=%ff&password=c", "application/x-www-form-urlencoded", 400, "malformed_request"),
        (b"username=\xff", "application/x-www-form-urlencoded", 400, "malformed_request"),
        (b"x" * 9000, "application/x-www-form-urlencoded", 413, "too_large"),
        (b'{"username":"lawyer"}', "application/json", 415, "unsupported_media_type"),
    ],
)
def test_sign_in_that_is_no_form_is_refused(shared: Service, content: bytes, kind: str, status: int, code: str) -> None:
    answer = shared.client.post(TOKEN, content=content, headers={"Content-Type": kind})

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def _claims(service: Service, **changes: Any) -> dict[str, Any]:
    now = int(service.clock().timestamp())
    with service.runtime.read() as session:
        user = session.exec(select(User).where(User.username == "lawyer")).one()
    claims = {"iss": service.runtime.origin, "aud": AUDIENCE, "sub": user.id, "iat": now, "exp": now + 600}
    return {name: value for name, value in {**claims, **changes}.items() if value is not None}


def test_token_of_ours_is_taken(shared: Service) -> None:
    token = jwt.encode(_claims(shared), shared.runtime.tokens.key, algorithm="HS256")

    assert _call(shared, token).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "other.ledger"},
        {"aud": "another"},
        {"aud": None},
        {"sub": UNKNOWN},
        {"sub": None},
        {"exp": None},
        {"exp": 1},
        {"exp": "later"},
        {"iat": 4_000_000_000, "exp": 4_000_000_600},
    ],
)
def test_token_with_another_claim_is_refused(shared: Service, changes: dict[str, Any]) -> None:
    token = jwt.encode(_claims(shared, **changes), shared.runtime.tokens.key, algorithm="HS256")

    answer = _call(shared, token)

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_token_signed_otherwise_is_refused(shared: Service) -> None:
    claims, key = _claims(shared), shared.runtime.tokens.key
    with pytest.warns(InsecureKeyLengthWarning):
        stronger = jwt.encode(claims, key, algorithm="HS512")
    forged = [
        stronger,
        jwt.encode(claims, "", algorithm="none"),
        jwt.encode(claims, b"another key of thirty-two bytes!", algorithm="HS256"),
        "not.a.token",
        "",
    ]

    assert {_call(shared, token).status_code for token in forged} == {401}


def test_token_runs_out(service: Service) -> None:
    headers = service.sign_in("lawyer")
    service.clock.advance(timedelta(minutes=31))

    assert service.client.get("/api/v1/cases", headers=headers).status_code == 401


def test_closed_account_is_shut_out_at_once(service: Service) -> None:
    headers = service.sign_in("lawyer")
    with service.runtime.database.write() as session:
        session.exec(select(User).where(User.username == "lawyer")).one().active = False

    assert service.client.get("/api/v1/cases", headers=headers).status_code == 401
    assert _sign_in(service).status_code == 401


# --------------------------------------------------------------------------------------------------------------- access


def _routes(service: Service) -> list[tuple[str, str, Action]]:
    app = service.client.app
    assert isinstance(app, FastAPI)
    routes = [context.original_route for context in iter_route_contexts(app.routes)]
    return [
        (method, route.path, declared_action(route) or Action.PUBLIC)
        for route in routes
        if isinstance(route, APIRoute) and route.path.startswith("/api/")
        for method in sorted(route.methods or ())
    ]


def test_every_route_of_the_api_is_refused_to_whom_the_policy_does_not_name(shared: Service) -> None:
    found: dict[tuple[str, str, str], int] = {}
    expected: dict[tuple[str, str, str], set[int]] = {}
    for method, path, action in _routes(shared):
        for role in Role:
            allowed = action is Action.PUBLIC or action in POLICY[role]
            address = path
            for name in ("case_id", "document_id", "agreement_id", "statement_id"):
                address = address.replace(f"{{{name}}}", UNKNOWN)
            answer = shared.ask(method, address, role.value)
            found[method, path, role.value] = answer.status_code
            # an account's token is no party's code: it is not known there at all
            refused = {401} if action is Action.OWN_CASE else {403}
            expected[method, path, role.value] = refused if not allowed else set(range(200, 429)) - {401, 403}

    assert {key: status for key, status in found.items() if status not in expected[key]} == {}
    assert len(found) > 80


def test_every_route_of_the_api_but_the_public_ones_needs_a_token(shared: Service) -> None:
    for method, path, action in _routes(shared):
        address = path.replace("{", "").replace("}", "")
        status = shared.client.request(method, address).status_code
        assert (status == 401) == (action is not Action.PUBLIC), (method, path, status)


def test_route_without_a_declared_need_does_not_start() -> None:
    app, router = FastAPI(openapi_url=None), APIRouter()
    router.add_api_route("/open", lambda: None, dependencies=[public])
    router.add_api_route("/forgotten", lambda: None)
    app.include_router(router)

    with pytest.raises(LookupError, match="/forgotten"):
        check_needs_declared(context.original_route for context in iter_route_contexts(app.routes))


def test_administrator_reads_no_case() -> None:
    assert not {action for action in POLICY[Role.ADMIN] if action.value.startswith(("case", "document", "agreement"))}


def test_only_auditors_reach_beyond_their_office_but_for_the_look_for_duplicates() -> None:
    far = {(role, action) for role, actions in POLICY.items() for action in actions if actions[action] is Reach.ALL}

    assert {pair for pair in far if pair[0] is not Role.AUDITOR} == {
        (role, Action.DUPLICATE_LOOK) for role in (Role.LAWYER, Role.MEDIATOR)
    }
    assert not {
        action for action in POLICY[Role.AUDITOR] if action.value.endswith(("create", "change", "file", "sign"))
    }


def test_nobody_may_nothing_but_the_public() -> None:
    assert reach(None, Action.PUBLIC) is Reach.ALL
    for action in set(Action) - {Action.PUBLIC}:
        with pytest.raises(Unauthenticated):
            reach(None, action)


def test_forbidden_names_the_action() -> None:
    assert Forbidden(Action.EXPORT).action is Action.EXPORT
