"""A disclosure: one field of a record, salted, so that a statement can commit to it without showing it.

The form of RFC 9901 §4.2.1: base64url of the JSON array `[salt, name, value]`. The digest is taken over the base64url
text as it stands; whoever verifies never renders a disclosure anew.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from ledger.canonical import (
    JsonValue,
    canonical_bytes,
    decode_base64url,
    encode_base64url,
    parse_json,
    sha256,
)
from ledger.errors import Malformed

SALT_SIZE = 16
"""Bytes: the 128 bits that RFC 9901 §9.3 recommends. Fresh for every field of every statement."""

MAX_DISCLOSURE_LENGTH = 2**20
"""Characters of base64url. Room for the whole text printed on an agreement; a file is disclosed by its digest."""

MAX_NAME_LENGTH = 128
"""Characters. Names are declared in code, the longest has about thirty."""

_SALT = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
"""base64url of 16 bytes: the last symbol has four bits too many, which are zero."""

RESERVED_NAMES = frozenset({"_sd", "..."})
"""Names that would be taken for machinery (RFC 9901 §4.2.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """A field as disclosed: `encoded` is the text that was hashed, the rest is what it says.

    Made by `make_disclosure` or `parse_disclosure`, which see to it that the parts agree.
    """

    encoded: str
    salt: str
    name: str
    value: JsonValue = field(hash=False)

    @property
    def digest(self) -> str:
        """The digest that a statement holds for this field."""
        return disclosure_digest(self.encoded)


def disclosure_digest(encoded: str) -> str:
    """Return base64url(SHA-256(the ASCII of `encoded`)), 43 characters (RFC 9901 §4.2.3). Raises Malformed."""
    if not encoded.isascii():
        raise Malformed("disclosure", "not ASCII")
    return encode_base64url(sha256(encoded.encode("ascii")))


def make_disclosure(*, name: str, value: JsonValue, salt: bytes) -> Disclosure:
    """Disclose `value` under `name` with a fresh random `salt` of 16 bytes.

    Raises Malformed for a salt of another length, a name that is empty, reserved or longer than 128 characters, a
    value that is not JSON without fractions, and a disclosure longer than `MAX_DISCLOSURE_LENGTH`.
    """
    text = encode_base64url(salt)
    encoded = encode_base64url(canonical_bytes([text, name, value]))
    # One set of rules: what can be made is what can be read.
    return parse_disclosure(encoded)


def parse_disclosure(encoded: str) -> Disclosure:
    """Read a disclosure, keeping `encoded` as received. The JSON inside must be strict but need not be canonical.

    Raises Malformed for base64url that is not canonical, anything but an array of three, a salt that is not 16 bytes,
    and a name that `make_disclosure` would refuse.
    """
    if len(encoded) > MAX_DISCLOSURE_LENGTH:
        raise Malformed("disclosure", f"{len(encoded)} characters, at most {MAX_DISCLOSURE_LENGTH} are read")
    members = parse_json(decode_base64url(encoded), max_bytes=MAX_DISCLOSURE_LENGTH)
    if not isinstance(members, list) or len(members) != 3:  # noqa: PLR2004 - salt, name, value
        raise Malformed("disclosure", "not an array of salt, name and value")
    salt, name, value = members
    if not isinstance(salt, str) or not (_SALT.fullmatch(salt) or len(decode_base64url(salt)) == SALT_SIZE):
        raise Malformed("disclosure", f"the salt is not base64url of {SALT_SIZE} bytes")
    if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_LENGTH:
        raise Malformed("disclosure", f"the name is not text of 1 to {MAX_NAME_LENGTH} characters")
    if name in RESERVED_NAMES:
        raise Malformed("disclosure", f"the name {name!r} is reserved")
    return Disclosure(encoded=encoded, salt=salt, name=name, value=value)
