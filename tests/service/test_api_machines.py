"""What machines read without an account: the log, the chain, health, numbers, the description of the API."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from ledger.checkpoint import open_checkpoint
from ledger.merkle import leaf_hash
from ledger.tiles import parse_entries
from ledger.trust import parse_trust
from service.edge.observing import configure_logging, drop_unlisted
from service.language import Language
from tests.clock import FixedClock
from tests.service.conftest import Service, StartService, running, set_up_home


@pytest.fixture(scope="session")
def log(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose log has grown over several checkpoints; nothing is recorded in it any more."""
    home = Path(shutil.copytree(fresh_home, tmp_path_factory.mktemp("log") / "var"))
    with running(home, FixedClock()) as service:
        for _ in range(3):
            service.register()
            service.wait_until_final()
        yield service


def _root(leaves: Sequence[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _root(leaves[:split]) + _root(leaves[split:])).digest()


def test_published_log_gives_the_root_of_its_checkpoint(log: Service) -> None:
    trust = parse_trust(log.client.get("/api/v1/trust").content)
    note = log.client.get("/log/checkpoint")
    checkpoint = open_checkpoint(note.text, [key.vkey for key in trust.keys])

    bundle = log.client.get(f"/log/tile/entries/000.p/{checkpoint.size}")
    hashes = log.client.get(f"/log/tile/0/000.p/{checkpoint.size}")

    leaves = [leaf_hash(entry) for entry in parse_entries(bundle.content)]
    assert b"".join(leaves) == hashes.content
    assert _root(leaves) == checkpoint.root
    assert "immutable" in hashes.headers["cache-control"]
    assert "immutable" not in note.headers["cache-control"]


def test_narrower_tile_is_the_beginning_of_the_wider(log: Service) -> None:
    wide, narrow = (log.client.get(f"/log/tile/0/000.p/{width}").content for width in (3, 2))

    assert wide[:64] == narrow


@pytest.mark.parametrize(
    "path",
    ["tile/0/000", "tile/0/000.p/255", "tile/0/001.p/1", "tile/64/000", "tile/0/000.p/0", "tile/x", "tile/entries/000"],
)
def test_tile_that_is_not_there_is_not_found(shared: Service, path: str) -> None:
    answer = shared.client.get(f"/log/{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_checkpoint_before_the_first_is_not_found(
    tmp_path: Path, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ledger.anchorer import Progress

    monkeypatch.setattr("ledger.anchorer.Anchorer.step", lambda _: Progress(moved=0, sealed=None, busy=False))
    set_up_home(tmp_path / "var")

    with running(tmp_path / "var", clock) as service:
        answer = service.client.get("/log/checkpoint")

    assert (answer.status_code, answer.json()["code"]) == (404, "no_checkpoint")


def _rpc(service: Service, method: str, *params: Any) -> Any:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
    return service.client.post("/rpc", content=json.dumps(body)).json()


def test_chain_is_read_over_rpc_and_not_written(shared: Service) -> None:
    assert _rpc(shared, "eth_chainId")["result"] == hex(1371103)
    assert _rpc(shared, "eth_sendTransaction", {})["error"]["code"] == -32601
    assert _rpc(shared, "eth_sendRawTransaction", "0x00")["error"]["code"] == -32000


def test_rpc_body_of_any_kind_is_answered(shared: Service) -> None:
    for body in (b"", b"{", b"[]", b"[" * 100_000):
        assert shared.client.post("/rpc", content=body).status_code in {200, 204}
    assert shared.client.post("/rpc", content=b"x" * 300_000).status_code == 413


@pytest.mark.parametrize("path", ["/log/checkpoint", "/log/tile/0/000.p/1", "/api/v1/trust"])
def test_any_origin_may_read_what_is_public(log: Service, path: str) -> None:
    answer = log.client.get(path, headers={"Origin": "null"})

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")


def test_browser_may_ask_the_chain_from_any_origin(shared: Service) -> None:
    headers = {
        "Origin": "null",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }

    answer = shared.client.options("/rpc", headers=headers)

    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")


@pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/network", "/api/v1/verifications", "/health/live", "/logs"])
def test_no_other_path_is_open_to_any_origin(shared: Service, path: str) -> None:
    answer = shared.client.get(path, headers={"Origin": "https://elsewhere.example"})

    assert "access-control-allow-origin" not in answer.headers


def test_network_says_what_is_pinned_and_that_it_proves_nothing_to_others(log: Service) -> None:
    network = log.client.get("/api/v1/network").json()

    anchor = json.loads(log.runtime.trust_file)["anchors"][0]
    assert {name: network[name] for name in ("chain_id", "genesis_hash", "contract", "code_sha256", "log_id")} == {
        name: anchor[name] for name in ("chain_id", "genesis_hash", "contract", "code_sha256", "log_id")
    }
    assert (network["test_network"], network["evidence"], network["finality"]) == (True, "none", "instant")
    assert network["log"]["recorded"] == network["log"]["final"] > 3


def test_health_is_three_questions(shared: Service) -> None:
    answers = {name: shared.client.get(f"/health/{name}") for name in ("live", "ready", "chain")}

    assert {name: (answer.status_code, answer.json()["status"]) for name, answer in answers.items()} == dict.fromkeys(
        answers, (200, "ok")
    )


def test_service_is_ready_without_its_chain(service: Service) -> None:
    service.cut_off_chain()

    assert service.client.get("/health/ready").status_code == 200
    assert "chain_unreachable" in service.client.get("/health/chain").json()["problems"]
    assert service.register()["statement"]["state"] == "received"


def test_service_without_room_for_documents_is_not_ready(start_service: StartService) -> None:
    answer = start_service(min_free_bytes=1 << 60).client.get("/health/ready")

    assert (answer.status_code, answer.json()["problems"]) == (503, ["documents"])


def _counted(log: Service, method: str, status: int) -> float:
    """How many requests for cases the metrics have counted."""
    text = log.client.get("/metrics").text
    labels = f'method="{method}",route="/api/v1/cases",status="{status}"'
    return float(re.findall(rf"^legal_ledger_http_requests_total{{{labels}}} (\S+)$", text, re.MULTILINE)[0])


def test_metrics_count_requests_and_statements(log: Service) -> None:
    assert _counted(log, "POST", 201) >= 3
    log.ask("GET", "/api/v1/cases")
    before = _counted(log, "GET", 200)
    log.ask("GET", "/api/v1/cases")
    assert _counted(log, "GET", 200) == before + 1

    text = log.client.get("/metrics").text
    assert 'legal_ledger_statements{state="final"}' in text
    assert "legal_ledger_anchoring_working 1.0" in text


def test_metrics_need_their_token_where_there_is_one(start_service: StartService) -> None:
    client = start_service(metrics_token="numbers").client

    statuses = [
        client.get("/metrics").status_code,
        client.get("/metrics", headers={"Authorization": "Bearer x"}).status_code,
        client.get("/metrics", headers={"Authorization": "Bearer numbers"}).status_code,
    ]

    assert statuses == [401, 401, 200]


def test_unknown_path_and_method_of_the_api_are_problems(shared: Service) -> None:
    unknown, method = shared.client.get("/api/v1/nothing"), shared.client.put("/api/v1/cases")

    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (method.status_code, method.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in method.headers["allow"]


def test_error_that_nobody_foresaw_is_answered_and_tells_nothing(
    shared: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("周小满")

    monkeypatch.setattr("service.api.network.read_network", broken)

    with capture_logs() as lines:
        answer = shared.client.get("/api/v1/network")

    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert "周小满" not in answer.text + str(lines)
    assert "ZeroDivisionError" in str(lines)


def test_log_line_keeps_listed_keys_alone() -> None:
    line = drop_unlisted(None, "info", {"event": "request", "status": 200, "name": "周小满", "query": "q=1"})

    assert line == {"event": "request", "status": 200}


# -------------------------------------------------------------------------------------------------------------- OpenAPI


@pytest.fixture(scope="session")
def description(shared: Service) -> dict[str, Any]:
    document: dict[str, Any] = shared.client.get("/api/v1/openapi.json").json()
    return document


def _operations(description: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation) for path, item in description["paths"].items() for method, operation in item.items()
    ]


def test_description_is_openapi_3_1_and_names_every_route_of_the_api(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert all(path.startswith("/api/v1/") for path in description["paths"])
    assert {
        "/api/v1/token",
        "/api/v1/cases",
        "/api/v1/cases/{case_id}",
        "/api/v1/cases/{case_id}/statements",
        "/api/v1/cases/{case_id}/documents",
        "/api/v1/cases/{case_id}/agreements",
        "/api/v1/documents/{document_id}/content",
        "/api/v1/agreements/{agreement_id}/signatures",
        "/api/v1/agreements/{agreement_id}/instalments",
        "/api/v1/agreements/{agreement_id}/endings",
        "/api/v1/statements/{statement_id}/receipt",
        "/api/v1/verifications",
        "/api/v1/trust",
        "/api/v1/network",
        "/api/v1/export",
    } <= description["paths"].keys()


def test_every_operation_documents_its_problems_and_says_what_it_does(description: dict[str, Any]) -> None:
    for path, method, operation in _operations(description):
        assert operation["description"], (path, method)
        refusals = {code: answer for code, answer in operation["responses"].items() if code >= "400"}
        assert refusals, (path, method)
        for answer in refusals.values():
            assert answer["content"]["application/problem+json"]["schema"]["$ref"] == "#/components/schemas/Problem"
    assert "HTTPValidationError" not in description["components"]["schemas"]


def test_every_body_has_an_example_that_is_taken(shared: Service, description: dict[str, Any]) -> None:
    from pydantic import TypeAdapter, ValidationError

    from service import inputs

    shapes = {name: getattr(inputs, name) for name in inputs.__all__ if name.endswith(("Input", "Change", "Query"))}
    seen = 0
    for path, method, operation in _operations(description):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            name = content["schema"].get("$ref", "").rpartition("/")[2]
            for label, example in content.get("examples", {}).items():
                seen += 1
                try:
                    TypeAdapter(shapes[name]).validate_python(example["value"])
                except ValidationError as error:
                    pytest.fail(f"{method} {path} {label}: {error}")
    assert seen >= 12


def test_every_refusal_has_both_languages() -> None:
    from service.problems.words import FIELDS, PROBLEMS

    for words in (*PROBLEMS.values(), *FIELDS.values()):
        assert words.zh
        assert words.en
        assert words.zh != words.en
    assert set(Language) == {Language.ZH, Language.EN}


@pytest.fixture
def _talkative() -> Iterator[None]:
    configure_logging("debug")
    yield
    configure_logging("error")


@pytest.mark.usefixtures("_talkative")
def test_log_lines_hold_nothing_of_what_was_sent(service: Service) -> None:
    with capture_logs() as lines:
        case = service.register()
        path = f"/api/v1/cases/{case['id']}/documents"
        words = {"doc_type": "identity", "title": "身份证复印件"}
        service.ask("POST", path, data=words, files={"file": ("周小满.jpg", b"canary-bytes", "image/jpeg")})
        service.ask("POST", "/api/v1/cases", json={"name": "周小满", "id_number": "371103197905200009"})
        service.ask("GET", "/api/v1/cases", params={"handler": "canary", "cursor": "canary"})
        service.client.post("/api/v1/token", data={"username": "canary", "password": "canary"})

    logged = json.dumps(lines, ensure_ascii=False)
    assert '"route": "/api/v1/cases"' in logged
    for secret in (
        "周小满",
        "371103197905200009",
        "身份证",
        "canary",
        "示例绳网",
        "Bearer",
        case["id"],
        case["case_no"],
    ):
        assert secret not in logged
