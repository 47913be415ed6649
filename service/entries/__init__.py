"""What people say and do in a case beside its steps: each an entry that is never changed, and one statement.

`raise_objection` and `file_answer` take the case and who typed it in separately from who it comes from, so that a party
may do it by their own link as well as an office for them.
"""

from __future__ import annotations

from service.entries.entering import (
    decide_review,
    enter_answer,
    enter_objection,
    file_answer,
    post_opinion,
    raise_objection,
    record_interview,
    record_service,
    record_visit,
    request_review,
)
from service.entries.views import AboutView, EntryView, case_entries, read_entry

__all__ = [
    "AboutView",
    "EntryView",
    "case_entries",
    "decide_review",
    "enter_answer",
    "enter_objection",
    "file_answer",
    "post_opinion",
    "raise_objection",
    "read_entry",
    "record_interview",
    "record_service",
    "record_visit",
    "request_review",
]
