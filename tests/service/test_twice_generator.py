"""The generator of second registrations keeps its own promises: what it calls a variant is one, and of its class."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from service.inputs.identity import check_credit_code, check_id_number
from tests.service.twice import slips
from tests.service.twice.people import draw_firm, draw_worker
from tests.service.twice.variants import DUPLICATES, HARD_NEGATIVES, draw_file, draw_pairs


def test_same_seed_draws_the_same_pairs() -> None:
    assert list(draw_pairs(5, each=2)) == list(draw_pairs(5, each=2))
    assert list(draw_pairs(5, each=2)) != list(draw_pairs(6, each=2))


def test_every_class_is_drawn_as_often() -> None:
    drawn = [pair.of for pair in draw_pairs(1, each=3)]
    assert {of: drawn.count(of) for of in set(drawn)} == dict.fromkeys((*DUPLICATES, *HARD_NEGATIVES), 3)


def test_numbers_are_right_before_any_slip() -> None:
    random = Random(1)
    for _ in range(200):
        check_id_number(draw_worker(random)["id_number"])
        check_credit_code(draw_firm(random)["credit_code"])


@pytest.mark.parametrize("slip", slips.NUMBER_SLIPS)
def test_every_slip_in_a_number_changes_it(slip: Callable[[str, Random], str]) -> None:
    random = Random(2)
    for _ in range(200):
        number = draw_worker(random)["id_number"]
        assert slip(number, random) != number


def test_hard_negatives_differ_in_what_makes_them_so() -> None:
    for pair in draw_pairs(3, each=50):
        if pair.of == "other period":
            assert pair.filed["parties"] == pair.comes["parties"]
        if pair.of in {"father and son", "namesake"}:
            filed, comes = pair.filed["parties"][0], pair.comes["parties"][0]
            assert any(filed.get(name) and filed.get(name) != comes.get(name) for name in ("id_number", "birth_date"))


def test_file_holds_as_many_as_asked_for() -> None:
    assert sum(1 for _ in draw_file(1, size=120)) == 120
