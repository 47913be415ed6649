"""The words of the law and of the office, each in one place with both languages and its article.

Codes are permanent: they stand in signed statements. A list may grow; a code is never given a second meaning.
"""

from __future__ import annotations

from service.law.agreements import (
    AGREEMENT_FORMS,
    AGREEMENT_STATES,
    CLOSURES,
    ENDINGS,
    METHODS_OF,
    PAYMENT_METHODS,
    SIGNATURE_METHODS,
    SIGNERS,
    SignedMark,
    effective_date,
    missing_signers,
)
from service.law.cases import (
    ALL_DISPUTE_TYPES,
    CASE_KINDS,
    CHANNELS,
    CLAIM_KINDS,
    DISPUTE_TYPES,
    EXCLUDED_DISPUTES,
    FIRST_STAGE,
    PROCEEDING_KINDS,
    STAGES,
    render_case_number,
)
from service.law.documents import DOCUMENT_SOURCES, DOCUMENT_TYPES
from service.law.parties import (
    AUTHORITIES,
    GENDERS,
    INSTITUTION_KINDS,
    NATURAL_PERSONS,
    PARTY_KINDS,
    PARTY_ROLES,
    PERSON_CATEGORIES,
)
from service.law.statements import REVOKING, STATEMENT_TYPES
from service.law.terms import Term, Vocabulary, vocabulary

__all__ = [
    "AGREEMENT_FORMS",
    "AGREEMENT_STATES",
    "ALL_DISPUTE_TYPES",
    "AUTHORITIES",
    "CASE_KINDS",
    "CHANNELS",
    "CLAIM_KINDS",
    "CLOSURES",
    "DISPUTE_TYPES",
    "DOCUMENT_SOURCES",
    "DOCUMENT_TYPES",
    "ENDINGS",
    "EXCLUDED_DISPUTES",
    "FIRST_STAGE",
    "GENDERS",
    "INSTITUTION_KINDS",
    "METHODS_OF",
    "NATURAL_PERSONS",
    "PARTY_KINDS",
    "PARTY_ROLES",
    "PAYMENT_METHODS",
    "PERSON_CATEGORIES",
    "PROCEEDING_KINDS",
    "REVOKING",
    "SIGNATURE_METHODS",
    "SIGNERS",
    "STAGES",
    "STATEMENT_TYPES",
    "SignedMark",
    "Term",
    "Vocabulary",
    "effective_date",
    "missing_signers",
    "render_case_number",
    "vocabulary",
]
