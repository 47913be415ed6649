"""One look of a mirror at its log and at the chain.

`Mirror.update` does, in this order:

1. **Finish** what a crash interrupted: leaves that were verified are put in place.
2. **Read the contract's head** before the log, so that whatever the contract holds, the log must publish.
3. **Open the note.** A trusted key signed it, for this origin and this size.
4. **Compare with what is held.** The same size has the same root; a smaller size the root that it had; a larger one
   extends what is held, by a proof made from the log's tiles that leads to the signed root. Two signed notes that
   contradict each other are a proof: it is kept, and nothing is taken.
5. **Download every leaf** up to the signed size and compute the root from them.
6. **Compare with the contract** every checkpoint that was not compared yet, and the last one that was final before.
7. **Put in place**, the checkpoint last. A crash before leaves what was held, a crash after is mended by 1.
8. **Cosign** what the contract holds and this mirror has verified, unless an alarm is open.

An outage, of the log or of the chain, is never an alarm, and nothing is cosigned that was not verified.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, Protocol

from ledger.anchor import AnchorReader, verify_identity
from ledger.canonical import render_time
from ledger.checkpoint import Checkpoint, open_checkpoint, parse_checkpoint
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.log import LogStore, consistency, root_at
from ledger.log_folder import GrowingTree
from ledger.merkle import RootHash
from ledger.mirror.alarm import Alarm, AlarmKind, Evidence, Rejected, keep_evidence
from ledger.mirror.download import Download, Progress, PublishedLog, root_before
from ledger.mirror.folder import Followed, MirrorFolder
from ledger.note import parse_note
from ledger.trust import Trust


class HeldCheckpoint(Protocol):
    """A checkpoint as the contract's storage holds it."""

    @property
    def index(self) -> int:
        """Its number, from 0."""

    @property
    def size(self) -> int:
        """Leaves that it claims."""

    @property
    def root(self) -> bytes:
        """32 bytes."""

    @property
    def block_number(self) -> int:
        """The block that it was appended in."""


class MirroredChain(AnchorReader, Protocol):
    """An `AnchorReader` that also enumerates."""

    def checkpoints(self, *, since: int = 0) -> Sequence[HeldCheckpoint]:
        """Every checkpoint from index `since` on, by index, each confirmed in storage; raises Unavailable."""
        ...


