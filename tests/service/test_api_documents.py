"""Filing, replacing and downloading documents over HTTP."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import func, select

from service.documents import clean_file_name
from service.tables import DocumentVersion
from tests.service.conftest import Service, StartService

PDF = b"%PDF-1.7 wage slip \x00\xff" * 5000
WORDS = {"doc_type": "wage_record", "title": "工资条"}
BOUNDARY = b"----boundary"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}


@pytest.fixture
def case(shared: Service) -> dict[str, Any]:
    """A case of this test's own in the shared service."""
    return shared.register()


def _path(case: dict[str, Any]) -> str:
    return f"/api/v1/cases/{case['id']}/documents"


def _file(content: bytes = PDF, name: str = "工资条.pdf", kind: str = "application/pdf") -> dict[str, Any]:
    return {"file": (name, content, kind)}


def _blobs(service: Service) -> list[Path]:
    return sorted((service.home / "blobs").iterdir())


def _part(name: str, content: bytes, file_name: str | None = None) -> bytes:
    disposition = f'form-data; name="{name}"' + (f'; filename="{file_name}"' if file_name is not None else "")
    return b"--" + BOUNDARY + f"\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + content + b"\r\n"


def _form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--" + BOUNDARY + b"--\r\n"


def test_filed_document_is_answered_with_its_digests(shared: Service, case: dict[str, Any]) -> None:
    answer = shared.ask("POST", _path(case), data=WORDS, files=_file())

    document = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert {"id", "sha256", "sm3", "size", "version", "statement"} <= document.keys()
    assert (document["sha256"], document["size"]) == (hashlib.sha256(PDF).hexdigest(), len(PDF))
    assert (document["version"], document["file_name"]) == (1, "工资条.pdf")


def test_file_comes_back_byte_for_byte_and_only_to_be_saved(shared: Service, case: dict[str, Any]) -> None:
    document = shared.ask("POST", _path(case), data=WORDS, files=_file(name='证"据;\r\n.html', kind="text/html")).json()

    answer = shared.ask("GET", f"/api/v1/documents/{document['id']}/content")

    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert answer.headers["cache-control"] == "no-store"


def test_disk_holds_no_plain_byte_of_a_document(service: Service) -> None:
    case = service.register()
    service.ask("POST", _path(case), data=WORDS, files=_file())

    stored = b"".join(path.read_bytes() for path in service.home.rglob("*") if path.is_file())
    assert b"wage slip" not in stored
    assert "示例绳网".encode() in stored  # readable records lie in the database, as they must to be searched


def test_new_version_replaces_and_the_old_one_stays(shared: Service, case: dict[str, Any]) -> None:
    first = shared.ask("POST", _path(case), data=WORDS, files=_file()).json()

    second = shared.ask(
        "POST", _path(case), data={**WORDS, "replaces": first["id"], "reason": "补盖章"}, files=_file(b"new")
    ).json()

    assert (second["id"], second["version"]) == (first["id"], 2)
    assert second["statement"]["record_no"] == first["statement"]["record_no"]
    content = f"/api/v1/documents/{first['id']}/content"
    assert shared.ask("GET", content).content == b"new"
    assert shared.ask("GET", content, params={"version": 1}).content == PDF
    types = [item["type"] for item in shared.ask("GET", f"/api/v1/cases/{case['id']}/statements").json()["items"]]
    assert types == ["case.registered", "document.filed", "document.replaced"]


def test_documents_are_listed_in_the_order_of_filing(shared: Service, case: dict[str, Any]) -> None:
    ids = [shared.ask("POST", _path(case), data=WORDS, files=_file(str(n).encode())).json()["id"] for n in range(4)]

    assert [item["id"] for item in shared.ask("GET", _path(case)).json()["items"]] == ids


def test_words_may_come_after_the_file(shared: Service, case: dict[str, Any]) -> None:
    body = _form(
        _part("file", b"x", "a.txt"),
        _part("title", "收条".encode()),
        _part("doc_type", b"evidence"),
        _part("reason", b""),
    )

    assert shared.ask("POST", _path(case), content=body, headers=FORM).status_code == 201


