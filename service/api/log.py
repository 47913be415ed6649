"""`/log` by C2SP tlog-tiles, and `/rpc`: what monitors, mirrors and ordinary Ethereum tools read without an account."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from ledger.embedded import MAX_BODY_SIZE
from service.access import NotFound
from service.edge.bodies import read_bounded
from service.edge.needs import RuntimeOf, public
from service.publication import published_checkpoint, published_tile

FOREVER: Final = "public, max-age=31536000, immutable"
"""A tile of a certain width never changes. One that is not there yet is answered 404 with `no-store`."""
BRIEFLY: Final = "public, max-age=1"
"""The specification allows a few seconds."""

READ: Final = ["GET", "HEAD"]
"""What a web server answers for a file."""

router = APIRouter(tags=["log"], dependencies=[public], include_in_schema=False)


@router.api_route("/log/checkpoint", methods=READ, response_class=Response)
def checkpoint(*, runtime: RuntimeOf) -> Response:
    """The newest signed checkpoint (C2SP tlog-checkpoint)."""
    with runtime.read() as session:
        note = published_checkpoint(session)
    return Response(note, media_type="text/plain; charset=utf-8", headers={"Cache-Control": BRIEFLY})


@router.api_route("/log/tile/{path:path}", methods=READ, response_class=Response)
def tile(*, runtime: RuntimeOf, path: str) -> Response:
    """A tile of hashes or of entries, full or partial.

    Never compressed: the specification advises it for entries, and ours are hashes, which do not become shorter.
    """
    with runtime.read() as session:
        data = published_tile(session, f"tile/{path}")
    return Response(data, media_type="application/octet-stream", headers={"Cache-Control": FOREVER})


@router.post("/rpc", response_class=Response)
async def rpc(*, runtime: RuntimeOf, request: Request) -> Response:
    """Ask the embedded chain, read-only (JSON-RPC 2.0)."""
    if runtime.rpc is None:
        raise NotFound("embedded chain")
    body = await read_bounded(request, MAX_BODY_SIZE)
    answer = await run_in_threadpool(runtime.rpc, body)
    if not answer:
        return Response(status_code=204)
    return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})
