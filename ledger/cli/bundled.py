"""The receipts of a bundle: those it holds, or, of a whole ledger, those that its statements and tiles make."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.bundle import Bundle, Profile, open_bundle
from ledger.certificate import MAX_CERTIFICATE_BYTES, SUFFIX, may_be_certificate, read_certificate
from ledger.cli.bundles import opened_bundle
from ledger.cli.files import opened_file
from ledger.cli.subjects import Subject
from ledger.disclosure import parse_disclosure
from ledger.errors import Malformed, Mismatch, Unavailable
from ledger.log import inclusion
from ledger.proof_file import TlogProof
from ledger.receipt import FILE_DIGEST_NAME, MAX_RECEIPT_BYTES, make_receipt, render_receipt

if TYPE_CHECKING:
    from ledger.audit.sources import StoredCheckpoint, StoredStatement
    from ledger.bundle_source import BundleSource
    from ledger.cli.progress import Progress

CHUNK: Final = 1 << 20
DOCUMENTS: Final = "documents/"
PAPERS: Final = ".pdf"


def subjects_in(path: Path, opened: ExitStack) -> Iterator[Subject]:
    """The subjects of a bundle, which stays open until `opened` is closed; Malformed for what is no bundle."""
    with opened_file(path):
        bundle = opened.enter_context(open_bundle(path))
    if bundle.profile is not Profile.LEDGER:
        return _Members(path=path, bundle=bundle).subjects()
    source = opened.enter_context(opened_bundle(path))
    anchored = [checkpoint for checkpoint in source.checkpoints() if checkpoint.state is not None]
    return _Ledger(path=path, source=source, anchored=anchored).subjects()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Members:
    """A bundle for a party or a court: files, receipts beside them, certificates."""

    path: Path
    bundle: Bundle

    def subjects(self) -> Iterator[Subject]:
        members = sorted(self.bundle.members)
        receipts = [member for member in members if member.endswith(SUFFIX)]
        about = {member.removesuffix(SUFFIX) for member in receipts} & self.bundle.members.keys()
        papers = [
            member for member in members if member.endswith(PAPERS) and member not in about and self._is_paper(member)
        ]
        if not receipts and not papers:
            raise Malformed(str(self.path), "there is no receipt in this bundle")
        return iter([*(self._receipt(member) for member in receipts), *(self._paper(member) for member in papers)])

    def _receipt(self, member: str) -> Subject:
        file = member.removesuffix(SUFFIX)
        is_there = file in self.bundle.members
        return Subject(
            receipt=f"{self.path}/{member}",
            file=f"{self.path}/{file}" if is_there else None,
            read=lambda: self._read(member, MAX_RECEIPT_BYTES),
            digest=(lambda progress: _digest(self.bundle, file, progress)) if is_there else None,
        )

    def _paper(self, member: str) -> Subject:
        return Subject(
            receipt=f"{self.path}/{member}",
            read=lambda: read_certificate(self._read(member, MAX_CERTIFICATE_BYTES)).data,
            listed=True,
        )

    def _is_paper(self, member: str) -> bool:
        """Whether a PDF has a file inside; one that is damaged may have, so that it is looked at and named."""
        try:
            return may_be_certificate(self._read(member, MAX_CERTIFICATE_BYTES))
        except Malformed:
            return True

    def _read(self, member: str, max_bytes: int) -> bytes:
        try:
            return self.bundle.read(member, max_bytes=max_bytes)
        except Mismatch as error:
            raise Malformed(member, "damaged: not what the manifest says") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    """A bundle of a whole ledger: each statement gets the receipt that its service would give, and all it discloses."""

    path: Path
    source: BundleSource
    anchored: Sequence[StoredCheckpoint]

    def subjects(self) -> Iterator[Subject]:
        return (self._subject(number, stored) for number, stored in enumerate(self.source.statements(), start=1))

    def _subject(self, number: int, stored: StoredStatement) -> Subject:
        held = stored.held if isinstance(stored.held, tuple) else ()
        file = DOCUMENTS + _file_digest(held)
        is_there = file in self.source.bundle.members
        return Subject(
            receipt=f"{self.path}/statements.jsonl:{number}",
            file=f"{self.path}/{file}" if is_there else None,
            read=lambda: self._receipt(stored, held),
            digest=(lambda progress: _digest(self.source.bundle, file, progress)) if is_there else None,
        )

    def _receipt(self, stored: StoredStatement, held: Sequence[str]) -> bytes:
        if stored.leaf_index is None:
            raise Malformed("statement", "not in the log yet, so there is no receipt of it")
        place = bisect_right(self.anchored, stored.leaf_index, key=lambda checkpoint: checkpoint.size)
        if place == len(self.anchored):
            raise Malformed("statement", "not on the chain yet, so there is no receipt of it")
        checkpoint = self.anchored[place]
        try:
            hashes = inclusion(_Tiles(self.source), stored.leaf_index, checkpoint.size)
        except Unavailable as error:
            raise Malformed("bundle", str(error)) from error
        proof = TlogProof(index=stored.leaf_index, hashes=tuple(hashes), note=checkpoint.note)
        disclosures = [parse_disclosure(text) for text in held]
        return render_receipt(make_receipt(statement=stored.body, disclosures=disclosures, proof=proof))


class _Tiles:
    """The tiles of a bundle as a `LogStore` that is only read."""

    def __init__(self, source: BundleSource) -> None:
        self._source = source

    def read_tile(self, level: int, index: int) -> bytes:
        """See `LogStore.read_tile`."""
        data = self._source.tile(level, index)
        if data is None:
            raise Unavailable("tile", f"level {level}, number {index} is not in the bundle")
        return data

    def write_tile(self, level: int, index: int, data: bytes) -> None:
        """Refused: a bundle is what it was when it was written."""
        raise NotImplementedError(f"tile {level}/{index} of {len(data)} bytes")


def _file_digest(held: Sequence[str]) -> str:
    """The SHA-256 that a statement discloses of a file; empty when it is about none."""
    for text in held:
        try:
            disclosure = parse_disclosure(text)
        except Malformed:
            continue  # its receipt will say so
        if disclosure.name == FILE_DIGEST_NAME:
            return str(disclosure.value)
    return ""


def _digest(bundle: Bundle, member: str, progress: Progress) -> str:
    """The SHA-256 of a member as it is; what the manifest says of it proves nothing."""
    info = bundle.members[member]
    with bundle.open(member) as stream, progress.task(member, info.size) as advance:
        try:
            while chunk := stream.read(CHUNK):
                advance(len(chunk))
        except Mismatch as error:
            return str(error.got)
    return info.sha256
