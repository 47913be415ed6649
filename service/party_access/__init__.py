"""A party's access to its own case, by a link and without an account.

`codes` is the secret in a link, `links` who holds one, `releases` which papers a party may read; `view`, `receipts`,
`papers` and `bundle` are what it gets, `entries` and `speaking` what it enters itself.
"""

from __future__ import annotations

from service.party_access.bundle import BUNDLE_NAME, find_my_case, write_my_case
from service.party_access.codes import print_code
from service.party_access.entries import answer_as_party, report_as_party
from service.party_access.links import (
    DEFAULT_LIFE,
    Holder,
    IssuedLink,
    LinkRefused,
    LinkView,
    case_links,
    find_holder,
    issue_link,
    revoke_link,
)
from service.party_access.papers import open_released
from service.party_access.receipts import party_receipt
from service.party_access.releases import ReleaseView, case_releases, release_paper, withdraw_release
from service.party_access.speaking import object_as_party, reply_as_party
from service.party_access.view import PartyCase, read_party_case

__all__ = [
    "BUNDLE_NAME",
    "DEFAULT_LIFE",
    "Holder",
    "IssuedLink",
    "LinkRefused",
    "LinkView",
    "PartyCase",
    "ReleaseView",
    "answer_as_party",
    "case_links",
    "case_releases",
    "find_holder",
    "find_my_case",
    "issue_link",
    "object_as_party",
    "open_released",
    "party_receipt",
    "print_code",
    "read_party_case",
    "release_paper",
    "reply_as_party",
    "report_as_party",
    "revoke_link",
    "withdraw_release",
    "write_my_case",
]
