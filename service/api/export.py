"""`/api/v1/export`: the whole ledger as one bundle, for auditors."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Annotated

from fastapi import APIRouter, Depends, Response
from starlette.responses import StreamingResponse

from service.access import Action, Actor
from service.api.shapes import problems
from service.edge.needs import Need, RuntimeOf

BUNDLE = "application/zip"
CHUNK_BYTES = 1 << 20

router = APIRouter(tags=["export"])


@router.get(
    "/api/v1/export",
    response_class=Response,
    responses={200: {"description": "The `ledger` bundle.", "content": {BUNDLE: {}}}, **problems(503)},
)
def export(*, runtime: RuntimeOf, _actor: Annotated[Actor, Depends(Need(Action.EXPORT))]) -> Response:
    """Export the ledger for an audit elsewhere. The bundle holds personal data: keep it as the database is kept.

    It is gathered in the home before the first byte is sent, in a file without a name, so that an error is an error
    and a download that breaks off leaves nothing.
    """
    file = TemporaryFile(dir=runtime.settings.home)  # noqa: SIM115 - closed when the answer was sent
    try:
        runtime.export(file)
    except BaseException:
        file.close()
        raise
    headers = {"Content-Disposition": 'attachment; filename="ledger.zip"', "Content-Length": str(file.tell())}
    return StreamingResponse(_sent(file), media_type=BUNDLE, headers=headers)


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
