"""Receipts: their form (`form`) and their eleven checks (`verification`)."""

from ledger.receipt.form import (
    FORMAT,
    MAX_RECEIPT_BYTES,
    MEDIA_TYPE,
    AnchorHint,
    Receipt,
    make_receipt,
    parse_receipt,
    redact_receipt,
    render_receipt,
)
from ledger.receipt.verification import FILE_DIGEST_NAME, verify_receipt

__all__ = [
    "FILE_DIGEST_NAME",
    "FORMAT",
    "MAX_RECEIPT_BYTES",
    "MEDIA_TYPE",
    "AnchorHint",
    "Receipt",
    "make_receipt",
    "parse_receipt",
    "redact_receipt",
    "render_receipt",
    "verify_receipt",
]