class Cosigner(Protocol):
    """Says in the contract that a witness has verified a checkpoint. Raises Unavailable; nobody here asks twice."""

    def refusal(self, *, index: int, root: bytes) -> str | None:
        """Why the contract would not take this witness's word now, None when it would, or holds it already."""
        ...

    def cosign(self, *, index: int, root: bytes) -> bool:
        """Say it, and return when it is in a block; False when it was said before."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one look found. Sizes in leaves; `chain` and `cosigning` say why nothing was done there, None when it was.

    `anchored` is the largest verified size that is final in the contract, `cosigned` the indexes cosigned now.
    """

    before: int
    size: int
    root: RootHash
    stale: bool
    anchored: int
    chain: str | None
    cosigned: tuple[int, ...]
    cosigning: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """A note that a trusted key signed, or that was found so before."""

    note: str
    checkpoint: Checkpoint

    @property
    def size(self) -> int:
        return self.checkpoint.size

    @property
    def root(self) -> RootHash:
        return self.checkpoint.root


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contract:
    """The contract's checkpoints that were not compared yet; `why_not` when it could not be asked."""

    new: Sequence[HeldCheckpoint] = ()
    why_not: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """Keeps one folder. `chain` None asks no chain; `cosigner` None cosigns nothing."""

    folder: MirrorFolder
    log: PublishedLog
    trust: Trust
    clock: Callable[[], datetime]
    chain: MirroredChain | None = None
    cosigner: Cosigner | None = None
    progress: Progress = lambda _leaves: None

    def update(self) -> Round:
        """Do steps 1–8 once.

        Raises Alarm for a proven contradiction, Rejected for what cannot be taken, WrongChain, and Unavailable when the
        log cannot be read; an outage of the chain is part of the round.
        """
        self.folder.pin(self.trust)
        self._finish()
        held = self._held()
        contract = self._read_contract(held)
        seen = self._open_note()
        extends = held is None or seen.size > held.size
        if held is not None:
            self._compare_held(held, seen)
        download = Download(self.folder, before=held.size if held else 0, size=seen.size)
        roots = self._take(download, seen, contract) if extends else {}
        newest = seen if held is None or extends else held
        followed, waiting = self._follow(contract, newest, roots)
        if extends:
            download.put_in_place(seen.note)
        self.folder.followed = followed
        cosigned, uncosigned = self._cosign(contract, newest)
        return Round(
            before=held.size if held else 0,
            size=newest.size,
            root=newest.root,
            stale=newest is not seen and seen.size < newest.size,
            anchored=followed.size,
            chain=contract.why_not or waiting,
            cosigned=cosigned,
            cosigning=uncosigned,
        )

    # ------------------------------------------------------------------------------------------------------- the log

    def _finish(self) -> None:
        """Step 1."""
        note, held = self.folder.incoming.note(), self._held()
        if note is None:
            return
        pending, before = _parse(note), held.size if held else 0
        download = Download(self.folder, before=before, size=pending.size)
        if pending.size > before and download.roots(())[pending.size] == pending.root:
            download.put_in_place(note)
        else:
            self.folder.drop_incoming()

    def _held(self) -> _Signed | None:
        note = self.folder.tiles.note()
        return None if note is None else _parse(note)

    def _open_note(self) -> _Signed:
        """Step 3."""
        data = self.log.checkpoint()
        try:
            note = data.decode()
            seen = _parse(note)
            open_checkpoint(note, self.trust.keys_for(seen.size))
        except (UnicodeDecodeError, Malformed) as error:
            raise Rejected("the checkpoint", f"it is not of its form ({error})") from error
        except Mismatch as error:
            raise Rejected("the checkpoint", f"no key trusted for its size signed it ({error})") from error
        if seen.checkpoint.origin != self.trust.origin:
            raise Rejected("the checkpoint", f"it is of the log {seen.checkpoint.origin}")
        if seen.size == 0:
            raise Unavailable(self.log.name, "the log is empty")
        return seen

    def _compare_held(self, held: _Signed, seen: _Signed) -> None:
        """Step 4. Returns when both notes tell one history."""
        if seen.size > held.size:
            root, proof = root_before(self.log, before=held.size, size=seen.size, root=seen.root)
            if root != held.root:
                self._fork(held, seen, f"{seen.size} leaves that do not begin with the {held.size} held here", proof)
            return
        if self._own_root(seen.size) != seen.root:
            proof = [] if seen.size == held.size else consistency(self._tree, seen.size, held.size)
            self._fork(held, seen, f"another history of {seen.size} leaves than the one held here", proof)

    def _fork(self, held: _Signed, seen: _Signed, what: str, proof: Sequence[bytes]) -> NoReturn:
        self._alarm(
            Evidence(
                kind=AlarmKind.FORK,
                detail=f"the log signed {what}",
                served=seen.note,
                kept=held.note,
                proof=tuple(proof),
                facts={"served_size": seen.size, "kept_size": held.size},
            )
        )

    def _take(self, download: Download, seen: _Signed, contract: _Contract) -> Mapping[int, RootHash]:
        """Step 5: every leaf is here, and leads to the signed root. Returns the roots that step 6 asks for."""
        download.stage(self.log, self.progress)
        try:
            roots = download.roots(item.size for item in contract.new)
            if roots[seen.size] != seen.root:
                raise Rejected(f"checkpoint {seen.size}", "the published leaves do not lead to the signed root")
        except Rejected:
            self.folder.drop_incoming()
            raise
        return roots

    # ----------------------------------------------------------------------------------------------------- the chain

    def _read_contract(self, held: _Signed | None) -> _Contract:
        """Step 2, and of step 6 what was final before."""
        if self.chain is None:
            return _Contract(why_not="no chain was given")
        followed = self.folder.followed
        try:
            verify_identity(pinned=self.trust.anchors[-1].identity, found=self.chain.identity())
            head = self.chain.head()
            if head.count < followed.count:
                return _Contract(why_not=f"the node shows {head.count} checkpoints, {followed.count} were final before")
            if held is not None and followed.count:
                self._verify_still_there(self.chain, held, followed)
            return _Contract(new=self.chain.checkpoints(since=followed.count))
        except Unavailable as error:
            return _Contract(why_not=str(error))

    def _verify_still_there(self, chain: MirroredChain, held: _Signed, followed: Followed) -> None:
        found = chain.checkpoint(followed.root)
        if found is None or (found.index, found.size) != (followed.count - 1, followed.size):
            self._alarm(
                Evidence(
                    kind=AlarmKind.CHAIN_REWRITTEN,
                    detail=f"the contract no longer holds its final checkpoint of {followed.size} leaves",
                    served=held.note,
                    facts={"index": followed.count - 1, "size": followed.size, "root": followed.root.hex()},
                )
            )

    def _follow(
        self, contract: _Contract, newest: _Signed, roots: Mapping[int, RootHash]
    ) -> tuple[Followed, str | None]:
        """Step 6: how far the contract was followed now, and what it waits for."""
        followed = self.folder.followed
        for item in contract.new:
            if item.size > newest.size and item.root != newest.root:
                waiting = f"the contract holds a checkpoint of {item.size} leaves, the log publishes {newest.size}"
                return followed, waiting
            self._compare_contract(item, newest, roots.get(item.size))
            try:
                if self.chain is None or not self.chain.is_final(item.block_number):
                    return followed, f"the checkpoint of {item.size} leaves is not final yet"
            except Unavailable as error:
                return followed, str(error)
            followed = replace(followed, count=item.index + 1, size=item.size, root=item.root)
        return followed, None

    def _compare_contract(self, item: HeldCheckpoint, newest: _Signed, root: RootHash | None) -> None:
        if item.size <= newest.size and (root or self._own_root(item.size)) == item.root:
            return
        misstated = item.root == newest.root
        self._alarm(
            Evidence(
                kind=AlarmKind.SIZE_MISSTATED if misstated else AlarmKind.CHAIN_CONTRADICTS,
                detail=f"the contract holds the root of {newest.size} leaves as that of {item.size}"
                if misstated
                else f"the contract and the published leaves have different roots for {item.size} leaves",
                served=newest.note,
                facts={"index": item.index, "size": item.size, "root": item.root.hex(), "block": item.block_number},
            )
        )

    def _cosign(self, contract: _Contract, newest: _Signed) -> tuple[tuple[int, ...], str | None]:
        """Step 8: the indexes cosigned now, and why no more."""
        if self.cosigner is None or self.chain is None:
            return (), None if self.cosigner is None else "no chain was given"
        state = self.folder.followed
        if state.cosigned is None:
            state = replace(state, cosigned=max(state.count - 1, 0))
            self.folder.followed = state
        if self.folder.open_alarms:
            return (), f"an alarm is open: {self.folder.open_alarms[0]}"
        if contract.why_not:
            return (), contract.why_not
        done: list[int] = []
        try:
            for item in self.chain.checkpoints(since=state.cosigned or 0)[: state.count - (state.cosigned or 0)]:
                self._compare_contract(item, newest, None)
                refusal = self.cosigner.refusal(index=item.index, root=item.root)
                if refusal is not None:
                    return tuple(done), refusal
                if self.cosigner.cosign(index=item.index, root=item.root):
                    done.append(item.index)
                state = replace(state, cosigned=item.index + 1)
                self.folder.followed = state
        except Unavailable as error:
            return tuple(done), str(error)
        return tuple(done), None

    # --------------------------------------------------------------------------------------------------------- both

    @property
    def _tree(self) -> LogStore:
        return GrowingTree(self.folder.tiles)

    def _own_root(self, size: int) -> RootHash:
        return root_at(self._tree, size)

    def _alarm(self, evidence: Evidence) -> NoReturn:
        """Keep the proof and raise it. What was downloaded on the way is thrown away."""
        folder = keep_evidence(self.folder.alarms, evidence, seen_at=render_time(self.clock()))
        self.folder.drop_incoming()
        raise Alarm(evidence.kind, evidence.detail, folder)


def _parse(note: str) -> _Signed:
    return _Signed(note=note, checkpoint=parse_checkpoint(parse_note(note).text))
