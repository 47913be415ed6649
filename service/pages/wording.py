"""What a form says when a field cannot be taken: what to do, in the words of the field. Message ids are English."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from service.inputs import InvalidInput
from service.pages.forms import FormError
from service.pages.language import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


ABSENT = frozenset({"missing", "string_too_short", "none_required", "literal_error", "too_short"})
"""Codes that mean: nothing was entered or chosen."""

ENTER: Mapping[str, str] = MappingProxyType(
    {
        "kind": N_("Choose what kind of case this is"),
        "dispute_type": N_("Choose what the dispute is about"),
        "channel": N_("Choose how the matter came in"),
        "received_on": N_("Enter the day the matter came in"),
        "facts": N_("Enter what happened"),
        "applicant": N_("Enter the worker's name"),
        "applicant.name": N_("Enter the worker's name"),
        "employer": N_("Enter the employer's name"),
        "employer.name": N_("Enter the employer's name"),
        "parties": N_("Enter the parties"),
        "claims": N_("Enter at least one claim"),
        "claims.*.kind": N_("Choose what is claimed"),
        "claims.*.detail": N_("Enter a few words about the claim, such as the months"),
        "doc_type": N_("Choose what kind of paper this is"),
        "title": N_("Enter a title"),
        "source": N_("Choose where the file comes from"),
        "reason": N_("Enter the reason"),
        "total_fen": N_("Enter the sum in yuan"),
        "mediator": N_("Enter the mediator's name"),
        "agreed_on": N_("Enter the day the parties agreed"),
        "instalments": N_("Enter at least one payment"),
        "instalments.*.amount_fen": N_("Enter the amount of this payment in yuan"),
        "instalments.*.due_on": N_("Enter the day this payment is due"),
        "signer": N_("Choose who signs"),
        "party": N_("Choose which party signs"),
        "name": N_("Enter the name of the person who signs"),
        "method": N_("Choose how it was signed"),
        "signed_at": N_("Enter the day of the signature"),
        "position": N_("Choose the payment"),
        "paid_fen": N_("Enter the amount that was paid, in yuan"),
        "paid_on": N_("Enter the day of the payment"),
        "ending": N_("Choose how the agreement ended"),
        "occurred_on": N_("Enter the day"),
        "body": N_("Enter which body decided"),
        "number": N_("Enter the number of the decision"),
        "file": N_("Choose a file"),
        "username": N_("Enter your user name"),
        "password": N_("Enter your password"),
    }
)
"""What to enter, by field; `*` stands for a row."""

FAULTS: Mapping[str, str] = MappingProxyType(
    {
        "string_too_long": N_("Shorten this entry to %(max_length)s characters"),
        "forbidden_character": N_("Remove invisible control characters and line breaks"),
        "not_a_day": N_("Enter a day as year-month-day, such as 2026-07-08"),
        "no_such_day": N_("This day does not exist. Check year, month and day"),
        "no_such_moment": N_("This moment does not exist. Check day and time"),
        "day_out_of_range": N_("Check the year"),
        "id_number_form": N_("An ID number has 17 digits and then a digit or X"),
        "id_number_date": N_("The birth date in this ID number does not exist. Check the number"),
        "id_number_check": N_("The last digit of this ID number does not fit the others. Check the number"),
        "birth_date_differs": N_("The ID number says another birth date. Check both"),
        "credit_code_form": N_("A credit code has 18 digits and capital letters, without I, O, S, V and Z"),
        "credit_code_check": N_("The last symbol of this credit code does not fit the others. Check the code"),
        "phone_form": N_("A phone number has digits, dashes and spaces only"),
        "amount_form": N_("Enter an amount in yuan, such as 18,640.00"),
        "int_type": N_("Enter an amount in yuan, such as 18,640.00"),
        "greater_than_equal": N_("The amount must be more than nothing"),
        "less_than_equal": N_("This amount is too large. Enter it in yuan"),
        "instalments_do_not_sum": N_("The payments do not add up to the sum agreed. Check the sum and each payment"),
        "due_before_agreed": N_("This payment is due before the day of the agreement"),
        "method_of_another_signer": N_(
            "This signer does not sign in this form. An organisation seals, a mediator signs"
        ),
        "signer_and_party": N_("For a party or its agent choose the party, for others leave it open"),
        "string_pattern_mismatch": N_("Check this entry: it has a symbol that cannot stand here"),
        "in_the_future": N_("This day is in the future"),
        "no_such_party": N_("This party is not in the case"),
        "file_missing": N_("Choose a file"),
        "file_empty": N_("The file is empty. Choose another file"),
        "file_too_large": N_("The file is too large. It may have at most %(limit)s"),
    }
)
"""What to do, by the code of the fault."""

OTHERWISE = N_("Check this entry")

_ROW = re.compile(r"\.\d+(?=\.|$)")


def field_errors(
    error: ValidationError | InvalidInput, translate: Callable[..., str], *, first_of: Mapping[str, str] | None = None
) -> tuple[FormError, ...]:
    """The errors of a body as those of the form, one for each field. `first_of` names a group's first field."""
    found: dict[str, FormError] = {}
    for name, code, facts in _faults(error):
        field = (first_of or {}).get(name, name)
        if code in ABSENT and (general := _ROW.sub(".*", name)) in ENTER:
            message = translate(ENTER[general])
        else:
            message = translate(FAULTS.get(code, OTHERWISE), **facts)
        found.setdefault(field, FormError(field=field, message=message))
    return tuple(found.values())


def _faults(error: ValidationError | InvalidInput) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    if isinstance(error, InvalidInput):
        for fault in error.errors:
            yield _name(fault.pointer), fault.code, fault.facts
        return
    for detail in error.errors(include_url=False, include_input=False):
        facts = dict(detail.get("ctx", {}))
        pointer = facts.pop("pointer", None)
        name = _name(str(pointer)) if pointer is not None else ".".join(str(part) for part in detail["loc"])
        yield name, str(detail["type"]), facts


def _name(pointer: str) -> str:
    return pointer.removeprefix("/").replace("/", ".")
