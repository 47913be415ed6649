"""Every closed list as one page, for whoever writes a client: `service/docs/law.md`."""

from __future__ import annotations

from typing import Final

from service.law.agreements import (
    AGREEMENT_FORMS,
    AGREEMENT_STATES,
    CLOSURES,
    ENDINGS,
    PAYMENT_METHODS,
    SIGNATURE_METHODS,
    SIGNERS,
)
from service.law.cases import (
    CASE_KINDS,
    CHANNELS,
    CLAIM_KINDS,
    DISPUTE_TYPES,
    EXCLUDED_DISPUTES,
    PROCEEDING_KINDS,
    REFERRALS,
    STAGES,
)
from service.law.deadlines import KEY_DATES
from service.law.documents import DOCUMENT_SOURCES, DOCUMENT_TYPES
from service.law.entries import (
    ABOUT_KINDS,
    ENTRY_KINDS,
    OBJECTION_GROUNDS,
    RAISERS,
    REVIEW_RESULTS,
    SERVICE_METHODS,
    SERVICE_RESULTS,
    VISIT_METHODS,
    VISIT_RESULTS,
)
from service.law.intake import (
    AID_FORMS,
    AID_PROVIDERS,
    CALLERS,
    HARDSHIP_BASES,
    LIKENESS_REASONS,
    OUTCOMES,
    PARTY_HINTS,
    RELATIONS,
)
from service.law.parties import AUTHORITIES, GENDERS, INSTITUTION_KINDS, PARTY_KINDS, PARTY_ROLES, PERSON_CATEGORIES
from service.law.proceedings import ALL_OUTCOMES, COURT_BASES, PROCEEDING_REASONS, PROCEEDING_WARNINGS
from service.law.statements import STATEMENT_TYPES
from service.law.terms import Vocabulary
from service.law.workflow import (
    AGREEMENT_EVENTS,
    MEDIATION_FAILURES,
    NON_ACCEPTANCES,
    REASONS,
    REMEDIES,
    STEPS,
    TERMINATION_GROUNDS,
    URGENCY_GROUNDS,
)

CHECKED_ON: Final = "2026-11-23"
"""The day on which the articles were last compared with the texts at hand, those of April 2025."""

LISTS: Final[tuple[tuple[str, str, Vocabulary], ...]] = (
    ("Cases", "`kind` of a case", CASE_KINDS),
    ("Stages", "`stage` of a case; moved by its steps and by what happens to its agreements", STAGES),
    ("Steps", "`step` of a case: consultations, then legal aid, then mediations", STEPS),
    ("Events of agreements", "What happens to an agreement and moves its case", AGREEMENT_EVENTS),
    ("Urgency", "`ground` of `give_urgent_aid`", URGENCY_GROUNDS),
    ("Terminations", "`ground` of `terminate`", TERMINATION_GROUNDS),
    ("Non-acceptance", "`ground` of `not_accept`", NON_ACCEPTANCES),
    ("Failed mediations", "`ground` of `fail`", MEDIATION_FAILURES),
    ("Refused steps", "Problem codes: why a step cannot be taken now", REASONS),
    ("Remedies", "By step: what people must be told with it", REMEDIES),
    ("Disputes", "`dispute_type`", DISPUTE_TYPES),
    (
        "Excluded disputes",
        "`dispute_type` of what is no labour dispute: may be registered, and is warned about",
        EXCLUDED_DISPUTES,
    ),
    ("Channels", "`channel`: how the matter came in", CHANNELS),
    ("Referrals", "`referral`: which kind of body sent it", REFERRALS),
    ("Claims", "`kind` of a claim", CLAIM_KINDS),
    ("Roles", "`role` of a party", PARTY_ROLES),
    ("Parties", "`kind` of a party", PARTY_KINDS),
    ("Genders", "`gender` of a person", GENDERS),
    ("Categories", "`category` of a person", PERSON_CATEGORIES),
    ("Authority", "`authority` of an agent", AUTHORITIES),
    ("Relations", "`relation` of a close relative to the worker who died", RELATIONS),
    ("Hints", "`warnings` of a case: what follows from who its parties are", PARTY_HINTS),
    ("Callers", "`caller_kind` of a consultation", CALLERS),
    ("Outcomes", "`outcome` of a consultation", OUTCOMES),
    ("Aid", "`aid.provider`: who gives legal aid", AID_PROVIDERS),
    ("Forms of aid", "`aid.form`", AID_FORMS),
    ("Hardship", "`aid.hardship`: how it is shown, or why it is not asked for", HARDSHIP_BASES),
    ("Likeness", "`reasons` of a possible duplicate", LIKENESS_REASONS),
    ("Documents", "`doc_type`", DOCUMENT_TYPES),
    ("Sources", "`source` of a document", DOCUMENT_SOURCES),
    ("Forms", "`form` of an agreement", AGREEMENT_FORMS),
    ("States", "`state` of an agreement", AGREEMENT_STATES),
    ("Closure", "`closure` of an agreement", CLOSURES),
    ("Payments", "`method` of an instalment", PAYMENT_METHODS),
    ("Signers", "`signer` of a signature", SIGNERS),
    ("Signatures", "`method` of a signature", SIGNATURE_METHODS),
    ("Endings", "`ending` of an agreement", ENDINGS),
    ("Dates", "`code` of a day noted for a legal clock", KEY_DATES),
    ("Entries", "`kind` of an entry", ENTRY_KINDS),
    ("Raisers", "`raiser` of an entry: who it comes from", RAISERS),
    ("About", "`about.kind` of an entry", ABOUT_KINDS),
    ("Grounds of objections", "`grounds` of an objection to a document", OBJECTION_GROUNDS),
    ("Reviews", "`result` of a decision on review", REVIEW_RESULTS),
    ("Service", "`method` of a service", SERVICE_METHODS),
    ("Results of service", "`result` of a service", SERVICE_RESULTS),
    ("Visits", "`method` of a visit", VISIT_METHODS),
    ("Results of visits", "`result` of a visit", VISIT_RESULTS),
    ("Proceedings", "`kind` of a proceeding", PROCEEDING_KINDS),
    ("Bases of a suit", "`basis` of a court proceeding", COURT_BASES),
    ("Outcomes of proceedings", "`outcome` of a closed proceeding; each kind takes its own", ALL_OUTCOMES),
    ("Refused proceedings", "Problem codes: why a proceeding cannot be opened or carried on", PROCEEDING_REASONS),
    ("Warnings of proceedings", "`warnings` of a proceeding: they refuse nothing", PROCEEDING_WARNINGS),
    ("Institutions", "`kind` of an institution", INSTITUTION_KINDS),
    ("Statements", "`type` of a statement", STATEMENT_TYPES),
)

HEAD: Final = f"""\
# Words of the law

The closed lists of the API, with the article each word rests on. Codes are permanent: they stand in signed statements.
Articles were compared on {CHECKED_ON} with the texts of April 2025; 待核实 marks one whose text was not at hand.
"""


def render_law() -> str:
    """The page: one table for each list, in Markdown."""
    parts = [HEAD]
    for title, use, words in LISTS:
        rows = "\n".join(f"| `{term.code}` | {term.zh} | {term.en} | {term.article} |" for term in words.values())
        parts.append(f"## {title}\n\n{use}\n\n| Code | 中文 | English | Article |\n|---|---|---|---|\n{rows}\n")
    return "\n".join(parts)
