"""The door: what may come in, checked and normalised once. Nothing behind it checks the form of a value again."""

from __future__ import annotations

from service.inputs.accounts import InstitutionInput, PasswordInput, PhoneInput, UserInput
from service.inputs.agreements import (
    AgreementInput,
    EndingInput,
    InstalmentInput,
    NonperformanceAnswerInput,
    NonperformanceInput,
    PaymentInput,
    SignatureInput,
)
from service.inputs.cases import CaseChange, CaseInput, ConversionInput, DisputeChange, DuplicateQuery
from service.inputs.dates import KeyDateInput, WithdrawalInput
from service.inputs.documents import DocumentInput
from service.inputs.entries import (
    AboutInput,
    AnswerInput,
    EntryInput,
    InterviewInput,
    ObjectionInput,
    OpinionInput,
    ReviewDecisionInput,
    ReviewInput,
    ServiceInput,
    ShareInput,
    VisitInput,
)
from service.inputs.errors import FieldError, InvalidInput, Refused, Stale, refuse
from service.inputs.fields import CHINA, day_of
from service.inputs.intake import AidInput, ConsultationInput
from service.inputs.paper_codes import PaperCodeChange
from service.inputs.parties import AgentInput, ApplicantInput, ClaimInput, EmployerInput, PartyInput
from service.inputs.party_access import (
    OwnAnswerInput,
    OwnObjectionInput,
    OwnReplyInput,
    OwnReportInput,
    PartyLinkInput,
    ReleaseInput,
)
from service.inputs.proceedings import ProceedingChange, ProceedingInput
from service.inputs.steps import StepInput
from service.inputs.verifications import VerificationInput

__all__ = [
    "CHINA",
    "AboutInput",
    "AgentInput",
    "AgreementInput",
    "AidInput",
    "AnswerInput",
    "ApplicantInput",
    "CaseChange",
    "CaseInput",
    "ClaimInput",
    "ConsultationInput",
    "ConversionInput",
    "DisputeChange",
    "DocumentInput",
    "DuplicateQuery",
    "EmployerInput",
    "EndingInput",
    "EntryInput",
    "FieldError",
    "InstalmentInput",
    "InstitutionInput",
    "InterviewInput",
    "InvalidInput",
    "KeyDateInput",
    "NonperformanceAnswerInput",
    "NonperformanceInput",
    "ObjectionInput",
    "OpinionInput",
    "OwnAnswerInput",
    "OwnObjectionInput",
    "OwnReplyInput",
    "OwnReportInput",
    "PaperCodeChange",
    "PartyInput",
    "PartyLinkInput",
    "PasswordInput",
    "PaymentInput",
    "PhoneInput",
    "ProceedingChange",
    "ProceedingInput",
    "Refused",
    "ReleaseInput",
    "ReviewDecisionInput",
    "ReviewInput",
    "ServiceInput",
    "ShareInput",
    "SignatureInput",
    "Stale",
    "StepInput",
    "UserInput",
    "VerificationInput",
    "VisitInput",
    "WithdrawalInput",
    "day_of",
    "refuse",
]
