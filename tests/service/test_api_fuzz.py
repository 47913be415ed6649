"""Whatever is sent to whatever route: an answer or a problem with a code, never an internal error."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service import inputs
from tests.process import SHORT_CASE
from tests.service.conftest import Service
from tests.service.test_api_agreements import EMPLOYER, TERMS

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
LEAF = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from(["2026-07-08", "wages", "worker", 1])
)
BRANCH = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(TEXT, LEAF, max_size=3)
JSON = LEAF | st.lists(BRANCH, max_size=3) | st.dictionaries(TEXT, BRANCH, max_size=3)
"""Three levels deep; deeper ones are refused by the parser, which has tests of its own."""
NAMES = sorted({name for shape in vars(inputs).values() for name in getattr(shape, "model_fields", ())})
BODIES = st.sampled_from([SHORT_CASE, TERMS, EMPLOYER, {"reason": "x", "facts": "y"}, {"sha256": "ab" * 32}])
HEADER = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=12)
UNKNOWN = "00000000-0000-4000-8000-000000000000"


def _routes(service: Service) -> list[tuple[str, str]]:
    app = service.client.app
    assert isinstance(app, FastAPI)
    routes = (context.original_route for context in iter_route_contexts(app.routes))
    return [
        (method, route.path)
        for route in routes
        if isinstance(route, APIRoute) and re.match(r"/(api|log|rpc|health|metrics)", route.path)
        for method in sorted(route.methods or ())
        if not route.path.endswith("/export")
    ]


IDS = st.lists(st.integers(0, 2) | TEXT.filter(bool), min_size=4, max_size=4)
"""For each place in a path: one of three ids that stand for something, or any text."""
BODY = BODIES | JSON | st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4) | st.binary(max_size=20)
HEADERS = st.dictionaries(
    st.sampled_from(["If-Match", "Idempotency-Key", "Accept-Language", "Origin"]), HEADER, max_size=3
)
QUERY = st.dictionaries(st.sampled_from(["limit", "cursor", "kind", "handler", "version"]), TEXT, max_size=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(
    route=st.integers(0, 10_000),
    ids=IDS,
    body=BODY,
    more=st.none() | st.tuples(st.sampled_from(NAMES), JSON),
    headers=HEADERS,
    query=QUERY,
)
def test_no_request_is_an_internal_error(  # noqa: PLR0917 - each is drawn
    shared: Service,
    shared_case: dict[str, Any],
    route: int,
    ids: list[int | str],
    body: Any,
    more: tuple[str, Any] | None,
    headers: dict[str, str],
    query: dict[str, str],
) -> None:
    routes = _routes(shared)
    method, path = routes[route % len(routes)]
    known = (UNKNOWN, shared_case["id"], shared_case["statement"]["id"])
    texts = iter([known[item] if isinstance(item, int) else item for item in ids])
    address = re.sub(r"\{[^}]+\}", lambda _: quote(next(texts), safe=""), path)
    if isinstance(body, dict) and more:
        body = {**body, more[0]: more[1]}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = shared.ask(
        method, address, params=query, content=content, headers={"Content-Type": "application/json", **headers}
    )

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"]
