"""The door of HTTP: strict bodies, cursors, ETags, sign-in limits, units of work."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from ledger.errors import Conflict, Malformed
from service.edge.bodies import parse_body
from service.edge.headers import etag, expected_version, parse_cursor, render_cursor
from service.edge.limits import Limits
from service.idempotency import KEPT, forget_old_keys
from service.inputs import InvalidInput
from service.problems import PreconditionRequired, RateLimited
from service.tables import Dispute, IdempotencyKey
from tests.process import SHORT_CASE
from tests.service.conftest import Service

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(10**28), 10**28) | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**28), 10**28)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=15,
)


@given(value=JSON)
def test_body_reads_as_the_standard_library_reads_it(value: Any) -> None:
    assert parse_body(json.dumps(value).encode()) == value


@given(data=st.binary(max_size=60) | st.text('[]{}",:0123456789eE.+- \\untrfals\ufeff', max_size=60).map(str.encode))
def test_no_bytes_break_the_reading_of_a_body(data: bytes) -> None:
    try:
        value = parse_body(data)
    except Malformed as error:
        assert error.what == "JSON"  # noqa: PT017 - either answer is right
    else:
        assert value == json.loads(data)


@given(version=st.integers(1, 999_999_999))
def test_etag_names_its_version(version: int) -> None:
    assert expected_version(etag(version)) == version


@pytest.mark.parametrize("if_match", [None, "", " ", "*"])
def test_change_to_anything_names_no_version(if_match: str | None) -> None:
    with pytest.raises(PreconditionRequired):
        expected_version(if_match)


@given(tag=st.text(max_size=12))
def test_tag_that_is_not_ours_is_never_the_newest(tag: str) -> None:
    if tag.strip() not in {"", "*"} and not tag.strip().strip('"').isdecimal():
        assert expected_version(tag) == 0


@given(key=st.lists(st.integers(0, 2**53 - 1) | TEXT, min_size=1, max_size=3))
def test_cursor_comes_back_for_the_same_list_alone(shared: Service, key: list[str | int]) -> None:
    cursor = render_cursor(shared.runtime, key, of="list of one")

    assert cursor is not None
    assert parse_cursor(shared.runtime, cursor, of="list of one") == tuple(key)
    with pytest.raises(InvalidInput):
        parse_cursor(shared.runtime, cursor, of="list of another")


@given(text=st.text(max_size=60))
def test_no_text_is_a_cursor_by_chance(shared: Service, text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_cursor(shared.runtime, text, of="list")


def test_cursor_of_another_installation_is_refused(shared: Service) -> None:
    cursor = render_cursor(replace(shared.runtime, session_key=bytes(32)), ("a", "b"), of="list")

    with pytest.raises(InvalidInput):
        parse_cursor(shared.runtime, str(cursor), of="list")


def test_key_is_derived_for_its_purpose(shared: Service) -> None:
    keys = {shared.runtime.derived_key(purpose) for purpose in ("token", "cursor", "csrf")}

    assert len(keys) == 3
    assert shared.runtime.session_key not in keys


def _fail(limits: Limits, *, address: str, username: str) -> None:
    with pytest.raises(ZeroDivisionError), limits.sign_in(address=address, username=username):
        raise ZeroDivisionError


def test_attempts_count_for_the_address_and_for_the_account() -> None:
    limits = Limits(sign_in="2/hour", public="1/hour", paper_code="60/hour")
    for number in range(2):
        _fail(limits, address="a", username=f"user{number}")
        _fail(limits, address=f"host{number}", username="chief")

    for address, username in (("a", "fresh"), ("fresh", "chief")):
        with pytest.raises(RateLimited) as refused, limits.sign_in(address=address, username=username):
            pytest.fail("let through")
        assert 0 < refused.value.seconds <= 3600
    with limits.sign_in(address="fresh", username="fresh"):
        pass


def test_public_checks_count_for_each_address() -> None:
    limits = Limits(sign_in="1/hour", public="1/hour", paper_code="60/hour")
    limits.count_public("a")
    limits.count_public("b")

    with pytest.raises(RateLimited):
        limits.count_public("a")


def test_unit_of_work_that_lost_a_race_is_done_again(service: Service) -> None:
    tries: list[int] = []

    def work(session: Any) -> str:
        tries.append(len(tries))
        session.add(Dispute(id="11111111-0000-4000-8000-000000000000", opened_at="x"))
        session.flush()
        if len(tries) == 1:
            raise IntegrityError("", {}, Exception("taken"))
        return "done"

    assert service.runtime.write(work) == "done"
    assert tries == [0, 1]


def test_unit_of_work_that_never_wins_is_a_conflict_and_leaves_nothing(service: Service) -> None:
    def work(session: Any) -> None:
        session.add(Dispute(id="22222222-0000-4000-8000-000000000000", opened_at="x"))
        session.flush()
        raise IntegrityError("", {}, Exception("taken"))

    with pytest.raises(Conflict):
        service.runtime.write(work)
    with service.runtime.read() as session:
        assert session.get(Dispute, "22222222-0000-4000-8000-000000000000") is None


def test_old_idempotency_keys_are_forgotten_and_young_ones_kept(service: Service) -> None:
    service.ask("POST", "/api/v1/cases", json=SHORT_CASE, headers={"Idempotency-Key": "k"}).raise_for_status()

    def keys_after(moment: timedelta) -> int:
        with service.runtime.database.write() as session:
            forget_old_keys(session, service.clock() + moment)
        with service.runtime.read() as session:
            return len(session.exec(select(IdempotencyKey)).all())

    assert keys_after(KEPT) == 1
    assert keys_after(KEPT + timedelta(seconds=1)) == 0
