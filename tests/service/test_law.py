"""The words of the law: complete in both languages; when an agreement takes effect."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service import law
from service.law import METHODS_OF, SIGNERS, SignedMark, Term, Vocabulary, effective_date, missing_signers, vocabulary
from service.law.listing import LISTS as LISTED
from service.law.listing import render_law

LISTS: dict[str, Vocabulary] = {
    name: words
    for name in law.__all__
    if isinstance(words := getattr(law, name), Mapping) and all(isinstance(term, Term) for term in words.values())
}
NEEDED = (("party", 1), ("party", 2), ("mediator", None), ("organisation", None))


@pytest.mark.parametrize("name", LISTS)
def test_every_word_has_both_languages_and_its_own_code(name: str) -> None:
    for code, term in LISTS[name].items():
        assert code == term.code
        assert term.zh
        assert term.en
        assert term.zh != term.en


def test_statement_types_are_the_closed_list() -> None:
    assert " ".join(law.STATEMENT_TYPES) == (
        "case.registered case.updated case.refused case.deemed_withdrawn case.terminated case.completed "
        "consultation.recorded document.filed document.replaced opinion.posted objection.raised answer.filed "
        "date.recorded "
        "review.requested review.decided service.recorded visit.recorded interview.recorded "
        "agreement.drafted agreement.signed agreement.effective agreement.performed "
        "agreement.nonperformance_reported agreement.set_aside agreement.rescinded instalment.paid mediation.failed "
        "proceeding.opened proceeding.updated proceeding.closed registration.withdrawn approval.given access.recorded "
        "administration.recorded record.erased log.moved"
    )


def test_every_kind_of_case_has_a_first_stage_and_a_number() -> None:
    assert law.FIRST_STAGE.keys() == law.CASE_KINDS.keys()
    assert set(law.FIRST_STAGE.values()) <= law.STAGES.keys()
    for kind in law.CASE_KINDS:
        assert "0007" in law.render_case_number(kind=kind, year=2026, serial=7, area="岚")


def test_every_signer_has_its_forms() -> None:
    assert METHODS_OF.keys() == SIGNERS.keys()
    for methods in METHODS_OF.values():
        assert methods <= law.SIGNATURE_METHODS.keys()


def test_code_that_stands_twice_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="twice"):
        vocabulary(("a", "甲", "A"), ("a", "乙", "B"))


def _marks(*given_: tuple[str, int | None, int]) -> list[SignedMark]:
    return [SignedMark(signer=signer, party=party, signed_on=date(2026, 7, day)) for signer, party, day in given_]


@pytest.mark.parametrize("left_out", range(4))
def test_agreement_lacks_exactly_the_mark_that_is_missing(left_out: int) -> None:
    marks = _marks(*((*who, 20) for place, who in enumerate(NEEDED) if place != left_out))

    signer, party = NEEDED[left_out]
    assert missing_signers(marks, [1, 2]) == ((f"party:{party}" if signer == "party" else signer),)
    assert effective_date(marks, [1, 2]) is None


@given(days=st.lists(st.integers(1, 31), min_size=4, max_size=4), order=st.permutations(range(4)))
def test_effective_date_is_the_last_of_the_four(days: list[int], order: list[int]) -> None:
    marks = _marks(*((*NEEDED[place], days[place]) for place in order))

    assert effective_date(marks, [1, 2]) == date(2026, 7, max(days))


def test_later_second_mark_and_the_recorder_move_nothing() -> None:
    marks = _marks(*((*who, 20) for who in NEEDED), ("party", 1, 25), ("recorder", None, 28), ("agent", 2, 26))

    assert effective_date(marks, [1, 2]) == date(2026, 7, 20)


def test_agent_binds_the_party_that_did_not_sign() -> None:
    marks = _marks(("agent", 1, 21), ("party", 2, 20), ("mediator", None, 20), ("organisation", None, 20))

    assert effective_date(marks, [1, 2]) == date(2026, 7, 21)


def test_every_bound_party_has_to_sign() -> None:
    for count in range(2, 6):
        parties = range(1, count + 1)
        marks = _marks(*(("party", party, 20) for party in parties), ("mediator", None, 20), ("organisation", None, 20))
        for left_out in itertools.islice(parties, count):
            without = [mark for mark in marks if mark.party != left_out]
            assert missing_signers(without, parties) == (f"party:{left_out}",)
        assert effective_date(marks, parties) == date(2026, 7, 20)


def test_page_of_the_lists_is_what_the_lists_say() -> None:
    assert files("service").joinpath("docs", "law.md").read_text("utf-8") == render_law()


def test_page_of_the_lists_leaves_no_list_out() -> None:
    shown = [id(words) for _, _, words in LISTED]

    assert {name for name, words in LISTS.items() if id(words) not in shown} == {
        "ALL_DISPUTE_TYPES",
        "FIRM_KINDS",
        "WAYS_TO_END",
        "NEXT_STEPS",
        "ORAL_LIMITS",
        "ALL_GROUNDS",
        "RIGHTS_NOTICE",
    }
