"""What a form says when something cannot be taken: what to do, in the words of the field. Message ids are English."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import ValidationError

from ledger.errors import Malformed
from service.idempotency import KeyReused
from service.inputs import FieldError, InvalidInput, Refused, Stale
from service.pages.forms import Form, FormError
from service.pages.language import N_
from service.problems import field_errors as found_by_pydantic
from service.problems import problem_of, render_field_error, render_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from service.pages.visits import Visit

ABSENT = frozenset({"required", "too_short", "not_in_list", "file_missing"})
"""Codes that mean: nothing was entered or chosen."""

ENTER: Mapping[str, str] = MappingProxyType(
    {
        "kind": N_("Choose what kind of case this is"),
        "dispute_type": N_("Choose what the dispute is about"),
        "channel": N_("Choose how the matter came in"),
        "received_on": N_("Enter the day the matter came in"),
        "facts": N_("Enter what happened"),
        "consultation.advice": N_("Enter what was advised"),
        "separate_reason": N_("Say why this is another dispute"),
        "decision": N_("Choose whether this is the same dispute as one of these cases"),
        "parties.*.role": N_("Choose the role of this party"),
        "parties.*.kind": N_("Choose what this party is"),
        "parties.*.name": N_("Enter the name of this party"),
        "parties.*.stands_for": N_("Enter the name of the worker who died"),
        "parties.*.agents.*.name": N_("Enter the agent's name"),
        "parties.*.agents.*.authority": N_("Choose what the agent may do"),
        "aid.provider": N_("Choose who gives the aid"),
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
        "party": N_("Choose the party"),
        "name": N_("Enter the name of the person who signs"),
        "method": N_("Choose how it was signed"),
        "signed_at": N_("Enter the day of the signature"),
        "position": N_("Choose the payment"),
        "paid_fen": N_("Enter the amount that was paid, in yuan"),
        "paid_on": N_("Enter the day of the payment"),
        "detail": N_("Enter what was not performed"),
        "answer": N_("Enter the answer"),
        "document": N_("Choose the paper"),
        "expires_on": N_("Enter the last day"),
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
        "too_long": N_("Shorten this entry to %(limit)s characters"),
        "wrong_type": N_("Enter an amount in yuan, such as 18,640.00"),
        "too_small": N_("The amount must be more than nothing"),
        "too_large": N_("This amount is too large. Enter it in yuan"),
        "not_a_day": N_("Enter a day as year-month-day, such as 2026-07-08"),
        "id_number_check": N_("The last digit of this ID number does not fit the others. Check the number"),
        "id_number_date": N_("The birth date in this ID number does not exist. Check the number"),
        "birth_date_differs": N_("The ID number says another birth date. Check both"),
        "credit_code_check": N_("The last symbol of this credit code does not fit the others. Check the code"),
        "instalments_do_not_sum": N_("The payments add up to %(total)s. Check the sum agreed and each payment"),
        "due_before_agreed": N_("This payment is due before the day of the agreement"),
        "before_agreed": N_("This day is before the day of the agreement"),
        "method_of_another_signer": N_(
            "This signer does not sign in this form. An organisation seals, a mediator signs"
        ),
        "signer_and_party": N_("For a party or its agent choose the party, for others leave it open"),
        "more_than_due": N_("This is more than is still due: %(due)s"),
        "in_the_future": N_("This day has not come yet"),
        "empty_file": N_("The file is empty. Choose another file"),
        "not_paid_in_full": N_("%(due)s are still to be paid. Record the payments first"),
        "version_stale": N_("Somebody has changed the case since you opened it. Nothing was saved"),
        "idempotency_key_reused": N_("This form was saved before. Open it anew to enter something else"),
        "form_too_old": N_("This page was open for long. Choose the file again and send it"),
    }
)
"""What to do, by the code of the fault, where a form says it better than the API does."""

FIRST_FIELD: Mapping[str, str] = MappingProxyType(
    {
        "applicant": "applicant.name",
        "employer": "employer.name",
        "claims": "claims.0.kind",
        "instalments": "instalments.0.amount_fen",
        "parties": "",
        "dispute_id": "decision",
        "about.id": "about",
    }
)
"""The field that an error about a whole group is shown at."""

MENDABLE = (InvalidInput, ValidationError, Refused, Stale, KeyReused, Malformed)
"""What a form can be mended for. Everything else is an error page, which gives the form back as well."""

AMOUNTS = ("total", "due_fen", "due")
"""Facts of errors that are sums in fen."""

_ROW = re.compile(r"\.\d+(?=\.|$)")


def field_errors(
    error: ValidationError | InvalidInput, visit: Visit, enter: Mapping[str, str] = MappingProxyType({})
) -> tuple[FormError, ...]:
    """The errors of a body as those of the form, one for each field. `enter` are the form's own words, by field."""
    found: dict[str, FormError] = {}
    faults = found_by_pydantic(error.errors()) if isinstance(error, ValidationError) else error.errors
    for fault in faults:
        name = fault.pointer.removeprefix("/").replace("/", ".")
        field = name if name in enter else FIRST_FIELD.get(name, name)
        found.setdefault(field, FormError(field=field, message=_sentence(fault, name, visit, enter)))
    return tuple(found.values())


def refused(
    form: Form, error: Exception, visit: Visit, enter: Mapping[str, str] = MappingProxyType({})
) -> tuple[Form, int]:
    """The same form with what is wrong with it, and the HTTP status of the answer.

    `enter` says what to enter in this form's fields, where that is another thing than in others.
    """
    problem = problem_of(error)
    if isinstance(error, ValidationError | InvalidInput):
        return form.with_errors(field_errors(error, visit, enter)), problem.status
    code = error.reason if isinstance(error, Refused) else problem.code
    if code in FAULTS:
        message = visit.say(FAULTS[code], **_facts(problem.facts, visit))
    else:
        message = render_problem(problem, language=visit.language, request_id=None)["title"]
    if problem.article:
        message = f"{message} ({problem.article})"
    return form.with_errors([FormError(field="", message=message)]), problem.status


def _sentence(fault: FieldError, name: str, visit: Visit, enter: Mapping[str, str]) -> str:
    general = _ROW.sub(".*", name)
    if fault.code in ABSENT and (words := enter.get(general) or ENTER.get(general)):
        return visit.say(words)
    if fault.code in FAULTS:
        return visit.say(FAULTS[fault.code], **_facts(fault.facts, visit))
    return render_field_error(fault, visit.language)


def _facts(facts: Mapping[str, str | int], visit: Visit) -> dict[str, str | int]:
    """The facts as people read them: sums in yuan."""
    shown = dict(facts)
    for name in AMOUNTS:
        if isinstance(amount := facts.get(name), int):
            shown[name.removesuffix("_fen")] = visit.money(amount)
    return shown
