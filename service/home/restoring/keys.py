"""The keys of a restored home, and the trust file that follows from them.

The wrapping key and the key of sessions are new: what they sealed is not in a bundle. The operator's key and the note
key are those of the lost home where the backup of the keys has them. A new note key is trusted for what it will sign,
the old one for what it has signed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from ledger.errors import Conflict, Mismatch
from ledger.keys import create_key_file, create_note_key, create_secret, load_chain_key, load_note_signer
from ledger.trust import Trust, TrustedKey
from service.home.layout import Layout
from service.home.setup import NOTE_KEY, OPERATOR_KEY, OWNER_KEY, SESSION_KEY, WRAP_KEY


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedKeys:
    """The key files that were saved; None for one that was not."""

    operator: Path | None = None
    note: Path | None = None
    owner: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedKeys:
    """Whom the contract names, as EIP-55 addresses."""

    operator: str | None
    owner: str


def put_keys(layout: Layout, saved: SavedKeys, named: NamedKeys) -> None:
    """Write the key files. Raises Conflict for a saved one that is not the key which the contract names.

    Raises as `ledger.keys` does for a file that is none.
    """
    layout.keys.mkdir(mode=0o700)
    for path, name, expected in (
        (saved.operator, OPERATOR_KEY, named.operator),
        (saved.owner, OWNER_KEY, named.owner),
    ):
        if path is None:
            continue
        address = load_chain_key(path).address
        if address != expected:
            raise Conflict(name, f"{path} is the key of {address}, the contract names {expected}")
        create_key_file(layout.keys / name, path.read_bytes())
    if saved.note is None:
        create_note_key(layout.keys / NOTE_KEY)
    else:
        create_key_file(layout.keys / NOTE_KEY, saved.note.read_bytes())
    for name in (WRAP_KEY, SESSION_KEY):
        create_secret(layout.keys / name)


def trust_for(layout: Layout, trust: Trust, saved: SavedKeys, *, size: int, signed: int) -> Trust:
    """The trust file of the restored home, whose log goes on from `size`; the lost one had signed up to `signed`.

    Raises Mismatch when the saved note key is not one that is trusted from here on.
    """
    signer = load_note_signer(layout.keys / NOTE_KEY, name=trust.origin)
    if saved.note is not None:
        trusted = trust.keys_for(max(size, signed) + 1)
        if signer.vkey not in trusted:
            raise Mismatch("note key", "one that the trust file has for what comes next", str(saved.note))
        return trust
    return replace(trust, keys=(*_until(trust, signed), TrustedKey(vkey=signer.vkey, from_size=size + 1)))


def _until(trust: Trust, size: int) -> tuple[TrustedKey, ...]:
    """The keys so far, none of them trusted for more than it has signed."""
    return tuple(
        key if key.until_size is not None and key.until_size <= size else replace(key, until_size=size)
        for key in trust.keys
        if key.from_size <= size
    )
