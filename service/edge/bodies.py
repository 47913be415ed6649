"""JSON bodies read strictly and bounded, before anything else looks at them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn

from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from ledger.canonical import MAX_DEPTH
from ledger.errors import Malformed
from service.blobs import TooLarge
from service.edge.needs import AskedFirst, declared_need
from service.problems import UnsupportedMediaType

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

MAX_JSON_BYTES: Final = 700 << 10
"""A registration of three hundred parties has some 300 KiB; and no field of such a body outgrows a disclosure."""
MAX_NUMBER_DIGITS: Final = 30
"""Longer than any number that a field takes: int() of more is slow, and of 4,300 digits an error of its own."""


class StrictRoute(APIRoute):
    """A route whose JSON body is read by `parse_body`, and only for whoever may send one.

    Bodies of other kinds are the route's own business.
    """

    max_json_bytes = MAX_JSON_BYTES

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap FastAPI's handler."""
        handle = super().get_route_handler()
        reads_json = self.body_field is not None and not self._reads_form()

        need = declared_need(self.dependant)

        async def strict(request: Request) -> Response:
            if reads_json:
                if isinstance(need, AskedFirst):
                    await run_in_threadpool(need, request)
                request._body = await _read_json_body(request, self.max_json_bytes)  # noqa: SLF001 - where Starlette keeps what was read
                request._json = parse_body(request._body)  # noqa: SLF001
            return await handle(request)

        return strict

    def _reads_form(self) -> bool:
        return bool(self.dependant.body_params) and any(
            type(parameter.field_info).__name__ in {"Form", "File"} for parameter in self.dependant.body_params
        )


async def read_bounded(request: Request, limit: int) -> bytes:
    """The whole body; raises TooLarge as soon as more than `limit` bytes have come, whatever was announced."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > limit:
        raise TooLarge(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLarge(limit)
    return bytes(body)


async def _read_json_body(request: Request, limit: int) -> bytes:
    essence = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if essence != "application/json" and not (essence.startswith("application/") and essence.endswith("+json")):
        raise UnsupportedMediaType("application/json is expected")
    return await read_bounded(request, limit)


def parse_body(data: bytes) -> Any:
    """Read one JSON text as I-JSON (RFC 7493), except that numbers of any kind are left for their field to refuse.

    Raises Malformed for what is not UTF-8, a byte order mark, a member named twice, NaN and Infinity, a lone surrogate,
    more than 64 levels, and anything but white space after the value.
    """
    try:
        text = data.decode()
        value = _LENIENT.decode(text)
    except UnicodeDecodeError as error:
        raise Malformed("JSON", "not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Malformed("JSON", f"{error.msg} at character {error.pos}") from error
    except RecursionError as error:
        raise Malformed("JSON", f"nested deeper than {MAX_DEPTH} levels") from error
    _check(value, depth=0)
    return value


def _check(value: object, *, depth: int) -> None:
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Malformed("JSON", "text with a lone surrogate") from error
    elif isinstance(value, Mapping | Sequence):
        if depth == MAX_DEPTH:
            raise Malformed("JSON", f"nested deeper than {MAX_DEPTH} levels")
        for part in [*value, *value.values()] if isinstance(value, Mapping) else value:
            _check(part, depth=depth + 1)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = Counter(name for name, _ in pairs).most_common(1)[0][0]
        raise Malformed("JSON", f"member {twice[:40]!a} appears twice")
    return members


def _integer(text: str) -> int | float:
    return int(text) if len(text) <= MAX_NUMBER_DIGITS else float("inf")


def _no_constant(text: str) -> NoReturn:
    raise Malformed("JSON", f"{text} is not JSON")


_LENIENT = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_no_constant)
