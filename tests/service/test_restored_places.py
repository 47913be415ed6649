"""Identifiers that no statement discloses: found again, kept in their order, and never guessed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.bundle_source import BundleSource
from ledger.chain import decode_transaction
from ledger.errors import Conflict
from service.home.restoring.places import Mention, Payment, _in_order, _paid_places, _parties, made_id
from tests.service.lost import Lost, lose_small

pytestmark = pytest.mark.longer(one_in=2)

AGREEMENT = "7b0c9c2e-6f0b-4c55-9a0e-0b8f2f6f7c11"
CASE = "0d9f7d0c-0f5e-4d4c-8a35-3a7f0a1b2c3d"


@pytest.fixture(scope="module")
def lost(fresh_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Lost:
    return lose_small(fresh_home, tmp_path_factory.mktemp("places"))


@pytest.fixture
def source(lost: Lost) -> Iterator[BundleSource]:
    with BundleSource.open(lost.bundle, decode=decode_transaction) as source:
        yield source


def mention(lost: Lost, party: str, name: str, kind: str | None = None) -> Mention:
    """Something that was recorded after the case, taken for a link to it."""
    return Mention(subject=lost.document["id"], case=lost.document["case_id"], party=party, name=name, kind=kind)


@pytest.mark.longer
def test_party_of_a_link_is_found_by_the_name_it_had(source: BundleSource, lost: Lost) -> None:
    found = _parties(source, [mention(lost, "somebody", "日照示例绳网有限公司", "employer")])

    assert found == {(lost.document["case_id"], 2): "somebody"}


@pytest.mark.longer
@pytest.mark.parametrize(
    ("name", "kind"), [("无此人", None), ("周小满", "employer")], ids=["another-name", "another-kind"]
)
def test_party_that_nobody_was_is_not_guessed(source: BundleSource, lost: Lost, name: str, kind: str | None) -> None:
    with pytest.raises(Conflict, match="nothing says which"):
        _parties(source, [mention(lost, "somebody", name, kind)])


def test_agents_are_listed_in_the_order_in_which_they_were_recorded() -> None:
    known = {(CASE, 4): "80000000-0000-4000-8000-000000000000"}

    given = _in_order(CASE, [3, 1, 4, 2], known)

    listed = [given.get((CASE, place)) or known[CASE, place] for place in (3, 1, 4, 2)]
    assert listed == sorted(listed)
    assert len(set(listed)) == 4
    assert given.keys() == {(CASE, 3), (CASE, 1), (CASE, 2)}


def test_same_place_has_the_same_identifier() -> None:
    assert made_id("party", CASE, 1) == made_id("party", CASE, 1)
    assert len({made_id("party", CASE, 1), made_id("party", CASE, 2), made_id("claims", CASE, 1)}) == 3


def promise(position: int, amount_fen: int, method: str = "cash") -> dict[str, Any]:
    return {"position": position, "amount_fen": amount_fen, "due_on": "2026-08-31", "method": method}


def paid(*payments: tuple[str, int]) -> Sequence[Payment]:
    return [Payment(subject=subject, amount_fen=amount, due_on="2026-08-31") for subject, amount in payments]


def test_payment_belongs_to_the_promise_of_its_sum_and_day() -> None:
    found = _paid_places(AGREEMENT, [promise(1, 100), promise(2, 200)], paid(("b", 200)), set())

    assert found == {(AGREEMENT, 2): "b"}


def test_payments_that_nothing_tells_apart_take_their_places_in_turn() -> None:
    found = _paid_places(AGREEMENT, [promise(1, 100), promise(2, 100)], paid(("a", 100), ("b", 100)), set())

    assert found == {(AGREEMENT, 1): "a", (AGREEMENT, 2): "b"}


@pytest.mark.parametrize(
    ("promises", "payments", "reported"),
    [
        ([promise(1, 100), promise(2, 100, "bank_transfer")], paid(("a", 100)), set()),
        ([promise(1, 100), promise(2, 100)], paid(("a", 100)), {(AGREEMENT, 2)}),
        ([promise(1, 100)], paid(("a", 300)), set()),
        ([promise(1, 100)], paid(("a", 100), ("b", 100)), set()),
    ],
    ids=["another-way", "one-is-reported", "no-such-promise", "too-many"],
)
def test_payment_that_could_be_for_another_promise_is_not_guessed(
    promises: list[dict[str, Any]], payments: Sequence[Payment], reported: set[tuple[str, int]]
) -> None:
    with pytest.raises(Conflict, match="nothing says which"):
        _paid_places(AGREEMENT, promises, payments, reported)
