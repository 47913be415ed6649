"""The verdict rule: total, green only on positive evidence, red only on a failed check, and words for everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.canonical import canonical_bytes
from ledger.verdict import (
    CHECK_CODES,
    LOOKUP_VERDICTS,
    TEST_NETWORK,
    VERDICT_WORDS,
    Check,
    Colour,
    Outcome,
    Report,
    Text,
    Verdict,
    answers,
    decide,
    lookup_report,
    notes,
    render_report,
    sentence_of,
    unchecked,
    words_of,
)

PASSED, FAILED, NOT_CHECKED, UNAVAILABLE = Outcome

RED = {
    Verdict.RECEIPT_INVALID,
    Verdict.DIFFERENT,
    Verdict.LEDGER_MISMATCH,
    Verdict.WRONG_CHAIN,
    Verdict.REVOKED,
}

EVERY = {
    (number, outcome): Check(number=number, outcome=outcome, facts={"reason": 3} if number == 9 else {})
    for number in CHECK_CODES
    for outcome in Outcome
}

outcomes = st.lists(st.sampled_from(list(Outcome)), min_size=11, max_size=11)


def checks(changed: dict[int, Outcome] | None = None, *, reason: int = 3) -> tuple[Check, ...]:
    """Eleven passed checks but for those `changed`."""
    by_number = dict.fromkeys(CHECK_CODES, PASSED) | (changed or {})
    return tuple(
        Check(number=number, outcome=outcome, facts={"reason": reason} if number == 9 else {})
        for number, outcome in by_number.items()
    )


def all_combinations() -> Iterator[tuple[tuple[Outcome, ...], Verdict]]:
    """Every combination in which 2, 3 and 5, which the rule treats alike, agree: 4^9 of the 4^11."""
    for one, local, *rest in product(Outcome, repeat=9):
        row = (one, local, local, rest[0], local, *rest[1:])
        yield row, decide([EVERY[number, outcome] for number, outcome in enumerate(row, 1)])


# ------------------------------------------------------------------------------------------------------ the table


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({}, Verdict.VERIFIED),
        ({1: FAILED}, Verdict.BAD_INPUT),
        ({2: FAILED}, Verdict.RECEIPT_INVALID),
        ({3: FAILED}, Verdict.RECEIPT_INVALID),
        ({4: FAILED}, Verdict.RECEIPT_INVALID),
        ({5: FAILED}, Verdict.RECEIPT_INVALID),
        ({10: FAILED}, Verdict.DIFFERENT),
        ({6: FAILED}, Verdict.WRONG_CHAIN),
        ({6: UNAVAILABLE}, Verdict.CHAIN_UNREACHABLE),
        ({6: NOT_CHECKED}, Verdict.CHAIN_UNREACHABLE),
        ({7: UNAVAILABLE}, Verdict.CHAIN_UNREACHABLE),
        ({7: NOT_CHECKED}, Verdict.CHAIN_UNREACHABLE),
        ({7: FAILED}, Verdict.LEDGER_MISMATCH),
        ({9: FAILED}, Verdict.REVOKED),
        ({9: UNAVAILABLE}, Verdict.CHAIN_UNREACHABLE),
        ({9: NOT_CHECKED}, Verdict.CHAIN_UNREACHABLE),
        ({8: FAILED}, Verdict.VERIFIED_NOT_FINAL),
        ({8: UNAVAILABLE}, Verdict.CHAIN_UNREACHABLE),
        ({8: NOT_CHECKED}, Verdict.CHAIN_UNREACHABLE),
        ({11: FAILED}, Verdict.SUPERSEDED),
        ({11: NOT_CHECKED}, Verdict.VERIFIED),
        ({11: UNAVAILABLE}, Verdict.VERIFIED),
        ({10: NOT_CHECKED}, Verdict.VERIFIED),
        ({10: UNAVAILABLE}, Verdict.BAD_INPUT),
        ({4: NOT_CHECKED}, Verdict.VERIFIED),
        ({4: UNAVAILABLE}, Verdict.CHAIN_UNREACHABLE),
        ({4: NOT_CHECKED, 7: FAILED}, Verdict.CHAIN_UNREACHABLE),
        # the order of the rule
        ({1: FAILED, 2: FAILED}, Verdict.BAD_INPUT),
        ({5: FAILED, 10: FAILED}, Verdict.RECEIPT_INVALID),
        ({10: FAILED, 6: FAILED}, Verdict.DIFFERENT),
        ({6: FAILED, 7: UNAVAILABLE}, Verdict.WRONG_CHAIN),
        ({6: UNAVAILABLE, 7: FAILED}, Verdict.CHAIN_UNREACHABLE),
        ({7: FAILED, 9: FAILED}, Verdict.LEDGER_MISMATCH),
        ({9: FAILED, 8: FAILED}, Verdict.REVOKED),
        ({9: FAILED, 8: UNAVAILABLE}, Verdict.REVOKED),
        ({9: FAILED, 10: UNAVAILABLE}, Verdict.REVOKED),
        ({9: UNAVAILABLE, 8: FAILED}, Verdict.CHAIN_UNREACHABLE),
        ({8: FAILED, 11: FAILED}, Verdict.VERIFIED_NOT_FINAL),
        ({8: FAILED, 10: UNAVAILABLE}, Verdict.BAD_INPUT),
    ],
)
def test_decide_follows_the_table(changed: dict[int, Outcome], verdict: Verdict) -> None:
    assert decide(checks(changed)) is verdict


def test_decide_calls_a_replaced_paper_superseded() -> None:
    assert decide(checks({9: FAILED}, reason=2)) is Verdict.SUPERSEDED


@pytest.mark.parametrize("reason", [1, 3, 4, 5, 255])
def test_decide_calls_every_other_revocation_revoked(reason: int) -> None:
    assert decide(checks({9: FAILED}, reason=reason)) is Verdict.REVOKED


# ------------------------------------------------------------------------------------------------ over all outcomes


def _may_be_green(row: tuple[Outcome, ...]) -> bool:
    one = dict(enumerate(row, 1))
    return (
        all(one[number] is PASSED for number in (1, 2, 3, 5, 6, 7, 8, 9))
        and one[4] in {PASSED, NOT_CHECKED}
        and one[10] in {PASSED, NOT_CHECKED}
        and one[11] is not FAILED
    )


def test_decide_is_green_exactly_when_every_check_is_positive() -> None:
    wrong = [row for row, verdict in all_combinations() if (verdict is Verdict.VERIFIED) != _may_be_green(row)]
    assert not wrong


def test_decide_says_match_only_when_the_contract_confirms() -> None:
    matches = {Verdict.VERIFIED, Verdict.VERIFIED_NOT_FINAL}
    wrong = [
        row
        for row, verdict in all_combinations()
        if verdict in matches and {row[number - 1] for number in (1, 2, 3, 5, 6, 7, 9)} != {PASSED}
    ]
    assert not wrong


def test_decide_is_red_only_with_a_failed_check() -> None:
    assert not [row for row, verdict in all_combinations() if verdict in RED and FAILED not in row]


def test_decide_never_answers_for_a_look_up() -> None:
    assert not [row for row, verdict in all_combinations() if verdict in LOOKUP_VERDICTS]


@given(outcomes)
def test_decide_treats_the_local_checks_alike(row: list[Outcome]) -> None:
    def verdict(order: tuple[int, int, int]) -> Verdict:
        moved = dict(enumerate(row, 1))
        moved[2], moved[3], moved[5] = (moved[number] for number in order)
        return decide([EVERY[number, outcome] for number, outcome in moved.items()])

    assert verdict((2, 3, 5)) is verdict((3, 5, 2)) is verdict((5, 2, 3)) is verdict((3, 2, 5))


@given(outcomes, st.sets(st.integers(6, 9), min_size=1))
def test_an_outage_never_turns_a_verdict_red(row: list[Outcome], out: set[int]) -> None:
    def verdict(outcomes: dict[int, Outcome]) -> Verdict:
        return decide([EVERY[number, outcome] for number, outcome in outcomes.items()])

    before = dict(enumerate(row, 1))
    after = verdict(before | dict.fromkeys(out, UNAVAILABLE))
    assert after not in RED or verdict(before) in RED


@pytest.mark.parametrize("numbers", [[*range(1, 11)], [*range(1, 13)][1:], [1, 1, *range(3, 12)], []])
def test_decide_refuses_anything_but_the_eleven_checks(numbers: list[int]) -> None:
    with pytest.raises(ValueError, match="check"):
        decide([Check(number=number, outcome=PASSED) for number in numbers])


# ------------------------------------------------------------------------------------------------------- exit codes


def test_exit_codes_are_the_published_ones() -> None:
    assert {verdict.value: verdict.exit_code for verdict in Verdict} == {
        "verified": 0,
        "verified_not_final": 10,
        "pending": 11,
        "superseded": 12,
        "erased": 13,
        "revoked": 20,
        "different": 21,
        "not_found": 22,
        "receipt_invalid": 23,
        "ledger_mismatch": 30,
        "chain_unreachable": 40,
        "wrong_chain": 41,
        "bad_input": 64,
        "rate_limited": 75,
    }


def test_check_codes_are_unique() -> None:
    assert len(set(CHECK_CODES.values())) == len(CHECK_CODES) == 11


# ------------------------------------------------------------------------------------------------------------ words


def _all_texts() -> Iterator[Text]:
    yield TEST_NETWORK
    for words in VERDICT_WORDS.values():
        yield from (words.title, words.explanation, words.next_step)
    yield from (sentence_of(check) for check in EVERY.values())


def test_every_verdict_has_words() -> None:
    assert set(VERDICT_WORDS) == set(Verdict)


@pytest.mark.parametrize("verdict", Verdict)
def test_titles_are_short(verdict: Verdict) -> None:
    title = words_of(verdict).title
    assert 0 < len(title.zh) <= 30
    assert 0 < len(title.en.split()) <= 15


def test_titles_differ() -> None:
    for language in ("zh", "en"):
        assert len({getattr(words.title, language) for words in VERDICT_WORDS.values()}) == len(Verdict)


def test_words_accuse_nobody_and_use_no_jargon() -> None:
    banned = (
        "伪造",
        "篡改",
        "哈希",
        "承诺值",
        "默克尔",
        "forge",
        "tamper",
        "fake",
        "hash",
        "commitment",
        "merkle",
        "error",
    )
    texts = [text for pair in _all_texts() for text in (pair.zh, pair.en)]
    assert all(texts)
    assert not [(word, text) for word in banned for text in texts if word in text.lower()]


def test_icon_and_title_tell_verdicts_apart_without_colour() -> None:
    shown = {(words.icon, words.title.zh) for words in VERDICT_WORDS.values()}
    assert len(shown) == len(Verdict)


def test_colours_follow_the_rule_of_evidence() -> None:
    assert {verdict for verdict in Verdict if words_of(verdict).colour is Colour.GREEN} == {Verdict.VERIFIED}
    assert {verdict for verdict in Verdict if words_of(verdict).colour is Colour.RED} == RED


# ----------------------------------------------------------------------------------------------------------- report


def test_report_has_no_truth_value() -> None:
    with pytest.raises(TypeError, match="truth value"):
        bool(Report(checks=checks(), test_network=False))


def test_report_needs_all_checks() -> None:
    with pytest.raises(ValueError, match="1 to 11"):
        Report(checks=checks()[:-1], test_network=False)


def test_report_gives_the_verdict_of_its_checks() -> None:
    assert Report(checks=checks({7: FAILED}), test_network=True).verdict is Verdict.LEDGER_MISMATCH


@pytest.mark.parametrize("verdict", sorted(LOOKUP_VERDICTS))
def test_look_up_report_gives_its_own_verdict(verdict: Verdict) -> None:
    report = lookup_report(verdict, test_network=True, facts={"record_no": "7K2M-9Q4X-RT3PW"})
    assert report.verdict is verdict
    assert {check.outcome for check in report.checks} == {NOT_CHECKED}


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - LOOKUP_VERDICTS))
def test_look_up_report_refuses_the_verdict_of_a_check(verdict: Verdict) -> None:
    with pytest.raises(ValueError, match="look-up"):
        lookup_report(verdict, test_network=True)


def test_look_up_verdict_refuses_to_stand_over_done_checks() -> None:
    with pytest.raises(ValueError, match="look-up"):
        Report(checks=checks(), test_network=True, lookup=Verdict.PENDING)


def test_unchecked_keeps_the_checks_given() -> None:
    done = Check(number=6, outcome=UNAVAILABLE)
    assert unchecked({6: done})[5] is done


def test_check_refuses_an_unknown_number() -> None:
    with pytest.raises(ValueError, match="no check 12"):
        Check(number=12, outcome=PASSED)


def test_rendered_report_is_json_with_both_languages() -> None:
    report = Report(checks=checks({8: FAILED}), test_network=True, facts={"size": 7, "time": None})
    rendered = render_report(report)
    assert json.loads(canonical_bytes(rendered)) == rendered
    assert rendered["verdict"] == "verified_not_final"
    assert rendered["exit_code"] == 10
    assert rendered["test_network"] is True
    assert rendered["facts"] == {"size": 7, "time": None}
    assert rendered["checks"][7] == {  # type: ignore[index]
        "number": 8,
        "code": "block_final",
        "outcome": "failed",
        "sentence": {
            "zh": "区块链还没有最终确认。",
            "en": "The chain has not confirmed it for good yet.",
        },
        "facts": {},
    }


# ------------------------------------------------------------------------------------------------------- four answers


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ("passed", "passed", "passed", "passed")),
        ({8: FAILED}, ("passed", "passed", "passed", "waiting")),
        ({7: FAILED}, ("passed", "not_checked", "passed", "failed")),
        ({7: FAILED, 8: FAILED}, ("passed", "not_checked", "passed", "failed")),
        ({6: FAILED, 8: FAILED}, ("passed", "passed", "passed", "failed")),
        ({7: UNAVAILABLE, 8: UNAVAILABLE, 9: UNAVAILABLE}, ("passed", "unavailable", "passed", "unavailable")),
        ({9: FAILED}, ("passed", "failed", "passed", "passed")),
        ({4: FAILED}, ("passed", "passed", "failed", "passed")),
        ({10: NOT_CHECKED}, ("not_checked", "passed", "passed", "passed")),
    ],
)
def test_answer_is_as_good_as_its_worst_check_and_waiting_is_no_failure(
    changed: dict[int, Outcome], said: tuple[str, ...]
) -> None:
    assert tuple(answer.outcome.value for answer in answers(checks(changed))) == said


def test_no_answer_is_failed_beside_a_verdict_of_waiting() -> None:
    given = [checks(dict(zip(range(6, 12), row, strict=True))) for row in product(Outcome, repeat=6)]
    waiting = [done for done in given if decide(done) is Verdict.VERIFIED_NOT_FINAL]
    assert waiting
    for done in waiting:
        assert "failed" not in {answer.outcome.value for answer in answers(done)}


def test_note_gives_the_day_as_each_language_writes_it() -> None:
    (note,) = notes(checks(), {"anchored_at": "2026-09-19T16:30:00.000Z"}, offices={})

    assert "从 2026年9月20日 00:30 (UTC+8) 上链" in note.zh
    assert "chain on 20 September 2026, 00:30 (UTC+8)" in note.en


def test_note_with_a_broken_time_says_that_it_is_unknown() -> None:
    (note,) = notes(checks(), {"anchored_at": "yesterday"}, offices={})

    assert "未知时间" in note.zh
