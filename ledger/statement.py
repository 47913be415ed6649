"""A statement: what an institution put on record at one time, as the exact bytes that the log commits to.

It names the record and its version, its place in its stream, and the digests of the fields. The fields themselves
travel as disclosures, to those entitled to them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NewType, Protocol
from uuid import UUID

from ledger.canonical import (
    MAX_SAFE_INTEGER,
    decode_base64url,
    parse_json,
    parse_time,
    plain_canonical_bytes,
    tagged_sha256,
)
from ledger.errors import Malformed, Mismatch
from ledger.members import exactly

Commitment = NewType("Commitment", bytes)
"""32 bytes: the tagged hash of a statement, and the log's entry."""

SCHEMA = "legal-ledger/statement/v1"

MAX_STATEMENT_BYTES = 64 * 1024
"""Room for some 1,200 fields; a case with hundreds of workers needs fewer."""

_COMMITMENT_TAG = SCHEMA.encode("ascii") + b"\n"

_DIGEST_SIZE = 32

_INSTITUTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,31}\.[a-z][a-z0-9_]{0,31}")
_HEX_32 = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]")
"""base64url of 32 bytes: the last symbol has two bits too many, which are zero."""
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class Disclosed(Protocol):
    """A field laid open beside its statement, as `ledger.disclosure.Disclosure` is. Read only; cheap to ask."""

    @property
    def name(self) -> str:
        """The field's name."""

    @property
    def digest(self) -> str:
        """The digest of its text, base64url."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The members of a statement. One that breaks a rule cannot be built: Malformed names the member.

    `sd` and `required` are digests (base64url of 32 bytes), sorted, each once; `required` is a subset of `sd`.
    `id`, `subject` and `stream` are UUIDs in lower case. `version` and `stream_seq` count from 1; `previous` and
    `stream_previous` are the hex commitments of the ones before, None at 1 and only there. `institution` is a code of
    at most 64 letters, digits, `.`, `_` and `-`; `type` two lower-case words joined by a dot, without meaning here.
    `recorded_at` is UTC as `ledger.canonical.render_time` writes it.
    """

    sd: tuple[str, ...]
    required: tuple[str, ...]
    id: str
    institution: str
    type: str
    subject: str
    version: int
    previous: str | None
    stream: str
    stream_seq: int
    stream_previous: str | None
    recorded_at: str

    def __post_init__(self) -> None:
        _check_digests("_sd", self.sd)
        _check_digests("required", self.required)
        if not set(self.required) <= set(self.sd):
            raise _malformed("required", "not a subset of _sd")
        for name in ("id", "subject", "stream"):
            _check_uuid(name, getattr(self, name))
        if not _INSTITUTION.fullmatch(self.institution):
            raise _malformed("institution", "not a code")
        if not _TYPE.fullmatch(self.type):
            raise _malformed("type", "not two lower-case words joined by a dot")
        _check_link("version", self.version, "previous", self.previous)
        _check_link("stream_seq", self.stream_seq, "stream_previous", self.stream_previous)
        parse_time(self.recorded_at)


def render_statement(statement: Statement) -> bytes:
    """Render the canonical bytes (RFC 8785). Raises Malformed when they are more than 64 KiB."""
    # Every member was checked to be ASCII without anything to escape, or a number.
    data = plain_canonical_bytes(
        {
            "_sd": statement.sd,
            "_sd_alg": "sha-256",
            "id": statement.id,
            "institution": statement.institution,
            "previous": statement.previous,
            "recorded_at": statement.recorded_at,
            "required": statement.required,
            "schema": SCHEMA,
            "stream": statement.stream,
            "stream_previous": statement.stream_previous,
            "stream_seq": statement.stream_seq,
            "subject": statement.subject,
            "type": statement.type,
            "version": statement.version,
        }
    )
    if len(data) > MAX_STATEMENT_BYTES:
        raise Malformed("statement", f"{len(data)} bytes, at most {MAX_STATEMENT_BYTES} are allowed")
    return data


