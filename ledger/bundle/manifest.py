"""What a bundle says of itself: its profile and the size and digest of every member."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ledger.canonical import JsonValue, canonical_bytes, parse_json, parse_time, render_time
from ledger.errors import Malformed
from ledger.members import exactly

FORMAT = "legal-ledger/bundle/v1"

MANIFEST = "manifest.json"
"""The last member of the archive, and the only one that it does not name itself."""

MAX_MEMBERS = 100_000
"""Beside the manifest. The archive's directory is held in memory, some 600 bytes a member."""

MAX_MANIFEST_BYTES = 40 * 1024 * 1024
"""`MAX_MEMBERS` lines with the longest path."""

MAX_PATH_LENGTH = 255
"""Characters: what ordinary file systems take, should somebody unpack the bundle."""

_SEGMENT = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9_-])?"
_PATH = re.compile(rf"{_SEGMENT}(?:/{_SEGMENT})*")
_WHAT = "bundle manifest"
_TOP = frozenset({"format", "profile", "created_at", "members"})
_MEMBER = frozenset({"sha256", "size"})
_HEX_32 = re.compile(r"[0-9a-f]{64}")


class Profile(StrEnum):
    """Whom a bundle is for: a party, a court, an auditor. The container is the same."""

    MY_CASE = "my-case"
    EVIDENCE = "evidence"
    LEDGER = "ledger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member as the manifest names it: `size` in bytes, `sha256` in lower-case hex."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A bundle's manifest. `members` are by path; `created_at` is aware and whole milliseconds."""

    profile: Profile
    created_at: datetime
    members: Mapping[str, Member]


def check_paths(paths: Iterable[str]) -> None:
    """Return when the paths can lie beside each other in any file system below any folder.

    Each is made of segments of ASCII letters, digits, `.`, `_` and `-` that begin with a letter or digit and do not end
    in a dot. No two differ by case alone, and none is the folder of another. Raises Malformed.
    """
    seen: dict[str, str] = {}
    folders: dict[str, str] = {}
    for path in paths:
        if len(path) > MAX_PATH_LENGTH or not _PATH.fullmatch(path):
            raise Malformed("bundle", f"{path[:80]!a} is no path of a member")
        folded = path.lower()
        if folded in seen:
            raise Malformed("bundle", f"{path} and {seen[folded]} are the same path")
        seen[folded] = path
        at = folded.find("/")
        while at >= 0:
            folders[folded[:at]] = path
            at = folded.find("/", at + 1)
    both = next((path for folded, path in seen.items() if folded in folders), None)
    if both is not None:
        raise Malformed("bundle", f"{both} is a file and a folder")


def render_manifest(manifest: Manifest) -> bytes:
    """Render the canonical form (RFC 8785) and a newline; it has no other spelling."""
    members: dict[str, JsonValue] = {
        member.path: {"sha256": member.sha256, "size": member.size} for member in manifest.members.values()
    }
    return (
        canonical_bytes(
            {
                "format": FORMAT,
                "profile": manifest.profile.value,
                "created_at": render_time(manifest.created_at),
                "members": members,
            }
        )
        + b"\n"
    )


def parse_manifest(data: bytes) -> Manifest:
    """Read exactly what `render_manifest` writes; raise Malformed for anything else."""
    top = exactly(parse_json(data, max_bytes=MAX_MANIFEST_BYTES), _TOP, what=_WHAT)
    if top["format"] != FORMAT:
        raise _malformed(f"format is not {FORMAT}")
    members = top.mapping("members")
    if len(members) > MAX_MEMBERS:
        raise _malformed(f"{len(members)} members, at most {MAX_MEMBERS} are read")
    try:
        profile = Profile(top.text("profile"))
    except ValueError as error:
        raise _malformed("profile is not my-case, evidence or ledger") from error
    manifest = Manifest(
        profile=profile,
        created_at=parse_time(top.text("created_at")),
        members={path: _parse_member(path, entry) for path, entry in members.items()},
    )
    if render_manifest(manifest) != data:
        raise _malformed("not in its canonical form with one newline at the end")
    return manifest


def _parse_member(path: str, entry: JsonValue) -> Member:
    members = exactly(entry, _MEMBER, what=_WHAT, where=f"member {path!a}")
    digest, size = members.text("sha256"), members.integer("size")
    if not _HEX_32.fullmatch(digest):
        raise _malformed(f"sha256 of {path!a} is not 64 lower-case hex digits")
    if size < 0:
        raise _malformed(f"size of {path!a} is not a number from 0")
    return Member(path=path, size=size, sha256=digest)


def _malformed(reason: str) -> Malformed:
    return Malformed(_WHAT, reason)
