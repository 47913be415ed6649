"""What of statements, leaves and tiles is wrong once the roots have spoken, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.audit.findings import ABSENT, Code, Finding, Layer, Record
from ledger.audit.seen import Seen, body_findings
from ledger.audit.tree import TileFault
from ledger.tiles import TILE_WIDTH


@dataclass(frozen=True, slots=True, kw_only=True)
class RootClaim:
    """What the tree of `size` leaves must have as its root, by the best protected side; `code` names its failure."""

    size: int
    root: bytes
    code: Code = Code.ROOT_MISMATCH


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A statement and a stored leaf that differ: one of the two was changed."""

    seen: Seen
    stored: bytes


def place_findings(
    *, changed: Sequence[Suspect], missing: Mapping[bytes, int], misplaced: Sequence[Seen]
) -> Iterator[Finding]:
    """Tell moved statements from changed, missing and extra ones: a moved one has the leaf of another index.

    `changed` are statements whose leaf is not the log's, `missing` leaves of the log without statement (leaf → index),
    `misplaced` statements whose index the log does not have.
    """
    places = {suspect.stored: suspect.seen.leaf_index for suspect in changed} | dict(missing)
    moved: set[bytes] = set()
    for seen in [*misplaced, *(suspect.seen for suspect in changed)]:
        if seen.leaf in places:
            moved.add(seen.leaf)
            yield _place_finding(Code.LEAF_ORDER, seen, places[seen.leaf])
    for seen in misplaced:
        if seen.leaf not in places:
            yield _place_finding(Code.STATEMENT_EXTRA, seen, ABSENT)
    lost = dict(missing)
    for suspect in changed:
        if suspect.seen.leaf not in places:
            yield from body_findings(suspect.seen, suspect.stored)
        elif suspect.seen.leaf_index is not None:
            lost[suspect.stored] = suspect.seen.leaf_index
    for leaf, index in sorted(lost.items(), key=lambda item: item[1]):
        if leaf not in moved:
            yield leaf_finding(Code.LEAF_MISSING, index, expected=leaf)


def leaf_fault(suspect: Suspect) -> TileFault:
    """The suspect's stored leaf as a fault of its tile."""
    index = suspect.seen.leaf_index or 0
    number, offset = divmod(index, TILE_WIDTH)
    return TileFault(
        level=0, index=number, offset=offset, leaf=index, computed=suspect.seen.leaf, stored=suspect.stored
    )


def tile_finding(fault: TileFault) -> Finding:
    """A stored tile is wrong."""
    return Finding(
        code=Code.TILE_MISMATCH,
        layer=Layer.TREE,
        record=Record(kind="tile", number=f"{fault.level}/{fault.index}"),
        field=f"hashes[{fault.offset}]",
        expected=ABSENT if fault.computed is None else fault.computed,
        found=ABSENT if fault.stored is None else fault.stored,
        leaf_index=fault.leaf,
    )


def leaf_finding(
    code: Code, index: int, *, expected: object = ABSENT, found: object = ABSENT, detail: str | None = None
) -> Finding:
    """Something is wrong with a leaf of which no statement is held."""
    return Finding(
        code=code,
        layer=Layer.TREE,
        record=Record(kind="leaf", number=str(index)),
        expected=expected,
        found=found,
        leaf_index=index,
        detail=detail,
    )


def root_finding(
    claim: RootClaim, computed: bytes, *, leaf_index: int | None = None, detail: str | None = None
) -> Finding:
    """The root over the leaves is not the claimed one."""
    return Finding(
        code=claim.code,
        layer=Layer.TREE,
        record=Record(kind="checkpoint", number=str(claim.size)),
        field="root",
        expected=claim.root,
        found=computed,
        leaf_index=leaf_index,
        detail=detail,
    )


def undecided_finding(suspect: Suspect) -> Finding:
    """Statement and stored leaf differ, and nothing tells which of the two is right."""
    return Finding(
        code=Code.LEAF_MISMATCH,
        layer=Layer.TREE,
        record=suspect.seen.record,
        field="leaf",
        expected=suspect.stored,
        found=suspect.seen.leaf,
        leaf_index=suspect.seen.leaf_index,
    )


def unpublished_finding(claim: RootClaim, size: int, root: bytes | None) -> Finding:
    """A root is claimed for more leaves than the `size` published ones, whose root is `root`."""
    is_checkpoint = claim.code is Code.ROOT_MISMATCH
    misstated = is_checkpoint and claim.root == root
    unpublished = Code.LEAF_UNPUBLISHED if is_checkpoint else claim.code
    return Finding(
        code=Code.SIZE_MISSTATED if misstated else unpublished,
        layer=Layer.TREE,
        record=Record(kind="checkpoint", number=str(claim.size)),
        field="size",
        expected=size if misstated else claim.size,
        found=claim.size if misstated else size,
        leaf_index=size,
    )


def _place_finding(code: Code, seen: Seen, expected: object) -> Finding:
    return Finding(
        code=code,
        layer=Layer.TREE,
        record=seen.record,
        field="leaf_index",
        expected=expected,
        found=seen.leaf_index,
        leaf_index=seen.leaf_index,
    )
