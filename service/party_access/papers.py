"""The bytes of a paper that was released to a party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.access import NotFound
from service.blobs import BlobStore
from service.documents import Content, open_version
from service.party_access.links import Holder
from service.party_access.releases import released_papers
from service.recording import Recorder
from service.tables import Party

if TYPE_CHECKING:
    from sqlmodel import Session


def open_released(
    session: Session, recorder: Recorder, holder: Holder, document_id: str, *, version: int, blobs: BlobStore
) -> Content:
    """Open a released version; raises NotFound for every other one, NeedsAttention as `open_document` does."""
    party = session.get_one(Party, holder.party_id)
    for _, file in released_papers(session, party):
        if (file.document_id, file.version) == (document_id, version):
            return open_version(session, recorder, file, case_id=holder.case_id, blobs=blobs)
    raise NotFound("paper")
