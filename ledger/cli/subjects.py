"""What `verify` was given: files with their receipts, receipts by themselves, certificates, bundles, folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ledger.certificate import MAX_CERTIFICATE_BYTES, PDF_MAGIC, SUFFIX, may_be_certificate, read_certificate
from ledger.cli.files import digest_file, read_file, read_head
from ledger.errors import Malformed
from ledger.receipt import MAX_RECEIPT_BYTES

if TYPE_CHECKING:
    from ledger.cli.progress import Progress

ZIP_MAGIC: Final = b"PK"
MAGIC_BYTES: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A receipt to check, and the file it is about; both by the names that the results show.

    `read` gives the receipt's bytes and `digest` the file's SHA-256; both raise Malformed. `listed`: the result lists
    what the receipt discloses, to be compared with what is printed.
    """

    receipt: str
    file: str | None = None
    read: Callable[[], bytes]
    digest: Callable[[Progress], str] | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A file of a folder that looked as if it had to do with receipts and has not."""

    path: str
    reason: str


@dataclass(slots=True)
class Finder:
    """Finds subjects. What it opens stays open until `opened` is closed; `skipped` grows while it looks."""

    opened: ExitStack
    skipped: list[Skipped] = field(default_factory=list)

    def find(self, target: Path, receipt: Path | None = None) -> Iterator[Subject]:
        """The subjects of one argument, a file with `receipt` where that is named.

        Raises Malformed when there are none: for a folder without any, for a file that brings no receipt.
        """
        if target.is_dir():
            if receipt is not None:
                raise Malformed("--receipt", "a folder brings its own receipts")
            return self._in_folder(target)
        if receipt is not None:
            return iter([paired(receipt, target)])
        if target.name.endswith(SUFFIX):
            return iter([paired(target, None)])
        beside = target.with_name(target.name + SUFFIX)
        if beside.exists():
            return iter([paired(beside, target)])
        return self._alone(target, beside)

    def _alone(self, target: Path, beside: Path) -> Iterator[Subject]:
        head = read_head(target, MAGIC_BYTES)
        if head.startswith(ZIP_MAGIC):
            return self._in_bundle(target)
        if head.startswith(PDF_MAGIC):
            return iter([certificate(target)])
        raise Malformed(str(target), f"no receipt beside it ({beside.name}); name one with --receipt")

    def _in_folder(self, folder: Path) -> Iterator[Subject]:
        found = False
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            for subject in self._in_file(path):
                found = True
                yield subject
        if not found:
            raise Malformed(str(folder), f"no {SUFFIX} files, certificates or bundles in this folder")

    def _in_file(self, path: Path) -> Iterator[Subject]:
        """What a file of a folder has to do with receipts; nothing, mostly."""
        if path.name.endswith(SUFFIX):
            file = path.with_name(path.name.removesuffix(SUFFIX))
            yield paired(path, file if file.is_file() else None)
        elif path.with_name(path.name + SUFFIX).exists():
            return  # its receipt is met by itself
        elif path.suffix.lower() == ".pdf" and _holds_a_file(path):
            yield certificate(path)
        elif path.suffix.lower() == ".zip":
            try:
                yield from self._in_bundle(path)
            except Malformed as error:
                self.skipped.append(Skipped(path=str(path), reason=error.reason))

    def _in_bundle(self, path: Path) -> Iterator[Subject]:
        from ledger.cli.bundled import subjects_in

        return subjects_in(path, self.opened)


def paired(receipt: Path, file: Path | None) -> Subject:
    """A receipt in a file of its own, with or without the file it is about."""
    return Subject(
        receipt=str(receipt),
        file=str(file) if file else None,
        read=lambda: read_file(receipt, max_bytes=MAX_RECEIPT_BYTES),
        digest=(lambda progress: digest_file(file, progress)) if file else None,
    )


def certificate(path: Path) -> Subject:
    """The receipt inside a certificate."""
    return Subject(
        receipt=str(path),
        read=lambda: read_certificate(read_file(path, max_bytes=MAX_CERTIFICATE_BYTES)).data,
        listed=True,
    )


def _holds_a_file(path: Path) -> bool:
    try:
        return may_be_certificate(read_file(path, max_bytes=MAX_CERTIFICATE_BYTES))
    except Malformed:
        return False
