"""Certificates: PDF files with one receipt inside (`ledger/docs/formats.md`, "Certificate").

What a page shows is a picture and proves nothing; the receipt inside does. Whoever checks one compares what the receipt
discloses with what is printed.
"""

from ledger.certificate.reading import (
    MAX_CERTIFICATE_BYTES,
    PDF_MAGIC,
    SUFFIX,
    AttachedReceipt,
    may_be_certificate,
    read_certificate,
)

__all__ = ["MAX_CERTIFICATE_BYTES", "PDF_MAGIC", "SUFFIX", "AttachedReceipt", "may_be_certificate", "read_certificate"]
