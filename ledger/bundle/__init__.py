"""Bundles: one zip container for a party, a court or an auditor (`ledger/docs/formats.md`, "Bundle").

`manifest` says what is inside, `writing` makes one, `archive` and `reading` open one that anybody may have made.
"""

from ledger.bundle.manifest import FORMAT, MANIFEST, MAX_MEMBERS, Manifest, Member, Profile
from ledger.bundle.reading import Bundle, open_bundle
from ledger.bundle.writing import BundleWriter, MemberWriter

__all__ = [
    "FORMAT",
    "MANIFEST",
    "MAX_MEMBERS",
    "Bundle",
    "BundleWriter",
    "Manifest",
    "Member",
    "MemberWriter",
    "Profile",
    "open_bundle",
]
