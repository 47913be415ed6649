"""Record numbers and paper codes: public vectors, every mistype, what people type instead."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import record_number as numbers
from ledger.errors import Malformed
from ledger.record_number import new_paper_code, parse_paper_code, parse_record_number, record_number
from tests import oracles
from tests.vector_files import load_vectors, named
from tests.vector_sources.encoding import Case

VECTORS = load_vectors("record_numbers")
SUBJECT = VECTORS["numbers"][0]["subject"]
NUMBER = VECTORS["numbers"][0]["number"]

codes = st.integers(0, 2**35 - 1)
subjects = st.uuids().map(str)


def other_symbols(symbol: str) -> str:
    return numbers.SYMBOLS.replace(symbol, "")


@pytest.mark.parametrize("case", VECTORS["numbers"], ids=lambda case: str(case["number"]))
def test_number_of_a_subject_is_that_of_the_vector(case: Case) -> None:
    assert record_number(case["subject"]) == case["number"]


@pytest.mark.parametrize("case", VECTORS["typed"], ids=lambda case: ascii(case["typed"]))
def test_number_as_typed_is_read(case: Case) -> None:
    read = parse_record_number(case["typed"])

    assert (read.printed, read.version) == (case["number"], case["version"])


@pytest.mark.parametrize("case", named(VECTORS["refused"]))
def test_number_of_the_vector_is_refused(case: Case) -> None:
    with pytest.raises(Malformed) as caught:
        parse_record_number(case["typed"])

    assert caught.value.what == "record number"


@given(subjects)
def test_number_is_that_of_the_oracle(subject: str) -> None:
    assert record_number(subject) == oracles.record_number(subject)


@given(subjects)
def test_number_reads_back_what_was_printed(subject: str) -> None:
    printed = record_number(subject)
    read = parse_record_number(printed)

    assert (read.printed, read.symbols, read.version) == (printed, printed.replace("-", ""), None)


@given(subjects)
def test_number_is_printed_four_four_five(subject: str) -> None:
    assert [len(group) for group in record_number(subject).split("-")] == [4, 4, 5]


@pytest.mark.parametrize(
    "subject", ["", "x", SUBJECT.upper(), SUBJECT.replace("-", ""), f"{{{SUBJECT}}}", f"{SUBJECT}\n"]
)
def test_subject_that_is_no_canonical_uuid_is_refused(subject: str) -> None:
    with pytest.raises(Malformed):
        record_number(subject)


# ------------------------------------------------------------------------------------------------ the check symbol


@pytest.mark.parametrize("at", range(numbers.RECORD_NUMBER_LENGTH))
def test_every_wrong_symbol_is_noticed(at: int) -> None:
    symbols = NUMBER.replace("-", "")
    for wrong in other_symbols(symbols[at]):
        with pytest.raises(Malformed, match="check symbol"):
            parse_record_number(symbols[:at] + wrong + symbols[at + 1 :])


@given(subjects)
def test_every_swap_of_two_symbols_is_noticed(subject: str) -> None:
    symbols = record_number(subject).replace("-", "")
    for one, other in combinations(range(len(symbols)), 2):
        swapped = list(symbols)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if symbols[one] != symbols[other]:
            with pytest.raises(Malformed, match="check symbol"):
                parse_record_number("".join(swapped))


@given(codes)
def test_every_wrong_symbol_of_a_paper_code_is_noticed(bits: int) -> None:
    symbols = new_paper_code(bits).replace("-", "")
    for at, symbol in enumerate(symbols):
        for wrong in other_symbols(symbol):
            with pytest.raises(Malformed, match="check symbol"):
                parse_paper_code(symbols[:at] + wrong + symbols[at + 1 :])


@given(codes)
def test_every_swap_in_a_paper_code_is_noticed(bits: int) -> None:
    symbols = new_paper_code(bits).replace("-", "")
    for one, other in combinations(range(len(symbols)), 2):
        swapped = list(symbols)
        swapped[one], swapped[other] = swapped[other], swapped[one]
        if symbols[one] != symbols[other]:
            with pytest.raises(Malformed, match="check symbol"):
                parse_paper_code("".join(swapped))


def test_weights_of_all_places_differ() -> None:
    # What makes both promises hold for every number: in GF(2^5), α = 2 has order 31, more than the 13 places.
    powers = [1]
    while len(powers) < 31:
        powers.append(oracles.field_product(powers[-1], 2))

    assert sorted(powers) == list(range(1, 32))


# ------------------------------------------------------------------------------------------------------------ typing


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("7K2M", "4 symbols instead of 13"),
        (f"{NUMBER}0", "14 symbols instead of 13"),
        (f"{NUMBER[:-1]}U", "'U' is not used"),
        (f"{NUMBER[:-1]}一", "12 symbols instead of 13"),
        (f"{NUMBER}.x", "after the dot"),
        ("7" * 81, "81 characters, at most 80"),
    ],
)
def test_reason_says_which_part_is_wrong(typed: str, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        parse_record_number(typed)


@given(subjects, st.randoms(use_true_random=False))
def test_number_in_any_case_with_spaces_and_dashes_anywhere_is_read(subject: str, random: Random) -> None:
    symbols = record_number(subject).replace("-", "")
    typed = "".join(random.choice(["", " ", "-", "—", "　"]) + random.choice([s, s.lower()]) for s in symbols)

    assert parse_record_number(typed).symbols == symbols


@given(st.text(max_size=90) | st.text(numbers.SYMBOLS + "iloILO-. v", max_size=20))
def test_garbage_raises_only_malformed(garbage: str) -> None:
    try:
        read = parse_record_number(garbage)
    except Malformed:
        return
    assert oracles.check_sum(read.symbols) == 0


# ------------------------------------------------------------------------------------------------------ paper codes


@pytest.mark.parametrize("case", VECTORS["paper_codes"], ids=lambda case: str(case["code"]))
def test_paper_code_is_that_of_the_vector(case: Case) -> None:
    assert new_paper_code(case["random_bits"]) == case["code"]


@given(codes)
def test_paper_code_reads_back_what_was_printed(bits: int) -> None:
    code = new_paper_code(bits)

    assert parse_paper_code(code) == parse_paper_code(code.replace("-", "").lower()) == code


@given(codes, codes)
def test_paper_codes_of_different_bits_differ(one: int, other: int) -> None:
    assert (new_paper_code(one) == new_paper_code(other)) == (one == other)


@pytest.mark.parametrize("bits", [-1, 2**35])
def test_paper_code_of_too_many_bits_is_not_made(bits: int) -> None:
    with pytest.raises(Malformed):
        new_paper_code(bits)


@pytest.mark.parametrize("typed", ["", "0000-000", "0000-00000", "000U-0000", "0000-0000.v1", "0000-0001"])
def test_paper_code_that_is_not_one_is_refused(typed: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse_paper_code(typed)

    assert caught.value.what == "paper code"


@given(st.text(max_size=90) | st.text(numbers.SYMBOLS, min_size=8, max_size=8))
def test_garbage_paper_code_raises_only_malformed(garbage: str) -> None:
    try:
        code = parse_paper_code(garbage)
    except Malformed:
        return
    assert oracles.check_sum(code.replace("-", "")) == 0
