"""Receipts, and the answers to whoever checks one, a file or a number."""

from __future__ import annotations

from service.verification.lookup import Question, answer, find_question, parse_code, parse_number, receipt_bytes
from service.verification.papers import SHOWN_WITH, RegisteredAgreement, find_paper
from service.verification.receipts import ReceiptFile, build_receipt, read_receipt

__all__ = [
    "SHOWN_WITH",
    "Question",
    "ReceiptFile",
    "RegisteredAgreement",
    "answer",
    "build_receipt",
    "find_paper",
    "find_question",
    "parse_code",
    "parse_number",
    "read_receipt",
    "receipt_bytes",
]
