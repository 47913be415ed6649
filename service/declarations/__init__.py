"""What of each table is recorded: one declaration per kind of record, which recording, receipts and audit all read.

A declaration lists the disclosed names of its statements, the columns behind each, and how the value is read from the
rows. A name stands in every statement of its kind, absent values as null, so that the number of digests tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from service.declarations.agreements import AGREEMENT, INSTALMENT, NONPERFORMANCE
from service.declarations.cases import CASE, PARTY_PRINTED, PARTY_PRIVATE
from service.declarations.dates import KEY_DATE
from service.declarations.party_access import PARTY_LINK, RELEASE
from service.declarations.records import (
    ACCESS,
    DOCUMENT,
    INSTITUTION,
    NO_PASSWORD,
    PAPER_CODE,
    USER,
    read_document_version,
)
from service.declarations.shape import EVENT_NAMES, RECORD_NAME, Declaration, Disclosed, Later, Places, Recorded
from service.declarations.workflow import ENTRY, PROCEEDING

__all__ = [
    "ACCESS",
    "AGREEMENT",
    "CASE",
    "DECLARATIONS",
    "DOCUMENT",
    "ENTRY",
    "EVENT_NAMES",
    "INSTALMENT",
    "INSTITUTION",
    "KEY_DATE",
    "NONPERFORMANCE",
    "NO_PASSWORD",
    "PAPER_CODE",
    "PARTY_LINK",
    "PARTY_PRINTED",
    "PARTY_PRIVATE",
    "PROCEEDING",
    "RECORD_NAME",
    "RELEASE",
    "USER",
    "Declaration",
    "Disclosed",
    "Later",
    "Places",
    "Recorded",
    "read_document_version",
]

DECLARATIONS: Mapping[str, Declaration] = {
    item.kind: item
    for item in (
        CASE,
        ENTRY,
        PROCEEDING,
        DOCUMENT,
        AGREEMENT,
        INSTALMENT,
        NONPERFORMANCE,
        KEY_DATE,
        PAPER_CODE,
        PARTY_LINK,
        RELEASE,
        ACCESS,
        INSTITUTION,
        USER,
    )
}
"""Every kind of record, by the value of its `record` disclosure."""
