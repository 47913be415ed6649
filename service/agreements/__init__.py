"""Mediation agreements: draft, sign, perform, end."""

from __future__ import annotations

from service.agreements.changes import draft_agreement, sign_agreement
from service.agreements.endings import end_agreement
from service.agreements.performance import answer_nonperformance, pay_instalment, report_nonperformance
from service.agreements.sheet import AgreementSheet, PrintedParty, read_sheet
from service.agreements.views import (
    AgreementParty,
    AgreementView,
    EndingView,
    InstalmentView,
    NonperformanceView,
    SignatureView,
    case_agreements,
    read_agreement,
)

__all__ = [
    "AgreementParty",
    "AgreementSheet",
    "AgreementView",
    "EndingView",
    "InstalmentView",
    "NonperformanceView",
    "PrintedParty",
    "SignatureView",
    "answer_nonperformance",
    "case_agreements",
    "draft_agreement",
    "end_agreement",
    "pay_instalment",
    "read_agreement",
    "read_sheet",
    "report_nonperformance",
    "sign_agreement",
]
