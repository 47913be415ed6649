"""Tables of the readable records. Dates are ISO 8601 text, times RFC 3339 UTC text, money is in fen, lists are JSON.

Text on purpose: an edited cell must reach the audit as it stands, not fail while a driver converts it. What may stand
in a column is decided at the door (`service.inputs`, `service.law`), what of it is recorded in `service.declarations`.
"""

from __future__ import annotations

from service.tables.dates import KeyDate
from service.tables.intake import AidRequest, Consultation, MatchKey
from service.tables.party_access import PartyLink, Release
from service.tables.records import (
    AccessRecord,
    Agent,
    Agreement,
    CalendarFeed,
    Case,
    Claim,
    Dispute,
    Document,
    DocumentVersion,
    IdempotencyKey,
    Instalment,
    Institution,
    Nonperformance,
    PaperCode,
    Party,
    Signature,
    User,
    WebSession,
)
from service.tables.workflow import CaseShare, CaseStep, Entry, Proceeding

__all__ = [
    "AccessRecord",
    "Agent",
    "Agreement",
    "AidRequest",
    "CalendarFeed",
    "Case",
    "CaseShare",
    "CaseStep",
    "Claim",
    "Consultation",
    "Dispute",
    "Document",
    "DocumentVersion",
    "Entry",
    "IdempotencyKey",
    "Instalment",
    "Institution",
    "KeyDate",
    "MatchKey",
    "Nonperformance",
    "PaperCode",
    "Party",
    "PartyLink",
    "Proceeding",
    "Release",
    "Signature",
    "User",
    "WebSession",
]
