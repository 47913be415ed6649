"""Parts of a case as it is shown, besides its parties and claims."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A sentence of the law in both languages, with its permanent code and its article."""

    code: str
    zh: str
    en: str
    article: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """A step that was taken; `stage` is where it led. `registrar` is the user name of who entered it.

    `case_version` is the version of the case that it made. `remedy` is what the law wants people to be told.
    """

    position: int
    step: str
    stage: str
    occurred_on: str
    ground: str | None
    until: str | None
    note: str | None
    lawyer: str | None
    licence_no: str | None
    firm: str | None
    converted_to: str | None
    registrar: str
    case_version: int | None
    remedy: Notice | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareView:
    """An institution, by its code, that may see the case, or could until `withdrawn_on`."""

    institution: str
    shared_on: str
    withdrawn_on: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AidView:
    """What an application for legal aid asks for."""

    provider: str
    form: str | None
    hardship: str | None
    urgency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationView:
    """Who asked for advice and what they were told."""

    caller_kind: str
    caller_name: str | None
    caller_phone: str | None
    advice: str
    outcome: str
    follow_up_on: str | None
    follow_up: str | None
