"""Proceedings before other bodies, followed within a case: open, carry on, close."""

from __future__ import annotations

from service.proceedings.changes import change_proceeding, open_proceeding
from service.proceedings.views import ProceedingView, case_proceedings, read_proceeding

__all__ = [
    "ProceedingView",
    "case_proceedings",
    "change_proceeding",
    "open_proceeding",
    "read_proceeding",
]
