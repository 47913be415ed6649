"""What may come in: identity numbers, text, days and moments, forms of input."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from service import inputs
from service.inputs import CaseInput, PartyInput, UserInput, VerificationInput, day_of
from service.inputs.fields import DayOrMoment, Name, Text
from service.inputs.identity import check_credit_code, check_id_number
from service.problems import field_errors
from tests.process import SHORT_CASE

NAME: TypeAdapter[str] = TypeAdapter(Name)
TEXT: TypeAdapter[str] = TypeAdapter(Text)
MOMENT: TypeAdapter[str] = TypeAdapter(DayOrMoment)
DIGITS = "0123456789"
CREDIT_SYMBOLS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def _fault(check: Any, text: str) -> str:
    with pytest.raises(PydanticCustomError) as refused:
        check(text)
    return str(refused.value.type)


# ------------------------------------------------------------------------------------------------------------- identity


def test_id_number_of_the_standard_is_taken() -> None:
    # GB 11643-1999, annex: 11010519491231002X and 440524188001010014
    assert check_id_number("11010519491231002X") == "11010519491231002X"
    assert check_id_number("440524188001010014") == "440524188001010014"


def test_id_number_is_read_as_people_type_it() -> None:
    full_width = "11010519491231002X".translate({at: at + 0xFEE0 for at in range(0x21, 0x7F)})

    for typed in (" 11010519491231002x ", "110105 19491231 002x", full_width):
        assert check_id_number(typed) == "11010519491231002X"


@given(place=st.integers(0, 17), symbol=st.sampled_from(DIGITS))
def test_every_single_wrong_digit_of_an_id_number_is_noticed(place: int, symbol: str) -> None:
    right = "371103197905200009"
    if right[place] != symbol:
        wrong = right[:place] + symbol + right[place + 1 :]
        assert _fault(check_id_number, wrong) in {"id_number_check", "id_number_date", "id_number_form"}


@given(place=st.integers(0, 16))
def test_every_swap_of_neighbours_in_an_id_number_is_noticed(place: int) -> None:
    right = "440524188001010014"
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    if swapped != right:
        assert _fault(check_id_number, swapped).startswith("id_number")


@pytest.mark.parametrize("text", ["", "37110319790520000", "3711031979052000099", "x" * 1000, "٣٧١١٠٣١٩٧٩٠٥٢٠٠٠٠٩"])
def test_id_number_of_another_form_is_refused(text: str) -> None:
    assert _fault(check_id_number, text) == "id_number_form"


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_identity_checks(text: str) -> None:
    for check in (check_id_number, check_credit_code):
        with suppress(PydanticCustomError):
            assert check(check(text)) == check(text)


def test_credit_code_of_the_standard_is_taken() -> None:
    # GB 32100-2015 gives the method; this code of a public body has been printed on its letters for years
    assert check_credit_code("91350100M000100Y43") == "91350100M000100Y43"


@given(place=st.integers(0, 17), symbol=st.sampled_from(CREDIT_SYMBOLS))
def test_every_single_wrong_symbol_of_a_credit_code_is_noticed(place: int, symbol: str) -> None:
    right = "91371103MA0000000L"
    if right[place] != symbol:
        wrong = right[:place] + symbol + right[place + 1 :]
        assert _fault(check_credit_code, wrong) in {"credit_code_check", "credit_code_form"}


def test_sample_people_and_firms_pass_and_are_told_by_what_no_real_one_has() -> None:
    case = CaseInput.model_validate(SHORT_CASE)

    assert case.applicant is not None
    assert case.employer is not None
    assert (case.applicant.id_number or "")[14:17] == "000"
    assert (case.employer.credit_code or "")[8:17] == "MA0000000"


# ------------------------------------------------------------------------------------------------------- text and times


@pytest.mark.parametrize("name", ["㛃䶮𬍛𬭚𫖮𣲗", "\U00020000", "阿卜杜拉·买买提", "O'Neill", "\uf900", "李\u200d示例"])
def test_rare_name_is_kept_as_it_is(name: str) -> None:
    assert NAME.validate_python(name) == name


def test_text_is_composed_once_but_compatibility_ideographs_stay() -> None:
    assert NAME.validate_python("Cafe\u0301") == "Café"
    assert NAME.validate_python("\ufa0e\u2f80") == "\ufa0e\u2f80"


def test_text_has_one_kind_of_line_break() -> None:
    assert TEXT.validate_python(" a\r\nb\rc\n ") == "a\nb\nc"


@given(text=st.text(max_size=50))
def test_text_that_was_taken_is_taken_again_unchanged(text: str) -> None:
    for field in (NAME, TEXT):
        try:
            taken = field.validate_python(text)
        except ValidationError:
            continue
        assert field.validate_python(taken) == taken


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("2026-07-20", "2026-07-20"),
        ("2026-07-20T09:30:00+08:00", "2026-07-20T01:30:00.000Z"),
        ("2026-07-20T01:30Z", "2026-07-20T01:30:00.000Z"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_moment_is_kept_in_utc_and_a_day_as_a_day(given_: str, kept: str) -> None:
    assert MOMENT.validate_python(given_) == kept


@pytest.mark.parametrize(
    "wrong",
    [
        "2026-02-29",
        "2026-07-20T01:30",
        "2026-07-20T24:01Z",
        "2026-07-20T23:59:60Z",
        "1899-12-31",
        "0001-01-01T00:00+08:00",
    ],
)
def test_moment_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        MOMENT.validate_python(wrong)


@given(moment=st.datetimes(datetime(1950, 1, 1), datetime(2099, 1, 1)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_day_of_a_moment_is_the_day_in_china(moment: datetime) -> None:
    text = moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")

    kept = MOMENT.validate_python(text)

    assert day_of(kept) == date.fromordinal(moment.toordinal() + (moment.hour >= 16))


# --------------------------------------------------------------------------------------------------------------- shapes


@pytest.mark.parametrize("kind", ["worker", "relative"])
def test_person_has_no_credit_code(kind: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PartyInput.model_validate(
            {"role": "applicant", "kind": kind, "name": "孙示例", "credit_code": "91371103MA0000000L"}
        )

    assert [(error.pointer, error.code) for error in field_errors(refused.value.errors())] == [
        ("/credit_code", "not_of_this_kind")
    ]


@pytest.mark.parametrize("field", [{"gender": "male"}, {"birth_date": "1990-01-01"}, {"category": "woman"}])
def test_firm_has_no_fields_of_a_person(field: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refused:
        PartyInput.model_validate({"role": "respondent", "kind": "employer", "name": "示例公司", **field})

    assert {error.code for error in field_errors(refused.value.errors())} == {"not_of_this_kind"}


@pytest.mark.parametrize("password", ["short", "x" * 129, "aaaaaaaaaaaa", "with\x00control1"])
def test_weak_or_odd_password_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        UserInput(username="lawyer", display_name="律师", role="lawyer", password=password)


@pytest.mark.parametrize("username", ["", "Lawyer", "law yer", "律师", "-a", "a" * 40])
def test_user_name_that_nobody_can_type_safely_is_refused(username: str) -> None:
    with pytest.raises(ValidationError):
        UserInput(username=username, display_name="律师", role="lawyer", password="correct horse battery staple")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=15,
)
SHAPES = [
    shape
    for name in inputs.__all__
    if isinstance(shape := getattr(inputs, name), type) and issubclass(shape, BaseModel)
]


@given(shape=st.sampled_from(SHAPES), value=JSON, data=st.data())
def test_no_json_breaks_a_shape_and_every_refusal_has_a_code(shape: Any, value: Any, data: st.DataObject) -> None:
    members = st.dictionaries(st.sampled_from(list(shape.model_fields)), JSON)
    body = value if data.draw(st.booleans()) else data.draw(members)

    try:
        shape.model_validate(body)
    except ValidationError as error:
        found = field_errors(error.errors())
        assert found
        assert all(item.code != "not_of_any_use" for item in found)


def test_receipt_in_a_question_may_be_an_object_or_text() -> None:
    for receipt in ({"format": "x"}, "text"):
        assert VerificationInput(receipt=receipt).receipt == receipt
