"""A look at everything: each check says what it found, and what to do when it is not well. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.anchor import verify_identity
from ledger.chain import load_artifact
from ledger.errors import LedgerError, NeedsAttention
from ledger.keys import load_chain_key
from ledger.store.journal import newest_checkpoint
from ledger.store.revocations import waiting_revocations
from service.clocks import load_clocks
from service.documents import named_blobs
from service.home.layout import Layout, load_serving
from service.home.opening import opened
from service.home.setup import OPERATOR_KEY, pinned_identity
from service.inputs import CHINA
from service.publication import read_sizes
from service.typesetting import FontMissing, Typesetter

if TYPE_CHECKING:
    from service.home.opening import Opened
    from service.settings import Settings

OPERATIONS = "see service/docs/operations.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing that was looked at: what it is, how it was found, and what to do when it is not `healthy`."""

    what: str
    healthy: bool
    detail: str
    remedy: str | None = None


def examine(settings: Settings) -> list[Examined]:
    """Look at a home, its database, documents and chain. What cannot be looked at is a finding, never an exception."""
    with ExitStack() as stack:
        try:
            home = stack.enter_context(opened(settings))
        except LedgerError as error:
            return [_fault("home", error)]
        serving = load_serving(Layout(root=settings.home))
        served = f"served on {serving.url}" if serving else "not served now"
        found = [Examined(what="home", healthy=True, detail=f"{home.description.mark}, {served}")]
        for what, look in CHECKS.items():
            try:
                found += look(home)
            except LedgerError as error:
                found.append(_fault(what, error))
        return found


def _chain(home: Opened) -> Iterator[Examined]:
    identity = home.reader.identity()
    verify_identity(pinned=pinned_identity(home.log), found=identity)
    yield Examined(what="chain", healthy=True, detail=f"chain {identity.chain_id}, contract {identity.contract}")
    shipped = load_artifact().code_sha256
    same = identity.code_sha256 == shipped
    detail = "the deployed code is the one this program ships" if same else f"{identity.code_sha256}, not {shipped}"
    remedy = None if same else "the contract is the pinned one, but of another version of this program"
    yield Examined(what="contract code", healthy=True, detail=detail, remedy=remedy)
    operator, key = home.reader.operator(), home.layout.keys / OPERATOR_KEY
    here = key.exists() and load_chain_key(key).address == operator
    detail = f"{operator} may append, and its key is {'here' if here else 'not here: nothing new is anchored'}"
    yield Examined(what="operator", healthy=here, detail=detail, remedy=None if here else OPERATIONS)


def _position(home: Opened) -> Iterator[Examined]:
    head, kept = home.reader.head(), home.high_water.load()
    with home.database.read() as session:
        sealed = newest_checkpoint(session)
    size = kept.size if kept else 0
    detail = f"contract {head.size}, database {sealed.size}, kept mark {size}"
    behind = head.size < size or sealed.size < max(head.size, size)
    differs = head.size == sealed.size and head.size > 0 and head.root != sealed.root
    remedy = f"one of the three was set back or rewritten: {OPERATIONS}" if behind or differs else None
    yield Examined(what="sizes", healthy=not (behind or differs), detail=detail, remedy=remedy)


def _statements(home: Opened) -> Iterator[Examined]:
    with home.database.read() as session:
        sizes = read_sizes(session)
        revocations = waiting_revocations(session)
    detail = f"{sizes.recorded} recorded, {sizes.sequenced} sequenced, {sizes.anchored} anchored, {sizes.final} final"
    if revocations:
        detail += f"; {revocations} revocations on their way"
    yield Examined(what="statements", healthy=True, detail=detail)


def _documents(home: Opened) -> Iterator[Examined]:
    home.blobs.check_space()
    with home.database.read() as session:
        named = named_blobs(session)
    missing = home.blobs.missing(named)
    remedy = f"restore them from a backup: {', '.join(missing[:5])}" if missing else None
    yield Examined(
        what="documents", healthy=not missing, detail=f"{len(named)} recorded, {len(missing)} missing", remedy=remedy
    )
    orphans = home.blobs.orphans(named)
    if orphans:
        yield Examined(
            what="orphans",
            healthy=True,
            detail=f"{len(orphans)} sealed files that no record names",
            remedy="left by filings that were cut off, or by a restored database; remove them once that is sure",
        )


def _certificates(home: Opened) -> Iterator[Examined]:
    try:
        fonts = Typesetter(home.settings.certificate_fonts).fonts
    except FontMissing as error:
        detail = "without a font there are no certificates; everything else works"
        yield Examined(what="certificates", healthy=False, detail=detail, remedy=str(error))
        return
    shown = ", ".join(fonts.families)
    yield Examined(what="certificates", healthy=True, detail=f"{len(fonts.characters)} characters of {shown}")


def _calendar(home: Opened) -> Iterator[Examined]:
    years = load_clocks(holidays=home.settings.holidays, local_terms=home.settings.local_terms).holidays.years
    this_year = home.clock().astimezone(CHINA).year
    known = this_year in years
    remedy = None if known else f"set LEDGER_HOLIDAYS to a file with {this_year}, see service/docs/deadlines.md"
    yield Examined(what="calendar", healthy=known, detail=f"public holidays known to {max(years)}", remedy=remedy)


CHECKS: dict[str, Callable[[Opened], Iterator[Examined]]] = {
    "documents": _documents,
    "certificates": _certificates,
    "statements": _statements,
    "chain": _chain,
    "sizes": _position,
    "calendar": _calendar,
}


def _fault(what: str, error: LedgerError) -> Examined:
    remedy = error.remedy if isinstance(error, NeedsAttention) else OPERATIONS
    return Examined(what=what, healthy=False, detail=str(error), remedy=remedy)