def test_same_key_and_file_answer_with_the_same_document(shared: Service, case: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"data": WORDS, "headers": {"Idempotency-Key": str(uuid4())}}

    first, again = (shared.ask("POST", _path(case), files=_file(), **asked) for _ in range(2))
    other = shared.ask("POST", _path(case), files=_file(b"other"), **asked)

    assert first.json()["id"] == again.json()["id"]
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("words", "files", "found"),
    [
        (WORDS, {"file": ("empty.pdf", b"", "application/pdf")}, ("/file", "empty_file")),
        ({**WORDS, "doc_type": "selfie"}, _file(), ("/doc_type", "not_in_list")),
        ({"doc_type": "evidence"}, _file(), ("/title", "required")),
        ({**WORDS, "title": "\u202e"}, _file(), ("/title", "forbidden_character")),
        ({**WORDS, "sha256": "00"}, _file(), ("/sha256", "unknown_field")),
        ({**WORDS, "occurred_on": "2026-07-21"}, _file(), ("/occurred_on", "in_the_future")),
        ({**WORDS, "original_compared": "maybe"}, _file(), ("/original_compared", "wrong_type")),
        ({**WORDS, "replaces": "00000000-0000-4000-8000-000000000000"}, _file(), ("/replaces", "no_such_document")),
        ({**WORDS, "replaces": "1"}, _file(), ("/replaces", "not_of_form")),
        (WORDS, {"paper": ("a.pdf", b"x", "application/pdf")}, ("/paper", "unknown_field")),
    ],
)
def test_wrong_upload_is_named_and_leaves_nothing(
    shared: Service, shared_case: dict[str, Any], words: dict[str, str], files: dict[str, Any], found: tuple[str, str]
) -> None:
    before = _blobs(shared)

    answer = shared.ask("POST", _path(shared_case), data=words, files=files)

    assert answer.status_code == 422
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [found]
    assert _blobs(shared) == before


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (_form(_part("title", b"x"), _part("doc_type", b"evidence")), 422, "invalid_input"),
        (_form(_part("file", b"", ""), _part("title", b"x"), _part("doc_type", b"evidence")), 422, "invalid_input"),
        (_form(_part("file", b"x", "a"), _part("file", b"y", "b")), 422, "invalid_input"),
        (_form(_part("title", b"x"), _part("title", b"y")), 422, "invalid_input"),
        (_form(_part("title", b"\xff")), 400, "malformed_request"),
        (_form(*(_part(f"f{n}", b"x") for n in range(50))), 400, "malformed_request"),
        (_form(_part("title", b"x" * 70_000)), 413, "too_large"),
        (_form(_part("file", b"x" * 100, "a"))[:-30], 400, "malformed_request"),
        (b"no form at all", 400, "malformed_request"),
        (b"", 400, "malformed_request"),
    ],
)
def test_form_that_browsers_do_not_send_is_refused(
    shared: Service, shared_case: dict[str, Any], body: bytes, status: int, code: str
) -> None:
    before = _blobs(shared)

    answer = shared.ask("POST", _path(shared_case), content=body, headers=FORM)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert _blobs(shared) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(
    body=st.binary(max_size=300)
    | st.lists(st.sampled_from([b"--", BOUNDARY, b"\r\n", b'name="file"', b"\0"])).map(b"".join)
)
def test_garbage_for_a_form_is_never_an_internal_error(
    shared: Service, shared_case: dict[str, Any], body: bytes
) -> None:
    answer = shared.ask("POST", _path(shared_case), content=body, headers=FORM)

    assert answer.status_code in {400, 413, 422}


def test_upload_that_is_no_form_is_refused(shared: Service, shared_case: dict[str, Any]) -> None:
    answer = shared.ask("POST", _path(shared_case), json={"title": "x"})

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_file_of_the_limit_is_taken_and_one_byte_more_is_not(start_service: StartService) -> None:
    service = start_service(max_upload_bytes=1000)
    path = _path(service.register())

    def upload(size: int, *, announced: bool = True) -> int:
        body = _form(_part("file", b"x" * size, "a"), _part("title", b"t"), _part("doc_type", b"other"))
        content = body if announced else iter([body])
        return service.ask("POST", path, content=content, headers=FORM).status_code

    assert [upload(1000), upload(1001), upload(1001, announced=False), upload(10_000_000)] == [201, 413, 413, 413]
    assert len(_blobs(service)) == 1


def test_upload_that_is_cut_off_leaves_nothing(shared: Service, shared_case: dict[str, Any]) -> None:
    before = _blobs(shared)

    def cut() -> Iterator[bytes]:
        yield _part("file", b"x" * 600_000, "a")[:400_000]

    answer = shared.ask("POST", _path(shared_case), content=cut(), headers=FORM)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
    assert _blobs(shared) == before


def test_upload_into_a_case_out_of_reach_is_refused_before_a_byte_is_kept(
    shared: Service, shared_case: dict[str, Any]
) -> None:
    before = _blobs(shared)

    answer = shared.ask("POST", _path(shared_case), "other", data=WORDS, files=_file())

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert _blobs(shared) == before


def test_full_disk_is_said_and_nothing_is_kept(start_service: StartService) -> None:
    service = start_service(min_free_bytes=1 << 60)
    path = _path(service.register())

    answer = service.ask("POST", path, data=WORDS, files=_file())

    assert (answer.status_code, answer.json()["code"]) == (507, "no_space")
    with service.runtime.read() as session:
        assert session.exec(select(func.count()).select_from(DocumentVersion)).one() == 0


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_damaged_file_is_refused_and_its_record_stands(service: Service, damage: str) -> None:
    case = service.register()
    document = service.ask("POST", _path(case), data=WORDS, files=_file()).json()
    (blob,) = _blobs(service)
    if damage == "gone":
        blob.unlink()
    else:
        blob.write_bytes(blob.read_bytes()[:-1] + b"\0")

    answer = service.ask("GET", f"/api/v1/documents/{document['id']}/content")

    assert (answer.status_code, answer.json()["code"]) == (409, "document_damaged")
    assert service.ask("GET", f"/api/v1/documents/{document['id']}").json()["sha256"] == document["sha256"]


def test_document_of_another_office_is_as_if_it_were_not_there(shared: Service, case: dict[str, Any]) -> None:
    document = shared.ask("POST", _path(case), data=WORDS, files=_file()).json()

    for path in (f"/api/v1/documents/{document['id']}", f"/api/v1/documents/{document['id']}/content"):
        answer = shared.ask("GET", path, "other")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_version_that_does_not_exist_is_not_found(shared: Service, case: dict[str, Any]) -> None:
    document = shared.ask("POST", _path(case), data=WORDS, files=_file()).json()

    answer = shared.ask("GET", f"/api/v1/documents/{document['id']}/content", params={"version": 2})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\papers\\收条.jpg", "收条.jpg"),
        ("a\x00b\r\nc.pdf", "abc.pdf"),
        ("pay\u202efdp.exe", "payfdp.exe"),
        ("..", "unnamed"),
        ("", "unnamed"),
        ("e\u0301.txt", "é.txt"),
        ("-rf", "-rf"),
        ("😀" * 300 + ".pdf", "😀" * 196 + ".pdf"),
    ],
)
def test_file_name_is_shown_without_what_misleads(name: str, shown: str) -> None:
    assert clean_file_name(name) == shown