def parse_statement(data: bytes) -> Statement:
    """Read a statement. Raises Malformed unless `data` is exactly what `render_statement` writes for it."""
    members = exactly(parse_json(data, max_bytes=MAX_STATEMENT_BYTES), _MEMBERS, what="statement", where="it")
    if members["schema"] != SCHEMA or members["_sd_alg"] != "sha-256":
        raise Malformed("statement", f"schema or _sd_alg is not that of {SCHEMA}")
    statement = Statement(
        sd=members.texts("_sd"),
        required=members.texts("required"),
        id=members.text("id"),
        institution=members.text("institution"),
        type=members.text("type"),
        subject=members.text("subject"),
        version=members.integer("version"),
        previous=members.text_or_none("previous"),
        stream=members.text("stream"),
        stream_seq=members.integer("stream_seq"),
        stream_previous=members.text_or_none("stream_previous"),
        recorded_at=members.text("recorded_at"),
    )
    if render_statement(statement) != data:
        raise Malformed("statement", "not in its canonical form")
    return statement


def commitment(statement_bytes: bytes) -> Commitment:
    """Return SHA-256(`legal-ledger/statement/v1` newline ‖ statement), of the bytes as they are."""
    return Commitment(tagged_sha256(_COMMITMENT_TAG, statement_bytes))


def check_disclosures(statement: Statement, disclosures: Sequence[Disclosed]) -> None:
    """Return when the disclosures belong to `statement`, none is doubled, and all required ones are there.

    Raises Mismatch for a digest that the statement does not hold, a digest or a name that appears twice, and a
    required digest that is not disclosed.
    """
    digests = [disclosure.digest for disclosure in disclosures]
    for disclosure in disclosures:
        if disclosure.digest not in statement.sd:
            raise Mismatch(f"disclosure {disclosure.name!r}", "a digest in the statement", disclosure.digest)
    _check_once("disclosures of one digest", digests)
    _check_once("disclosures of one name", [disclosure.name for disclosure in disclosures])
    missing = [digest for digest in statement.required if digest not in digests]
    if missing:
        raise Mismatch("required disclosures", list(statement.required), [d for d in digests if d not in missing])


_MEMBERS = frozenset(
    {"_sd", "_sd_alg", "id", "institution", "previous", "recorded_at", "required", "schema"}
    | {"stream", "stream_previous", "stream_seq", "subject", "type", "version"}
)


def _check_once(what: str, values: Collection[str]) -> None:
    for value, count in Counter(values).items():
        if count > 1:
            raise Mismatch(what, f"{value!r} once", f"{count} times")


def _check_digests(member: str, digests: Sequence[str]) -> None:
    for digest in digests:
        if not _DIGEST.fullmatch(digest) and len(decode_base64url(digest)) != _DIGEST_SIZE:
            raise _malformed(member, f"{digest!r} is not base64url of {_DIGEST_SIZE} bytes")
    if any(first >= second for first, second in pairwise(digests)):
        raise _malformed(member, "not sorted, or a digest appears twice")


def _check_uuid(member: str, text: str) -> None:
    if _UUID.fullmatch(text):
        return
    try:
        known = str(UUID(text))
    except ValueError as error:
        raise _malformed(member, "not a UUID") from error
    if known != text:
        raise _malformed(member, "not a UUID in lower case with hyphens")


def _check_link(counter: str, number: int, link: str, previous: str | None) -> None:
    if not 1 <= number <= MAX_SAFE_INTEGER:
        raise _malformed(counter, f"{number} is not a number from 1")
    if (previous is None) != (number == 1):
        raise _malformed(link, f"{counter} is {number}: only the first has none before it")
    if previous is not None and not _HEX_32.fullmatch(previous):
        raise _malformed(link, "not the lower-case hex of 32 bytes")


def _malformed(member: str, reason: str) -> Malformed:
    return Malformed(f"statement member {member}", reason)
