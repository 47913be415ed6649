"""Bundles and certificates are opened and refused alike, and what lies in them comes out."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pypdf
import pytest
import typst

from ledger.bundle import BundleWriter, Profile, open_bundle
from ledger.errors import Malformed
from tests.offline_verifier import Verifier, b64, running_verifier
from tests.receipts import DATA

CREATED_AT = datetime(2026, 7, 20, 1, 30, tzinfo=UTC)

MEMBERS = {
    "agreement.pdf": b"%PDF-1.7 no certificate",
    "agreement.pdf.receipt.json": DATA,
    "trust.json": b"{}\n",
    "tiles/tile/0/x001/067.p/5": bytes(range(160)),
    "documents/" + "0a" * 32: b"",
}


@pytest.fixture(scope="module")
def verifier() -> Iterator[Verifier]:
    with running_verifier() as verifier:
        yield verifier


# ------------------------------------------------------------------------------------------------------------ bundles


def bundle_of(members: Mapping[str, bytes], profile: Profile = Profile.EVIDENCE) -> bytes:
    file = io.BytesIO()
    with BundleWriter(file, profile=profile, created_at=CREATED_AT) as writer:
        for path, data in members.items():
            writer.write(path, data)
    return file.getvalue()


BUNDLE = bundle_of(MEMBERS)


def opens(data: bytes) -> bool:
    try:
        open_bundle(io.BytesIO(data)).close()
    except Malformed:
        return False
    return True


@pytest.mark.parametrize("profile", Profile)
def test_bundle_of_every_profile_is_opened(verifier: Verifier, profile: Profile) -> None:
    answer = verifier.ask("bundle", data=b64(bundle_of(MEMBERS, profile)))
    assert answer == {"profile": profile.value, "members": list(MEMBERS)}


@pytest.mark.full
def test_bundle_of_wide_numbers_is_opened(verifier: Verifier) -> None:
    # more members than 16 bits count
    many = {f"documents/{number}": b"" for number in range(65_600)}
    assert len(verifier.ask("bundle", data=b64(bundle_of(many)))["members"]) == len(many)


@pytest.mark.scaled(quick=400, ci=1_500, full=10_000)
def test_bundle_changed_anywhere_is_opened_or_refused_alike(verifier: Verifier, seed: int, scale: int) -> None:
    draw = Random(seed)
    for _ in range(scale):
        # half of them where most is decided: from the first byte of the directory on
        at = draw.randrange(draw.choice([0, BUNDLE.index(b"PK\x01\x02")]), len(BUNDLE))
        put = draw.choice([bytes([BUNDLE[at] ^ 1 << draw.randrange(8)]), b"", BUNDLE[at : at + 1] + b"\0"])
        changed = BUNDLE[:at] + put + BUNDLE[at + 1 :]
        answer = verifier.ask("bundle", data=b64(changed))
        assert ("malformed" not in answer) is opens(changed), (at, put, answer)


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(18), BUNDLE[:-1], BUNDLE + b"\0", b"\0" + BUNDLE])
def test_what_is_no_bundle_is_refused_by_both(verifier: Verifier, data: bytes) -> None:
    assert not opens(data)
    assert "malformed" in verifier.ask("bundle", data=b64(data))


@pytest.mark.parametrize("path", ["../up", "/top", "a//b", "a/.b", "a.", "a/b./c", "b\\c", "ä", "a b", "A" * 256])
def test_path_that_is_not_plain_is_refused_by_both(verifier: Verifier, path: str) -> None:
    changed = BUNDLE.replace(b"agreement.pdf.receipt.json", path.encode()[:26].ljust(26, b"x"))
    assert ("malformed" in verifier.ask("bundle", data=b64(changed))) is not opens(changed)


# ------------------------------------------------------------------------------------------------------- certificates

PAGE = """
#set document(title: "存证证书", date: datetime(year: 2026, month: 7, day: 20))
#set text(lang: "en")
#pdf.attach("case.receipt.json", relationship: "data", mime-type: "application/json", description: "receipt")
Certificate
"""


def by_typst(folder: Path, receipt: bytes = DATA) -> bytes:
    (folder / "page.typ").write_text(PAGE, encoding="utf-8")
    (folder / "case.receipt.json").write_bytes(receipt)
    return typst.compile(folder / "page.typ", pdf_standards=["a-3a", "ua-1"])


def by_pypdf(*receipts: bytes) -> bytes:
    writer, file = pypdf.PdfWriter(), io.BytesIO()
    writer.add_blank_page(width=100, height=100)
    for number, data in enumerate(receipts):
        writer.add_attachment(f"{number}.receipt.json", data)
    writer.write(file)
    return file.getvalue()


def with_stream(dictionary: bytes, stream: bytes, more: bytes = b"") -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + dictionary + b"\nstream\r\n" + stream + b"\nendstream\nendobj\n" + more


def receipts_in(verifier: Verifier, pdf: bytes) -> list[str] | None:
    found: list[str] | None = verifier.ask("certificate", data=b64(pdf)).get("receipts")
    return found


def test_receipt_comes_out_of_a_certificate_for_the_archive(verifier: Verifier, tmp_path: Path) -> None:
    assert receipts_in(verifier, by_typst(tmp_path)) == [b64(DATA)]


def test_receipts_that_are_stored_plainly_come_out_all(verifier: Verifier) -> None:
    other = DATA.replace(b"LS-UNION", b"LS-COURT")
    assert receipts_in(verifier, by_pypdf(DATA, other)) == [b64(DATA), b64(other)]


def test_length_that_stands_elsewhere_is_found(verifier: Verifier) -> None:
    packed = zlib.compress(DATA)
    dictionary = b"<< /Filter [ /FlateDecode ] /Length 2 0 R /Type /EmbeddedFile >>"
    length = b"2 0 obj\n%d\nendobj\n" % len(packed)
    assert receipts_in(verifier, with_stream(dictionary, packed, length)) == [b64(DATA)]


@pytest.mark.parametrize(
    ("dictionary", "stream"),
    [
        (b"<< /Type /EmbeddedFile /Length 5 >>", DATA),
        (b"<< /Type /EmbeddedFile >>", DATA),
        (b"<< /Type /EmbeddedFile /Length 9 0 R >>", DATA),
        (b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length 8 >>", b"no zlib!"),
        (b"<< /Type /EmbeddedFile /Filter /LZWDecode /Length %d >>" % len(DATA), DATA),
        (b"<< /Type /XObject /Length %d >>" % len(DATA), DATA),
        (b"<< /Type /EmbeddedFile /Length 7 >>", b'{"x":1}'),
    ],
    ids=["wrong length", "no length", "length nowhere", "no zlib", "another filter", "no attachment", "no receipt"],
)
def test_certificate_without_a_readable_receipt_is_refused(
    verifier: Verifier, dictionary: bytes, stream: bytes
) -> None:
    assert receipts_in(verifier, with_stream(dictionary, stream)) is None


def test_attachment_that_unpacks_without_end_is_refused(verifier: Verifier) -> None:
    bomb = zlib.compress(DATA[:-2] + b" " * (64 << 20))
    dictionary = b"<< /Type /EmbeddedFile /Filter /FlateDecode /Length %d >>" % len(bomb)
    assert receipts_in(verifier, with_stream(dictionary, bomb)) is None


def test_pdf_made_to_be_slow_is_refused_in_time(verifier: Verifier) -> None:
    pdf = b"%PDF-1.7\n" + b"1 0 obj <</Type /EmbeddedFile " * 100_000
    assert receipts_in(verifier, pdf) is None
