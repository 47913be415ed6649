"""Making a certificate: find the record and its receipt, check them as anybody would, then set the paper.

What the database is asked and what the chain is asked are two steps, so that no transaction is held open meanwhile.
The same record in the same state of the log gives the same bytes: every date on it is the record's or the chain's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Final

import segno
from sqlmodel import col, func, select

from ledger.anchor import AnchorReader
from ledger.canonical import JsonValue
from ledger.errors import NeedsAttention, Unavailable
from ledger.receipt import MEDIA_TYPE, Receipt, render_receipt, verify_receipt
from ledger.store.tables import ChainTransaction, StatementRow
from ledger.trust import Trust
from ledger.verdict import Report, Verdict
from service.access import Action, Actor
from service.certificate.content import Certified, render_content
from service.certificate.words import ATTACHED, CONCLUSIONS, QR_ALT, QR_CAPTION
from service.language import Language
from service.paper_codes import find_paper_code, paper_path
from service.recording import Recorder
from service.statements import find_statement
from service.tables import Institution
from service.typesetting import Attachment, Typesetter
from service.verification.receipts import build_receipt, shorten

if TYPE_CHECKING:
    from sqlmodel import Session

TEMPLATE: Final = "paper"
QR_ERROR_LEVEL: Final = "m"
"""15 % of the code may be lost; more would make its squares too small for 20 mm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertifiedRecord:
    """What the database knows of a record to certify. `office` is the institution's name, `newest` its last version.

    `paper_code` opens the registered terms on the public page; None where the paper may not carry one, or has none.
    """

    receipt: Receipt
    office: str
    newest: int
    submitter: str
    paper_code: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFile:
    """A certificate as a file. `name` is fit for any file system; `anchored_at` is its only date, aware."""

    name: str
    data: bytes
    anchored_at: datetime
    test_network: bool


def find_certified(
    session: Session, actor: Actor, recorder: Recorder, statement_id: str, *, disclose: Sequence[str] | None = None
) -> CertifiedRecord:
    """Find a statement within reach, to be certified with all that its receipt shows, or with what `disclose` names.

    With the paper code for whoever may print papers: a receipt never leaves out what the code shows, so the paper's
    holder learns nothing more by it. Raises as `read_receipt` does.
    """
    row = find_statement(session, actor, Action.RECEIPT_READ, statement_id)
    receipt = shorten(build_receipt(session, row, recorder), disclose)
    newest = session.exec(select(func.max(StatementRow.version)).where(StatementRow.subject == row.subject)).one()
    office = session.exec(select(Institution.name).where(Institution.code == row.institution)).first()
    sent = session.exec(
        select(ChainTransaction.sender).where(col(ChainTransaction.hash) == receipt.anchors[0].transaction_hash)
    ).one()
    code = find_paper_code(session, actor, recorder, row.subject)
    return CertifiedRecord(
        receipt=receipt,
        office=office or row.institution,
        newest=newest or row.version,
        submitter=sent,
        paper_code=code.paper_code if code else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a paper is made with: whom to believe and ask, how to set it, this service's address, and the language."""

    trust: Trust
    reader: AnchorReader
    typesetter: Typesetter
    site: str
    language: Language


def make_certificate(record: CertifiedRecord, issue: Issue) -> CertificateFile:
    """Check the record on the chain and set its certificate, with the receipt inside.

    Raises Unavailable when the chain cannot be asked, NeedsAttention when it contradicts the record (there is nothing
    to certify then), FontMissing and GlyphMissing when the paper cannot be set.
    """
    receipt, version = record.receipt, record.receipt.record.version
    data = render_receipt(receipt)
    report = verify_receipt(data, trust=issue.trust, reader=issue.reader, newer=record.newest > version)
    _require_certifiable(report)
    name = f"{receipt.record_no}.v{version}"
    certified = Certified(
        receipt=receipt,
        report=report,
        head=issue.reader.head(),
        code_sha256=_code_of(issue.trust, receipt),
        office=record.office,
        newest=record.newest,
        submitter=record.submitter,
        address=f"{issue.site}/v/{name}",
        paper_code=record.paper_code,
    )
    content = render_content(certified, issue.language)
    attached = Attachment(
        name=f"{name}.receipt.json",
        text=data.decode(),
        media_type=MEDIA_TYPE,
        description=str(getattr(ATTACHED, issue.language.value)),
    )
    link = issue.site + paper_path(name, record.paper_code) if record.paper_code else certified.address
    qr = {"qr": render_qr(link, issue.language)}
    return CertificateFile(
        name=f"{name}.certificate.pdf",
        data=issue.typesetter.set_paper(TEMPLATE, {**content, **qr}, attachments=[attached]),
        anchored_at=certified.anchored_at,
        test_network=report.test_network,
    )


def render_qr(address: str, language: Language) -> dict[str, JsonValue]:
    """The QR code of an address for the template: SVG without a margin, its words, and its words for screen readers."""
    drawing = BytesIO()
    segno.make(address, error=QR_ERROR_LEVEL, micro=False, boost_error=False).save(
        drawing, kind="svg", border=0, xmldecl=False, omitsize=True
    )
    return {
        "svg": drawing.getvalue().decode(),
        "alt": str(getattr(QR_ALT, language.value)).format(url=address),
        "caption": str(getattr(QR_CAPTION, language.value)),
    }


def _require_certifiable(report: Report) -> None:
    if report.verdict in CONCLUSIONS:
        return
    number = report.facts.get("record_no")
    if report.verdict is Verdict.CHAIN_UNREACHABLE:
        raise Unavailable("chain", f"record {number} could not be checked")
    raise NeedsAttention(report.verdict.value, f"record {number}", "run the audit: the chain and the record disagree")


def _code_of(trust: Trust, receipt: Receipt) -> str:
    anchor = trust.anchor_for(receipt.checkpoint.size)
    return anchor.identity.code_sha256 if anchor else ""
