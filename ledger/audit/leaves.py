"""Statements against leaves, leaves against tiles, and all of it against the roots that others hold.

Two trees are grown side by side for as long as they differ: one from the statements as held, one from the leaves in the
stored tiles. At every checkpoint the root that is best protected decides which of the two is right, and with it whether
the differences since the last checkpoint are edited statements or edited tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ledger.audit.findings import Code
from ledger.audit.places import (
    RootClaim,
    Suspect,
    leaf_fault,
    leaf_finding,
    place_findings,
    root_finding,
    tile_finding,
    undecided_finding,
    unpublished_finding,
)
from ledger.audit.seen import Seen, column_findings, kept_leaf
from ledger.audit.sink import Sink
from ledger.audit.tree import Frontier, StoredTiles, TileFault


@dataclass(slots=True)
class _Tree:
    """A tree and the first fault of each stored tile against it since the last verdict."""

    frontier: Frontier
    faults: dict[tuple[int, int], TileFault]

    def fork(self) -> _Tree:
        return _Tree(self.frontier.copy(), dict(self.faults))


class Leaves:
    """Takes the statements by leaf index and says what of statements, tiles and roots does not agree."""

    def __init__(self, *, load: Callable[[int, int], bytes | None], claims: Sequence[RootClaim], sink: Sink) -> None:
        self._stored = StoredTiles(load)
        self._claims = sorted(claims, key=lambda claim: claim.size)
        self._largest = self._claims[-1].size if self._claims else 0
        self._judged = 0
        self._sink = sink
        self._own: _Tree | None = _Tree(Frontier(), {})
        self._other: _Tree | None = None
        self._suspects: list[Suspect] = []
        self._failing: list[tuple[RootClaim, bytes]] = []
        self._agreed = 0
        self._changed: list[Suspect] = []
        self._missing: dict[bytes, int] = {}
        self._misplaced: list[Seen] = []
        self._incomplete: set[tuple[int, int]] = set()
        self.size = 0

    def add(self, seen: Seen) -> bytes | None:
        """Take the next statement that has a leaf index; return the leaf that the log has there if it is another."""
        index = -1 if seen.leaf_index is None else seen.leaf_index
        if not self._reach(index):
            self._misplaced.append(seen)
            return None
        stored = self._stored.hash_at(0, index)
        differs = stored is not None and stored != seen.leaf
        if stored is not None and differs:
            self._suspect(Suspect(seen=seen, stored=stored))
        self._push(seen.leaf, stored)
        return stored if differs else None

    def add_waiting(self, seen: Seen) -> None:
        """Take a statement without leaf index, after all that have one: it must not be one that the log holds."""
        self._reach_end()
        if seen.leaf in self._missing:
            self._misplaced.append(seen)

    def root(self) -> bytes | None:
        """The root over all leaves; None when some of them are not known."""
        return None if self._own is None else self._own.frontier.root()

    def finish(self, tiles: Iterable[tuple[int, int]]) -> None:
        """Report what is left. `tiles` are all that are held."""
        self._reach_end()
        self._settle()
        for finding in place_findings(changed=self._changed, missing=self._missing, misplaced=self._misplaced):
            self._sink.add(finding)
        self._report_unpublished()
        for level, index in tiles:
            if fault := self._stored.surplus(level, index, self.size):
                self._sink.add(tile_finding(fault))

    # ------------------------------------------------------------------------------------------------------- growing

    def _reach(self, index: int) -> bool:
        """Go on to `index` over leaves that have no statement; False when the log does not go there."""
        while self.size < index:
            stored = self._stored.hash_at(0, self.size)
            if stored is None:
                return self._jump(index)
            self._miss(stored)
        return self.size == index and (index < self._largest or self._stored.hash_at(0, index) is not None)

    def _reach_end(self) -> None:
        while self.size < self._largest and (stored := self._stored.hash_at(0, self.size)) is not None:
            self._miss(stored)

    def _miss(self, stored: bytes) -> None:
        if self._sink.full or len(self._missing) >= self._sink.limit:
            self._sink.drop()
        else:
            self._missing[stored] = self.size
        self._push(stored, stored)

    def _jump(self, index: int) -> bool:
        """Go on where neither statement nor tile says what the leaves were: no root can be computed from here on."""
        if index >= self._largest:
            return False
        self._sink.add(
            leaf_finding(Code.LEAF_MISSING, self.size, detail=f"no statements and no tile up to {index - 1}")
        )
        self._own = self._other = None
        self.size = index
        return True

    def _suspect(self, suspect: Suspect) -> None:
        if len(self._suspects) >= self._sink.limit:
            self._sink.drop()
        else:
            self._suspects.append(suspect)

    def _push(self, leaf: bytes, stored: bytes | None) -> None:
        self.size += 1
        if self._own is None:
            return
        if self._other is None and stored is not None and stored != leaf:
            self._other = self._own.fork()
        if self._other is not None:
            self._grow(self._other, leaf if stored is None else stored)
        self._grow(self._own, leaf)
        while self._judged < len(self._claims) and self._claims[self._judged].size <= self.size:
            self._judge(self._claims[self._judged])
            self._judged += 1

    def _grow(self, tree: _Tree, leaf: bytes) -> None:
        for level, index, computed in tree.frontier.append(leaf):
            fault = self._stored.compare(level, index, computed)
            # A stored leaf that is there and differs is a suspect; whose fault it is, the next root decides.
            if fault is not None and (level or fault.stored is None):
                tree.faults.setdefault((fault.level, fault.index), fault)

    # ------------------------------------------------------------------------------------------------------- judging

    def _judge(self, claim: RootClaim) -> None:
        if self._own is None or claim.size != self._own.frontier.size:
            return
        if claim.code is not Code.ROOT_MISMATCH:
            self._compare_kept(claim, self._own.frontier.root())
            return
        if self._own.frontier.root() == claim.root:
            self._agree(claim, blame_tiles=True)
        elif self._other is not None and self._other.frontier.root() == claim.root:
            self._own = self._other
            self._agree(claim, blame_tiles=False)
        else:
            self._failing.append((claim, self._own.frontier.root()))

    def _compare_kept(self, claim: RootClaim, computed: bytes) -> None:
        # What was kept elsewhere vouches for no side: it is only to be found again.
        if claim.root not in {computed, self._other.frontier.root() if self._other else computed}:
            self._sink.add(root_finding(claim, computed))

    def _agree(self, claim: RootClaim, *, blame_tiles: bool) -> None:
        # Roots that failed before one that agrees are wrong by themselves: no leaf below is.
        for failed, computed in self._failing:
            self._sink.add(root_finding(failed, computed))
        for suspect in self._suspects:
            self._blame(suspect, tile=blame_tiles)
        self._report_faults()
        self._suspects, self._failing, self._other, self._agreed = [], [], None, claim.size

    def _blame(self, suspect: Suspect, *, tile: bool) -> None:
        if tile:
            self._sink.add(tile_finding(leaf_fault(suspect)))
            for finding in column_findings(suspect.seen):
                self._sink.add(finding)
        else:
            self._changed.append(suspect)

    def _settle(self) -> None:
        """Close the leaves after the last root that agreed: no root vouches for either side, the copies have to."""
        for claim, computed in self._failing[:1]:
            later = f"; {len(self._failing) - 1} later roots follow from it" if len(self._failing) > 1 else ""
            span = f"the first leaf that differs is one of {self._agreed} to {claim.size - 1}{later}"
            self._sink.add(root_finding(claim, computed, leaf_index=self._agreed, detail=span))
        for suspect in self._suspects:
            kept = kept_leaf(suspect.seen)
            if kept == suspect.seen.leaf and not suspect.seen.reason:
                self._blame(suspect, tile=True)
            elif kept == suspect.stored or suspect.seen.reason:
                self._blame(suspect, tile=False)
            else:
                self._sink.add(undecided_finding(suspect))
        self._report_faults()

    def _report_faults(self) -> None:
        for place, fault in self._own.faults.items() if self._own else ():
            # A tile that lacks hashes is said to do so once, and not again at every checkpoint after it.
            if fault.stored is not None or place not in self._incomplete:
                self._sink.add(tile_finding(fault))
            if fault.stored is None:
                self._incomplete.add(place)
        if self._own:
            self._own.faults.clear()

    def _report_unpublished(self) -> None:
        """Report the roots that claim more leaves than there are, and the leaves that no root covers."""
        own_root = self.root()
        for claim in self._claims:
            if claim.size > self.size:
                self._sink.add(unpublished_finding(claim, self.size, own_root))
        covered = max((claim.size for claim in self._claims if claim.code is Code.ROOT_MISMATCH), default=0)
        if self.size > covered:
            self._sink.add(leaf_finding(Code.CHECKPOINT_MISSING, covered, expected=self.size, found=covered))
