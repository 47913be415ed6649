"""Receipts inside PDF files: taken out of honest ones, refused out of hostile ones, always within bounds."""

from __future__ import annotations

import io
import random
import subprocess
import sys
import zlib

import pypdf
import pytest

from ledger.certificate import read_certificate
from ledger.certificate.extraction import RefusedPdf, extract
from ledger.certificate.reading import MAX_CERTIFICATE_BYTES
from ledger.errors import Malformed
from ledger.verdict import Verdict
from tests.ledger.certificates import HOSTILE, bomb, certificate_of, handmade, stream
from tests.receipts import DATA, check

RECEIPT = b'{"not":"looked at here"}\n'


def test_attached_receipt_is_taken_out_as_it_is() -> None:
    attached = read_certificate(certificate_of(RECEIPT))

    assert (attached.name, attached.data) == ("A.v1.receipt.json", RECEIPT)


def test_other_attachments_are_left_alone() -> None:
    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(certificate_of(RECEIPT))))
    writer.add_attachment("remarks.txt", b"something else")
    paper = io.BytesIO()
    writer.write(paper)

    assert extract(paper.getvalue())[1] == RECEIPT


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused(name: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever the PDF library raises is a refusal
        extract(HOSTILE[name](RECEIPT))

    assert not isinstance(caught.value, AssertionError)


@pytest.mark.parametrize("paper", [b"", b"%PDF", b"PK\x03\x04", b"%PDF-1.7\n", bomb(1)])
def test_what_cannot_be_read_is_malformed(paper: bytes) -> None:
    with pytest.raises(Malformed):
        read_certificate(paper)


def test_file_larger_than_any_certificate_is_not_handed_on() -> None:
    with pytest.raises(Malformed, match="more than"):
        read_certificate(b"%PDF-" + bytes(MAX_CERTIFICATE_BYTES))


@pytest.mark.parametrize(
    "program",
    [
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "print('not an answer')",
        "print('[]')",
        'print(\'{"name":"x","refusal":null}\', end=\'\')',
        'print(\'{"name":"x","refusal":null}\\n\' + \'x\' * (4 * 1024 * 1024 + 1))',
    ],
)
def test_reading_process_that_fails_is_malformed(program: str) -> None:
    with pytest.raises(Malformed):
        read_certificate(certificate_of(RECEIPT), command=(sys.executable, "-c", program))


def test_reading_process_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.certificate.reading.WALL_TIMEOUT_S", 0.1)

    with pytest.raises(Malformed, match="seconds"):
        read_certificate(certificate_of(RECEIPT), command=(sys.executable, "-c", "while True: pass"))


def test_reading_process_has_bounded_memory() -> None:
    program = (
        "from ledger.certificate.extraction import limit_resources; limit_resources(); bytearray(2 << 30); print('{}')"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)

    assert done.returncode != 0
    assert b"MemoryError" in done.stderr


def test_no_receipt_and_two_receipts_are_told_apart() -> None:
    for name, words in (("no receipt", "no receipt"), ("two receipts", "more than one"), ("encrypted", "encrypted")):
        with pytest.raises(RefusedPdf, match=words):
            extract(HOSTILE[name](RECEIPT))


@pytest.mark.scaled(quick=150, ci=1000, full=10_000)
def test_changed_certificate_is_never_green_for_another_receipt(scale: int, seed: int) -> None:
    """Bytes of the attachment are changed, plain and compressed: green only where the very same receipt came out."""
    plain = handmade(stream(DATA, b""))
    packed = handmade(stream(zlib.compress(DATA), b"/Filter/FlateDecode"))
    draw = random.Random(seed)
    for paper in (plain, packed):
        assert check(extract(paper)[1]).verdict is Verdict.VERIFIED
    changed = 0
    for _ in range(scale):
        flipped = bytearray(draw.choice((plain, packed)))
        start = flipped.index(b"stream\n")
        for _ in range(draw.choice((1, 1, 2, 8))):
            flipped[draw.randrange(start, len(flipped))] ^= 1 << draw.randrange(8)
        try:
            _, data = extract(bytes(flipped))
        except Exception:  # noqa: BLE001 - a refusal
            continue
        if data != DATA:
            changed += 1
            assert check(data).verdict is not Verdict.VERIFIED
    assert changed > scale // 10
