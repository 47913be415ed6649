"""Receipts, and the answers to whoever checks one, a file or a number."""

from __future__ import annotations

from service.verification.lookup import Question, answer, find_question, receipt_bytes
from service.verification.receipts import ReceiptFile, build_receipt, read_receipt

__all__ = ["Question", "ReceiptFile", "answer", "build_receipt", "find_question", "read_receipt", "receipt_bytes"]
