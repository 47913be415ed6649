"""The encodings of the formats, taken from the standard library."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

Case = dict[str, Any]
"""One vector, or one document of vectors, as it stands in the JSON file."""

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def base64std(data: bytes) -> str:
    return base64.b64encode(data).decode()


def with_unused_bits(encoded: str) -> str:
    """Spell the same bytes otherwise: the last symbol of a shortened group has bits that carry nothing."""
    if len(encoded) % 4 == 0:
        raise AssertionError("no unused bits")
    return encoded[:-1] + _ALPHABET[_ALPHABET.index(encoded[-1]) + 1]


def compact(value: object) -> str:
    """RFC 8785 for the values used here: member names of the Basic Multilingual Plane, no fractions."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def hexed(case: Case) -> Case:
    """Show bytes as hex."""

    def show(value: Any) -> Any:
        if isinstance(value, bytes):
            return value.hex()
        return [show(element) for element in value] if isinstance(value, list) else value

    return {name: show(value) for name, value in case.items()}
