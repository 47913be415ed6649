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
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.sampled_from(["2026-07-08", "wages", "worker", 1]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=10,
)
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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(data=st.data())
def test_no_request_is_an_internal_error(shared: Service, shared_case: dict[str, Any], data: st.DataObject) -> None:
    method, path = data.draw(st.sampled_from(_routes(shared)))
    ids = st.sampled_from([UNKNOWN, shared_case["id"], shared_case["statement"]["id"]]) | TEXT.filter(bool)
    address = re.sub(r"\{[^}]+\}", lambda _: quote(data.draw(ids), safe=""), path)
    body = data.draw(BODIES | JSON | st.dictionaries(st.sampled_from(NAMES), JSON, max_size=4) | st.binary(max_size=20))
    if isinstance(body, dict) and data.draw(st.booleans()):
        body = {**body, data.draw(st.sampled_from(NAMES)): data.draw(JSON)}
    headers = data.draw(
        st.dictionaries(
            st.sampled_from(["If-Match", "Idempotency-Key", "Accept-Language", "Origin"]), HEADER, max_size=3
        )
    )
    query = data.draw(
        st.dictionaries(st.sampled_from(["limit", "cursor", "kind", "handler", "version"]), TEXT, max_size=2)
    )
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    answer = shared.ask(
        method, address, params=query, content=content, headers={"Content-Type": "application/json", **headers}
    )

    assert answer.status_code < 500, answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"]
