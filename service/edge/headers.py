"""Headers that carry meaning: versions as ETags, idempotency keys, cursors of lists."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Header

from ledger.canonical import canonical_bytes, decode_base64url, encode_base64url
from ledger.errors import Malformed
from service.idempotency import Retry
from service.inputs import refuse
from service.problems import KeyMalformed, PreconditionRequired

if TYPE_CHECKING:
    from pydantic import BaseModel

    from service.edge.runtime import Runtime

MAX_CURSOR: Final = 512
_CURSOR_MAC_BYTES: Final = 16
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_ETAG = re.compile(r'"([1-9][0-9]{0,8})"')

IfMatch = Annotated[str | None, Header(alias="If-Match", description="The ETag of the version that is changed.")]
IdempotencyKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", description="The same key with the same body answers with the same record."),
]


def etag(version: int) -> str:
    """The ETag of a record's version."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int:
    """The version that If-Match names; raises PreconditionRequired without one that names a version.

    `*` and weak tags name none: a change is made to something that somebody has read. A tag that is not ours stands for
    version 0, which is never the newest.
    """
    if if_match is None or if_match.strip() in {"", "*"}:
        raise PreconditionRequired("If-Match is missing")
    found = _ETAG.fullmatch(if_match.strip())
    return int(found[1]) if found else 0


def retry_of(key: str | None, *, route: str, body: BaseModel | Sequence[object]) -> Retry | None:
    """What identifies a write that may be sent twice; raises KeyMalformed. `route` names route and record."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise KeyMalformed("1 to 255 visible ASCII characters")
    content = json.dumps(body, default=_as_json, ensure_ascii=False, sort_keys=True)
    return Retry(key=key, route=route, body_sha256=hashlib.sha256(content.encode()).hexdigest())


def _as_json(value: object) -> object:
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else str(value)


def render_cursor(runtime: Runtime, key: Sequence[str | int] | None, *, of: str) -> str | None:
    """An opaque cursor for where a page ended. `of` is whose list it is; a cursor of another list is refused."""
    if key is None:
        return None
    content = canonical_bytes(list(key))
    return encode_base64url(_mac(runtime, content, of) + content)


def parse_cursor(runtime: Runtime, cursor: str, *, of: str) -> tuple[str | int, ...]:
    """What `render_cursor` wrote for the same list; raises InvalidInput."""
    try:
        data = decode_base64url(cursor) if len(cursor) <= MAX_CURSOR else b""
    except Malformed:
        data = b""
    content = data[_CURSOR_MAC_BYTES:]
    if not content or not hmac.compare_digest(data[:_CURSOR_MAC_BYTES], _mac(runtime, content, of)):
        raise refuse("/cursor", "cursor_not_ours")
    return tuple(json.loads(content))


def _mac(runtime: Runtime, content: bytes, of: str) -> bytes:
    message = of.encode() + b"\0" + content
    return hmac.new(runtime.derived_key("cursor"), message, hashlib.sha256).digest()[:_CURSOR_MAC_BYTES]
