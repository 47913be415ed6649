"""Mediation agreements: draft, sign, perform, end."""

from __future__ import annotations

from service.agreements.changes import draft_agreement, end_agreement, pay_instalment, sign_agreement
from service.agreements.views import (
    AgreementParty,
    AgreementView,
    InstalmentView,
    SignatureView,
    case_agreements,
    read_agreement,
)

__all__ = [
    "AgreementParty",
    "AgreementView",
    "InstalmentView",
    "SignatureView",
    "case_agreements",
    "draft_agreement",
    "end_agreement",
    "pay_instalment",
    "read_agreement",
    "sign_agreement",
]
