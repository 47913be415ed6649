"""Whoever holds a party's link: guesses are limited, a use is recorded before anything is shown."""

from __future__ import annotations

from enum import StrEnum

from service.access_log import BY_PARTY_LINK, Access, is_noted, note_access
from service.edge.runtime import Runtime
from service.party_access import Holder, find_holder


class Use(StrEnum):
    """What a link was used for. Each is recorded once an hour, so that a page reloaded all day fills no log."""

    CASE = BY_PARTY_LINK
    RECEIPT = f"{BY_PARTY_LINK}/receipt"
    PAPER = f"{BY_PARTY_LINK}/paper"
    BUNDLE = f"{BY_PARTY_LINK}/bundle"
    ENTRY = f"{BY_PARTY_LINK}/entry"


def open_link(runtime: Runtime, *, address: str, code: str, use: Use) -> Holder:
    """Who holds the link with this code; raises LinkRefused, RateLimited. Use is recorded first."""
    runtime.limits.count_public(address)
    with runtime.limits.party_link(address=address), runtime.read() as session:
        holder = find_holder(session, runtime.recorder, code)
        access = Access(subject=holder.link_id, way=use.value)
        noted = is_noted(session, runtime.recorder, access)
    if not noted:
        runtime.write(lambda session: note_access(session, runtime.recorder, access))
    return holder
